"""POST /staff/tickets/{number}/…: one verb of the desk, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import ticket
from handlers.staff.visit import Handler, Visit
from hotline import closing, tickets
from locales.words import Refusal, say
from storage.models import Staff, Ticket

Worded = Callable[[AsyncSession, int, Staff, str, datetime], Awaitable[Ticket]]


async def take(visit: Visit) -> web.StreamResponse:
    """Make the ticket mine."""
    return await _do(visit, "take", lambda tx, found: tickets.take(tx, found, visit.staff, visit.now))


def _with_words(name: str, verb: Worded) -> Handler:
    async def handler(visit: Visit) -> web.StreamResponse:
        words = visit.form.get("words", "")
        return await _do(visit, name, lambda tx, found: verb(tx, found, visit.staff, words, visit.now))

    handler.__name__, handler.__doc__ = name, verb.__doc__
    return handler


reply = _with_words("reply", tickets.reply)
note = _with_words("note", tickets.note)
resolve = _with_words("resolve", closing.resolve)
reopen = _with_words("reopen", closing.reopen)


async def _do(visit: Visit, name: str, verb: Callable[[AsyncSession, int], Awaitable[Any]]) -> web.StreamResponse:
    """Do it once, however often the form is sent, and show the ticket; a refusal is shown where it was asked."""
    try:
        async with visit.house.db.write() as tx:
            found = await ticket.found(tx, visit)
            if await visit.is_first(tx):
                await verb(tx, found.id or 0)
    except Refusal as no:
        return await ticket.page(visit, refused=name, no=no.say)
    return visit.onward(f"/staff/tickets/{found.number}", say(f"console.done.{name}", number=found.number))
