"""A plain sketch instead of a map: the road with its stakes, or a compass, with this report and those beside it.

It needs no tiles and no network, says only what is known, and is drawn by the page in its own colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.staff.near import Neighbour, length
from hotline.formats.places import Place
from hotline.formats.stakes import format_stake
from locales.words import Say
from storage.models import Facility

WIDTH, HEIGHT = 400.0, 132.0
MARGIN = 38.0
LEAST_SPAN_M = 2_000
"""A sketch shows at least so much road, so that a hundred metres do not look like a journey."""

LABEL = 66.0
"""Width that one stake or name needs beside the next."""

ROWS = (52.0, 28.0)
"""Heights at which marks stand above the road: the nearest row first."""

CLOSE = 22.0
"""Marks nearer than this would cover each other."""

RADIUS = 92.0
HEIGHT_COMPASS = 2 * RADIUS + 36
STEPS_M = (250, 500, 1_000, 2_000, 5_000)
TICKS_M = (200, 500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the sketch with its label; `foot` is where on the road it belongs."""

    x: float
    y: float
    label: str | Say
    foot: float = 0.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn: `shape` is road or compass; `here` is this report, `marks` those beside it."""

    shape: str
    here: Mark
    marks: list[Mark]
    ticks: list[Mark]
    facilities: list[Mark]
    width: float = WIDTH
    height: float = HEIGHT


def draw(place: Place, beside: Sequence[Neighbour], facilities: Sequence[Facility]) -> Sketch | None:
    """The sketch of a place; None when nobody knows where on the road, or on the earth, it is."""
    stake = place.stake_m
    if stake is None and place.facility:
        named = (one.stake_m for one in facilities if one.name == place.facility)
        stake = next((metres for metres in named if metres is not None), None)
    if stake is not None:
        return along_road(place, stake, beside, facilities)
    if place.position is not None:
        return compass(beside)
    return None


def along_road(place: Place, stake: int, beside: Sequence[Neighbour], facilities: Sequence[Facility]) -> Sketch:
    """The road as a line from left to right in the order of its stakes."""
    near = [one for one in beside if one.stake_m is not None or one.apart_m == 0]
    at = [stake if one.stake_m is None else one.stake_m for one in near]
    half = max([LEAST_SPAN_M / 2, *(abs(metres - stake) for metres in at)]) * 1.15
    low = max(0.0, stake - half)
    high = low + 2 * half

    def x(metres: float) -> float:
        return round(MARGIN + (metres - low) / (high - low) * (WIDTH - 2 * MARGIN), 1)

    here = Mark(x(stake), 78.0, format_stake(stake, place.line))
    return Sketch(
        "road",
        here,
        _stacked([(x(metres), one.letter) for metres, one in zip(at, near, strict=True)]),
        [one for one in _ticks(low, high, x) if abs(one.x - here.x) >= LABEL],
        _apart(
            [
                Mark(x(one.stake_m), 122.0, one.name)
                for one in sorted(facilities, key=lambda one: abs((one.stake_m or 0) - stake))
                if one.stake_m is not None and low <= one.stake_m <= high
            ]
        ),
    )


def compass(beside: Sequence[Neighbour]) -> Sketch:
    """This report in the middle, north above, the others by distance and bearing."""
    near = [(one, one.apart_m, one.bearing) for one in beside if one.apart_m is not None and one.bearing is not None]
    farthest = max((apart for _, apart, _ in near), default=0.0)
    step = next((metres for metres in STEPS_M if 2 * metres >= farthest), STEPS_M[-1])
    scale = RADIUS / (2 * step)
    middle = HEIGHT_COMPASS / 2
    marks: list[Mark] = []
    for one, apart, bearing in near:
        far = max(min(apart, 2 * step) * scale, CLOSE)
        spots = (_at(middle, far, bearing + turn * 20) for turn in range(18))
        free = (at for at in spots if all(math.dist(at, (m.x, m.y)) >= CLOSE for m in marks))
        marks.append(Mark(*next(free, _at(middle, far, bearing)), one.letter))
    rings = [Mark(middle, round(step * part * scale, 1), length(step * part)) for part in (1, 2)]
    return Sketch("compass", Mark(middle, middle, ""), marks, rings, [], HEIGHT_COMPASS, HEIGHT_COMPASS)


def _at(middle: float, far: float, bearing: float) -> tuple[float, float]:
    angle = math.radians(bearing)
    return round(middle + far * math.sin(angle), 1), round(middle - far * math.cos(angle), 1)


def _ticks(low: float, high: float, x: Callable[[float], float]) -> list[Mark]:
    step = next((metres for metres in TICKS_M if (high - low) / metres <= 5), 10_000)
    first = math.ceil(low / step) * step
    return _apart([Mark(x(metres), 100.0, format_stake(metres)) for metres in range(first, math.floor(high) + 1, step)])


def _apart(marks: list[Mark]) -> list[Mark]:
    """Marks whose labels leave each other room; the earlier ones stay."""
    kept: list[Mark] = []
    for mark in marks:
        if all(abs(mark.x - one.x) >= LABEL for one in kept):
            kept.append(mark)
    return kept


def _stacked(points: list[tuple[float, str]]) -> list[Mark]:
    """Marks above the road, higher or beside each other where several stand at one stake."""
    placed: list[Mark] = []
    room = CLOSE - 0.1  # sums of tenths are not exact
    for wanted, label in points:
        free = (
            (x, y)
            for n in range(len(points) + 1)
            for x in dict.fromkeys((wanted + n * CLOSE, wanted - n * CLOSE))
            for y in ROWS
            if 10 <= x <= WIDTH - 10 and all(abs(x - one.x) >= room or abs(y - one.y) >= room for one in placed)
        )
        x, y = next(free, (wanted, ROWS[0]))
        placed.append(Mark(round(x, 1), y, label, wanted))
    return placed
