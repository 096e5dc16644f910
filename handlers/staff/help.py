"""GET /staff/help."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.visit import Visit


async def show(visit: Visit) -> web.StreamResponse:
    """Keys and colours, explained."""
    return await visit.page("help.html")
