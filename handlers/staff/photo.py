"""GET /staff/photos/{id}, whole or small."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

from aiohttp import web

from handlers.staff.visit import Visit
from storage import files
from storage import tickets as ledger

SMALL = 480
"""Pixels of the longer side: sharp at half that on a display of double density."""

MOST_PIXELS = 30_000_000
"""Larger ones are shown as they are: making them small would take more memory than a page is worth."""

HEADERS = {
    "Content-Disposition": "inline",
    "Cache-Control": "private, max-age=43200, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


async def show(visit: Visit) -> web.StreamResponse:
    """A photo that hangs on a ticket; with `?small` a JPEG for the page, which tells nothing but the picture."""
    async with visit.house.db.read() as tx:
        photo = await ledger.photo(tx, int(visit.request.match_info["id"]))
    if photo is None or not photo.sha256:
        raise web.HTTPNotFound
    path = files.path(visit.house.files, photo.sha256)
    if not await asyncio.to_thread(path.is_file):
        raise web.HTTPNotFound
    if "small" in visit.request.query:
        async with visit.console.drawing:
            small = await asyncio.to_thread(smaller, path)
        if small is not None:
            return web.Response(body=small, content_type="image/jpeg", headers=HEADERS)
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": photo.media_type or "application/octet-stream"})


def smaller(path: Path) -> bytes | None:
    """The picture as a small JPEG, upright and without what the camera wrote into it; None when it is too large."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        image.draft("RGB", (SMALL, SMALL))
        if image.width * image.height > MOST_PIXELS:
            return None
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SMALL, SMALL))
        out = BytesIO()
        upright.convert("RGB").save(out, "JPEG", quality=80)
        return out.getvalue()
