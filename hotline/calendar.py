"""Which days are working days, and when on such a day the desk works.

The State Council announces days off and make-up workdays (调休) each autumn for the next year only. They come from the
package chinesecalendar, and from our own packs, which override it; a year that neither knows yet is guessed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger()

FOLDER = Path(__file__).parent / "packs/calendar"

Block = tuple[time, time]
"""A stretch of local working time, from and to."""

_FIXED = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
_FIXED_SINCE_2025 = _FIXED | {(5, 2)}
"""Months and days that the law makes days off by their date, whatever a notice arranges around them.

Source: 全国年节及纪念日放假办法, article 2, as changed on 10 November 2024. Spring festival, dragon boat and mid-autumn
go by the moon, Qingming by the sun: when they are off, only the notice of the year says.
"""


class BadCalendar(ValueError):
    """A calendar pack that cannot be used; the message names file and reason."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours from a day on."""

    since: date
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days off and make-up workdays that were announced, the years that are settled, and the working hours.

    `version` differs whenever any answer may, so that open due times can be counted again.
    """

    off: frozenset[date]
    work: frozenset[date]
    settled: frozenset[int]
    hours: tuple[Hours, ...]
    version: str
    _warned: set[int] = field(default_factory=set)

    def is_workday(self, day: date) -> bool:
        """Whether the desk works on this day; in a year that nobody has announced yet, a guess with a warning."""
        if is_fixed(day):
            return False
        if day in self.off or day in self.work:
            return day in self.work
        if day.year not in self.settled and day.year not in self._warned:
            self._warned.add(day.year)
            log.warning("working days are guessed: no calendar for this year yet", year=day.year)
        return day.weekday() < 5

    def is_guess(self, day: date) -> bool:
        """Whether only the weekday speaks, because no arrangement of holidays is known for this year."""
        return not (day.year in self.settled or is_fixed(day) or day in self.off or day in self.work)

    def next_workday(self, day: date) -> date:
        """The first working day after this day."""
        day += timedelta(days=1)
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The working hours of a day in local time, whether or not it is a working day."""
        before = [hours for hours in self.hours if hours.since <= day]
        return (before[-1] if before else self.hours[0]).blocks


def is_fixed(day: date) -> bool:
    """Whether the law makes this date a day off in every year: 1 January, 1 and 2 May, 1 to 3 October."""
    return (day.month, day.day) in (_FIXED_SINCE_2025 if day.year >= 2025 else _FIXED)


def load(folder: Path = FOLDER) -> Calendar:
    """The calendar as the packs of this folder say now; read again only when one of them has changed.

    Packs are taken in the order of their names, and a later one overrides. Raises BadCalendar.
    """
    by_name = sorted(folder.glob("*.toml"), key=lambda file: file.stem)  # 2027 before 2027-change
    looks = ((file, file.stat()) for file in by_name)
    return _read(tuple((file, look.st_mtime_ns, look.st_size) for file, look in looks))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int, int], ...]) -> Calendar:
    import chinese_calendar  # late: 16 ms that a command without clocks need not pay

    off, work = set(chinese_calendar.holidays), set(chinese_calendar.workdays)
    settled = set(range(min(off).year, max(off).year + 1))
    hours: dict[date, Hours] = {}
    for file, _, _ in files:
        pack = read(file)
        off, work = (off | pack.off) - pack.work, (work | pack.work) - pack.off
        settled |= pack.years
        hours |= {one.since: one for one in pack.hours}
    if not hours:
        raise BadCalendar("no pack says when the desk works")
    by_day = tuple(hours[since] for since in sorted(hours))
    whole = repr((sorted(off), sorted(work), sorted(settled), by_day))
    version = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return Calendar(frozenset(off), frozenset(work), frozenset(settled), by_day, version)


def read(file: Path) -> Pack:
    """One pack by itself; raises BadCalendar."""
    try:
        return Pack.of(tomllib.loads(file.read_text("utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise BadCalendar(f"{file.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: days off, make-up workdays, the years that they settle, working hours, and where all of it is from."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]
    hours: tuple[Hours, ...]
    sources: tuple[str, ...]

    @classmethod
    def of(cls, pack: Mapping[str, Any]) -> Pack:
        """What a pack's tables say; raises ValueError for what nobody can have meant."""
        _only(pack, "days", "hours")
        off: set[date] = set()
        work: set[date] = set()
        years: set[int] = set()
        for table in pack.get("days", ()):
            _only(table, "years", "off", "work", "source")
            _cited(table)
            years.update(_year(year) for year in table.get("years", ()))
            off.update(_days(table.get("off", ())))
            work.update(_days(table.get("work", ())))
        if both := off & work:
            raise ValueError(f"off and work at once: {min(both)}")
        if fixed := [day for day in sorted(work) if is_fixed(day)]:
            raise ValueError(f"the law makes {fixed[0]} a day off")
        hours = tuple(map(_hours, pack.get("hours", ())))
        tables = (*pack.get("days", ()), *pack.get("hours", ()))
        sources = tuple(dict.fromkeys(str(table["source"]) for table in tables))
        return cls(frozenset(off), frozenset(work), frozenset(years), hours, sources)


def _only(table: Mapping[str, Any], *known: str) -> None:
    if strange := set(table) - set(known):
        raise ValueError(f"unknown words {sorted(strange)}")


def _cited(table: Mapping[str, Any]) -> None:
    if not str(table.get("source", "")).strip():
        raise ValueError("a table without its source")


def _year(value: Any) -> int:
    if type(value) is not int or not 2000 <= value <= 2200:
        raise ValueError(f"no year: {value!r}")
    return value


def _days(entries: Sequence[Any]) -> Iterator[date]:
    """A date is a day; two dates in brackets are the first and the last of several."""
    for entry in entries:
        first, last = entry if isinstance(entry, list) else (entry, entry)
        if not (_is_day(first) and _is_day(last)) or not first <= last <= first + timedelta(days=31):
            raise ValueError(f"no day and no stretch of days: {entry!r}")
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _hours(table: Mapping[str, Any]) -> Hours:
    _only(table, "since", "blocks", "source")
    _cited(table)
    if not _is_day(table["since"]):
        raise ValueError(f"since is no day: {table['since']!r}")
    blocks = tuple(_block(text) for text in table["blocks"])
    edges = [edge for block in blocks for edge in block]
    if not edges or edges != sorted(set(edges)):
        raise ValueError("the working hours are not in order")
    return Hours(table["since"], blocks)


def _block(text: str) -> Block:
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)
