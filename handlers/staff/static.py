"""Style, script and icon of the console, under a name that changes with them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from handlers.staff.visit import Visit

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


class Static:
    """The files of a folder, read once."""

    def __init__(self, folder: Path):
        self._files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix in _TYPES}
        seen = hashlib.sha256()
        for name, content in self._files.items():
            seen.update(name.encode() + b"\0" + content)
        self._version = seen.hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where this version of a file is."""
        return f"/staff/static/{self._version}/{name}"

    def answer(self, version: str, name: str) -> web.Response:
        """The file, kept for ever under its own version and not at all under another; raises HTTPNotFound."""
        if name not in self._files:
            raise web.HTTPNotFound
        response = web.Response(body=self._files[name], content_type=_TYPES[Path(name).suffix], charset="utf-8")
        response.headers["Cache-Control"] = _FOREVER if version == self._version else "no-store"
        response.enable_compression()
        return response


async def show(visit: Visit) -> web.StreamResponse:
    """GET /staff/static/{version}/{name}."""
    asked = visit.request.match_info
    return visit.console.pages.static.answer(asked["version"], asked["name"])
