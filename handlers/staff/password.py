"""GET and POST /staff/password."""

from __future__ import annotations

import asyncio

from aiohttp import web

from handlers.staff import passwords
from handlers.staff.sign_in import proven
from handlers.staff.visit import HERE, Visit
from locales.words import Refusal, say
from storage import staff as people
from storage.models import Staff


async def show(visit: Visit) -> web.StreamResponse:
    """The form; after a one-time password it is the only page there is."""
    return await _form(visit)


async def change(visit: Visit) -> web.StreamResponse:
    """Take a new password; every other session of this person ends."""
    try:
        sealed = await _sealed(visit)
    except Refusal as no:
        return await _form(visit, no)
    async with visit.house.db.write() as tx:
        member = await people.by_id(tx, visit.staff.id or 0)
        if member is None or not visit.session.is_of(member):
            raise web.HTTPUnauthorized
        member.password_hash, member.must_change, member.epoch = sealed, False, member.epoch + 1
        tx.add(member)
    response = visit.onward(HERE, say("console.password.changed"))
    visit.console.sessions.hand_out(response, visit.console.sessions.begin(member, visit.now))
    return response


async def _sealed(visit: Visit) -> str:
    """The hash of the new password; raises Refusal: the present one is wrong, the new one short, the same or unlike."""
    member, new = visit.staff, visit.form.get("new", "")
    if not member.must_change:
        await _prove(visit, member)
    if new != visit.form.get("again", ""):
        raise Refusal("console.password.unlike")
    sealed = await asyncio.to_thread(passwords.seal, new)
    if await asyncio.to_thread(passwords.is_right, member.password_hash, new):
        raise Refusal("console.password.same")
    return sealed


async def _prove(visit: Visit, member: Staff) -> None:
    try:
        await proven(visit, member.login, visit.form.get("current", ""))
    except Refusal as no:
        if no.key == "console.sign_in.wrong":
            raise Refusal("console.password.wrong") from None
        raise


async def _form(visit: Visit, no: Refusal | None = None) -> web.Response:
    return await visit.page(
        "password.html", status=422 if no else 200, no=no.say if no else None, shortest=passwords.SHORTEST
    )
