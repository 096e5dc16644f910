"""Photos that a web contact uploads before it sends the message that holds them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.web.channel import Web
from bot.channels.web.site import Site, json_response
from locales.words import Refusal
from storage import attachments, budgets, files

EVERY, AT_ONCE = timedelta(seconds=20), 30
"""Uploads of one contact: thirty at once, then three a minute; a report has six photos at most."""

LARGEST_MB = 10
_LARGEST = LARGEST_MB * 1024 * 1024


class Photos:
    """POST /api/photos keeps a photo; GET /api/photos/{id} shows it to the one who sent it."""

    def __init__(self, site: Site):
        self._site = site

    async def post(self, request: web.Request) -> web.Response:
        """{"photo": id}, the same id for the same content; raises Refusal for what is too large or no image."""
        self._site.refuse_foreign(request)
        address = self._site.contact(request)
        await self._pay(address)
        content = await _uploaded(request)
        kept = await asyncio.to_thread(files.keep, self._site.files, content)
        async with self._site.db.write() as tx:
            photo = await attachments.keep(tx, Web.name, self._site.account, address, kept, datetime.now(UTC))
        return json_response({"photo": photo})

    async def _pay(self, address: str) -> None:
        name, now = f"photos:{Web.name}:{self._site.account}:{address}", datetime.now(UTC)
        async with self._site.db.write() as tx:
            allowed, wait = await budgets.allowance(tx, name, EVERY, AT_ONCE, now)
            if not allowed:
                raise Refusal("web.too_many", wait=wait)
            await budgets.pay(tx, name, EVERY, 1, now)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The file, to its sender alone."""
        address = self._site.contact(request)
        async with self._site.db.read() as tx:
            photo = await attachments.of_address(
                tx, Web.name, self._site.account, address, int(request.match_info["id"])
            )
        if photo is None or not photo.sha256:
            raise Refusal("web.no_such_photo")
        path = files.path(self._site.files, photo.sha256)
        if not await asyncio.to_thread(path.is_file):
            raise Refusal("web.no_such_photo")
        headers = {
            "Content-Type": photo.media_type or "application/octet-stream",
            "Content-Disposition": "inline",
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return web.FileResponse(path, headers=headers)


async def _uploaded(request: web.Request) -> bytes:
    """The bytes of the one field "photo"; raises Refusal when there is none or it is larger than 10 MB."""
    if request.content_type != "multipart/form-data":
        raise Refusal("web.malformed")
    if (request.content_length or 0) > _LARGEST + 64 * 1024:
        raise Refusal("files.too_large", limit_mb=LARGEST_MB)
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "photo":
                return await _whole(part)
    except (ValueError, HttpProcessingError):
        raise Refusal("web.malformed") from None
    raise Refusal("web.malformed")


async def _whole(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > _LARGEST:
            raise Refusal("files.too_large", limit_mb=LARGEST_MB)
    if not content:
        raise Refusal("web.malformed")
    return bytes(content)
