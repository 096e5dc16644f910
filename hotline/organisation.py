"""The organisation directory as routing asks it: whose matter this is, who is there to take it, and who is above.

A matter looks for its department at the place itself, then one level up after the other; what is disabled and who is
away is passed over, so that nobody waits at an empty desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import NATION
from locales.words import Refusal
from storage import audit, organisation
from storage.models import Department, Staff

LEVELS = ("county", "city", "province", "nation")
"""From the place upwards."""

LONGEST_ABSENCE = timedelta(days=366)


def upwards(division: str) -> tuple[str, ...]:
    """A division, then what it lies in: 220104, 220100, 220000, 000000 (GB/T 2260: two digits for each level)."""
    return tuple(dict.fromkeys((division, f"{division[:4]}00", f"{division[:2]}0000", NATION)))


async def responsible(tx: AsyncSession, function: str, division: str) -> Department | None:
    """The department that answers for a function here, or in the nearest division above that has one."""
    return await organisation.responsible(tx, function, upwards(division))


async def holder(tx: AsyncSession, department_id: int, now: datetime) -> Staff | None:
    """Who takes a matter of this department now: whose shift it is, else the first post's A, or B while A is away."""
    if await organisation.at_work(tx, department_id) is None:
        return None
    return (await holders(tx, [department_id], now)).get(department_id)


async def holders(tx: AsyncSession, departments: Sequence[int], now: datetime) -> dict[int, Staff]:
    """The same for several departments at once; one where nobody is there is left out."""
    found: dict[int, Staff] = {}
    for shift, member in await organisation.shifts_now(tx, departments, now):
        found.setdefault(shift.department_id, member)
    for post, a, b in await organisation.posts(tx, departments):
        if (there := organisation.stands(a, b, now)) is not None:
            found.setdefault(post.department_id, there)
    return found


async def chief(
    tx: AsyncSession, road: str, stake_m: int | None, now: datetime
) -> tuple[Department, Staff | None] | None:
    """The department of this stretch of road and its chief (路长, seed S4 4.3); while away, who holds it."""
    found = None if stake_m is None else await organisation.section(tx, road, stake_m)
    if found is None:
        return None
    section, department = found
    there = await organisation.present(tx, section.chief_id, now) if section.chief_id else None
    return department, there or await holder(tx, section.department_id, now)


async def above(tx: AsyncSession, department: Department) -> Department | None:
    """The next level up: the parent, or one of ours that answers for the same in the nearest division above."""
    seen, parent_id = {department.id}, department.parent_id
    while parent_id is not None and parent_id not in seen:
        seen.add(parent_id)
        if (parent := await organisation.at_work(tx, parent_id)) is not None:
            return parent
        parent_id = await organisation.parent_of(tx, parent_id)
    functions = await organisation.functions_of(tx, department.id or 0)
    for code in upwards(department.division)[1:]:
        for function in functions:
            found = await organisation.responsible(tx, function, (code,))
            if found is not None and found.id not in seen:
                return found
    return None


async def supervisors(tx: AsyncSession, division: str, now: datetime) -> list[Staff]:
    """The supervisors who are there, of this division or else of the nearest one above that has any; by login."""
    there = await organisation.supervisors(tx, codes := upwards(division), now)
    nearest = min((codes.index(one.division) for one in there), default=0)
    return [one for one in there if one.division == codes[nearest]]


async def away(tx: AsyncSession, staff: Staff, until: datetime | None, now: datetime, by: Staff | None = None) -> None:
    """Somebody is away until then and B stands in, or is back (None); the staff page may say so for somebody else."""
    if until is not None and not now < until <= now + LONGEST_ABSENCE:
        raise Refusal("directory.away.when")
    member = await tx.get_one(Staff, staff.id, with_for_update=True)
    member.away_until = until
    tx.add(member)
    await tx.flush()
    said_by = (by or staff).id or 0
    if until is None:
        await audit.record(tx, said_by, "staff.back", now, staff=staff.id)
    else:
        await audit.record(tx, said_by, "staff.away", now, staff=staff.id, until=until)
