"""GET /staff/passes: applications by what is owed first, passes by tab, and whatever a number, plate or firm finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import pass_rows
from handlers.staff.asked import moment_cursor
from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions, rights
from hotline.firms.registering import grams_of
from hotline.formats.credit_codes import parse_credit_code
from hotline.formats.plates import find_plate
from hotline.passes import deciding
from locales.words import Refusal, Say, say
from storage import firms, review
from storage import passes as ledger
from storage.ledger import count_each
from storage.models import Pass

HERE = "/staff/passes"
PAGE = 50
MOST_COUNTED = 99
TABS = tuple(review.QUEUES)
UNCOUNTED = ("ended",)
DECIDED = ("decide", "second")
"""Tabs whose plain rows may be approved several at a time."""

LONGEST = 60
MOST_FIRMS = 50
EVERYWHERE = divisions.bounds(divisions.NATION)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The list that an address asks for: a tab, or words to be found; `after` is where its last page ended."""

    tab: str
    q: str
    after: str

    def address(self, **changed: str) -> str:
        """The address of this list, or of one that differs in these."""
        of = {"tab": self.tab, "q": self.q, "after": self.after} | changed
        kept = {name: value for name, value in of.items() if value and (name, value) != ("tab", TABS[0])}
        return f"{HERE}?{urlencode(kept)}" if kept else HERE


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list, where the next one begins, and why it is empty when it is."""

    rows: Sequence[Pass] = ()
    after: str = ""
    no: Say | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """A tab or what was found; a whole number goes straight to its pass."""
    wanted = _wanted(visit)
    bounds = divisions.bounds(visit.staff.division)
    async with visit.house.db.read() as tx:
        if wanted.q.isascii() and wanted.q.isdecimal() and len(wanted.q) == 12:
            named = await ledger.by_number(tx, wanted.q)
            if named is not None and deciding.may_see(visit.staff, named):
                return visit.onward(f"{HERE}/{named.id}")
        found = await _found(tx, visit, wanted, bounds)
        rows = await pass_rows.rows_of(tx, found.rows, visit.now)
        queues = {tab: review.counted(tab, bounds, MOST_COUNTED) for tab in TABS if tab not in UNCOUNTED}
        counts = await count_each(tx, queues | visit.waiting())
    return await visit.page(
        "passes.html",
        wanted=wanted,
        tabs=TABS,
        counts=counts,
        waiting=counts,
        most=MOST_COUNTED,
        rows=rows,
        no=found.no,
        older=wanted.address(after=found.after) if found.after else None,
        first=wanted.address(after="") if wanted.after else None,
        picks=bool(rows) and not wanted.q and wanted.tab in DECIDED,
        allots=rights.may(visit.staff, "allot_block"),
    )


def _wanted(visit: Visit) -> Wanted:
    query = visit.request.query
    tab, q = query.get("tab", ""), clean(query.get("q", "")).strip()[:LONGEST]
    return Wanted(tab if tab in TABS else TABS[0], q, query.get("after", "")[:LONGEST])


async def _found(tx: AsyncSession, visit: Visit, wanted: Wanted, bounds: tuple[str, str]) -> Found:
    if not wanted.q:
        order = review.QUEUES[wanted.tab][1]
        after = _after(order is review.DUE, wanted.after)
        return _cut(await review.page(tx, wanted.tab, bounds, PAGE + 1, after), by_clock=order is review.DUE)
    after = _after(False, wanted.after)
    if plate := find_plate(wanted.q):
        rows = await review.of_plate(tx, plate[0].number, bounds, PAGE + 1, after)
        return _cut(rows, no=say("review.find.no_plate", plate=plate[0].number))
    ids = await _firms(tx, wanted.q)
    if not ids:
        return Found(no=say("review.find.nothing", typed=wanted.q))
    return _cut(
        await review.of_firms(tx, ids, bounds, PAGE + 1, after), no=say("review.find.no_passes", typed=wanted.q)
    )


async def _firms(tx: AsyncSession, typed: str) -> list[int]:
    """The firms that a code or a part of a name means."""
    try:
        firm = await firms.by_uscc(tx, parse_credit_code(typed))
        return [firm.id or 0] if firm else []
    except Refusal:
        grams = grams_of(typed)
    if not grams:
        return []
    return [one.id or 0 for one in await firms.page(tx, firms.Wanted(EVERYWHERE, grams=grams), MOST_FIRMS)]


def _after(by_clock: bool, written: str) -> tuple[Any, ...] | None:
    """Where a list goes on; None at its beginning, and for what is no place in it."""
    if by_clock:
        return moment_cursor(written)
    return (int(written),) if written.isascii() and written.isdecimal() and len(written) <= 18 else None


def _cut(rows: Sequence[Pass], *, by_clock: bool = False, no: Say | None = None) -> Found:
    if not rows:
        return Found(no=no)
    if len(rows) <= PAGE:
        return Found(rows)
    last = rows[PAGE - 1]
    return Found(rows[:PAGE], f"{last.due_at.isoformat()}~{last.id}" if by_clock else str(last.id))
