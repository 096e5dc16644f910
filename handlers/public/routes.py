"""Every public page, in one table: anybody may read it, and nothing is changed by reading."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from bot.app import House
from handlers.public import library, rules
from handlers.public.look import STATIC, Handler, Look, Pages
from handlers.staff.policy import POLICY

TABLE: list[tuple[str, Handler]] = [
    ("/library/{document}", library.show_document),
    ("/library/{document}/{anchor}", library.show_clause),
    ("/rules/{code}", rules.show),
]
"""Address and page; all of them are GET."""

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
