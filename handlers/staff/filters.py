"""POST /staff/filters: lists that somebody looks at often, kept under a name."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from handlers.staff import search, tickets
from handlers.staff.visit import Visit
from hotline.formats.tidy import tidy
from locales.words import Refusal, say
from storage import filters

LONGEST_NAME = 20
MOST = 20
"""More than this is a drawer, not a row of buttons."""


async def keep(visit: Visit) -> web.StreamResponse:
    """Save the list that is shown; the same name again means the new list."""
    wanted = search.read(dict(parse_qsl(visit.form.get("query", ""))))
    name = tidy(visit.form.get("name", ""))
    try:
        if not name or len(name) > LONGEST_NAME:
            raise Refusal("queue.filter.name", longest=LONGEST_NAME)
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                if await filters.count(tx, visit.staff.id or 0, name) >= MOST:
                    raise Refusal("queue.filter.too_many", most=MOST)
                await filters.keep(tx, visit.staff.id or 0, name, wanted.query())
    except Refusal as no:
        return await tickets.listed(visit, wanted, no.say)
    return visit.onward(wanted.address(), say("queue.filter.kept", name=name))


async def drop(visit: Visit) -> web.StreamResponse:
    """Forget a list."""
    async with visit.house.db.write() as tx:
        await filters.drop(tx, visit.staff.id or 0, int(visit.request.match_info["id"]))
    return visit.onward(search.HERE, say("queue.filter.dropped"))
