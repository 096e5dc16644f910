"""A form of a page about one row: one verb in one transaction, and back to the page; a refusal is shown above it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.visit import Handler, Visit
from locales.words import Refusal, Say, say

Verb = Callable[[AsyncSession, Visit, int], Awaitable[Any]]
"""Does to the row of this id what the form asks; may return the sentence that says so."""

Page = Callable[[Visit, str, Say], Awaitable[web.StreamResponse]]
"""The page again, with the name of the form that was refused and why; what was typed is in the visit."""


def doing(name: str, verb: Verb, page: Page, here: str, done: str | None = None) -> Handler:
    """The handler of the form `name`; `done` begins the key of what is said then, unless the verb says it itself."""

    async def handler(visit: Visit) -> web.StreamResponse:
        row_id, said = int(visit.request.match_info["id"]), None
        try:
            async with visit.house.db.write() as tx:
                if await visit.is_first(tx):
                    said = await verb(tx, visit, row_id)
        except Refusal as no:
            return await page(visit, name, no.say)
        return visit.onward(f"{here}/{row_id}", say(f"{done}.{name}") if done else said)

    handler.__name__, handler.__doc__ = name, verb.__doc__
    return handler
