"""The register of service points and checkpoints: its lists, and what lies near a place or along a road."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Facility, Point, PointChange

AT_ONCE = 1000
"""Rows that an export reads at a time, so that memory stays flat."""

Key = tuple[str, str, str, str]
"""Kind, division, name and direction: which point a row of a sheet means."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list of the register by division, kind, name and direction; `bounds` are codes, both inclusive."""

    bounds: tuple[str, str]
    kind: str | None = None
    state: str | None = None
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """Which checkpoints count on a day: by purpose, the levels whose approval does; other purposes need none."""

    on: date
    levels: Mapping[str, Sequence[str]]


async def by_id(tx: AsyncSession, point_id: int, *, lock: bool = False) -> Point | None:
    """The point with this id; `lock` keeps others from changing it until the transaction ends."""
    return await tx.get(Point, point_id, with_for_update=True if lock else None, populate_existing=lock)


async def by_keys(tx: AsyncSession, keys: Sequence[Key]) -> dict[Key, Point]:
    """The points that these keys mean."""
    columns = (Point.kind, Point.division, Point.name, Point.direction)
    query = select(Point).where(tuple_(*map(col, columns)).in_(list(keys)))
    return {key_of(one): one for one in (await tx.scalars(query)).all()}


def key_of(point: Point) -> Key:
    """By what a row of a sheet means this point."""
    return point.kind, point.division, point.name, point.direction


async def page(tx: AsyncSession, wanted: Wanted, limit: int) -> list[Point]:
    """The next points of a list; `after` holds the key of the last one seen."""
    order = (Point.division, Point.kind, Point.name, Point.direction)
    low, high = wanted.bounds
    if wanted.after:
        low = max(low, wanted.after[1])  # or SQLite would begin at the first of these divisions each time
    query = select(Point).where(col(Point.division).between(low, high))
    query = query.order_by(*map(col, order)).limit(limit)
    if wanted.kind:
        query = query.where(col(Point.kind) == wanted.kind)
    if wanted.state:
        query = query.where(col(Point.state) == wanted.state)
    if wanted.after:
        kind, division, name, direction = wanted.after
        query = query.where(tuple_(*map(col, order)) > (division, kind, name, direction))
    return list((await tx.scalars(query)).all())


async def everything(tx: AsyncSession, wanted: Wanted) -> AsyncIterator[Point]:
    """A whole list, a thousand rows at a time."""
    after = wanted.after
    while rows := await page(tx, Wanted(wanted.bounds, wanted.kind, wanted.state, after), AT_ONCE):
        for row in rows:
            yield row
        after = key_of(rows[-1])
        tx.expunge_all()


async def changes(tx: AsyncSession, point_id: int, limit: int) -> list[PointChange]:
    """What was done to a point, newest first."""
    query = select(PointChange).where(col(PointChange.point_id) == point_id).order_by(col(PointChange.id).desc())
    return list((await tx.scalars(query.limit(limit))).all())


async def in_cells(
    tx: AsyncSession, kind: str, cells: Sequence[int], here: tuple[float, float], limit: int, force: InForce | None
) -> list[Point]:
    """Points of use in these cells, the nearest to a WGS 84 position first."""
    return await _nearest(tx, [col(Point.cell).in_(cells), *_usable(kind, force)], here, limit)


async def in_box(
    tx: AsyncSession,
    kind: str,
    rows: tuple[int, int],
    easts: tuple[float, float],
    here: tuple[float, float],
    limit: int,
    force: InForce | None,
) -> list[Point]:
    """Points of use from one cell to another, whole rows of the grid, and between two longitudes; the nearest first."""
    inside = [col(Point.cell).between(*rows), col(Point.east).between(*easts)]
    return await _nearest(tx, [*inside, *_usable(kind, force)], here, limit)


async def _nearest(
    tx: AsyncSession, where: Iterable[ColumnElement[bool]], here: tuple[float, float], limit: int
) -> list[Point]:
    """By the distance on a flat map, which is right to a hundredth as far as anybody drives for this."""
    up, along = col(Point.north) - here[0], col(Point.east) - here[1]
    apart = up * up + along * along * cos(radians(here[0])) ** 2
    query = select(Point).where(*where).order_by(apart, col(Point.id)).limit(limit)
    return list((await tx.scalars(query)).all())


async def along(
    tx: AsyncSession, kind: str, road: str, stake_m: int | None, limit: int, force: InForce | None
) -> list[Point]:
    """Points of use on a road, the nearest to a stake first; those without a stake come last."""
    query = select(Point).where(col(Point.road) == road, *_usable(kind, force))
    return list((await tx.scalars(_by_stake(query, Point, stake_m).limit(limit))).all())


