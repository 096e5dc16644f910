"""POST /staff/tickets/{number}/presence: somebody is writing an answer, and the others should know."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import ticket
from handlers.staff.visit import Visit
from storage import presence
from storage.models import Ticket

LASTS = timedelta(seconds=30)
"""A browser that writes says so every ten seconds; who closed it is gone after three of them."""


async def write(visit: Visit) -> web.StreamResponse:
    """I write, or with `gone` no more; nothing is answered."""
    async with visit.house.db.write() as tx:
        found = await ticket.found(tx, visit)
        if visit.form.get("gone"):
            await leave(tx, visit, found)
        else:
            await presence.write(tx, found.id or 0, visit.staff.id or 0, visit.now + LASTS, visit.now)
    return web.Response(status=204)


async def leave(tx: AsyncSession, visit: Visit, found: Ticket) -> None:
    """What was written has been sent."""
    await presence.leave(tx, found.id or 0, visit.staff.id or 0)
