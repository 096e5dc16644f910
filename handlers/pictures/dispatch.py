"""The day in numbers as a picture for a leader's chat: eight numbers at a glance, then divisions and goods as bars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.pictures import fonts
from hotline import dispatch, dispatch_news, divisions
from hotline.dispatch import MEASURES, Line, Report
from hotline.goods import words_of
from locales.words import Refusal, Say, render, say

COLUMNS = ("applied", "issued", "passed", "obstructed")
"""What a line of a table shows; all eight stand at the top, and in the console."""

MOST_LINES = 5
"""Lines of a table; what more there is stands in the console and in the workbook."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number: what it is, how many, the day before, and the difference as it is written."""

    what: str
    count: int
    before: str
    change: str
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A few lines with their numbers, in the order of `heads`; `more` says how many lines are left out."""

    title: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on the picture, in words."""

    title: str
    day: str
    stands: str
    tiles: tuple[Tile, ...]
    tables: tuple[Table, ...]
    foot: str


async def draw(tx: AsyncSession, picture: Mapping[str, Any], language: str, now: datetime) -> bytes | None:
    """The day of a division; None where there is no font for Chinese, or the day has not begun."""
    if fonts.found() is None:
        return None
    until = datetime.fromisoformat(picture["until"]) if picture.get("until") else now
    try:
        found = await dispatch.report(tx, picture["division"], date.fromisoformat(picture["day"]), until)
    except Refusal:
        return None
    sheet = sheet_of(found, language, now)

    def drawn() -> bytes:
        from handlers.pictures import dispatch_drawn  # late: Pillow is a tenth of the time to start

        return dispatch_drawn.png(sheet)

    return await asyncio.to_thread(drawn)


def sheet_of(found: Report, language: str, now: datetime) -> Sheet:
    """What stands on it, in this language."""

    def words(spoken: Say | str) -> str:
        return render(language, spoken, now=now)

    today = found.today
    stands = say("dispatch.frozen", at=today.frozen_at) if today.frozen_at else say("dispatch.so_far", at=today.until)
    return Sheet(
        words(say("dispatch.picture.title", division=dispatch_news.name_of(found.division))),
        words(say("dispatch.picture.day", day=dispatch_news.noon(today.day))),
        render(language, stands, now=now + timedelta(days=1)),  # with its date: a picture is looked at for days
        tuple(_tile(measure, *found.total.numbers[measure], words) for measure in MEASURES),
        (
            _table("division", found.by_division, lambda code: _named(code, found.division), words),
            _table("goods", found.by_goods, words_of, words),
        ),
        words(say("dispatch.picture.foot")),
    )


def _tile(measure: str, count: int, before: int, words: Callable[[Say | str], str]) -> Tile:
    return Tile(
        words(say(f"dispatch.measure.{measure}")),
        count,
        words(say("dispatch.before", count=before)),
        f"{count - before:+,}" if count != before else "",
        measure in ("stopped", "obstructed") and count > 0,
    )


def _table(
    by: str,
    lines: Sequence[tuple[str, Line]],
    name: Callable[[str], Say | str],
    words: Callable[[Say | str], str],
) -> Table:
    shown = [one for one in lines if any(one[1].numbers[measure][0] for measure in COLUMNS)]
    left_out = len(shown) - MOST_LINES
    return Table(
        words(say(f"dispatch.by_{by}")),
        tuple(words(say(f"dispatch.measure.{measure}")) for measure in COLUMNS),
        tuple(
            (words(name(code)), tuple(line.numbers[measure][0] for measure in COLUMNS))
            for code, line in shown[:MOST_LINES]
        ),
        words(say("dispatch.picture.more", count=left_out)) if left_out > 0 else "",
    )


def _named(code: str, division: str) -> Say | str:
    found = divisions.by_code(code)
    if code == division:
        return say("dispatch.own", division=found.name if found else dispatch_news.name_of(code))
    return found.name if found else code
