"""GET /staff/: the queues."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import search
from handlers.staff.asked import SOURCES, cursor, matters_in, place_of
from handlers.staff.columns import place_in
from handlers.staff.due import Due, due
from handlers.staff.rooms import QUEUES, queues_of
from handlers.staff.search import Wanted
from handlers.staff.visit import Visit
from hotline import bulk, catalogue, divisions, rights
from hotline.formats.describe import describe_place
from hotline.formats.phones import mask_plate
from hotline.numbers import find_number
from hotline.rights import scope
from locales.words import Refusal, Say, has, say
from storage import filters, ledger, queues
from storage import tickets as tickets_of
from storage.models import Staff, Ticket
from storage.queues import Eyes

PAGE = 50
MOST_COUNTED = 99
"""More tickets than this are "99+": what a clerk must know is only that there are many."""

UNCOUNTED = ("all",)


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list, as far as a glance needs it."""

    ticket: Ticket
    place: Say | None
    due: Due
    plate: str
    department: str | None
    owner: str | None
    express: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a queue, and where the pages beside it begin."""

    rows: list[Row]
    newer: str | None = None
    older: str | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """A queue, what is owed first on top; a whole ticket number goes straight to its ticket."""
    wanted = search.read(visit.request.query)
    if number := _number(wanted):
        async with visit.house.db.read() as tx:
            ticket = await tickets_of.by_number(tx, number)
            if ticket is not None and await rights.may_see(tx, visit.staff, ticket):
                return visit.onward(f"/staff/tickets/{number}")
    return await listed(visit, wanted)


async def listed(visit: Visit, wanted: Wanted, no: Say | None = None) -> web.Response:
    """The page of a list; `no` is what was refused on it."""
    async with visit.house.db.read() as tx:
        eyes = await eyes_of(tx, visit.staff)
        saved = await filters.of_staff(tx, visit.staff.id or 0)
    (found, refused), counts = await asyncio.gather(_page(visit, wanted, eyes), _counts(visit, eyes))
    no = refused or no
    return await visit.page(
        "tickets.html",
        status=422 if no and visit.request.method == "POST" else 200,
        wanted=wanted,
        views=queues_of(visit.staff),
        letters=QUEUES,
        counts=counts,
        waiting=counts,
        source=lambda name: source(visit, name),
        most=MOST_COUNTED,
        found=found,
        saved=saved,
        no=no,
        empty=empty(wanted),
        deeds=[verb for verb in bulk.VERBS if bulk.may(visit.staff, verb)],
        once=visit.new_once,
        **_choices(visit, wanted),
    )


def _number(wanted: Wanted) -> str | None:
    try:
        return find_number(wanted.q)
    except Refusal:
        return None


async def eyes_of(tx: AsyncSession, staff: Staff) -> Eyes:
    """Whose queues are looked at."""
    alarmed = await queues.alarmed(tx, *divisions.bounds(staff.division)) if staff.role in rights.DESK else ()
    return Eyes(staff.id or 0, staff.department_id, alarmed)


async def _page(visit: Visit, wanted: Wanted, eyes: Eyes) -> tuple[Found, Say | None]:
    """The rows, or why there are none to be looked for."""
    try:
        async with visit.house.db.read() as tx:
            return await _found(tx, visit, wanted, eyes), None
    except Refusal as no:
        return Found([]), no.say


async def _found(tx: AsyncSession, visit: Visit, wanted: Wanted, eyes: Eyes) -> Found:
    conditions = [*scope(tx, visit.staff), *queues.standing_in(tx, wanted.view, eyes, visit.now)]
    asked = search.wanted_of(wanted)
    if asked.plate and visit.staff.role not in rights.DESK:
        conditions.append(queues.NOT_CONFIDENTIAL)  # a plate that finds a ticket names its reporter
    after, before = place_of(wanted.order, wanted.after), place_of(wanted.order, wanted.before)
    before = None if after else before
    rows = await ledger.page(
        tx, asked, scope=conditions, order=wanted.order, after=after, before=before, limit=PAGE + 1
    )
    more = len(rows) > PAGE
    rows = (rows[-PAGE:] if before else rows[:PAGE]) if more else rows
    has_newer, has_older = (more, True) if before else (after is not None, more)
    order = wanted.order
    return Found(
        await rows_of(tx, visit, rows),
        cursor(order, order.of(rows[0])) if rows and has_newer else None,
        cursor(order, order.of(rows[-1])) if rows and has_older else None,
    )


async def rows_of(tx: AsyncSession, visit: Visit, tickets: list[Ticket]) -> list[Row]:
    """These tickets as rows of a list; a plate is masked, and hidden where it would name a protected reporter."""
    people, departments = await queues.names(
        tx, (one.assignee_id for one in tickets), (one.department_id for one in tickets)
    )
    return [
        Row(
            one,
            describe_place(place_in(one)) if one.place_text or one.road or one.facility or one.cell else None,
            due(one, visit.now),
            mask_plate(one.plate) if one.plate and rights.sees_reporter(visit.staff, one) else "",
            departments.get(one.department_id) if one.department_id else None,
            people.get(one.assignee_id) if one.assignee_id else None,
            _is_express(one),
        )
        for one in tickets
    ]


def _is_express(ticket: Ticket) -> bool:
    rule = catalogue.load().rules.get((ticket.kind, ticket.what))
    return rule is not None and rule.express


async def _counts(visit: Visit, eyes: Eyes) -> dict[str, int]:
    """What each link to a queue counts, and what the navigation does; in a look of its own, while rows are found."""
    async with visit.house.db.read() as tx:
        mine = scope(tx, visit.staff)
        found = {
            view: queues.in_queue(tx, view, mine, eyes, visit.now, MOST_COUNTED)
            for view in queues_of(visit.staff)
            if view not in UNCOUNTED
        }
        if rights.may(visit.staff, "called"):
            found["callbacks"] = queues.callbacks_waiting(*divisions.bounds(visit.staff.division), MOST_COUNTED)
        return await ledger.count_each(tx, found | visit.waiting())


def _choices(visit: Visit, wanted: Wanted) -> Mapping[str, Any]:
    """What the list can be narrowed by: matters, sources, and the divisions below where one is."""
    staff = visit.staff
    here = wanted.division or staff.division
    around = [divisions.by_code(code) for code in (*reversed(divisions.ancestors(here)), here, *search.below(here))]
    within = [one for one in around if one and divisions.is_within(one.code, staff.division)]
    return {
        "matters": matters_in(visit.words, "queue.find.whole_kind"),
        "sources": [(name, source(visit, name)) for name in SOURCES],
        "divisions": [(one.code, one.name) for one in within] if len(within) > 1 else [],
    }


def source(visit: Visit, name: str) -> str:
    """Where a matter came from, as people call it; a telephone number is its own name."""
    keys = (f"console.channel.{name}", f"ledger.source.{name}")
    return next((visit.words(key) for key in keys if has(visit.language, key)), name)


def empty(wanted: Wanted) -> Say:
    """Why a list shows nothing, and what that means."""
    return say("queue.empty.found" if wanted.is_narrowed else f"queue.empty.{wanted.view}")
