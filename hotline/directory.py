"""Keeping the organisation directory: departments, what they answer for, their posts and stretches of road.

Each verb tells the audit trail what it changed, and nothing when it changed nothing, so that an import can be repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.catalogue import FUNCTIONS
from hotline.divisions import NATION
from hotline.organisation import LEVELS, upwards
from locales.words import Refusal, say
from storage import audit, directory, organisation
from storage.models import Department, Post, Section, Staff

LONGEST_NAME = 60
LONGEST_WORDS = 200
MOST_COUNTED = 1000

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_DIVISION = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a department; `level` follows from the division unless it is named."""

    code: str
    name: str
    division: str
    level: str = ""
    parent_id: int | None = None
    outside: bool = False
    reached_by: str = ""


def may_change(by: Staff, division: str) -> None:
    """Raises Refusal unless this administrator's own division holds that one."""
    if by.role != "admin" or not divisions.is_within(division, by.division):
        raise Refusal("directory.not_yours")


def division_of(typed: str) -> str:
    """The code of a division, written as six digits or as its name; raises Refusal for one that nobody knows."""
    plain = "".join(typed.split())
    if plain == NATION or (_DIVISION.fullmatch(plain) and divisions.by_code(plain)):
        return plain
    named = divisions.resolve(plain) if plain and not plain.isdecimal() else None
    if named is None:
        raise Refusal("directory.division.form", typed=plain)
    return named.code


def level_of(division: str) -> str:
    """The level that the digits of a division tell."""
    return LEVELS[len(LEVELS) - len(upwards(division))]


async def add(tx: AsyncSession, by: Staff, entry: Entry, now: datetime) -> Department:
    """Add a department of ours or an organisation outside; raises Refusal: the code is taken, a field is amiss."""
    entry = await _checked(tx, entry, None)
    if await directory.by_code(tx, entry.code) is not None:
        raise Refusal("directory.code.taken", code=entry.code)
    made = Department(**_columns(entry))
    try:
        async with tx.begin_nested():
            await directory.keep(tx, made)
    except IntegrityError:  # somebody else took the code in this moment
        raise Refusal("directory.code.taken", code=entry.code) from None
    await audit.record(tx, by.id or 0, "department.added", now, department=made.code)
    return made


async def change(tx: AsyncSession, by: Staff, department_id: int, entry: Entry, now: datetime) -> Department:
    """Write anew what the directory says of a department; its code stays."""
    found = await _department(tx, department_id, lock=True)
    columns = _columns(await _checked(tx, entry, found))
    changed = sorted(name for name, value in columns.items() if getattr(found, name) != value)
    if changed:
        for name in changed:
            setattr(found, name, columns[name])
        await directory.keep(tx, found)
        await audit.record(tx, by.id or 0, "department.changed", now, department=found.code, changed=changed)
    return found


async def disable(tx: AsyncSession, by: Staff, department_id: int, now: datetime) -> Department:
    """Close a department: nothing is given to it any more; refused while open tickets would be forgotten there."""
    found = await _department(tx, department_id, lock=True)
    if found.disabled_at is None:
        if count := await directory.open_tickets(tx, MOST_COUNTED, department_id=department_id):
            raise Refusal("directory.has_tickets", count=count)
        found.disabled_at = now
        await directory.keep(tx, found)
        await audit.record(tx, by.id or 0, "department.disabled", now, department=found.code)
    return found


async def enable(tx: AsyncSession, by: Staff, department_id: int, now: datetime) -> Department:
    """Open it again, with what it answered for."""
    found = await _department(tx, department_id, lock=True)
    if found.disabled_at is not None:
        found.disabled_at = None
        await directory.keep(tx, found)
        await audit.record(tx, by.id or 0, "department.enabled", now, department=found.code)
    return found


async def answer_for(
    tx: AsyncSession, by: Staff, department_id: int, function: str, division: str, now: datetime
) -> None:
    """Name the department that answers for a function in a division; whoever answered there before no longer does."""
    found = await _department(tx, department_id)
    if function not in FUNCTIONS:
        raise Refusal("directory.function.unknown", typed=function)
    division = division_of(division)
    row = await directory.answer(tx, function, division)
    before = row.department_id if row else None
    if before == department_id:
        return
    await directory.set_answer(tx, function, division, department_id)
    await audit.record(
        tx,
        by.id or 0,
        "responsible.set",
        now,
        function=function,
        division=division,
        department=found.code,
        before=before,
    )


async def answer_no_more(
    tx: AsyncSession, by: Staff, department_id: int, function: str, division: str, now: datetime
) -> None:
    """Take a function from this department there; matters then climb to the division above."""
    row = await directory.answer(tx, function, division)
    if row is not None and row.department_id == department_id:
        await directory.drop(tx, row)
        await audit.record(
            tx, by.id or 0, "responsible.released", now, function=function, division=division, department=department_id
        )


