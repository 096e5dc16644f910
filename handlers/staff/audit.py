"""GET /staff/audit: who saw, who changed, who unmasked, who exported; for supervisors and administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.visit import Visit
from hotline import divisions, rights
from hotline.numbers import find_number
from locales.words import Refusal, Say, has, say
from storage import staff as people
from storage import tickets as ledger
from storage import trail

HERE = "/staff/audit"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody did: when, who, what, to which ticket, and the codes beside it."""

    at: datetime
    staff_id: int
    what: Say
    ticket_id: int | None
    details: str
    mark: tuple[str, int]


async def show(visit: Visit) -> web.StreamResponse:
    """The newest lines, of one person or one ticket if asked; each page begins where the last one ended."""
    query = visit.request.query
    typed = {"staff": query.get("staff", "").strip()[:60], "ticket": query.get("ticket", "").strip()[:60]}
    marks = {"look": _mark(query.get("look", "")), "change": _mark(query.get("change", ""))}
    async with visit.house.db.read() as tx:
        try:
            staff_id, ticket_id = await _asked(tx, visit, typed)
            no, lines = None, await _lines(tx, visit, staff_id, ticket_id, marks)
        except Refusal as refusal:
            no, lines = refusal.say, []
        numbers = await ledger.numbers(tx, {line.ticket_id for line in lines if line.ticket_id})
        names = await people.names(tx)
    shown = lines[:PAGE]
    ends = marks | dict(line.mark for line in shown)
    kept = {name: value for name, value in {**typed, **ends}.items() if value}
    return await visit.page(
        "audit.html",
        status=422 if no else 200,
        lines=shown,
        names=names,
        numbers=numbers,
        typed=typed,
        no=no,
        older=f"{HERE}?{urlencode(kept)}" if len(lines) > PAGE else None,
        first=f"{HERE}?{urlencode({n: v for n, v in typed.items() if v})}" if any(marks.values()) else None,
    )


async def _asked(tx: AsyncSession, visit: Visit, typed: dict[str, str]) -> tuple[int | None, int | None]:
    """The ids that the two fields name; raises Refusal for what is unknown or lies beyond this reader's divisions."""
    staff_id = ticket_id = None
    if typed["staff"]:
        member = await people.by_login(tx, typed["staff"])
        if member is None or not divisions.is_within(member.division, visit.staff.division):
            raise Refusal("audit.staff.unknown")
        staff_id = member.id
    if typed["ticket"]:
        number = find_number(typed["ticket"])
        ticket = await ledger.by_number(tx, number) if number else None
        if ticket is None or not await rights.may_see(tx, visit.staff, ticket):
            raise Refusal("audit.ticket.unknown")
        ticket_id = ticket.id
    return staff_id, ticket_id


async def _lines(
    tx: AsyncSession, visit: Visit, staff_id: int | None, ticket_id: int | None, marks: dict[str, int | None]
) -> list[Line]:
    """Both kinds by time, newest first; one more than a page when there are more."""
    sought = trail.Sought(divisions.bounds(visit.staff.division), staff_id, ticket_id)
    looks = await trail.looks(tx, sought, marks["look"], PAGE + 1)
    changes = await trail.changes(tx, sought, marks["change"], PAGE + 1)
    lines = [
        Line(row.at, row.staff_id, _what(visit, row.what), row.ticket_id, _plain(row.facts), ("look", row.id or 0))
        for row in looks
    ] + [
        Line(
            event.at, int(event.actor.removeprefix("staff:")), say(f"event.{event.kind}"), event.ticket_id, "",
            ("change", event.id or 0),
        )
        for event in changes
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.at, line.mark), reverse=True)[: PAGE + 1]


def _what(visit: Visit, what: str) -> Say:
    key = f"audit.what.{what}"
    return say(key) if has(visit.language, key) else say("audit.what.other", code=what)


def _plain(facts: dict[str, Any]) -> str:
    """The codes beside it, as they are kept: they name things, and are no words."""
    return ", ".join(f"{name}: {value}" for name, value in facts.items() if isinstance(value, str | int) and value)


def _mark(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None
