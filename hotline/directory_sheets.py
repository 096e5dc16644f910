"""The organisation directory as five sheets, for whoever keeps it in a spreadsheet.

Headings and coded words may be in any of our languages or as the tables name them. What the sheets do not name stays as
it is; when any row is amiss, nothing is changed and each such row is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import directory, roster
from hotline.catalogue import FUNCTIONS
from hotline.directory import Entry
from hotline.formats.roads import parse_road
from hotline.formats.stakes import format_stake, parse_stake
from hotline.organisation import LEVELS
from locales.words import LANGUAGES, Refusal, Say, say, translate
from storage import directory as rows
from storage import staff as people
from storage.models import Department, Staff

COLUMNS = {
    "departments": ("code", "name", "division", "level", "parent", "outside", "reached_by", "disabled"),
    "responsible": ("function", "division", "department"),
    "posts": ("department", "post", "place", "a", "b"),
    "roster": ("department", "login", "starts", "ends", "handover"),
    "sections": ("department", "road", "from", "to", "chief"),
}
_KEYS = {
    "departments": ("code",),
    "responsible": ("function", "division"),
    "posts": ("department", "post"),
    "roster": ("department", "login", "starts"),
    "sections": ("department", "road", "from"),
}
_MAY_LACK = frozenset({"level", "parent", "outside", "reached_by", "disabled", "place", "b", "handover", "chief"})
EVERYTHING = 100_000
"""Rows of one sheet; a province has some thousands of departments."""

KEPT = timedelta(days=31)
"""How far back shifts are exported."""

_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2})[::](\d{2})(?:[::]00)?")
_FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so is a formula to a spreadsheet; an apostrophe before it keeps it text."""


