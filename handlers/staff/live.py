"""GET /staff/live."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.visit import Visit


async def listen(visit: Visit) -> web.StreamResponse:
    """Hear of every change (server-sent events)."""
    return await visit.console.live.stream(visit)
