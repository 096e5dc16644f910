"""GET /staff/: the queue."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import search
from handlers.staff.due import Due, due
from handlers.staff.search import COUNTED, VIEWS, Wanted
from handlers.staff.visit import Visit
from hotline.blockages import KINDS
from hotline.formats.describe import describe_place
from hotline.formats.phones import mask_plate
from hotline.neighbours import place_of
from hotline.numbers import find_number
from locales.words import Refusal, Say, say
from storage import staff as people
from storage import tickets as ledger
from storage.models import Ticket

PAGE = 50
MOST_COUNTED = 99
"""More tickets than this are "99+": what a clerk must know is only that there are many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list, as far as a glance needs it."""

    ticket: Ticket
    place: Say
    due: Due
    plate: str
    owner: str | None


async def show(visit: Visit) -> web.StreamResponse:
    """The list, newest first; a whole ticket number goes straight to its ticket."""
    wanted, no, rows = search.read(visit.request.query), None, list[Ticket]()
    async with visit.house.db.read() as tx:
        names = await people.names(tx)
        counts = await _counts(tx, visit)
        try:
            if (number := find_number(wanted.words)) and await ledger.by_number(tx, number):
                return visit.onward(f"/staff/tickets/{number}")
            filter_ = search.filter_of(wanted, visit.staff, visit.now)
            rows = await ledger.page(tx, filter_, before=wanted.before, limit=PAGE + 1)
        except Refusal as refused:
            no = refused.say
    return await visit.page(
        "tickets.html",
        wanted=wanted,
        views=VIEWS,
        kinds=KINDS,
        counts=counts,
        most=MOST_COUNTED,
        rows=[_row(ticket, names, visit) for ticket in rows[:PAGE]],
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
        no=no,
        empty=empty(wanted),
        once=visit.new_once,
    )


async def _counts(tx: AsyncSession, visit: Visit) -> dict[str, int]:
    return {
        view: await ledger.count(tx, search.in_view(view, visit.staff, visit.now), MOST_COUNTED + 1) for view in COUNTED
    }


def _row(ticket: Ticket, names: dict[int, str], visit: Visit) -> Row:
    return Row(
        ticket,
        describe_place(place_of(ticket)),
        due(ticket, visit.now),
        mask_plate(ticket.plate) if ticket.plate else "",
        names.get(ticket.assignee_id) if ticket.assignee_id else None,
    )


def empty(wanted: Wanted) -> Say:
    """Why a list shows nothing, and what that means."""
    return say("console.empty.found" if wanted.words or wanted.what else f"console.empty.{wanted.view}")
