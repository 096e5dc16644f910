"""The register of service points as one sheet, for whoever keeps it in a spreadsheet.

Headings and coded words may be in any of our languages or as the table names them. Columns may stand apart by commas,
or by tabs, which is how cells are pasted out of a spreadsheet. When any row is amiss nothing is kept, and each is told
by row and column; a point that the sheet does not name stays as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, point_entry, points
from hotline.formats.stakes import format_stake
from hotline.point_entry import Entry, Problems
from hotline.points import Taken
from locales.words import Refusal, Say, say, translate
from storage import audit
from storage import points as register
from storage.models import Point, Staff
from storage.points import Wanted

COLUMNS = point_entry.COLUMNS
MOST_TOLD = 20
"""Rows amiss that are told; of the rest, how many."""

AT_ONCE = 500
"""Rows that are written together, so that memory stays flat and a province takes a minute."""

_CODED = {
    "kind": "kind", "datum": "datum", "state": "state", "zones": "zones", "purpose": "purpose", "body_level": "level",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet; an apostrophe before it keeps it text."""


Row = tuple[int, dict[str, str]]
"""The line of a row, and its cells by column."""


@dataclass(slots=True)
class _Reading:
    """What one sheet has told so far."""

    now: datetime
    lines: dict[register.Key, int] = field(default_factory=dict)
    amiss: list[Say] = field(default_factory=list)
    count: int = 0
    taken: Taken = field(default_factory=lambda: Taken(0, 0, 0))


async def written(tx: AsyncSession, language: str, wanted: Wanted | None = None) -> AsyncIterator[str]:
    """The sheet line by line, headings and words in this language; memory stays flat."""
    yield _line([translate(language, f"point.column.{column}") for column in COLUMNS])
    async for point in register.everything(tx, wanted or Wanted(divisions.bounds(divisions.NATION))):
        yield _line(_cells(point, language))


async def read(tx: AsyncSession, by: Staff, text: str, now: datetime) -> Taken:
    """Take in every row of the sheet; raises Refusal with the rows amiss, to be rolled back."""
    reading, rows = _Reading(now), _rows(text)
    while some := list(islice(rows, AT_ONCE)):
        await _take(tx, by, some, reading)
    if reading.count:
        raise Refusal("point.csv.amiss", count=reading.count, problems=reading.amiss)
    facts = {"added": reading.taken.added, "changed": reading.taken.changed, "same": reading.taken.same}
    await audit.record(tx, by.id or 0, "point.imported", now, **facts)
    return reading.taken


async def _take(tx: AsyncSession, by: Staff, rows: list[Row], reading: _Reading) -> None:
    """One part of the sheet: written when nothing was amiss so far, and otherwise only looked through."""
    keys = [key for _, cells in rows if (key := point_entry.key_of(cells)) is not None]
    known = await register.by_keys(tx, list(dict.fromkeys(keys)))
    entries = []
    for line, cells in rows:
        entry, problems = _entry(by, line, cells, known, reading)
        if entry is not None:
            entries.append(entry)
            continue
        reading.count += 1
        if len(reading.amiss) < MOST_TOLD:
            told = [say("point.csv.column", column=say(f"point.column.{name}"), why=no.say) for name, no in problems]
            reading.amiss.append(say("point.csv.row", line=str(line), problems=told))
    if not reading.count and entries:
        more, so_far = await points.take_in(tx, by, entries, known, reading.now), reading.taken
        reading.taken = Taken(so_far.added + more.added, so_far.changed + more.changed, so_far.same + more.same)


def _entry(
    by: Staff, line: int, cells: dict[str, str], known: dict[register.Key, Point], reading: _Reading
) -> tuple[Entry | None, Problems]:
    """What one row says, and what is amiss in it; columns that the sheet lacks stay as the register has them."""
    key = point_entry.key_of(cells)
    was = known.get(key) if key is not None else None
    entry, problems = point_entry.read(cells, points.today(reading.now), points.entry_of(was) if was else None)
    if entry is None:
        return None, problems
    if (first := reading.lines.setdefault(points.key_of(entry), line)) != line:
        return None, [("name", Refusal("point.csv.twice", line=str(first)))]
    if not points.may(by, entry.division):
        return None, [("division", Refusal("point.not_yours"))]
    if entry.kind == "transfer" and entry.state == "active" and (was is None or was.state != "active"):
        return None, [("state", Refusal("point.checks.first"))]
    return entry, []


def _rows(text: str) -> Iterator[Row]:
    text = text.removeprefix("\ufeff")
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",")
    columns: list[str] | None = None
    try:
        for cells in reader:
            plain = [_plain(cell) for cell in cells]
            if not any(plain):
                continue
            if columns is None:
                columns = [column_of(cell) for cell in plain]
                lacking = [name for name in ("kind", "name", "division") if name not in columns]
                if lacking:
                    raise Refusal("point.csv.columns", columns=[say(f"point.column.{name}") for name in lacking])
                continue
            yield reader.line_num, {name: cell for name, cell in zip(columns, plain, strict=False) if name in COLUMNS}
    except csv.Error:
        raise Refusal("point.csv.unreadable", line=str(reader.line_num)) from None
    if columns is None:
        raise Refusal("point.csv.columns", columns=[say(f"point.column.{n}") for n in ("kind", "name", "division")])


def _plain(cell: str) -> str:
    """A cell without the apostrophe that `_line` put before it."""
    typed = cell.strip()
    return typed[1:] if typed.startswith("'") and typed.lstrip("'").startswith(_FORMULA) else typed


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    guarded = [f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell for cell in cells]
    csv.writer(out, lineterminator="\r\n").writerow(guarded)
    return out.getvalue()


def _cells(point: Point, language: str) -> list[str]:
    return [_cell(name, getattr(point, name), language) for name in COLUMNS]


def _cell(name: str, value: object, language: str) -> str:
    """A field as the sheet has it, which reads back as the same value."""
    match value:
        case None:
            return ""
        case int() if name == "stake_m":
            return format_stake(value)
        case float():
            return f"{value:.6f}"
        case date():
            return value.isoformat()
        case str() if name in _CODED:
            return translate(language, f"point.{_CODED[name]}.{value}")
    return str(value)


def column_of(heading: str) -> str:
    """The column that a heading names, in any of our languages; the heading itself when it names none."""
    wanted = heading.casefold()
    return next((name for name in COLUMNS if wanted in point_entry.worded("column", name)), heading)