async def set_post(
    tx: AsyncSession,
    by: Staff,
    department_id: int,
    name: str,
    place: int,
    a: Staff | None,
    b: Staff | None,
    now: datetime,
) -> Post:
    """A post of this department with its holders A and B; `place` 1 is asked first."""
    found, name = await _department(tx, department_id, lock=True), _words("post", name, LONGEST_NAME)
    if a is not None and b is not None and a.id == b.id:
        raise Refusal("directory.post.same", name=a.name)
    if not 1 <= place <= 99:
        raise Refusal("directory.post.place", most=99)
    for one in filter(None, (a, b)):
        _works_here(one)
    kept = await directory.post(tx, department_id, name) or Post(department_id=department_id, name=name)
    wanted = (place, a.id if a else None, b.id if b else None)
    if kept.id is None or (kept.place, kept.a_id, kept.b_id) != wanted:
        kept.place, kept.a_id, kept.b_id = wanted
        await directory.keep(tx, kept)
        await audit.record(
            tx, by.id or 0, "post.set", now, department=found.code, post=kept.id, a=kept.a_id, b=kept.b_id
        )
    return kept


async def drop_post(tx: AsyncSession, by: Staff, department_id: int, post_id: int, now: datetime) -> None:
    """Take a post out of a department."""
    found = await tx.get(Post, post_id)
    if found is not None and found.department_id == department_id:
        await directory.drop(tx, found)
        await audit.record(tx, by.id or 0, "post.removed", now, department=department_id, post=post_id)


async def set_section(
    tx: AsyncSession,
    by: Staff,
    department_id: int,
    road: str,
    from_m: int,
    to_m: int,
    chief: Staff | None,
    now: datetime,
) -> Section:
    """A stretch of road of this department and its chief (路长); the same beginning again changes that stretch."""
    found = await _department(tx, department_id, lock=True)
    if from_m >= to_m:
        raise Refusal("directory.section.order")
    if chief is not None:
        _works_here(chief)
    kept = await directory.section_of(tx, department_id, road, from_m)
    kept = kept or Section(road=road, from_m=from_m, to_m=from_m, department_id=department_id)
    wanted = (to_m, chief.id if chief else None)
    if kept.id is None or (kept.to_m, kept.chief_id) != wanted:
        kept.to_m, kept.chief_id = wanted
        await directory.keep(tx, kept)
        facts: dict[str, Any] = {"road": road, "from_m": from_m, "to_m": to_m, "chief": kept.chief_id}
        await audit.record(tx, by.id or 0, "section.set", now, department=found.code, **facts)
    return kept


async def drop_section(tx: AsyncSession, by: Staff, department_id: int, section_id: int, now: datetime) -> None:
    """Take a stretch of road from a department."""
    found = await tx.get(Section, section_id)
    if found is not None and found.department_id == department_id:
        facts: dict[str, Any] = {"road": found.road, "from_m": found.from_m, "to_m": found.to_m}
        await directory.drop(tx, found)
        await audit.record(tx, by.id or 0, "section.removed", now, department=department_id, **facts)


async def _department(tx: AsyncSession, department_id: int, *, lock: bool = False) -> Department:
    found = await directory.department(tx, department_id, lock=lock)
    if found is None:
        raise Refusal("directory.department.unknown", typed=str(department_id))
    return found


def _works_here(one: Staff) -> None:
    if one.disabled_at is not None:
        raise Refusal("directory.person.gone", name=one.name)


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code, "name": entry.name, "division": entry.division, "level": entry.level,
        "parent_id": entry.parent_id, "outside": entry.outside, "reached_by": entry.reached_by or None,
    }  # fmt: skip


async def _checked(tx: AsyncSession, entry: Entry, known: Department | None) -> Entry:
    """The entry tidied; raises Refusal for what cannot be."""
    if known is None and not _CODE.fullmatch(entry.code):
        raise Refusal("directory.code.form", typed=entry.code)
    division = division_of(entry.division)
    if entry.level and entry.level not in LEVELS:
        raise Refusal("directory.level.unknown", typed=entry.level)
    if entry.parent_id is not None and known is not None:
        await _refuse_circle(tx, known, entry.parent_id)
    return Entry(
        known.code if known else entry.code,
        _words("name", entry.name, LONGEST_NAME),
        division,
        entry.level or level_of(division),
        entry.parent_id,
        entry.outside,
        _words("reached_by", entry.reached_by, LONGEST_WORDS) if entry.reached_by.strip() else "",
    )


async def _refuse_circle(tx: AsyncSession, department: Department, parent_id: int) -> None:
    seen: set[int] = set()
    above: int | None = parent_id
    while above is not None and above not in seen:
        if above == department.id:
            raise Refusal("directory.parent.circle", name=department.name)
        seen.add(above)
        above = await organisation.parent_of(tx, above)


def _words(field: str, typed: str, longest: int) -> str:
    plain = " ".join(typed.split())
    if not plain:
        raise Refusal("directory.missing", field=say(f"directory.field.{field}"))
    if len(plain) > longest:
        raise Refusal("directory.too_long", field=say(f"directory.field.{field}"), longest=longest)
    return plain
