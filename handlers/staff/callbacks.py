"""GET /staff/callbacks: whom a clerk calls to ask whether the matter is settled, and what he hears."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.desk import what_of
from handlers.staff.columns import place_in
from handlers.staff.visit import Visit
from hotline import catalogue, closing, divisions, rights
from hotline.formats.describe import describe_place
from locales.words import Refusal, Say, say
from storage import callbacks as asked
from storage import queues
from storage.models import Callback, Ticket

HERE = "/staff/callbacks"
PAGE = 30
SATISFACTIONS = ("satisfied", "mostly", "unsatisfied")
_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One reporter to be asked."""

    callback: Callback
    ticket: Ticket
    what: Say
    place: Say


async def show(visit: Visit) -> web.StreamResponse:
    """Who is to be asked, first due first."""
    return await _page(visit, None, 0)


async def reached(visit: Visit) -> web.StreamResponse:
    """The reporter was reached, and said how satisfied he is; who is not says why."""
    satisfaction, why = visit.form.get("satisfaction", ""), visit.form.get("why", "").strip()
    if satisfaction not in SATISFACTIONS:
        return await _page(visit, say("callbacks.choose"), _id(visit))
    if satisfaction == "unsatisfied" and not why:
        return await _page(visit, say("callbacks.why_missing"), _id(visit))

    async def rate(tx: AsyncSession, ticket_id: int) -> Ticket:
        actor = f"staff:{visit.staff.id}"
        return await closing.rate(tx, ticket_id, actor, satisfaction, why, visit.now, by=visit.staff)

    return await _do(visit, f"callbacks.done.{satisfaction}", rate)


async def not_reached(visit: Visit) -> web.StreamResponse:
    """Nobody answered: the try counts."""
    return await _do(visit, "callbacks.done.not_reached", lambda tx, i: closing.called(tx, i, visit.staff, visit.now))


async def _do(visit: Visit, done: str, verb: Callable[[AsyncSession, int], Awaitable[Any]]) -> web.StreamResponse:
    ticket_id = _id(visit)
    try:
        async with visit.house.db.write() as tx:
            held = await queues.hold(tx, [ticket_id])
            if not held or not await rights.may_see(tx, visit.staff, held[0]):
                raise web.HTTPNotFound
            number = held[0].number
            if await visit.is_first(tx):
                await verb(tx, ticket_id)
    except Refusal as no:
        return await _page(visit, no.say, ticket_id)
    return visit.onward(HERE, say(done, number=number))


async def _page(visit: Visit, no: Say | None, about: int) -> web.StreamResponse:
    """The page; a refusal stands at the ticket that it is about."""
    low, high = divisions.bounds(visit.staff.division)
    after = _place(visit.request.query.get("after", ""))
    async with visit.house.db.read() as tx:
        found = await asked.page(tx, low, high, after, PAGE + 1)
    rows = [Row(one, ticket, what_of(ticket), describe_place(place_in(ticket))) for one, ticket in found[:PAGE]]
    last = rows[-1].callback if len(found) > PAGE else None
    return await visit.page(
        "callbacks.html",
        rows=rows,
        tries=catalogue.load().callback_tries,
        satisfactions=SATISFACTIONS,
        no=no,
        about=about,
        typed=visit.form,
        first=HERE if after else None,
        older=f"{HERE}?after={_cursor(last)}" if last else None,
        once=visit.new_once,
    )


def _id(visit: Visit) -> int:
    return int(visit.request.match_info["id"])


def _cursor(one: Callback) -> str:
    return f"{(one.due_at - _EPOCH) // timedelta(microseconds=1)}.{one.id}"


def _place(written: str) -> tuple[datetime, int] | None:
    found = _CURSOR.fullmatch(written)
    try:
        return (_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None
    except OverflowError:
        return None
