"""The nearest point of a kind: from a position, along a road, or in a division; with what one must know to go there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import approvals, divisions
from hotline.facilities import KINDS as FACILITY_KINDS
from hotline.facilities import spellings
from hotline.formats.coordinates import EARTH_RADIUS_M, cell, cells_near, distance_m
from hotline.formats.datums import convert
from hotline.formats.hours import is_open
from hotline.formats.places import Place
from locales.words import SHANGHAI
from storage import facilities as facilities_of
from storage import points as register
from storage.models import Facility, Point
from storage.points import InForce

MOST = 3
"""More than this is not read in a cab; farther ones come on request."""

FARTHEST_SKIP = 30
"""Whoever has seen so many looks for something else."""

CLOSE_M = 10_000
"""Where to look first, by some twenty cells."""

FARTHEST_M = 300_000
"""Nobody drives farther for this."""

RINGS_M = (50_000, FARTHEST_M)
"""Where to look next, by rows of the grid."""

SPARE = 30
"""Rows read beyond what is shown, since some of them may be shut by the register of facilities."""

_COMPASS = {"北": 0, "东": 90, "南": 180, "西": 270}
_APART_M = 1_000
"""Two points of a road must be so far apart before they tell which way its stakes grow."""

Base = Literal["here", "road", "seat", "division"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point, whichever register knows it; `state` is active, limited (partly open) or closed."""

    kind: str
    name: str
    division: str
    road: str | None
    stake_m: int | None
    direction: str
    state: str = "active"
    here: tuple[float, float] | None = None
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A spot as one who asks from somewhere needs it: metres and bearing in degrees (None: not known), and his road.

    `ahead` is None where nobody can tell; `across`: on the other side of his road; `is_open` now, None without hours.
    """

    spot: Spot
    metres: float | None = None
    bearing: float | None = None
    on_road: bool = False
    ahead: bool | None = None
    across: bool = False
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What lies nearest, counted from `base`: his position, his stake, the seat of a division; or merely in one."""

    base: Base
    division: str | None
    found: list[Found]
    more: bool
    shut: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where somebody is, as far as it is known: position in WGS 84, road, stake, direction, division."""

    kind: str
    here: tuple[float, float] | None
    is_seat: bool
    road: str | None
    stake_m: int | None
    direction: str | None
    division: str | None
    force: InForce | None


async def nearest(
    tx: AsyncSession, kind: str, place: Place, home: str, now: datetime, *, skip: int = 0, most: int = MOST
) -> Answer:
    """The nearest points of use of a kind, `skip` of them left out; `home` is a division that settles names."""
    force = approvals.in_force(approvals.today(now)) if kind == "checkpoint" else None
    asked = await _asked(tx, kind, place, home, force)
    wanted = skip + most + 1
    spots, base = await _ordered(tx, asked, wanted + SPARE if kind == "service" else wanted)
    usable = [spot for spot in spots if spot.state != "closed"]
    sense = await _sense(tx, asked, home) if any(spot.road == asked.road for spot in usable) else None
    found = [_found(asked, spot, sense, now) for spot in usable]
    if sense is not None:
        found.sort(key=lambda one: one.ahead is False)  # what lies behind on a motorway is far, however near
    return Answer(base, asked.division, found[skip : skip + most], len(found) > skip + most, len(spots) - len(usable))


async def _asked(tx: AsyncSession, kind: str, place: Place, home: str, force: InForce | None) -> _Asked:
    road, stake_m, division = place.road or place.road_name, place.stake_m, place.division
    here = place.position and convert(*place.position, place.datum, "wgs84")
    if place.facility and place.facility_kind in FACILITY_KINDS:
        meant = await facilities_of.named(tx, spellings(place.facility))
        meant = [one for one in meant if road is None or one.road == road]
        if len({one.road for one in meant}) == 1:
            one = meant[0]
            road, division = one.road, division or one.division
            stake_m = one.stake_m if stake_m is None else stake_m
    division = division or divisions.of_place(place, home)
    is_seat = False
    if here is None and road is None and division is not None:
        here, is_seat = _seat(division), True
    return _Asked(kind, here, is_seat, road, stake_m, place.direction, division, force)


def _seat(division: str) -> tuple[float, float] | None:
    """Where a division's government is, in WGS 84; a province's would mislead."""
    known = divisions.by_code(division)
    if known is None or known.position is None or known.level == "province":
        return None
    return convert(*known.position, known.datum, "wgs84")


async def _ordered(tx: AsyncSession, asked: _Asked, limit: int) -> tuple[list[Spot], Base]:
    """The spots by distance, then those in the division of which no distance is known."""
    base: Base = "division"
    spots: list[Spot] = []
    if asked.here is not None:
        base = "seat" if asked.is_seat else "here"
        spots = [_spot(one) for one in await _around(tx, asked, limit)]
    elif asked.road is not None:
        base = "road"
        spots = await _on_road(tx, asked, limit)
    if len(spots) < limit and asked.division is not None:
        bounds = divisions.bounds(asked.division)
        placed = asked.here is None
        more = await register.in_division(tx, asked.kind, bounds, limit, asked.force, placed=placed)
        spots += [_spot(one) for one in more]
        if asked.kind == "service":
            spots += [_rest(one) for one in await register.rest_in(tx, bounds, limit)]
    if asked.kind == "service":
        spots = await _as_they_stand(tx, spots)
    return _once(spots), base


async def _around(tx: AsyncSession, asked: _Asked, limit: int) -> list[Point]:
    """The nearest with a position, ring after ring until there are enough."""
    here = asked.here
    assert here is not None
    found = await register.in_cells(tx, asked.kind, cells_near(*here, CLOSE_M), here, limit, asked.force)
    if len(found) == limit and _apart(here, found[-1]) <= CLOSE_M:
        return _by_distance(here, found)
    for reach in RINGS_M:
        found = await register.in_box(tx, asked.kind, *_box(here, reach), here, limit, asked.force)
        if len(found) == limit and _apart(here, found[-1]) <= reach:
            break
    return _by_distance(here, [one for one in found if _apart(here, one) <= FARTHEST_M])


def _box(here: tuple[float, float], reach: float) -> tuple[tuple[int, int], tuple[float, float]]:
    """The rows of the grid and the longitudes that hold every point within so many metres."""
    high = math.degrees(reach / EARTH_RADIUS_M)
    south, north = max(here[0] - high, -90.0), min(here[0] + high, 89.9)
    wide = high / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return (cell(south, -180.0), cell(north, 179.99)), (here[1] - wide, here[1] + wide)


def _by_distance(here: tuple[float, float], found: list[Point]) -> list[Point]:
    return sorted(found, key=lambda one: (_apart(here, one), one.id or 0))


def _apart(here: tuple[float, float], point: Point) -> float:
    assert point.north is not None
    assert point.east is not None
    return distance_m(here, (point.north, point.east))


async def _on_road(tx: AsyncSession, asked: _Asked, limit: int) -> list[Spot]:
    assert asked.road is not None
    spots = [_spot(o) for o in await register.along(tx, asked.kind, asked.road, asked.stake_m, limit, asked.force)]
    if asked.kind == "service":
        spots += [_rest(one) for one in await register.rest_along(tx, asked.road, asked.stake_m, limit)]
        far = 10_000_000
        at = asked.stake_m or 0
        spots.sort(key=lambda one: far if one.stake_m is None else abs(one.stake_m - at))
    return spots


async def _as_they_stand(tx: AsyncSession, spots: list[Spot]) -> list[Spot]:
    """Service areas with the state that the register of facilities has: it keeps what is shut, and since when."""
    keys = [(one.road, one.name) for one in spots if one.road and one.point is not None]
    known = await register.rest_named(tx, list(dict.fromkeys(keys)))
    return [
        replace(one, state=_STATES[known[one.road, one.name].state])
        if one.point is not None and one.road and (one.road, one.name) in known
        else one
        for one in spots
    ]


_STATES = {"open": "active", "limited": "limited", "closed": "closed"}


def _once(spots: list[Spot]) -> list[Spot]:
    """Each spot once: what both registers have is one, and so is what was found in two ways."""
    detailed = {(one.road, one.name) for one in spots if one.point is not None}
    kept: dict[object, Spot] = {}
    for one in spots:
        if one.point is None and (one.road, one.name) in detailed:
            continue
        kept.setdefault(one.point.id if one.point else (one.road, one.name), one)
    return list(kept.values())


def _spot(point: Point) -> Spot:
    here = (point.north, point.east) if point.north is not None and point.east is not None else None
    return Spot(
        point.kind, point.name, point.division, point.road, point.stake_m, point.direction,
        state=point.state, here=here, point=point,
    )  # fmt: skip


def _rest(facility: Facility) -> Spot:
    """A service or parking area of which no more is known than the register of facilities says."""
    return Spot(
        "service", facility.name, facility.division, facility.road, facility.stake_m, facility.direction or "",
        state=_STATES[facility.state],
    )  # fmt: skip


def _found(asked: _Asked, spot: Spot, sense: int | None, now: datetime) -> Found:
    on_road = asked.road is not None and spot.road == asked.road
    metres: float | None = None
    bearing: float | None = None
    ahead: bool | None = None
    if asked.here is not None and spot.here is not None:
        metres, bearing = distance_m(asked.here, spot.here), _bearing(asked.here, spot.here)
    elif on_road and asked.stake_m is not None and spot.stake_m is not None:
        metres = float(abs(spot.stake_m - asked.stake_m))
    if on_road and sense is not None and asked.stake_m is not None and spot.stake_m is not None:
        ahead = (spot.stake_m - asked.stake_m) * sense >= 0
    both = on_road and asked.direction and spot.direction and spot.direction != "双向"
    across = bool(both and asked.direction != spot.direction)
    hours = spot.point.hours if spot.point else None
    opened = is_open(hours, now.astimezone(SHANGHAI)) if hours else None
    return Found(spot, metres, bearing, on_road, ahead, across, opened)


async def _sense(tx: AsyncSession, asked: _Asked, home: str) -> int | None:
    """Whether stakes grow (1) or shrink (-1) the way he drives; None where the register cannot tell.

    Told by two points of his road with stake and position, and where his direction leads. 上行 and 下行 tell nothing:
    some offices call the way of growing stakes 上行, others the way back.
    """
    if asked.direction is None or asked.road is None or asked.stake_m is None:
        return None
    known = [_spot(one) for one in await register.staked(tx, asked.road, asked.stake_m, 6)]
    if not known:
        return None
    low, high = min(known, key=lambda one: one.stake_m or 0), max(known, key=lambda one: one.stake_m or 0)
    if low.here is None or high.here is None or distance_m(low.here, high.here) < _APART_M:
        return None
    leads = _COMPASS.get(asked.direction.rpartition("向")[2])
    if leads is not None:
        along = math.cos(math.radians(_bearing(low.here, high.here) - leads))
    else:
        there = divisions.resolve(asked.direction, home)
        seat = _seat(there.code) if there else None
        if seat is None:
            return None
        along = (distance_m(low.here, seat) - distance_m(high.here, seat)) / distance_m(low.here, high.here)
    return None if abs(along) < 0.5 else 1 if along > 0 else -1


def _bearing(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Degrees from north, clockwise, at the start of the way."""
    north, there = math.radians(start[0]), math.radians(end[0])
    east = math.radians(end[1] - start[1])
    across = math.sin(east) * math.cos(there)
    up = math.cos(north) * math.sin(there) - math.sin(north) * math.cos(there) * math.cos(east)
    return math.degrees(math.atan2(across, up)) % 360
