"""GET /staff/photos/{id}, whole or small."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

from aiohttp import web

from handlers.staff.visit import Visit
from hotline import rights
from storage import files
from storage import tickets as ledger
from storage.models import Attachment, Ticket

SMALL = 480
"""Pixels of the longer side: sharp at half that on a display of double density."""

LARGE = 2048
"""The same for readers who may not know the reporter: large enough to read a notice, without what the camera wrote."""

MOST_PIXELS = 30_000_000
"""Larger ones are shown as they are: making them small would take more memory than a page is worth."""

HEADERS = {
    "Content-Disposition": "inline",
    "Cache-Control": "private, max-age=43200, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


async def show(visit: Visit) -> web.StreamResponse:
    """A photo of a ticket within reach; with `?small` a JPEG for the page, which tells nothing but the picture.

    The file itself tells camera, moment and position too: only to those who may know the reporter.
    """
    async with visit.house.db.read() as tx:
        photo = await ledger.photo(tx, int(visit.request.match_info["id"]))
        ticket = await tx.get(Ticket, photo.ticket_id) if photo else None
        if photo is None or ticket is None or not photo.sha256 or not await rights.may_see(tx, visit.staff, ticket):
            raise web.HTTPNotFound
    return await serve(visit, photo, sees=rights.sees_reporter(visit.staff, ticket))


async def serve(visit: Visit, photo: Attachment, *, sees: bool = True) -> web.StreamResponse:
    """A photo that this reader may see, whole or small; without the camera's words unless he `sees` whose it is."""
    if not photo.sha256:
        raise web.HTTPNotFound
    path, is_small = files.path(visit.house.files, photo.sha256), "small" in visit.request.query
    if not await asyncio.to_thread(path.is_file):
        raise web.HTTPNotFound
    if is_small or not sees:
        async with visit.console.drawing:
            bare = await asyncio.to_thread(smaller, path, SMALL if is_small else LARGE)
        if bare is not None:
            return web.Response(body=bare, content_type="image/jpeg", headers=HEADERS)
        if not sees:
            raise web.HTTPNotFound
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": photo.media_type or "application/octet-stream"})


def smaller(path: Path, side: int = SMALL) -> bytes | None:
    """The picture as a small JPEG, upright and without what the camera wrote into it; None when it is too large."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        image.draft("RGB", (side, side))
        if image.width * image.height > MOST_PIXELS:
            return None
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((side, side))
        out = BytesIO()
        upright.convert("RGB").save(out, "JPEG", quality=80)
        return out.getvalue()
