"""POST /staff/sign-out."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.visit import HERE, Visit
from locales.words import say
from storage import staff as people


async def sign_out(visit: Visit) -> web.StreamResponse:
    """End every session of this person, so that a cookie somebody copied is worth nothing either."""
    async with visit.house.db.write() as tx:
        member = await people.by_id(tx, visit.staff.id or 0)
        if member is not None and visit.session.is_of(member):
            member.epoch += 1
            tx.add(member)
    response = visit.onward(f"{HERE}sign-in", say("console.signed_out"))
    visit.console.sessions.hand_out(response, visit.console.sessions.begin(None, visit.now))
    return response
