"""GET /staff/outbox and its POSTs: messages that no channel would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.visit import Visit
from hotline import rights
from locales.words import Say, from_json, say
from storage import outbox
from storage import tickets as ledger
from storage.models import Outbox, Ticket

PAGE = 50
AT_ONCE = 500
"""Messages that one press sends again; a press is one transaction, which shall not hold up the desk."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A message that did not arrive: its words, the ticket it is about, and why it stopped."""

    row: Outbox
    words: str
    number: str | None
    why: Say


async def show(visit: Visit) -> web.StreamResponse:
    """The dead letters, newest first."""
    before = visit.request.query.get("before", "")
    last = int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else None
    async with visit.house.db.read() as tx:
        rows = await outbox.dead(tx, last, PAGE + 1)
        mine = [row for row in rows[:PAGE] if await _is_mine(tx, visit, row)]
        numbers = await ledger.numbers(tx, {_ticket_id(row) for row in mine})
    return await visit.page(
        "outbox.html",
        rows=[_dead(visit, row, numbers) for row in mine],
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
        before=last,
    )


async def again(visit: Visit) -> web.StreamResponse:
    """Queue one of them anew; one that is queued already stays so."""
    async with visit.house.db.write() as tx:
        row = await tx.get(Outbox, int(visit.request.match_info["id"]))
        if row is not None and not await _is_mine(tx, visit, row):
            raise web.HTTPNotFound
        done = await outbox.send_again(tx, int(visit.request.match_info["id"]), visit.now)
    return visit.onward("/staff/outbox", say("console.outbox.queued" if done else "console.outbox.gone", count=1))


async def all_again(visit: Visit) -> web.StreamResponse:
    """Queue all of them anew, as many as one transaction should."""
    async with visit.house.db.write() as tx:
        rows = [row for row in await outbox.dead(tx, None, AT_ONCE) if await _is_mine(tx, visit, row)]
        done = sum([await outbox.send_again(tx, row.id or 0, visit.now) for row in rows])
    return visit.onward("/staff/outbox", say("console.outbox.queued" if done else "console.outbox.gone", count=done))


def _ticket_id(row: Outbox) -> int:
    """The ticket that a message is about; 0: none."""
    kind, _, number = (row.about or "").partition(":")
    return int(number) if kind in ("ticket", "desk") and number.isdecimal() else 0


async def _is_mine(tx: AsyncSession, visit: Visit, row: Outbox) -> bool:
    """Whether this reader may see it: as the ticket it is about, or, when it is about none, as one of the desk."""
    ticket = await tx.get(Ticket, _ticket_id(row)) if _ticket_id(row) else None
    return visit.staff.role in rights.DESK if ticket is None else await rights.may_see(tx, visit.staff, ticket)


def _dead(visit: Visit, row: Outbox, numbers: dict[int, str]) -> Dead:
    facts = {name: without_codes(from_json(value), name) for name, value in row.facts.items()}
    try:
        words = visit.render(Say(row.key, facts))
    except (LookupError, ValueError, TypeError):  # it may be dead because nobody can word it
        words = row.key
    number = numbers.get(int(row.about[7:])) if row.about and row.about.startswith("ticket:") else None
    return Dead(row, words, number, why(row))


def without_codes(fact: Any, name: str = "") -> Any:
    """The same fact, with a ticket's code hidden wherever it is: it is the reporter's alone."""
    match fact:
        case Say():
            return Say(fact.key, {inner: without_codes(value, inner) for inner, value in fact.facts.items()})
        case list():
            return [without_codes(one, name) for one in fact]
    return "••••••" if name == "code" else fact


def why(row: Outbox) -> Say:
    """What stopped it, in words that say what to do; the channel's own words stand beside them on the page."""
    problem = row.problem or ""
    if "our own code" in problem:
        return say("console.problem.ours")
    if row.unknown and problem.startswith("outcome unknown"):
        return say("console.problem.unknown", count=row.unknown)
    return say("console.problem.refused")
