"""Every public page, in one table: anybody may read it, and nothing is changed by reading."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from bot.app import House
from handlers.public import checkpoint, library, passes, rules, trips, verify
from handlers.public.look import STATIC, Handler, Look, Pages
from handlers.staff.policy import POLICY


async def nothing(_look: Look) -> web.StreamResponse:
    """An address that no pass, trip, rule or document of ours can have."""
    raise web.HTTPNotFound


TABLE: list[tuple[str, Handler]] = [
    ("/library/{document}", library.show_document),
    ("/library/{document}/{anchor}", library.show_clause),
    ("/rules/{code}", rules.show),
    (passes.PAGE, passes.show),
    (passes.PAGE + "/picture.png", passes.picture),
    (trips.PAGE, trips.show),
    ("/v/", verify.by_hand),
    ("/v/{payload}", verify.show),
    ("/V/{payload}", verify.show),
    ("/v/{payload}/obstructed", verify.ask_where),
    ("/checkpoint", checkpoint.show),
    ("/checkpoint/app.webmanifest", checkpoint.manifest),
    ("/checkpoint/worker.js", checkpoint.worker),
    ("/checkpoint/keys.json", checkpoint.keys),
    ("/checkpoint/places.json", checkpoint.places),
    ("/checkpoint/decoder/{version}/{name}", checkpoint.decoder_file),
    ("/{room:checkpoint|library|passes|rules|trips|v|V}/{rest:.*}", nothing),
]
"""Address and page; all of them are GET."""

POSTS: list[tuple[str, Handler]] = [
    ("/v/{payload}/obstructed", verify.obstructed),
]
"""What a page without an account may change; each guards itself."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "private, no-cache",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def add_public(app: web.Application, house: House) -> None:
    """Serve the public pages of this house."""
    pages = Pages()

    async def file(request: web.Request) -> web.Response:
        return pages.static.answer(request.match_info["version"], request.match_info["name"])

    app.router.add_get(STATIC + "/{version}/{name}", file)
    for path, handler in TABLE:
        app.router.add_get(path, _serving(house, pages, handler))
    for path, handler in POSTS:
        app.router.add_post(path, _serving(house, pages, handler))


def _serving(house: House, pages: Pages, handler: Handler) -> Handle:
    async def serve(request: web.Request) -> web.StreamResponse:
        look = Look(house, pages, request, house.now())
        try:
            response = await handler(look)
        except web.HTTPNotFound:
            response = look.page("missing.html", status=404)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return serve
