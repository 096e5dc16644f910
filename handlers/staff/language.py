"""POST /staff/language."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.sign_in import page_of_ours
from handlers.staff.visit import Visit
from locales.words import LANGUAGES
from storage import staff as people


async def choose(visit: Visit) -> web.StreamResponse:
    """Read the console in another language from now on."""
    language = visit.form.get("language", "")
    if language not in LANGUAGES:
        raise web.HTTPBadRequest
    async with visit.house.db.write() as tx:
        member = await people.by_id(tx, visit.staff.id or 0)
        assert member is not None
        member.language = language
        tx.add(member)
    return visit.onward(page_of_ours(visit.form.get("back", "")))
