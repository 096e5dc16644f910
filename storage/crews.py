"""Crews from elsewhere that registered once for all their trips to a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Crew


async def add(tx: AsyncSession, crew: Crew) -> Crew:
    """Write down a crew; raises IntegrityError when this truck is registered there already."""
    tx.add(crew)
    await tx.flush()
    return crew


async def by_id(tx: AsyncSession, crew_id: int, *, lock: bool = False) -> Crew | None:
    """The crew of this id; `lock` keeps others from changing it until the transaction ends."""
    return await tx.get(Crew, crew_id, with_for_update=True if lock else None, populate_existing=lock)


async def standing(tx: AsyncSession, divisions: Sequence[str], plate: str, colour: str) -> Crew | None:
    """What holds for this truck in one of these divisions, the first named first."""
    query = select(Crew).where(
        col(Crew.division).in_(divisions),
        col(Crew.plate) == plate,
        col(Crew.colour) == colour,
        col(Crew.ended_at).is_(None),
    )
    found = {one.division: one for one in (await tx.scalars(query)).all()}
    return next((found[code] for code in divisions if code in found), None)


async def of_contact(tx: AsyncSession, contact_id: int, limit: int) -> list[Crew]:
    """What somebody registered and still holds, newest first."""
    query = select(Crew).where(col(Crew.contact_id) == contact_id, col(Crew.ended_at).is_(None))
    return list((await tx.scalars(query.order_by(col(Crew.id).desc()).limit(limit))).all())


async def page(tx: AsyncSession, bounds: tuple[str, str], after: int | None, limit: int) -> list[Crew]:
    """The crews of these divisions, newest first."""
    query = select(Crew).where(col(Crew.division).between(*bounds)).order_by(col(Crew.id).desc()).limit(limit)
    if after is not None:
        query = query.where(col(Crew.id) < after)
    return list((await tx.scalars(query)).all())


async def over(tx: AsyncSession, today: date, limit: int) -> list[Crew]:
    """Registrations whose last day is past, held."""
    query = (
        select(Crew)
        .where(col(Crew.ended_at).is_(None), col(Crew.until) < today)
        .order_by(col(Crew.until), col(Crew.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.scalars(query)).all())
