"""Pictures beside our words, drawn when their reader's browser asks for them, as things stand then."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.web_exceptions import HTTPNotModified

from bot.channels.web.site import Site
from bot.pictures import drawn
from locales.words import Refusal
from storage import said

_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class Pictures:
    """GET /api/pictures/{row}: the picture of one bubble."""

    def __init__(self, site: Site):
        self._site = site

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The PNG, to the bubble's reader alone; raises Refusal where the words stand without one."""
        address = self._site.contact(request)
        async with self._site.db.read() as tx:
            found = await said.picture(tx, self._site.account, address, int(request.match_info["row"]))
        content = found and await drawn(self._site.db, self._site.draw, *found, datetime.now(UTC))
        if not content:
            raise Refusal("web.no_such_picture")
        etag = hashlib.sha256(content).hexdigest()[:32]
        headers = {**_HEADERS, "ETag": f'"{etag}"'}
        if any(known.value == etag for known in request.if_none_match or ()):
            raise HTTPNotModified(headers=headers)
        return web.Response(body=content, content_type="image/png", headers=headers)