async def rest_along(tx: AsyncSession, road: str, stake_m: int | None, limit: int) -> list[Facility]:
    """Service and parking areas of the register of facilities on a road, the nearest to a stake first."""
    query = select(Facility).where(col(Facility.road) == road, col(Facility.kind) != "toll")
    return list((await tx.scalars(_by_stake(query, Facility, stake_m).limit(limit))).all())


def _by_stake(query: Any, table: Any, stake_m: int | None) -> Any:
    stake = col(table.stake_m)
    if stake_m is None:
        return query.order_by(stake.is_(None), stake, col(table.id))
    return query.order_by(stake.is_(None), func.abs(stake - stake_m), col(table.id))


async def in_division(
    tx: AsyncSession, kind: str, bounds: tuple[str, str], limit: int, force: InForce | None, *, placed: bool
) -> list[Point]:
    """Points of use in these divisions by name; unless `placed`, only those whose position nobody knows."""
    query = select(Point).where(col(Point.division).between(*bounds), *_usable(kind, force))
    if not placed:
        query = query.where(col(Point.cell).is_(None))
    query = query.order_by(col(Point.division), col(Point.name), col(Point.id)).limit(limit)
    return list((await tx.scalars(query)).all())


async def rest_in(tx: AsyncSession, bounds: tuple[str, str], limit: int) -> list[Facility]:
    """Service and parking areas of the register of facilities in these divisions, by name."""
    query = (
        select(Facility)
        .where(col(Facility.division).between(*bounds), col(Facility.kind) != "toll")
        .order_by(col(Facility.division), col(Facility.name), col(Facility.id))
        .limit(limit)
    )
    return list((await tx.scalars(query)).all())


async def rest_named(tx: AsyncSession, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Facility]:
    """The facilities of these roads and names."""
    if not keys:
        return {}
    query = select(Facility).where(tuple_(col(Facility.road), col(Facility.name)).in_(list(keys)))
    return {(one.road, one.name): one for one in (await tx.scalars(query)).all()}


async def staked(tx: AsyncSession, road: str, stake_m: int, limit: int) -> list[Point]:
    """Points on a road of which both stake and position are known, the nearest to a stake first."""
    known = (
        col(Point.road) == road,
        col(Point.stake_m).is_not(None),
        col(Point.cell).is_not(None),
    )
    query = select(Point).where(*known).order_by(func.abs(col(Point.stake_m) - stake_m)).limit(limit)
    return list((await tx.scalars(query)).all())


async def checkpoints_at(
    tx: AsyncSession,
    *,
    cells: Sequence[int] = (),
    road: str | None = None,
    stakes: tuple[int, int] | None = None,
    stem: str | None = None,
    limit: int = 200,
) -> list[Point]:
    """Checkpoints, of use or not, in these cells, on this stretch of road, or of this name."""
    places: list[ColumnElement[bool]] = []
    if cells:
        places.append(and_(col(Point.kind) == "checkpoint", col(Point.cell).in_(cells)))
    if road and stakes:
        stretch = and_(col(Point.road) == road, col(Point.stake_m).between(*stakes))
        places.append(and_(col(Point.kind) == "checkpoint", stretch))
    if stem:
        places.append(and_(col(Point.stem) == stem, col(Point.kind) == "checkpoint"))
    if not places:
        return []
    query = select(Point).where(or_(*places)).order_by(col(Point.id)).limit(limit)
    return list((await tx.scalars(query)).all())


def _usable(kind: str, force: InForce | None) -> list[ColumnElement[bool]]:
    use = [col(Point.kind) == kind, col(Point.state) == "active"]
    if force is None:
        return use
    purpose, level = col(Point.purpose), col(Point.body_level)
    ruled = [and_(purpose == one, level.in_(levels)) for one, levels in force.levels.items()]
    over = col(Point.valid_to)
    return [
        *use,
        col(Point.valid_from) <= force.on,
        or_(over.is_(None), over >= force.on),
        or_(purpose.not_in(list(force.levels)), *ruled),
    ]


async def keep(tx: AsyncSession, row: Point) -> None:
    """Keep a new or changed point; IntegrityError when the schema forbids it."""
    tx.add(row)
    await tx.flush()


async def enter(tx: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert points by their columns, all in one go; their ids in this order."""
    if not rows:
        return []
    fresh = insert(Point).returning(col(Point.id), sort_by_parameter_order=True)
    return [int(one or 0) for one in (await tx.scalars(fresh, [dict(row) for row in rows])).all()]


async def note(tx: AsyncSession, changes_: Sequence[PointChange]) -> None:
    """Append what was done."""
    columns = ("point_id", "staff_id", "what", "reason", "fields", "imported", "at")
    if changes_:
        await tx.execute(insert(PointChange), [{name: getattr(one, name) for name in columns} for one in changes_])
