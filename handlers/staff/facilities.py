"""GET /staff/facilities, its ledger of closures and its POSTs: what is closed, why, and by when it is put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.asked import moment_cursor
from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions, facilities, rights
from hotline.facilities import Order
from hotline.formats.roads import cut_road
from hotline.formats.stakes import format_stake
from hotline.formats.tidy import tidy
from locales.words import Refusal, Say, say
from storage import closed_routes
from storage import facilities as register
from storage import staff as people
from storage import tickets as tickets_of
from storage.facilities import Wanted
from storage.models import Closure, Facility, Staff

PAGE = 50
SHOWN = 20
"""Closures that one facility's page shows."""

USUAL = timedelta(days=1)
"""What the form proposes as the time by when a closure is put right; whoever confirms it decides."""

HERE = "/staff/facilities"
LEDGER = f"{HERE}/ledger"
VIEWS = ("", "shut", "open")


async def show(visit: Visit) -> web.StreamResponse:
    """The register by road and name, one road or all, of one state or all."""
    query = visit.request.query
    typed, state = clean(query.get("road", "")).strip()[:40], query.get("state", "")
    state = state if state in VIEWS else ""
    after = (clean(query["after"]), clean(query["name"])) if "after" in query and "name" in query else None
    wanted = Wanted(
        road=_road(typed) or None, state="open" if state == "open" else None, shut=state == "shut", after=after
    )
    async with visit.house.db.read() as tx:
        rows = await register.page(tx, wanted, PAGE + 1)
    kept = {"road": typed, "state": state}
    older = None
    if len(rows) > PAGE:
        older = _address(HERE, kept | {"after": rows[PAGE - 1].road, "name": rows[PAGE - 1].name})
    return await visit.page(
        "facilities.html",
        rows=rows[:PAGE],
        older=older,
        first=_address(HERE, kept) if after else None,
        typed=typed,
        state=state,
        views=[(view, _address(HERE, {"road": typed, "state": view})) for view in VIEWS],
        stake=stake,
    )


async def ledger(visit: Visit) -> web.StreamResponse:
    """The rectification ledger of my division: what is to be put right, the first due first; or what was."""
    query, (low, high) = visit.request.query, divisions.bounds(visit.staff.division)
    done = query.get("view") == "done"
    cursor = query.get("after", "")
    async with visit.house.db.read() as tx:
        if done:
            before = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18 else None
            rows = await register.put_right(tx, low, high, before, PAGE + 1)
        else:
            rows = await register.due_next(tx, low, high, moment_cursor(cursor), PAGE + 1)
        names = await people.names(tx)
        numbers = await tickets_of.numbers(tx, {c.ticket_id for c, _ in rows if c.ticket_id})
        told = await closed_routes.told(tx, [c.id or 0 for c, _ in rows])
    older = None
    if len(rows) > PAGE:
        last = rows[PAGE - 1][0]
        mark = str(last.id) if done else f"{last.due_at.isoformat()}~{last.id}"
        older = _address(LEDGER, {"view": "done" if done else "", "after": mark})
    return await visit.page(
        "closures.html",
        rows=rows[:PAGE],
        done=done,
        older=older,
        first=_address(LEDGER, {"view": "done" if done else ""}) if cursor else None,
        names=names,
        numbers=numbers,
        told=told,
        now=visit.now,
    )


async def one(visit: Visit) -> web.StreamResponse:
    """One facility: its state, what may be done, and its closures so far."""
    return await _page(visit)


async def close(visit: Visit) -> web.StreamResponse:
    """Confirm that it is closed."""

    async def verb(tx: AsyncSession, facility_id: int) -> None:
        form = visit.form
        order = Order(
            reason=form.get("reason", ""),
            due_at=_moment(visit, "due", "facility.due.when"),
            approval=form.get("approval", ""),
            owner_id=_number(form, "owner"),
            ticket_id=await facilities.ticket_id(tx, form.get("ticket", "")),
            closed_at=_moment(visit, "since", "facility.since.when") if form.get("since") else None,
            limited=form.get("limited") == "yes",
        )
        await facilities.report_closed(tx, visit.staff, facility_id, order, visit.now)

    return await _do(visit, "close", verb)


async def reopen(visit: Visit) -> web.StreamResponse:
    """It is open again, with the words or the proof for it."""

    async def verb(tx: AsyncSession, facility_id: int) -> None:
        await facilities.reopen(tx, visit.staff, facility_id, visit.form.get("proof", ""), visit.now)

    return await _do(visit, "reopen", verb)


def stake(facility: Facility) -> str:
    """Its stake as the sign has it; empty when the register has none."""
    return "" if facility.stake_m is None else format_stake(facility.stake_m)


async def _do(visit: Visit, name: str, verb: Callable[[AsyncSession, int], Awaitable[None]]) -> web.StreamResponse:
    facility_id = int(visit.request.match_info["id"])
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                await verb(tx, facility_id)
    except Refusal as no:
        return await _page(visit, refused=name, no=no.say)
    return visit.onward(f"{HERE}/{facility_id}", say(f"facility.done.{name}"))


async def _page(visit: Visit, *, refused: str = "", no: Say | None = None) -> web.StreamResponse:
    facility_id = int(visit.request.match_info["id"])
    async with visit.house.db.read() as tx:
        facility = await register.by_id(tx, facility_id)
        if facility is None:
            raise web.HTTPNotFound
        closures = await register.closures_of(tx, facility_id, SHOWN)
        staff = await people.everybody(tx)
        numbers = await tickets_of.numbers(tx, {c.ticket_id for c in closures if c.ticket_id})
        told = await closed_routes.told(tx, [c.id or 0 for c in closures])
    if visit.staff.role not in rights.WORKERS:
        numbers = {}
    division = divisions.by_code(facility.division)
    zone = visit.house.settings.zone
    typed = {"due": f"{(visit.now + USUAL).astimezone(zone):%Y-%m-%dT%H:%M}", "owner": str(visit.staff.id)}
    return await visit.page(
        "facility.html",
        facility=facility,
        stake=stake(facility),
        division=division.full_name if division else facility.division,
        mine=facilities.may_keep(visit.staff, facility.division, facility.department_id),
        now_shut=_open(closures),
        closures=closures,
        names={one.id: one.name for one in staff},
        owners=_owners(staff, facility),
        numbers=numbers,
        told=told,
        typed=typed | dict(visit.form),
        refused=refused,
        no=no,
        longest=facilities.LONGEST_WORDS,
        now=visit.now,
        once=visit.new_once,
    )


def _open(closures: list[Closure]) -> Closure | None:
    return next((row for row in closures if row.reopened_at is None), None)


def _owners(staff: list[Staff], facility: Facility) -> list[Staff]:
    return [
        one
        for one in staff
        if one.disabled_at is None and facilities.may_keep(one, facility.division, facility.department_id)
    ]


def _road(typed: str) -> str:
    """The road as the register writes it: its number, else its name, else as it was typed."""
    number, name, _ = cut_road(tidy(typed))
    return number or name or tidy(typed)


def _address(where: str, query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{where}?{urlencode(kept)}" if kept else where


def _moment(visit: Visit, name: str, refusal: str) -> datetime:
    """What a browser's date and time field holds, in the desk's zone."""
    try:
        typed = datetime.fromisoformat(visit.form.get(name, ""))
        return typed if typed.tzinfo else typed.replace(tzinfo=visit.house.settings.zone)
    except ValueError:
        raise Refusal(refusal) from None


def _number(form: Mapping[str, Any], name: str) -> int | None:
    typed = form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None
