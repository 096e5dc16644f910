"""Those who work at the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Staff


async def by_id(tx: AsyncSession, staff_id: int) -> Staff | None:
    """The member of staff with this id."""
    return await tx.get(Staff, staff_id)


async def by_login(tx: AsyncSession, login: str) -> Staff | None:
    """The member of staff who signs in with this name."""
    return (await tx.scalars(select(Staff).where(col(Staff.login) == login))).first()


async def names(tx: AsyncSession) -> dict[int, str]:
    """Every name by id; a desk has dozens of people, not thousands."""
    return {int(i or 0): name for i, name in (await tx.execute(select(col(Staff.id), col(Staff.name)))).all()}


async def is_empty(tx: AsyncSession) -> bool:
    """Whether nobody works here yet."""
    return (await tx.scalar(select(col(Staff.id)).limit(1))) is None


async def add(tx: AsyncSession, member: Staff) -> Staff:
    """Add a member of staff."""
    tx.add(member)
    await tx.flush()
    return member


async def everybody(tx: AsyncSession) -> list[Staff]:
    """All members of staff, by login."""
    return list((await tx.scalars(select(Staff).order_by(col(Staff.login)))).all())


async def disable(tx: AsyncSession, member: Staff, now: datetime) -> None:
    """End somebody's access; sessions end with it."""
    member.disabled_at, member.epoch = now, member.epoch + 1
    tx.add(member)
