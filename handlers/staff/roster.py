"""GET and POST /staff/roster: who is on duty when, what a shift hands over, and who is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.moments import as_field, typed_moment
from handlers.staff.visit import Visit
from hotline import organisation, rights, roster
from hotline.directory import may_change
from hotline.divisions import is_within
from locales.words import Refusal, Say, say
from storage import directory as rows
from storage import organisation as stored
from storage import staff as people
from storage.models import Department, Duty, Staff

KEPT = timedelta(hours=24)
"""How long a shift that is over stays on the page, so that the next one can read what it hands over."""

SHIFT = timedelta(hours=12)
"""The length of a new shift in the form, until somebody types another."""

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift on the page: whose, where, and whether the reader may write its handover or take it out."""

    row: Duty
    member: Staff
    department: Department
    state: str
    may_write: bool
    may_drop: bool


async def show(visit: Visit) -> web.StreamResponse:
    """The roster, from what ended within a day to what is planned."""
    return await _page(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """Put somebody on duty."""

    async def verb(tx: AsyncSession) -> None:
        zone, form = visit.house.settings.zone, visit.form
        department = await rows.department(tx, _number(form.get("department", "")))
        member = await people.by_id(tx, _number(form.get("member", "")))
        if department is None or member is None:
            raise Refusal("directory.shift.who")
        roster.may_plan(visit.staff, department)
        starts, ends = typed_moment(form.get("starts", ""), zone), typed_moment(form.get("ends", ""), zone)
        await roster.add(tx, visit.staff, department, member, starts, ends, visit.now, form.get("handover", ""))

    return await _do(visit, "add", verb)


async def drop(visit: Visit) -> web.StreamResponse:
    """Take a shift out."""
    return await _do(visit, "drop", lambda tx: roster.drop(tx, visit.staff, _shift(visit), visit.now))


async def hand_over(visit: Visit) -> web.StreamResponse:
    """Write what a shift hands to the next."""
    words = visit.form.get("handover", "")
    return await _do(visit, "hand_over", lambda tx: roster.hand_over(tx, visit.staff, _shift(visit), words, visit.now))


async def away(visit: Visit) -> web.StreamResponse:
    """I am away until then, or back; a supervisor may say so for somebody who cannot."""

    async def verb(tx: AsyncSession) -> None:
        member = visit.staff
        if (other := visit.form.get("member", "")) and _number(other) != member.id:
            member = await _other(tx, visit, _number(other))
        is_back = "back" in visit.form
        until = None if is_back else typed_moment(visit.form.get("until", ""), visit.house.settings.zone)
        await organisation.away(tx, member, until, visit.now, by=visit.staff)

    return await _do(visit, "back" if "back" in visit.form else "away", verb)


async def _other(tx: AsyncSession, visit: Visit, staff_id: int) -> Staff:
    member = await people.by_id(tx, staff_id)
    if member is None:
        raise Refusal("people.unknown")
    if visit.staff.role == "admin":
        may_change(visit.staff, member.division)
    elif visit.staff.role not in rights.LEADS or not is_within(member.division, visit.staff.division):
        raise Refusal("directory.not_yours")
    return member


async def _do(visit: Visit, name: str, verb: Callable[[AsyncSession], Awaitable[Any]]) -> web.StreamResponse:
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                await verb(tx)
    except Refusal as no:
        return await _page(visit, name, no.say)
    return visit.onward(_address(visit.form.get("of", "")), say(f"directory.done.{name}"))


async def _page(visit: Visit, refused: str = "", no: Say | None = None) -> web.Response:
    zone, of = visit.house.settings.zone, _number(visit.request.query.get("of", visit.form.get("of", "")))
    is_lead = visit.staff.role in rights.LEADS
    async with visit.house.db.read() as tx:
        found = await rows.shifts(
            tx, visit.now - stored.LONGEST_SHIFT - KEPT, visit.now - KEPT, department_id=of or None, limit=SHOWN
        )
        departments = await rows.of_ids(tx, {shift.department_id for shift, _ in found})
        choices = await rows.departments(tx, outside=False, at_work=True)
        everybody = await rows.people(tx, at_work=True) if is_lead else []
        me = await people.by_id(tx, visit.staff.id or 0)
    return await visit.page(
        "roster.html",
        status=422 if no else 200,
        refused=refused,
        no=no,
        shifts=[_shown(visit, shift, member, departments[shift.department_id]) for shift, member in found],
        of=of,
        choices=choices,
        mine=[one for one in choices if is_lead and is_within(one.division, visit.staff.division)],
        everybody=[one for one in everybody if is_within(one.division, visit.staff.division)],
        me=me,
        there=stored.is_there,
        starts=as_field(visit.now.replace(minute=0), zone),
        ends=as_field(visit.now.replace(minute=0) + SHIFT, zone),
        until=as_field(visit.now.replace(minute=0) + timedelta(days=1), zone),
        longest=roster.LONGEST_HANDOVER,
        once=visit.new_once,
    )


def _shown(visit: Visit, shift: Duty, member: Staff, department: Department) -> Shift:
    state = "over" if shift.ends_at <= visit.now else "now" if shift.starts_at <= visit.now else "later"
    is_planner = visit.staff.role in rights.LEADS and is_within(department.division, visit.staff.division)
    return Shift(shift, member, department, state, is_planner or shift.staff_id == visit.staff.id, is_planner)


def _address(of: str) -> str:
    return f"/staff/roster?of={_number(of)}" if _number(of) else "/staff/roster"


def _shift(visit: Visit) -> int:
    return int(visit.request.match_info["id"])


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else 0
