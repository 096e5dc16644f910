"""What a page of the rule packs is asked for: where, on which day, and about what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from handlers import desk
from handlers.staff.guard import clean
from handlers.staff.packs_words import place_words
from handlers.staff.visit import Visit
from hotline import divisions
from hotline.rules.rulings import place_code
from hotline.rules.written import Day
from locales.words import Refusal, Say

HERE = "/staff/packs"
LONGEST = 40
"""Characters of a place or a name that are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A place (a code of GB/T 2260), a day, perhaps a scheme; `no` tells what of it could not be read.

    What could not be read is this desk's own division (`home`), and today.
    """

    place: str
    day: Day
    today: Day
    scheme: str
    no: Say | None
    home: str

    @property
    def name(self) -> Say | str:
        """The place by its name."""
        return place_words(self.place)

    @property
    def kept(self) -> dict[str, str]:
        """The same as parts of an address."""
        return {"place": self.place, "on": self.day.isoformat(), "scheme": self.scheme}


def asked(visit: Visit) -> Asked:
    """What the address says."""
    today = visit.now.astimezone(visit.house.settings.zone).date()
    place, day, no = desk.division(), today, None
    try:
        if typed := word(visit, "place"):
            place = divisions.NATION if typed == visit.words("directory.nation") else place_code(typed)
        if typed := word(visit, "on"):
            day = _day(typed)
    except Refusal as refused:
        no = refused.say
    return Asked(place, day, today, word(visit, "scheme"), no, desk.division())


def word(visit: Visit, name: str) -> str:
    """One word of the address, short and plain; empty when it is missing."""
    return clean(visit.request.query.get(name, "")).strip()[:LONGEST]


def address(where: str, query: Mapping[str, str]) -> str:
    """An address of these pages."""
    kept = {name: value for name, value in query.items() if value}
    return f"{HERE}{where}?{urlencode(kept)}" if kept else f"{HERE}{where}"


def _day(typed: str) -> Day:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refusal("rules.day.unread", typed=typed) from None
