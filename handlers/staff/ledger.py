"""GET /staff/ledger: any view of the ledger (台账), under an address that can be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import asked as view
from handlers.staff.asked import SOURCES, Asked
from handlers.staff.columns import Reader, division, place_in, source
from handlers.staff.due import Due, due
from handlers.staff.visit import Visit
from hotline import rights
from hotline.divisions import bounds
from hotline.formats.describe import describe_place
from hotline.formats.phones import mask_plate
from hotline.numbers import find_number
from hotline.rights import scope
from locales.words import Refusal, Say
from storage import ledger
from storage import staff as people
from storage.ledger import MOST, Wanted
from storage.models import OPEN, OUTCOMES, STATUSES, Ticket

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the ledger, as far as a glance needs it."""

    ticket: Ticket
    matter: str
    place: Say
    source: str
    division: str
    plate: str
    due: Due
    department: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of rows with the cursors of its neighbours, and how many there are of what."""

    rows: Sequence[Ticket] = ()
    newer: str = ""
    older: str = ""
    counts: tuple[tuple[str, int, str], ...] = ()
    waiting: Mapping[str, int] | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """The view that the address asks for; a whole ticket number goes straight to its ticket."""
    asked, no, shown = view.read(visit.request.query), None, Shown()
    async with visit.house.db.read() as tx:
        offices = await ledger.departments(tx)
        reader = await reader_of(tx, visit, offices)
        try:
            if (number := find_number(asked.q)) and await ledger.page(
                tx, Wanted(number=number), scope=scope(tx, visit.staff)
            ):
                return visit.onward(f"/staff/tickets/{number}")
        except Refusal as refused:
            no = refused.say
    if no is None:
        try:
            shown = await _shown(visit, asked)
        except Refusal as refused:
            no = refused.say
    low, high = bounds(visit.staff.division)
    return await visit.page(
        "ledger.html",
        waiting=shown.waiting,
        asked=asked,
        rows=[_row(ticket, reader, visit) for ticket in shown.rows],
        shown=shown,
        most=MOST,
        matters=view.matters_in(visit.words, "ledger.all_of"),
        choices=_choices(reader, {i: name for i, name, division in offices if low <= division <= high}),
        may_export=rights.may(visit.staff, "export"),
        no=no,
    )


def _choices(reader: Reader, departments: Mapping[int, str]) -> dict[str, list[tuple[object, str]]]:
    """What each field offers that is chosen from a list, by its name."""
    words = reader.words
    offered: dict[str, Iterable[tuple[object, str]]] = {
        "status": [("open", words("ledger.open")), *((one, words(f"console.status.{one}")) for one in STATUSES)],
        "source": [(one, source(reader, one)) for one in SOURCES],
        "priority": [(one, words(f"ledger.priority.{one}")) for one in ("urgent", "normal")],
        "named": [(one, words(f"ledger.{one}")) for one in ("yes", "no")],
        "department": departments.items(),
        "assignee": reader.people.items(),
        "outcome": [(one, words(f"ticket.outcome.{one}")) for one in OUTCOMES],
    }
    sorts: list[tuple[object, str]] = [("", words("ledger.sort.opened")), ("clock", words("ledger.sort.clock"))]
    return {name: [("", words("ledger.any")), *some] for name, some in offered.items()} | {"sort": sorts}


async def reader_of(tx: AsyncSession, visit: Visit, offices: Sequence[tuple[int, str, str]] | None = None) -> Reader:
    """Whoever reads, with the names behind ids; the departments are looked up unless they are at hand."""
    departments = {i: name for i, name, _ in offices or await ledger.departments(tx)}
    return Reader(visit.language, visit.house.settings.zone, await people.names(tx), departments)


async def _shown(visit: Visit, asked: Asked) -> Shown:
    """The rows and the numbers above them, each in a look of its own at the same time."""
    wanted = view.wanted_of(asked, visit.now, visit.house.settings.zone)
    shown, counts = await asyncio.gather(_rows(visit, asked, wanted), _counts(visit, asked, wanted))
    return replace(shown, counts=counts[0], waiting=counts[1])


async def _rows(visit: Visit, asked: Asked, wanted: Wanted) -> Shown:
    order = asked.order
    after, before = view.place_of(order, asked.after), view.place_of(order, asked.before)
    async with visit.house.db.read() as tx:
        held = scope(tx, visit.staff)
        rows = await ledger.page(tx, wanted, scope=held, order=order, after=after, before=before, limit=PAGE + 1)
    more = len(rows) > PAGE
    rows = rows[-PAGE:] if before else rows[:PAGE]
    has_newer, has_older = (more, True) if before else (after is not None, more)
    return Shown(
        rows,
        view.cursor(order, order.of(rows[0])) if rows and has_newer else "",
        view.cursor(order, order.of(rows[-1])) if rows and has_older else "",
    )


async def _counts(
    visit: Visit, asked: Asked, wanted: Wanted
) -> tuple[tuple[tuple[str, int, str], ...], Mapping[str, int]]:
    """What there is of this view, each number with the address of the tickets behind it; and all that was counted."""
    shown = {"found": (wanted, asked.address(after="", before=""))}
    if not (
        asked.status or asked.overdue or wanted.words
    ):  # of words only what was found: each narrower count needs all their ids
        shown["open"] = replace(wanted, statuses=OPEN), asked.address(status="open")
        shown["overdue"] = replace(wanted, overdue_at=visit.now), asked.address(overdue="yes")
    async with visit.house.db.read() as tx:
        held = scope(tx, visit.staff)
        of_view = {name: await ledger.counted(tx, narrower, scope=held) for name, (narrower, _) in shown.items()}
        counts = await ledger.count_each(tx, of_view | visit.waiting())
    return tuple((name, counts[name], address) for name, (_, address) in shown.items()), counts


def _row(ticket: Ticket, reader: Reader, visit: Visit) -> Row:
    row: Any = ticket
    return Row(
        ticket,
        reader.word(f"{ticket.kind}.what.{ticket.what}"),
        describe_place(place_in(row)),
        source(reader, ticket.source),
        division(ticket.division),
        mask_plate(ticket.plate) if ticket.plate and not ticket.confidential else "",
        due(ticket, visit.now),
        reader.departments.get(ticket.department_id) if ticket.department_id else None,
        reader.people.get(ticket.assignee_id) if ticket.assignee_id else None,
    )
