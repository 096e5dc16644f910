"""Rows of a sheet as applications: each is one, or the sentences that say what is amiss in it.

Headings may be in any of our languages and in any order. What a pack asks has a column of its own, headed as the pack
words it; a row that leaves out where it begins or ends takes the journey for which the template was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.firm_pages import fields
from handlers.firm_pages.journey import MARK, Journey, read
from handlers.firm_pages.sheet_file import Cell, Opened
from handlers.rule_questions import UNKNOWN
from hotline.formats.tidy import shown, tidy
from hotline.passes import typed
from hotline.passes.offers import Offer, claim
from hotline.passes.wishes import Wish, check, missing
from hotline.rules.written import Fact
from locales.words import LANGUAGES, Refusal, Say, render, say

MOST = 200
COLUMNS = (
    "plate", "colour", "trailer", "from", "to", "via", "goods", "goods_words", "from_at", "until_at", "crew", "tested",
)  # fmt: skip
LOOKED_FOR_IN = 10
"""Rows at the top among which the headings are."""

_NOTE = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：\s]")


@dataclass(slots=True)
class Row:
    """One row: its number in the file, and the application that it is or what is amiss."""

    number: int
    plate: str
    wish: Wish | None = None
    offer: Offer | None = None
    class_: str | None = None
    problems: list[Say] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """What a sheet told: its rows, and headings that we do not know."""

    rows: list[Row]
    unknown: list[str]

    @property
    def good(self) -> list[Row]:
        """The rows that can be sent."""
        return [row for row in self.rows if not row.problems]


def rows(opened: Opened, way: Mapping[str, str], firm_id: int | None, now: datetime) -> Sheet:
    """Every row of a sheet; raises Refusal when it has no headings, no rows or too many."""
    top, heads = _headings(opened)
    below = [(number, cells) for number, cells in opened.rows if number > top]
    if not below:
        raise Refusal("sheet.file.empty")
    if opened.more or len(below) > MOST:
        raise Refusal("sheet.file.too_many", most=MOST)
    found, seen, known = list[Row](), dict[str, int](), set[int]()
    for number, cells in below:
        row = _row(number, cells, heads, known, way, firm_id, now)
        if any(first <= number <= last for first, last in opened.merged):
            row.problems.append(say("sheet.row.merged"))
        if row.wish is not None and row.offer is not None:
            wish = row.wish
            taken = claim(row.offer, wish.plate, wish.colour, wish.origin, wish.destination)
            if taken in seen:
                row.problems.append(say("sheet.row.twice", row=str(seen[taken])))
            seen.setdefault(taken, number)
        found.append(row)
    own = {place for name, place in heads.items() if name in COLUMNS} | known
    unknown = [head for head, place in _all(opened, top) if place not in own]
    return Sheet(found, [shown(head) for head in unknown])


def heading(words: str) -> str:
    """A heading without its notes and stars, as it is compared."""
    return _NOTE.sub("", tidy(words)).casefold()


def fact_columns(offer: Offer, given: Mapping[str, Any]) -> dict[str, Fact]:
    """The pack's facts that have a column: neither the goods, which have theirs, nor what the journey itself tells."""
    return {
        name: fact
        for name, fact in offer.pack.written.facts.items()
        if name != offer.issuing.goods and name not in given
    }


def _headings(opened: Opened) -> tuple[int, dict[str, int]]:
    """The row of the headings, and where each column of ours is; other headings by their words, marked by "="."""
    ours = {heading(render(language, say(f"sheet.column.{name}"))): name for language in LANGUAGES for name in COLUMNS}
    for number, cells in opened.rows[:LOOKED_FOR_IN]:
        heads: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and (words := heading(cell)):
                heads.setdefault(ours.get(words, f"={words}"), place)
        if "plate" in heads and len(heads) > 1:
            return number, heads
    raise Refusal("sheet.file.headings")


def _all(opened: Opened, top: int) -> list[tuple[str, int]]:
    cells = next(cells for number, cells in opened.rows if number == top)
    return [(cell, place) for place, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()]


def _row(
    number: int,
    cells: Sequence[Cell],
    heads: Mapping[str, int],
    known: set[int],
    way: Mapping[str, str],
    firm_id: int | None,
    now: datetime,
) -> Row:
    def at(name: str) -> Cell:
        place = heads.get(name)
        return cells[place] if place is not None and place < len(cells) else None

    def words(name: str) -> str:
        return _words(at(name))

    row = Row(number, shown(words("plate")) if words("plate") else "")
    told = fields.Typed()
    journey = _journey(at, heads, known, way, now)
    for name, no in journey.problems.items():
        row.problems.append(_in_column(say(f"sheet.column.{name}") if name in COLUMNS else _label(journey, name), no))
    _read(told, at, words, now)
    offer = journey.offer
    if offer is None and not journey.problems:
        told.problems["to"] = say("sheet.row.which_pass", passes=[one.issuing.name.say for one in journey.offers])
    if journey.question is not None and journey.question.name not in journey.problems:
        row.problems.append(_in_column(_label(journey, journey.question.name), say("sheet.row.fact_missing")))
    row.problems += journey.none
    goods = _goods(told, offer, journey, words("goods"))
    row.problems += [_in_column(say(f"sheet.column.{name}"), no) for name, no in told.problems.items()]
    if row.problems and journey.is_told and not journey.none and offer is not None:
        row.problems += _lacking(told, offer, goods, now)
    if row.problems or offer is None or journey.origin is None or journey.destination is None:
        return row
    own = {name: value for name, value in journey.facts.items() if name != offer.issuing.goods}
    row.offer, row.class_ = offer, journey.ruling.answer.class_ if journey.ruling and journey.ruling.answer else None
    wish = Wish(
        scheme=offer.scheme, origin=journey.origin.code, destination=journey.destination.code, goods=goods,
        facts=own, firm_id=firm_id, **told.values,
    )  # fmt: skip
    try:
        check(offer, wish, now)
    except Refusal as no:
        row.problems.append(no.say)
        return row
    row.wish = wish
    return row


