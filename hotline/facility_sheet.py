"""The register of facilities as one sheet, for whoever keeps it in a spreadsheet.

Headings and kinds may be in any of our languages or as the table names them. The state is written and never read: it
changes by the ledger alone. When any row is amiss, nothing is to be kept and each such row is told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, facilities
from hotline.facilities import Entry
from hotline.formats.roads import parse_road
from hotline.formats.stakes import format_stake, parse_stake
from hotline.formats.tidy import shown
from locales.words import LANGUAGES, Refusal, Say, say, translate
from storage import directory
from storage import facilities as register_of
from storage.models import Facility, Staff

COLUMNS = ("kind", "name", "road", "stake", "direction", "division", "department", "state")
_NEEDED = ("kind", "name", "road")
MOST_TOLD = 20
"""Rows amiss that are told by line; of the rest, how many."""

_FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so is a formula to a spreadsheet; an apostrophe before it keeps it text."""


async def written(tx: AsyncSession, language: str) -> AsyncIterator[str]:
    """The sheet line by line, headings and words in this language; memory stays flat."""
    yield _line([translate(language, f"facility.column.{column}") for column in COLUMNS])
    codes = {one.id: one.code for one in await directory.departments(tx, limit=facilities.MOST_DEPARTMENTS)}
    async for row in register_of.everything(tx):
        yield _line(_cells(row, codes, language))


def _cells(row: Facility, codes: dict[int | None, str], language: str) -> list[str]:
    return [
        translate(language, f"facility.kind.{row.kind}"),
        row.name,
        row.road,
        "" if row.stake_m is None else format_stake(row.stake_m),
        row.direction or "",
        row.division,
        codes.get(row.department_id, "") if row.department_id else "",
        translate(language, f"facility.state.{row.state}"),
    ]


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(f"'{c}" if c.startswith(_FORMULA) else c for c in cells)
    return out.getvalue()


async def read(tx: AsyncSession, by: Staff, text: str, now: datetime) -> int:
    """Enter each row of the sheet and return how many; raises Refusal with the rows amiss, to be rolled back."""
    count, amiss = 0, list[Say]()
    for line, cells in _rows(text):
        try:
            await facilities.register(tx, by, await _entry(tx, cells), now)
        except Refusal as no:
            amiss.append(say("facility.csv.row", line=str(line), why=no.say))
        count += 1
    if amiss:
        raise Refusal("facility.csv.amiss", count=len(amiss), problems=amiss[:MOST_TOLD])
    return count


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    columns: list[str] | None = None
    try:
        for cells in reader:
            plain = [cell.strip().removeprefix("'") for cell in cells]
            if not any(plain):
                continue
            if columns is None:
                columns = [_column(cell) for cell in plain]
                if lacking := [column for column in _NEEDED if column not in columns]:
                    raise Refusal("facility.csv.columns", columns=[say(f"facility.column.{c}") for c in lacking])
                continue
            yield reader.line_num, dict.fromkeys(COLUMNS, "") | dict(zip(columns, plain, strict=False))
    except csv.Error:
        raise Refusal("facility.csv.unreadable", line=str(reader.line_num)) from None
    if columns is None:
        raise Refusal("facility.csv.columns", columns=[say(f"facility.column.{c}") for c in _NEEDED])


async def _entry(tx: AsyncSession, cells: dict[str, str]) -> Entry:
    department = None
    if cells["department"]:
        department = await directory.by_code(tx, cells["department"])
        if department is None:
            raise Refusal("facility.department.unknown", typed=shown(cells["department"]))
    kind = next((kind for kind in facilities.WORDS if _means(cells["kind"], "kind", kind)), cells["kind"])
    return Entry(
        kind=kind,
        name=cells["name"],
        road=_road(cells["road"]),
        division=_division(cells["division"] or cells["name"]),
        stake_m=parse_stake(cells["stake"]).metres if cells["stake"] else None,
        direction=cells["direction"] or None,
        department_id=department.id if department else None,
    )


def _road(typed: str) -> str:
    """The number on the sign, or the name of a road that has none."""
    try:
        return parse_road(typed).number
    except Refusal as no:
        if no.key == "road.name_only":
            return str(no.facts["name"])
        raise


def _division(typed: str) -> str:
    """A code, or a name that only one division has."""
    if typed.isascii():
        return typed
    found = divisions.resolve(typed)
    if found is None:
        raise Refusal("facility.division.unknown", typed=shown(typed))
    return found.code


def _column(heading: str) -> str:
    return next((column for column in COLUMNS if _means(heading, "column", column)), heading)


def _means(typed: str, group: str, name: str) -> bool:
    wanted = typed.casefold()
    return wanted in {name, *(translate(one, f"facility.{group}.{name}").casefold() for one in LANGUAGES)}
