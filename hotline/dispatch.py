"""The bureau's day (日调度): what was applied for, issued, returned, refused, in force, let through and held up.

Seed S0, 0.6 (发证情况、通行情况实行日调度). A day is frozen once it is over, everywhere at one moment; from then on its
numbers stand, and the rows behind each are found again (docs/why/day-in-numbers.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from locales.words import SHANGHAI, Refusal
from storage import dispatch as days
from storage.dispatch import IN_FORCE, Counted, Wanted
from storage.models import Dispatch

MEASURES = ("applied", "issued", "returned", "refused", IN_FORCE, "passed", "stopped", "obstructed")
"""申请, 发证, 退回, 不予, 有效, 放行, 拦下, 受阻: in the order in which a day is read."""

SETTLES = timedelta(minutes=10)
"""After midnight, until whatever was begun on the day is surely written down; a turn takes seconds."""

FIRST_YEAR, LAST_YEAR = 2000, 9000
"""Other days are mistyped, and some of them are no moments that a clock can tell."""

MOST_DAYS = 400
"""Days that are caught up at one time, after a house stood still; the next morning takes the rest."""


@dataclass(frozen=True, slots=True)
class Day:
    """A local day's numbers; `until` is its end, or now while it lasts, and `frozen_at` None until it is frozen."""

    day: date
    until: datetime
    frozen_at: datetime | None
    counts: Sequence[Counted]

    def count(self, measure: str, low: str, high: str, goods: str | None = None) -> int:
        """How many of this there were in these divisions."""
        return sum(
            n for d, g, m, n in self.counts if m == measure and low <= d <= high and (goods is None or g == goods)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day: what it is of, and each measure with the number of the day before."""

    low: str
    high: str
    goods: str | None
    numbers: Mapping[str, tuple[int, int]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened on either day."""
        return not any(now or before for now, before in self.numbers.values())


@dataclass(frozen=True, slots=True)
class Report:
    """The day of a division and all within it, with the day before beside it."""

    division: str
    today: Day
    before: Day
    total: Line
    by_division: Sequence[tuple[str, Line]]
    by_goods: Sequence[tuple[str, Line]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of either day."""
        return self.total.is_empty


def bounds_of(day: date, zone: tzinfo = SHANGHAI) -> tuple[datetime, datetime]:
    """The first moment of a local day, and the first of the next."""
    start, end = (datetime.combine(one, time.min, zone) for one in (day, day + timedelta(days=1)))
    return start, end


async def freeze(tx: AsyncSession, day: date, now: datetime, zone: tzinfo = SHANGHAI) -> Dispatch:
    """Freeze a day that is over; what was frozen stays as it was. Raises Refusal for one that is not over."""
    if (kept := await days.of_day(tx, day)) is not None:
        return kept
    start, end = bounds_of(day, zone)
    if now < end + SETTLES:
        raise Refusal("dispatch.not_over", day=start)
    return await days.keep(tx, day, _written(await days.counts(tx, start, end)), now)


async def freeze_due(tx: AsyncSession, now: datetime, zone: tzinfo = SHANGHAI) -> list[date]:
    """Freeze every day up to yesterday that is not frozen yet; at the first time yesterday alone."""
    last = (now - SETTLES).astimezone(zone).date() - timedelta(days=1)
    newest = await days.newest(tx)
    first = last if newest is None else newest + timedelta(days=1)
    due = [first + timedelta(days=n) for n in range(min(MOST_DAYS, (last - first).days + 1))]
    for day in due:
        await freeze(tx, day, now, zone)
    return due


async def look(tx: AsyncSession, day: date, now: datetime, zone: tzinfo = SHANGHAI) -> Day:
    """A day as it was frozen, or as it stands now. Raises Refusal for one that has not begun, or that nobody means."""
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise Refusal("dispatch.day.refused")
    start, end = bounds_of(day, zone)
    if now < start:
        raise Refusal("dispatch.not_begun", day=start)
    kept = await days.of_day(tx, day)
    if kept is not None:
        return Day(day, end, kept.frozen_at, _read(kept.counts))
    until = min(end, now)
    return Day(day, until, None, await days.counts(tx, start, until))


async def report(tx: AsyncSession, division: str, day: date, now: datetime, zone: tzinfo = SHANGHAI) -> Report:
    """The day of a division with the day before beside it; raises Refusal as `look` does."""
    today = await look(tx, day, now, zone)
    before = await look(tx, day - timedelta(days=1), now, zone)
    low, high = divisions.bounds(division)
    found = [row for row in (*today.counts, *before.counts) if low <= row[0] <= high]
    parts = sorted({part_of(code, division) for code, _, _, _ in found})
    kinds = sorted({goods for _, goods, _, _ in found}, key=lambda code: (code in ("", "other"), code))
    return Report(
        division,
        today,
        before,
        _line(today, before, low, high),
        _by_most([(code, _line(today, before, *held_by(code, division))) for code in parts]),
        _by_most([(code, _line(today, before, low, high, code)) for code in kinds]),
    )


def part_of(code: str, division: str) -> str:
    """The part of a division in which another one lies, one level down; the division itself for what is its own."""
    inside = [
        one for one in (code, *divisions.ancestors(code)) if one != division and divisions.is_within(one, division)
    ]
    return inside[-1] if inside else division


def held_by(part: str, division: str) -> tuple[str, str]:
    """The codes whose numbers stand in the line of a part; the division itself has there what is its own alone."""
    return (part, part) if part == division else divisions.bounds(part)


def wanted(day: date, until: datetime, measure: str, low: str, high: str, goods: str | None = None) -> Wanted:
    """What is behind a number of a day; `until` is the `Day`'s own."""
    start, end = bounds_of(day)
    return Wanted(measure, start, min(max(until, start), end), low, high, goods)


def _line(today: Day, before: Day, low: str, high: str, goods: str | None = None) -> Line:
    numbers = {m: (today.count(m, low, high, goods), before.count(m, low, high, goods)) for m in MEASURES}
    return Line(low, high, goods, numbers)


def _by_most(lines: Iterable[tuple[str, Line]]) -> list[tuple[str, Line]]:
    """Those with most to tell first; those alike by code."""
    return sorted(lines, key=lambda one: (-sum(now for now, _ in one[1].numbers.values()), one[0]))


def _written(counts: Iterable[Counted]) -> list[dict[str, Any]]:
    return [{"division": d, "goods": g, "measure": m, "count": n} for d, g, m, n in counts]


def _read(kept: Iterable[Mapping[str, Any]]) -> list[Counted]:
    return [(one["division"], one["goods"], one["measure"], one["count"]) for one in kept]
