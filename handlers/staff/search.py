"""What a clerk wants to see: a queue, narrowed by matter, source, division, or words such as a number or a plate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from handlers.staff.asked import SOURCES, matters
from handlers.staff.guard import clean
from handlers.staff.rooms import QUEUES
from hotline import divisions
from hotline.divisions import table
from hotline.formats.places import find_place
from hotline.formats.plates import find_plate
from hotline.numbers import find_number
from locales.typed import normalise
from storage import ledger
from storage.ledger import CLOCK, OPENED, Order

HERE = "/staff/"
LONGEST = 64
OLDEST = Order(OPENED.columns, descending=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list, each field as it stands in the address; empty: whatever. `after` and `before` are cursors."""

    view: str = "open"
    matter: str = ""
    source: str = ""
    division: str = ""
    q: str = ""
    after: str = ""
    before: str = ""

    def query(self, **changed: Any) -> str:
        """What of the address differs from the plain list, for this list or one that differs in these."""
        if changed.keys() - {"after", "before"}:
            changed = {"after": "", "before": "", **changed}
        other = replace(self, **changed)
        kept = {f.name: getattr(other, f.name) for f in fields(other)}
        if kept["view"] == ("all" if other.q else "open"):
            del kept["view"]
        return urlencode({name: value for name, value in kept.items() if value})

    def address(self, **changed: Any) -> str:
        """The address of this list, or of one that differs in these; another list begins with its first page."""
        query = self.query(**changed)
        return f"{HERE}?{query}" if query else HERE

    @property
    def order(self) -> Order:
        """By clock; what is closed has none: everything newest first, what waits for a review oldest first."""
        return {"all": OPENED, "review": OLDEST}.get(self.view, CLOCK)

    @property
    def is_narrowed(self) -> bool:
        """Whether less than the whole queue is shown."""
        return bool(self.matter or self.source or self.division or self.q)


def read(query: Mapping[str, str]) -> Wanted:
    """The list that an address asks for; what makes no sense there is left out. Words are searched in all tickets."""
    typed = {f.name: clean(query.get(f.name, "")).strip()[:LONGEST] for f in fields(Wanted)}
    if typed["view"] not in QUEUES:
        typed["view"] = "all" if typed["q"] else "open"
    if typed["matter"] not in {*matters(), *(f"{kind}.{what}" for kind, whats in matters().items() for what in whats)}:
        typed["matter"] = ""
    if typed["source"] not in SOURCES:
        typed["source"] = ""
    if divisions.by_code(typed["division"]) is None:
        typed["division"] = ""
    return Wanted(**typed)


def wanted_of(wanted: Wanted) -> ledger.Wanted:
    """The filters as the ledger is asked; the queue itself is a condition of its own.

    Raises Refusal for a ticket number whose check digit is wrong, and for words that hold nothing to look for.
    """
    kind, _, what = wanted.matter.partition(".")
    return ledger.Wanted(
        kind=kind or None,
        what=what or None,
        source=wanted.source or None,
        divisions=divisions.bounds(wanted.division) if wanted.division else None,
        **_words(wanted.q),
    )


def _words(typed: str) -> dict[str, Any]:
    """The words as the ledger writes them: a plate without gaps, a road by its number, anything else as words."""
    if not typed:
        return {}
    if number := find_number(typed):
        return {"number": number}
    if found := find_plate(typed):
        return {"plate": found[0].number}
    place = find_place(typed)
    if place and place.road and not place.facility and place.stake_m is None:
        return {"road": place.road}
    words = (place and place.facility) or normalise(typed)
    return {"words": words} | ({"road": place.road} if place and place.road and place.facility else {})


@cache
def below(code: str) -> tuple[str, ...]:
    """The divisions directly below one: cities of a province, counties of a city."""
    low, high = divisions.bounds(code)
    return tuple(
        one.code
        for one in table.divisions().values()
        if low < one.code <= high and one.is_current and not table.gathers(one.code)
        if next(iter(divisions.ancestors(one.code)), divisions.NATION) == code
    )
