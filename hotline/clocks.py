"""By when an answer is owed: spans of time, round the clock or on working time, counted, paused and counted again.

Pure arithmetic. Every moment that goes in is aware, every moment that comes out is UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from hotline.calendar import Calendar
from locales.words import SHANGHAI

Kind = Literal["always", "hours", "days"]
"""What counts: every hour, the working hours, or whole working days."""

_UNITS: dict[str, tuple[Kind, timedelta]] = {
    "m": ("always", timedelta(minutes=1)),
    "h": ("always", timedelta(hours=1)),
    "d": ("always", timedelta(days=1)),
    "wh": ("hours", timedelta(hours=1)),
    "wd": ("days", timedelta(days=1)),
}
_SPAN = re.compile(r"([1-9]\d{0,3}) ?(m|h|d|wh|wd)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """How long something may take: `30m`, `2h`, `3d` round the clock, `4wh` in working hours, `3wd` in working days."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span that a pack writes; raises ValueError."""
        if not (found := _SPAN.fullmatch(text)):
            raise ValueError(f"no span of time: {text!r} (30m, 2h, 3d, 4wh, 3wd)")
        return cls(int(found[1]), found[2])

    @property
    def kind(self) -> Kind:
        """What counts."""
        return _UNITS[self.unit][0]

    @property
    def length(self) -> timedelta:
        """How much of it must pass; a working day is one day."""
        return self.count * _UNITS[self.unit][1]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def due(start: datetime, span: Span, calendar: Calendar, zone: tzinfo = SHANGHAI) -> datetime:
    """When a span that begins at `start` is over.

    `3d` is 72 hours. `4wh` counts working hours; what begins at night begins when the desk opens. `3wd` does not count
    the day on which it begins, and is over when work ends on the third working day after it, so that nobody has less
    time for having written late in the day. Source: Civil Code, articles 201 and 203 (the first day is not counted; the
    last one ends when business does).
    """
    return after(start, span.length, span.kind, calendar, zone)


def after(start: datetime, time: timedelta, kind: Kind, calendar: Calendar, zone: tzinfo = SHANGHAI) -> datetime:
    """The first moment at which `time` that counts has passed since `start`; of working days, whole ones."""
    start = start.astimezone(UTC)
    if kind == "always" or time <= timedelta():
        return start + max(time, timedelta())
    if kind == "days":
        day = start.astimezone(zone).date()
        for _ in range(time.days):
            day = calendar.next_workday(day)
        return blocks(day, calendar, zone)[-1][1] if time.days else start
    for begin, end in _working(start, calendar, zone):
        if time <= end - begin:
            return begin + time
        time -= end - begin
    raise AssertionError("working time does not end")


def between(start: datetime, end: datetime, kind: Kind, calendar: Calendar, zone: tzinfo = SHANGHAI) -> timedelta:
    """How much of the time from `start` to `end` counts; nothing when `end` comes first.

    Of working days, those after the day of `start` up to and with the day of `end`: the rule of `due`, so that several
    stretches end to end count as much as one.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return timedelta()
    if kind == "always":
        return end - start
    if kind == "days":
        day, last, count = start.astimezone(zone).date(), end.astimezone(zone).date(), 0
        while (day := calendar.next_workday(day)) <= last:
            count += 1
        return timedelta(days=count)
    counted = timedelta()
    for begin, close in _working(start, calendar, zone):
        if begin >= end:
            break
        counted += min(close, end) - begin
    return counted


def shift(
    due_at: datetime,
    paused_from: datetime,
    paused_to: datetime,
    kind: Kind,
    calendar: Calendar,
    zone: tzinfo = SHANGHAI,
) -> datetime:
    """The due time after a pause (waiting for the reporter): later by as much as would have counted meanwhile.

    What was over before the pause began stays over, and a pause within one working day moves no clock of working days.
    """
    due_at = due_at.astimezone(UTC)
    if paused_from >= due_at:
        return due_at
    return after(due_at, between(paused_from, paused_to, kind, calendar, zone), kind, calendar, zone)


def share(
    start: datetime, due_at: datetime, part: float, kind: Kind, calendar: Calendar, zone: tzinfo = SHANGHAI
) -> datetime:
    """When this part of the time from `start` to `due_at` has been used; a clock of days is shared out by its hours.

    For a clock that has never been paused; see `warning` for one that may have been.
    """
    due_at = due_at.astimezone(UTC)
    measure: Kind = "always" if kind == "always" else "hours"
    counted = between(start, due_at, measure, calendar, zone)
    return min(after(start, counted * part, measure, calendar, zone), due_at) if counted else due_at


def warning(due_at: datetime, span: Span, part: float, calendar: Calendar, zone: tzinfo = SHANGHAI) -> datetime:
    """When this part of the span has been used, counted back from when it is due.

    Backwards, because a pause has moved the due time but leaves the rest as long as it was.
    """
    due_at = due_at.astimezone(UTC)
    rest = span.length * (1 - part)
    if span.kind == "always":
        return due_at - rest
    day = due_at.astimezone(zone).date()
    if span.kind == "days":
        rest = sum((end - begin for begin, end in blocks(day, calendar, zone)), timedelta()) * span.count * (1 - part)
    while True:
        if calendar.is_workday(day):
            for begin, end in reversed(blocks(day, calendar, zone)):
                left = min(end, due_at) - begin
                if rest < left:
                    return begin + (left - rest)
                rest -= max(left, timedelta())
        day -= timedelta(days=1)


def moved(
    due_at: datetime, opened_at: datetime, span: Span, old: Calendar, new: Calendar, zone: tzinfo = SHANGHAI
) -> datetime:
    """The due time of an open ticket counted again on a new calendar, with all that pauses have added to it.

    A due time to which the old calendar does not lead was set by hand, such as an extension until a certain hour, and
    stays as it was promised. The answer may lie in the past: a Saturday has become a working day.
    """
    due_at = due_at.astimezone(UTC)
    if span.kind == "always" or old.version == new.version:
        return due_at
    planned = due(opened_at, span, old, zone)
    added = between(planned, due_at, span.kind, old, zone)
    if after(planned, added, span.kind, old, zone) != due_at:
        return due_at
    return after(due(opened_at, span, new, zone), added, span.kind, new, zone)


def blocks(day: date, calendar: Calendar, zone: tzinfo = SHANGHAI) -> list[tuple[datetime, datetime]]:
    """The working hours of a day as moments, whether or not it is a working day."""
    return [
        (
            datetime.combine(day, begin, zone).astimezone(UTC),
            datetime.combine(day, end, zone).astimezone(UTC),
        )
        for begin, end in calendar.blocks(day)
    ]


def _working(start: datetime, calendar: Calendar, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time from `start` on, without end."""
    day = start.astimezone(zone).date()
    if not calendar.is_workday(day):
        day = calendar.next_workday(day)
    while True:
        for begin, end in blocks(day, calendar, zone):
            if end > start:
                yield max(begin, start), end
        day = calendar.next_workday(day)
