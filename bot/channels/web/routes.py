"""Every address of the web chat, in one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.channels import Incoming
from bot.channels.web.cookie import ContactCookie
from bot.channels.web.events import Events
from bot.channels.web.history import History
from bot.channels.web.messages import Messages
from bot.channels.web.page import Page
from bot.channels.web.photos import Photos
from bot.channels.web.pictures import Pictures
from bot.channels.web.site import Site
from bot.pictures import Draw
from storage.database import Database


def add_routes(
    app: web.Application,
    *,
    db: Database,
    receive: Callable[[Incoming], Awaitable[bool]],
    secret: str,
    files: Path,
    public_url: str,
    default_language: str,
    account: str,
    draw: Draw | None = None,
) -> None:
    """Serve the web chat from this application.

    `receive` takes a message in (True: new, False: seen before; raises Unavailable), `secret` signs cookies,
    `files` is the folder of photos, `public_url` the address under which browsers know us, `draw` makes the pictures
    that stand beside our words.
    """
    site = Site(
        db=db,
        receive=receive,
        cookie=ContactCookie(secret, secure=public_url.startswith("https:")),
        files=files,
        public_url=public_url,
        default_language=default_language,
        account=account,
        draw=draw,
    )
    page, events = Page(site), Events(site)
    messages, photos, pictures, history = Messages(site), Photos(site), Pictures(site), History(site)

    async def session(request: web.Request) -> web.Response:
        """POST /api/session: an address for a client that never loads the page."""
        site.refuse_foreign(request)
        response = web.Response(status=204, headers={"Cache-Control": "no-store"})
        site.cookie.hand_out(request, response)
        return response

    app.add_routes(
        [
            web.get("/", page.show),
            web.get("/chat/{version}/{name}", page.file),
            web.get("/sw.js", page.worker),
            web.get("/manifest.webmanifest", page.manifest),
            web.get("/api/words/{lang}", site.answering(page.words)),
            web.post("/api/session", site.answering(session)),
            web.post("/api/messages", site.answering(messages.post)),
            web.post("/api/photos", site.answering(photos.post)),
            web.get(r"/api/photos/{id:[1-9][0-9]{0,17}}", site.answering(photos.get)),
            web.get(r"/api/pictures/{row:[1-9][0-9]{0,17}}", site.answering(pictures.get)),
            web.get("/api/history", site.answering(history.get)),
            web.get("/api/events", site.answering(events.get), allow_head=False),
        ]
    )
    app.on_shutdown.append(events.close)
