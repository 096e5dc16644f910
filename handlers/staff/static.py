"""Style, script and pictures of the console, under a name that changes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from handlers.staff.visit import Visit

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
_FOREVER = "public, max-age=31536000, immutable"


class Static:
    """The files of a folder that have one of these names, read once, and where they are served."""

    def __init__(self, folder: Path, at: str = "/staff/static", names: Sequence[str] = ("*",)):
        self._at = at
        found = sorted(file for name in names for file in folder.glob(name) if file.suffix in _TYPES)
        self._files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}
        seen = hashlib.sha256()
        for name, content in self._files.items():
            seen.update(name.encode() + b"\0" + content)
        self._version = seen.hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where this version of a file is."""
        return f"{self._at}/{self._version}/{name}"

    def has(self, name: str) -> bool:
        """Whether this file is there."""
        return name in self._files

    def answer(self, version: str, name: str) -> web.Response:
        """The file, kept for ever under its own version and not at all under another; raises HTTPNotFound."""
        if name not in self._files:
            raise web.HTTPNotFound
        kind = _TYPES[Path(name).suffix]
        response = web.Response(
            body=self._files[name], content_type=kind, charset=None if kind == "image/png" else "utf-8"
        )
        response.headers["Cache-Control"] = _FOREVER if version == self._version else "no-store"
        response.enable_compression()
        return response


async def show(visit: Visit) -> web.StreamResponse:
    """GET /staff/static/{version}/{name}."""
    asked = visit.request.match_info
    return visit.console.pages.static.answer(asked["version"], asked["name"])
