"""Who answers for what and where: departments, posts, shifts and road sections, as routing asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.models import Department, Duty, Post, Responsible, Section, Staff

LONGEST_SHIFT = timedelta(days=31)
"""A roster is written by the month; an earlier start cannot still be running."""


def is_present(now: datetime) -> ColumnElement[bool]:
    """Somebody who works here and is not away."""
    return and_(col(Staff.disabled_at).is_(None), or_(col(Staff.away_until).is_(None), col(Staff.away_until) <= now))


def is_there(member: Staff | None, now: datetime) -> TypeGuard[Staff]:
    """The same of a row that is here already."""
    return member is not None and member.disabled_at is None and (member.away_until is None or member.away_until <= now)


async def responsible(tx: AsyncSession, function: str, divisions: Sequence[str]) -> Department | None:
    """The department that answers for a function in the first of these divisions that names one still at work."""
    rows = await tx.execute(
        select(Department, col(Responsible.division))
        .join(Department, col(Department.id) == col(Responsible.department_id))
        .where(
            col(Responsible.function) == function,
            col(Responsible.division).in_(divisions),
            col(Department.disabled_at).is_(None),
        )
    )
    by_division = {division: department for department, division in rows.all()}
    return next((by_division[code] for code in divisions if code in by_division), None)


async def functions_of(tx: AsyncSession, department_id: int) -> list[str]:
    """What a department answers for anywhere, by name."""
    wanted = select(col(Responsible.function)).where(col(Responsible.department_id) == department_id).distinct()
    return sorted((await tx.scalars(wanted)).all())


async def at_work(tx: AsyncSession, department_id: int) -> Department | None:
    """The department, unless it has been disabled."""
    found = await tx.get(Department, department_id)
    return found if found is not None and found.disabled_at is None else None


async def parent_of(tx: AsyncSession, department_id: int) -> int | None:
    """The department above this one, as the directory names it."""
    found: int | None = await tx.scalar(select(col(Department.parent_id)).where(col(Department.id) == department_id))
    return found


async def shifts_now(tx: AsyncSession, departments: Sequence[int], now: datetime) -> list[tuple[Duty, Staff]]:
    """The running shifts of those who are there, the latest started first."""
    rows = await tx.execute(
        select(Duty, Staff)
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(
            col(Duty.department_id).in_(departments),
            col(Duty.starts_at) <= now,
            col(Duty.starts_at) > now - LONGEST_SHIFT,
            col(Duty.ends_at) > now,
            is_present(now),
        )
        .order_by(col(Duty.starts_at).desc(), col(Duty.id).desc())
    )
    return [(shift, member) for shift, member in rows.all()]


async def posts(tx: AsyncSession, departments: Sequence[int]) -> list[tuple[Post, Staff | None, Staff | None]]:
    """The posts of these departments with their holders A and B, the first post first."""
    a, b = aliased(Staff), aliased(Staff)
    rows = await tx.execute(
        select(Post, a, b)
        .outerjoin(a, col(Post.a_id) == a.id)
        .outerjoin(b, col(Post.b_id) == b.id)
        .where(col(Post.department_id).in_(departments))
        .order_by(col(Post.place), col(Post.id))
    )
    return [(post, first, second) for post, first, second in rows.all()]


async def at_post(tx: AsyncSession, department_id: int, now: datetime, but: int | None = None) -> Staff | None:
    """Who stands at the first post that is manned, passing over `but`."""
    standing = (stands(a, b, now, but) for _, a, b in await posts(tx, [department_id]))
    return next((one for one in standing if one is not None), None)


def stands(a: Staff | None, b: Staff | None, now: datetime, but: int | None = None) -> Staff | None:
    """Who stands at a post: A, or B while A is away (A、B岗, seed S2 2.12)."""
    return next((one for one in (a, b) if is_there(one, now) and one.id != but), None)


async def section(tx: AsyncSession, road: str, stake_m: int) -> tuple[Section, Department] | None:
    """The stretch on which a stake lies, up to where the next begins, and its department; the shortest of several."""
    row = (
        await tx.execute(
            select(Section, Department)
            .join(Department, col(Department.id) == col(Section.department_id))
            .where(
                col(Section.road) == road,
                col(Section.from_m) <= stake_m,
                col(Section.to_m) > stake_m,
                col(Department.disabled_at).is_(None),
            )
            .order_by(col(Section.to_m) - col(Section.from_m), col(Section.id))
            .limit(1)
        )
    ).first()
    return None if row is None else (row[0], row[1])


async def present(tx: AsyncSession, staff_id: int, now: datetime) -> Staff | None:
    """This member of staff, unless away or gone."""
    return (await tx.scalars(select(Staff).where(col(Staff.id) == staff_id, is_present(now)))).first()


async def supervisors(tx: AsyncSession, divisions: Sequence[str], now: datetime) -> list[Staff]:
    """The supervisors of these divisions who are there, by login."""
    wanted = select(Staff).where(col(Staff.role) == "supervisor", col(Staff.division).in_(divisions), is_present(now))
    return list((await tx.scalars(wanted.order_by(col(Staff.login)))).all())
