"""GET and POST /staff/chat: somebody of the staff links a chat with a one-time code, or unlinks it."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.visit import Visit
from hotline import staff_chat
from locales.words import say
from storage import staff as people
from storage.staff_chat import chat_of

HERE = "/staff/chat"


async def show(visit: Visit) -> web.StreamResponse:
    """Whether a chat is linked, and what can be done about it."""
    return await _page(visit)


async def offer(visit: Visit) -> web.StreamResponse:
    """A fresh code; this answer is the one page that shows it, and only its hash is kept."""
    code = staff_chat.new_code()
    async with visit.house.db.write() as tx:
        if not await visit.is_first(tx):
            return visit.onward(HERE, say("chat_link.shown_once"))
        await staff_chat.offer(tx, visit.staff, code, visit.now)
    return await _page(visit, code)


async def unlink(visit: Visit) -> web.StreamResponse:
    """The chat is nobody's again."""
    async with visit.house.db.write() as tx:
        if await visit.is_first(tx):
            await staff_chat.unlink(tx, visit.staff, visit.now)
    return visit.onward(HERE, say("chat_link.unlinked"))


async def _page(visit: Visit, code: str = "") -> web.Response:
    async with visit.house.db.read() as tx:
        member = await people.by_id(tx, visit.staff.id or 0)
        chat = await chat_of(tx, member) if member else None
    until = visit.now + staff_chat.CODE_LASTS
    return await visit.page("chat_link.html", chat=chat, code=code, until=until, once=visit.new_once)