def _journey(at: Any, heads: Mapping[str, int], known: set[int], way: Mapping[str, str], now: datetime) -> Journey:
    """The way of a row, and what its pack asks, out of the columns that are headed so."""
    form = {name: _words(at(name)) or way.get(name, "") for name in ("from", "to")}
    if way.get("scheme"):
        form["scheme"] = way["scheme"]
    journey = read(form, now)
    if (offer := journey.offer) is None:
        return journey
    for name, fact in offer.pack.written.facts.items():
        labels = {f"={heading(render(language, fact.label.say))}" for language in LANGUAGES}
        place = next((heads[label] for label in labels if label in heads), None)
        if place is not None:
            known.add(place)
        said = _words(at(next(label for label in labels if label in heads))) if place is not None else ""
        if name == offer.issuing.goods:
            said = _words(at("goods")) or said
        if not said and fact.assume is not None:
            said = UNKNOWN.id
        if said:
            form[MARK + name] = said
    return read(form, now)


def _read(told: fields.Typed, at: Any, words: Any, now: datetime) -> None:
    """What every row has, whatever its pack."""
    form = {"plate": words("plate"), "colour": words("colour"), "trailer": words("trailer")}
    fields.read_truck(told, form)
    told.take("goods_words", lambda: fields.words_of(words("goods_words")))
    told.take("via", lambda: typed.via(words("via")))
    told.take("from_at", lambda: _begins(at("from_at"), now), "from_wished")
    told.take("until_at", lambda: _ends(at("until_at"), now), "until_wished")
    people: list[str] = told.take("crew", lambda: typed.names(words("crew"))) or []
    tests = told.take("tested", lambda: _tests(at("tested"), now)) or []
    told.values.pop("tested", None)
    if tests and len(tests) not in (1, len(people)):
        told.problems["tested"] = say("sheet.row.tests", count=len(people))
    each = tests * len(people) if len(tests) == 1 else [*tests, *[None] * len(people)]
    told.values["crew"] = tuple(
        {"name": name, "tested_at": one.isoformat()} if one else {"name": name}
        for name, one in zip(people, each, strict=False)
    )


def _begins(cell: Cell, now: datetime) -> datetime:
    """From when on; nothing means now, and so does today's day alone."""
    if cell in (None, ""):
        return now
    begins, ends = typed.moment(cell or "", now), typed.moment(cell or "", now, is_end=True)
    return now if begins <= now < ends else begins


def _ends(cell: Cell, now: datetime) -> datetime | None:
    return None if cell in (None, "") else typed.moment(cell or "", now, is_end=True)


def _tests(cell: Cell, now: datetime) -> list[datetime]:
    """One time for all on board, or one for each, apart by any mark."""
    if cell in (None, ""):
        return []
    if not isinstance(cell, str):
        return [typed.tested_at(cell or "", now)]
    return [typed.tested_at(part, now) for part in re.split(r"[、,，;；\n]+", cell) if part.strip()]


def _goods(told: fields.Typed, offer: Offer | None, journey: Journey, said: str) -> str:
    """The class of goods: as the pack asked for it, or by the words of one of its classes."""
    if offer is None:
        return ""
    if journey.goods is not None:
        return journey.goods
    if len(offer.goods) == 1:
        return next(iter(offer.goods))
    wanted = heading(said)
    for code, label in offer.goods.items():
        if wanted and wanted in {code, *(heading(render(language, label)) for language in LANGUAGES)}:
            return code
    if journey.is_told:
        told.problems["goods"] = say("sheet.row.goods", known=list(offer.goods.values()))
    return ""


def _lacking(told: fields.Typed, offer: Offer, goods: str, now: datetime) -> list[Say]:
    """What is missing beside what has a problem: all of a row is told at one time."""
    blank = {"plate": "", "colour": "", "from_wished": now, **told.values}
    wish = Wish(scheme=offer.scheme, origin="", destination="", goods=goods, **blank)
    known = {"test": "tested", "crew": "crew"}
    left = [name for name in missing(offer, wish) if known.get(name, name) not in told.problems]
    return [Refusal("pass.apply.missing", what=[say(f"pass.missing.{name}") for name in left]).say] if left else []


def _label(journey: Journey, name: str) -> Say:
    """What a fact is called: the goods have a column of ours."""
    offer, plain = journey.offer, name.removeprefix(MARK)
    if offer is None or plain == offer.issuing.goods:
        return say("sheet.column.goods")
    return offer.pack.written.facts[plain].label.say


def _in_column(column: Say, why: Say) -> Say:
    return say("sheet.row.cell", column=column, why=why)


def _words(cell: Cell) -> str:
    """A cell as somebody typed it: a whole number has no point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
