"""Checks at the roadside: once each, found by what they looked at, listed by keyset; and what a device takes along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Filing, Pass, Point, Scan

MOST_AROUND = 60
"""Checks of one pass within two days; nobody is looked at more often."""

EARLY = ("revoked", "superseded", "used")


async def add(tx: AsyncSession, scan: Scan) -> Scan:
    """Write down a check; raises IntegrityError when its mark is known already."""
    tx.add(scan)
    await tx.flush()
    return scan


async def by_mark(tx: AsyncSession, mark: str) -> Scan | None:
    """The check of this name, which its device gave it."""
    return (await tx.scalars(select(Scan).where(col(Scan.mark) == mark))).first()


async def around(
    tx: AsyncSession, start: datetime, end: datetime, *, pass_id: int | None = None, filing_id: int | None = None
) -> list[tuple[Scan, tuple[float, float] | None]]:
    """The newest checks of a pass or filing in a time, each with the position of its gate (WGS 84)."""
    which = col(Scan.pass_id) == pass_id if pass_id is not None else col(Scan.filing_id) == filing_id
    query = (
        select(Scan, col(Point.north), col(Point.east))
        .outerjoin(Point, col(Point.id) == col(Scan.point_id))
        .where(which, col(Scan.at).between(start, end))
        .order_by(col(Scan.at).desc())
        .limit(MOST_AROUND)
    )
    rows = (await tx.execute(query)).all()
    return [(scan, None if north is None or east is None else (north, east)) for scan, north, east in rows]


async def last_stop(tx: AsyncSession, pass_id: int, since: datetime) -> tuple[Scan, Point | None] | None:
    """The newest check since then, if it stopped the truck, and the gate at which it did."""
    query = (
        select(Scan, Point)
        .outerjoin(Point, col(Point.id) == col(Scan.point_id))
        .where(col(Scan.pass_id) == pass_id, col(Scan.at) >= since)
        .order_by(col(Scan.at).desc())
        .limit(1)
    )
    found = (await tx.execute(query)).first()
    return (found[0], found[1]) if found is not None and found[0].deed == "stopped" else None


async def page(
    tx: AsyncSession,
    bounds: tuple[str, str],
    limit: int,
    *,
    before: int | None = None,
    staff_id: int | None = None,
    doubtful: bool = False,
    stopped: bool = False,
    offline: bool = False,
    pass_id: int | None = None,
) -> list[Scan]:
    """Checks in these divisions, the last that we heard of first."""
    query = select(Scan).where(col(Scan.division).between(*bounds)).order_by(col(Scan.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Scan.id) < before)
    if staff_id is not None:
        query = query.where(col(Scan.staff_id) == staff_id)
    if doubtful:
        query = query.where(col(Scan.verdict) != "valid")
    if stopped:
        query = query.where(col(Scan.deed) == "stopped")
    if offline:
        query = query.where(col(Scan.is_offline))
    if pass_id is not None:
        query = query.where(col(Scan.pass_id) == pass_id)
    return list((await tx.scalars(query)).all())


async def gates(tx: AsyncSession, ids: Iterable[int]) -> dict[int, Point]:
    """These points of the register."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {one.id or 0: one for one in (await tx.scalars(select(Point).where(col(Point.id).in_(wanted)))).all()}


Live = tuple[str, str, str | None, datetime, datetime]
"""Number, plate, trailer, first and last moment."""


async def live(tx: AsyncSession, now: datetime, limit: int) -> Sequence[Live]:
    """Every pass that is live, the last to end first."""
    columns = (Pass.number, Pass.plate, Pass.trailer, Pass.valid_from, Pass.valid_until)
    query = (
        select(*map(col, columns))
        .where(col(Pass.state) == "issued", col(Pass.valid_until) > now)
        .order_by(col(Pass.valid_until).desc(), col(Pass.id).desc())
        .limit(limit)
    )
    return [tuple(row) for row in (await tx.execute(query)).all()]


async def ended_early(tx: AsyncSession, since: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
    """Number, state and end of every pass that ended before its time and would still hold since then."""
    query = (
        select(col(Pass.number), col(Pass.state), col(Pass.ended_at))
        .where(col(Pass.state).in_(EARLY), col(Pass.valid_until) > since)
        .order_by(col(Pass.valid_until).desc(), col(Pass.id).desc())
        .limit(limit)
    )
    return [tuple(row) for row in (await tx.execute(query)).all()]  # type: ignore[misc]


async def cancelled(tx: AsyncSession, since: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
    """Number and time of every trip that was cancelled and whose code would still hold since then."""
    query = (
        select(col(Filing.number), col(Filing.changed_at))
        .where(col(Filing.state) == "cancelled", col(Filing.valid_until) > since)
        .order_by(col(Filing.id).desc())
        .limit(limit)
    )
    return [tuple(row) for row in (await tx.execute(query)).all()]  # type: ignore[misc]