def text_of(raw: bytes) -> str:
    """A sheet's text: UTF-8 with or without its mark, or GB 18030, which spreadsheets in China still write."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


async def written(tx: AsyncSession, language: str, zone: tzinfo, now: datetime) -> dict[str, str]:
    """Every sheet as text, headings and words in this language, moments in this zone."""
    known = {one.id: one for one in await rows.departments(tx, limit=EVERYTHING)}
    logins = {one.id: one.login for one in await rows.people(tx, limit=EVERYTHING)}

    def code(department_id: int | None) -> str:
        return known[department_id].code if department_id is not None else ""

    def login(staff_id: int | None) -> str:
        return logins[staff_id] if staff_id is not None else ""

    def at(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

    def word(prefix: str, name: object) -> str:
        return translate(language, f"directory.{prefix}.{name}")

    def yes(holds: object) -> str:
        return word("csv", "yes" if holds else "no")

    sheets: dict[str, list[tuple[str, ...]]] = {
        "departments": [
            (d.code, d.name, d.division, word("level", d.level), code(d.parent_id), yes(d.outside), d.reached_by or "",
             yes(d.disabled_at))
            for d in known.values()
        ],
        "responsible": [
            (word("function", r.function), r.division, code(r.department_id)) for r in await rows.answers(tx)
        ],
        "posts": [
            (code(p.department_id), p.name, str(p.place), login(p.a_id), login(p.b_id))
            for p in await rows.all_posts(tx)
        ],
        "roster": [
            (code(s.department_id), who.login, at(s.starts_at), at(s.ends_at), s.handover or "")
            for s, who in await rows.shifts(tx, now - 2 * KEPT, now - KEPT, limit=EVERYTHING)
        ],
        "sections": [
            (code(s.department_id), s.road, format_stake(s.from_m), format_stake(s.to_m), who.login if who else "")
            for s, who in await rows.sections(tx)
        ],
    }  # fmt: skip
    return {name: _sheet(name, lines, language) for name, lines in sheets.items()}


def _sheet(name: str, lines: list[tuple[str, ...]], language: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(translate(language, f"directory.field.{column}") for column in COLUMNS[name])
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line] for line in lines)
    return out.getvalue()


async def read(tx: AsyncSession, by: Staff, sheets: Mapping[str, str], zone: tzinfo, now: datetime) -> dict[str, int]:
    """Take these sheets over and return the rows of each; raises Refusal with every row amiss, to be rolled back."""
    reading = _Reading(tx, by, zone, now)
    counts: dict[str, int] = {}
    for name, take in reading.order():
        if name not in sheets:
            continue
        lines = reading.lines(name, sheets[name])
        counts[name] = len(lines)
        for line, cells in lines:
            try:
                await take(cells)
            except Refusal as no:
                reading.amiss(name, line, no.say)
                if name == "departments":
                    reading.failed.add(cells["code"])
            except _BecauseOfAnother:
                continue
    if reading.problems:
        told = [problem for _, _, problem in sorted(reading.problems, key=lambda one: one[:2])]
        raise Refusal("directory.csv.amiss", count=len(told), problems=told)
    return counts


class _BecauseOfAnother(Exception):
    """The row names a department whose own row is amiss; that one is told."""


@dataclass
class _Reading:
    tx: AsyncSession
    by: Staff
    zone: tzinfo
    now: datetime
    failed: set[str] = field(default_factory=set)
    problems: list[tuple[str, int, Say]] = field(default_factory=list)
    _lines: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    def order(self) -> list[tuple[str, Callable[[dict[str, str]], Awaitable[None]]]]:
        """Departments first without, then with those above them, which may stand further down."""
        return [
            ("departments", self.add_department), ("departments", self.department), ("responsible", self.responsible),
            ("posts", self.post), ("sections", self.section), ("roster", self.shift),
        ]  # fmt: skip

    def amiss(self, name: str, line: int, why: Say) -> None:
        problem = say("directory.csv.row", file=f"{name}.csv", line=str(line), why=why)
        if all(one[:2] != (name, line) for one in self.problems):
            self.problems.append((name, line, problem))

    def lines(self, name: str, text: str) -> list[tuple[int, dict[str, str]]]:
        """The rows of a sheet with their line; what is no row is told once."""
        if name not in self._lines:
            self._lines[name] = list(self._parsed(name, text))
        return self._lines[name]

    def _parsed(self, name: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        reader, begins, seen = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")), 1, dict[object, int]()
        columns: list[str] | None = None
        try:
            for cells in reader:
                line, begins = begins, reader.line_num + 1
                if not any(cell.strip() for cell in cells):
                    continue
                if columns is None:
                    columns = [_column(name, cell) for cell in cells]
                    if lacking := [c for c in COLUMNS[name] if c not in columns and c not in _MAY_LACK]:
                        words = [say(f"directory.field.{column}") for column in lacking]
                        self.amiss(name, line, say("directory.csv.columns", columns=words))
                        return
                    continue
                row = dict.fromkeys(COLUMNS[name], "") | dict(zip(columns, map(_cell, cells), strict=False))
                first = seen.setdefault(tuple(row[column] for column in _KEYS[name]), line)
                if first != line:
                    self.amiss(name, line, say("directory.csv.twice", first=str(first)))
                    continue
                yield line, row
        except csv.Error:
            self.amiss(name, begins, say("directory.csv.unreadable"))

    async def add_department(self, row: dict[str, str]) -> None:
        if await rows.by_code(self.tx, row["code"]) is None:
            await directory.add(self.tx, self.by, self._entry(row, None), self.now)

    async def department(self, row: dict[str, str]) -> None:
        found = await self._named(row["code"])
        parent = await self._named(row["parent"]) if row["parent"] else None
        entry = self._entry(row, parent)
        found = await directory.change(self.tx, self.by, found.id or 0, entry, self.now)
        turn = directory.disable if _is_yes(row["disabled"]) else directory.enable
        await turn(self.tx, self.by, found.id or 0, self.now)

    def _entry(self, row: dict[str, str], parent: Department | None) -> Entry:
        level = _word("level", row["level"], LEVELS) if row["level"] else ""
        return Entry(
            row["code"], row["name"], row["division"], level, parent.id if parent else None, _is_yes(row["outside"]),
            row["reached_by"],
        )  # fmt: skip

    async def responsible(self, row: dict[str, str]) -> None:
        found, function = await self._named(row["department"]), _word("function", row["function"], FUNCTIONS)
        await directory.answer_for(self.tx, self.by, found.id or 0, function, row["division"], self.now)

    async def post(self, row: dict[str, str]) -> None:
        found, a, b = await self._named(row["department"]), await self._person(row["a"]), await self._person(row["b"])
        place = row["place"] or "1"
        if not (place.isascii() and place.isdecimal() and len(place) <= 2):
            raise Refusal("directory.post.place", most=99)
        await directory.set_post(self.tx, self.by, found.id or 0, row["post"], int(place), a, b, self.now)

    async def section(self, row: dict[str, str]) -> None:
        found, chief = await self._named(row["department"]), await self._person(row["chief"])
        road = parse_road(row["road"]).number
        from_m, to_m = parse_stake(row["from"]).metres, parse_stake(row["to"]).metres
        await directory.set_section(self.tx, self.by, found.id or 0, road, from_m, to_m, chief, self.now)

    async def shift(self, row: dict[str, str]) -> None:
        found, member = await self._named(row["department"]), await self._person(row["login"])
        if member is None:
            raise Refusal("directory.missing", field=say("directory.field.login"))
        starts, ends = self._moment(row["starts"]), self._moment(row["ends"])
        await roster.add(self.tx, self.by, found, member, starts, ends, self.now, row["handover"])

    async def _named(self, code: str) -> Department:
        found = await rows.by_code(self.tx, code)
        if found is not None:
            return found
        if code in self.failed:
            raise _BecauseOfAnother
        raise Refusal("directory.department.unknown", typed=code)

    async def _person(self, login: str) -> Staff | None:
        if not login:
            return None
        found = await people.by_login(self.tx, login)
        if found is None:
            raise Refusal("directory.person.unknown", typed=login)
        return found

    def _moment(self, typed: str) -> datetime:
        match = _MOMENT.fullmatch(typed)
        try:
            if match:
                return datetime(*map(int, match.groups()), tzinfo=self.zone)  # type: ignore[arg-type, misc]
        except ValueError:
            pass
        raise Refusal("directory.moment", typed=typed)


def _cell(cell: str) -> str:
    plain = cell.strip()
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(_FORMULA) else plain


def _column(name: str, heading: str) -> str:
    plain = heading.strip().casefold()
    for column in COLUMNS[name]:
        if plain in {column, *(translate(one, f"directory.field.{column}").casefold() for one in LANGUAGES)}:
            return column
    return ""


def _word(prefix: str, typed: str, names: tuple[str, ...]) -> str:
    plain = typed.casefold()
    for name in names:
        if plain in {name, *(translate(one, f"directory.{prefix}.{name}").casefold() for one in LANGUAGES)}:
            return name
    return typed


def _is_yes(typed: str) -> bool:
    plain = typed.casefold()
    for answer, name in ((True, "yes"), (False, "no")):
        if plain in {name, *(translate(one, f"directory.csv.{name}").casefold() for one in LANGUAGES)}:
            return answer
    if plain in ("", "0", "false", "1", "true"):
        return plain in ("1", "true")
    raise Refusal("directory.csv.yes_or_no", typed=typed)
