"""The register of facilities, and the ledger of their closures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Closure, Facility

AT_ONCE = 1000
"""Rows that an export reads at a time, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list of the register, by road and name: `shut` takes those that are not open; codes are inclusive."""

    road: str | None = None
    state: str | None = None
    shut: bool = False
    after: tuple[str, str] | None = None


async def by_id(tx: AsyncSession, facility_id: int, *, lock: bool = False) -> Facility | None:
    """The facility with this id; `lock` keeps others from changing it until the transaction ends."""
    return await tx.get(Facility, facility_id, with_for_update=True if lock else None, populate_existing=lock)


async def by_name(tx: AsyncSession, road: str, name: str) -> Facility | None:
    """The facility of this name on this road."""
    query = select(Facility).where(col(Facility.road) == road, col(Facility.name) == name)
    return (await tx.scalars(query)).first()


async def named(tx: AsyncSession, names: Sequence[str], limit: int = 20) -> list[Facility]:
    """Facilities with one of these names, on whatever road; by road."""
    query = select(Facility).where(col(Facility.name).in_(names)).order_by(col(Facility.road)).limit(limit)
    return list((await tx.scalars(query)).all())


async def knows_road(tx: AsyncSession, road: str) -> bool:
    """Whether anything on this road is registered."""
    return (await tx.scalar(select(col(Facility.id)).where(col(Facility.road) == road).limit(1))) is not None


async def page(tx: AsyncSession, wanted: Wanted, limit: int) -> list[Facility]:
    """The next facilities of a list, by road and name."""
    query = select(Facility).order_by(col(Facility.road), col(Facility.name)).limit(limit)
    if wanted.road:
        query = query.where(col(Facility.road) == wanted.road)
    if wanted.shut:
        query = query.where(col(Facility.state) != "open")
    if wanted.state:
        query = query.where(col(Facility.state) == wanted.state)
    if wanted.after:
        query = query.where(tuple_(col(Facility.road), col(Facility.name)) > wanted.after)
    return list((await tx.scalars(query)).all())


async def everything(tx: AsyncSession) -> AsyncIterator[Facility]:
    """The whole register, a thousand rows at a time."""
    after: tuple[str, str] | None = None
    while rows := await page(tx, Wanted(after=after), AT_ONCE):
        for row in rows:
            yield row
        after = (rows[-1].road, rows[-1].name)
        tx.expunge_all()


async def shut_on(tx: AsyncSession, road: str, limit: int) -> list[tuple[Facility, Closure]]:
    """What is not open on a road, with the closure that says why, along its stakes."""
    query = (
        select(Facility, Closure)
        .join(Closure, and_(col(Closure.facility_id) == col(Facility.id), col(Closure.reopened_at).is_(None)))
        .where(col(Facility.road) == road, col(Facility.state) != "open")
        .order_by(col(Facility.stake_m).is_(None), col(Facility.stake_m), col(Facility.name))
        .limit(limit)
    )
    return [(facility, closure) for facility, closure in (await tx.execute(query)).all()]


async def open_closure(tx: AsyncSession, facility_id: int) -> Closure | None:
    """The closure of a facility that is not put right yet."""
    query = select(Closure).where(col(Closure.facility_id) == facility_id, col(Closure.reopened_at).is_(None))
    return (await tx.scalars(query)).first()


async def closures_of(tx: AsyncSession, facility_id: int, limit: int) -> list[Closure]:
    """The closures of one facility, newest first."""
    query = select(Closure).where(col(Closure.facility_id) == facility_id).order_by(col(Closure.id).desc()).limit(limit)
    return list((await tx.scalars(query)).all())


async def due_next(
    tx: AsyncSession, low: str, high: str, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[Closure, Facility]]:
    """What is not put right yet in these divisions (`low` to `high`), the first due first."""
    query = _ledger(low, high, col(Closure.reopened_at).is_(None))
    if after:
        query = query.where(tuple_(col(Closure.due_at), col(Closure.id)) > after)
    query = query.order_by(col(Closure.due_at), col(Closure.id)).limit(limit)
    return [(closure, facility) for closure, facility in (await tx.execute(query)).all()]


async def put_right(
    tx: AsyncSession, low: str, high: str, before: int | None, limit: int
) -> list[tuple[Closure, Facility]]:
    """What was put right in these divisions, the newest closure first."""
    query = _ledger(low, high, col(Closure.reopened_at).is_not(None))
    if before:
        query = query.where(col(Closure.id) < before)
    query = query.order_by(col(Closure.id).desc()).limit(limit)
    return [(closure, facility) for closure, facility in (await tx.execute(query)).all()]


def _ledger(low: str, high: str, state: ColumnElement[bool]) -> Select[Closure, Facility]:
    here = col(Facility.division).between(low, high)
    return select(Closure, Facility).join(Facility, col(Facility.id) == col(Closure.facility_id)).where(state, here)


async def overdue(
    tx: AsyncSession, now: datetime, step: timedelta, levels: int, limit: int
) -> list[tuple[Closure, Facility]]:
    """Closures that are due to climb: one whose level is n, when its due time is n steps ago."""
    ripe = [and_(col(Closure.level) == n, col(Closure.due_at) <= now - n * step) for n in range(levels)]
    query = (
        select(Closure, Facility)
        .join(Facility, col(Facility.id) == col(Closure.facility_id))
        .where(col(Closure.reopened_at).is_(None), col(Closure.due_at) <= now, or_(*ripe))
        .order_by(col(Closure.due_at), col(Closure.id))
        .limit(limit)
    )
    return [(closure, facility) for closure, facility in (await tx.execute(query)).all()]


async def keep(tx: AsyncSession, row: Facility | Closure) -> None:
    """Keep a new or changed row; IntegrityError when the schema forbids it."""
    tx.add(row)
    await tx.flush()
