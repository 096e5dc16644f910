"""The duty roster: who is on duty for a department from when to when, and what one shift hands to the next (S0 0.9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import rights
from hotline.divisions import is_within
from locales.words import Refusal
from storage import audit, directory, organisation
from storage.models import Department, Duty, Staff

LONGEST_HANDOVER = 2000
"""Characters: a page of a logbook."""


def may_plan(by: Staff, department: Department) -> None:
    """Raises Refusal unless this supervisor's own division holds the department's."""
    if by.role not in rights.LEADS or not is_within(department.division, by.division):
        raise Refusal("directory.not_yours")


async def add(
    tx: AsyncSession,
    by: Staff,
    department: Department,
    member: Staff,
    starts: datetime,
    ends: datetime,
    now: datetime,
    handover: str = "",
) -> Duty:
    """Put somebody on duty; the same person starting at the same time again changes when that shift ends."""
    if ends <= starts:
        raise Refusal("directory.shift.order")
    if ends - starts > organisation.LONGEST_SHIFT:
        raise Refusal("directory.shift.long", longest=organisation.LONGEST_SHIFT)
    if member.disabled_at is not None:
        raise Refusal("directory.person.gone", name=member.name)
    if department.disabled_at is not None:
        raise Refusal("directory.department.closed", name=department.name)
    handover = _handover(handover)
    known = await directory.shift(tx, department.id or 0, member.id or 0, starts)
    made = known or Duty(department_id=department.id or 0, staff_id=member.id or 0, starts_at=starts, ends_at=ends)
    if known is None or known.ends_at != ends or (handover and known.handover != handover):
        made.ends_at, made.handover = ends, handover or made.handover
        await directory.keep(tx, made)
        await audit.record(
            tx, by.id or 0, "shift.set", now, department=department.code, staff=member.id, starts=starts, ends=ends
        )
    return made


async def hand_over(tx: AsyncSession, by: Staff, shift_id: int, words: str, now: datetime) -> Duty:
    """Write what a shift hands to the next: the one whose shift it is, or a supervisor."""
    found = await tx.get(Duty, shift_id, with_for_update=True)
    if found is None:
        raise Refusal("directory.shift.gone")
    if found.staff_id != by.id:
        may_plan(by, await tx.get_one(Department, found.department_id))
    if (found.handover or "") != (plain := _handover(words)):
        found.handover = plain or None
        await directory.keep(tx, found)
        await audit.record(tx, by.id or 0, "shift.handover", now, shift=shift_id)
    return found


async def drop(tx: AsyncSession, by: Staff, shift_id: int, now: datetime) -> None:
    """Take a shift out of the roster; one that is out already stays out."""
    found = await tx.get(Duty, shift_id)
    if found is None:
        return
    department = await tx.get_one(Department, found.department_id)
    may_plan(by, department)
    await directory.drop(tx, found)
    await audit.record(
        tx, by.id or 0, "shift.removed", now, department=department.code, staff=found.staff_id, starts=found.starts_at
    )


def _handover(typed: str) -> str:
    plain = typed.strip()
    if len(plain) > LONGEST_HANDOVER:
        raise Refusal("directory.shift.handover_long", longest=LONGEST_HANDOVER)
    return plain
