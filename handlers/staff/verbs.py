"""POST /staff/tickets/{number}/…: one verb of the desk, in one transaction."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import deeds, presence, ticket
from handlers.staff.deeds import Asked, Deed
from handlers.staff.visit import Handler, Visit
from hotline import rights
from locales.words import Refusal, say
from storage import looks
from storage import tickets as ledger
from storage.models import Ticket


def _doing(deed: Deed) -> Handler:
    """Do it once, however often the form is sent, and show the ticket; a refusal is shown where it was asked."""

    async def handler(visit: Visit) -> web.StreamResponse:
        try:
            async with visit.house.db.write() as tx:
                found = await ticket.found(tx, visit)
                if not rights.may(visit.staff, deed.needs):
                    raise web.HTTPForbidden
                if await visit.is_first(tx):
                    if deed.closes:
                        await _refuse_unread(tx, visit, found)
                    await deed.do(tx, Asked(visit, found))
                    await presence.leave(tx, visit, found)
                stays = await rights.may_see(tx, visit.staff, found)
        except Refusal as no:
            return await ticket.page(visit, refused=deed.name, no=no.say)
        where = f"/staff/tickets/{found.number}" if stays else "/staff/"
        return visit.onward(where, say(f"page.done.{deed.name}", number=found.number))

    handler.__name__ = deed.name
    return handler


async def _refuse_unread(tx: AsyncSession, visit: Visit, found: Ticket) -> None:
    """What ends a matter waits until its reporter's last words were on the page from which it is ended."""
    seen = visit.form.get("seen", "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) <= 18):
        return
    await ledger.lock(tx, found.id or 0)
    if await looks.wrote_since(tx, found.id or 0, int(seen)):
        raise Refusal("page.news_first", number=found.number)


ROUTES = tuple((deed.name, _doing(deed), rights.VERBS[deed.needs]) for deed in deeds.TABLE)
"""Each verb's name in the address, its handler, and the roles that may."""
