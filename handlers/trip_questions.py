"""The questions that the forms of trips share: county, colour, time ahead, stay, trailer, who is on board."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import Given, Moment, Option, Question, matching
from bot.questions import choice, parsed
from handlers import desk
from hotline import divisions
from hotline.divisions import place_name
from hotline.filings.aboard import masked, parse_aboard
from hotline.filings.filing import LONGEST_AHEAD, LONGEST_STAY
from hotline.formats.ahead import parse_ahead
from hotline.formats.places import find_place, from_position
from hotline.formats.plates import parse_plate
from hotline.formats.tidy import shown, tidy
from hotline.passes.face import MOST_VIA
from locales.words import Refusal, Say, say

COLOUR_OF = {
    "new_energy_small": ("green",),
    "new_energy_large": ("yellow_green",),
    "cross_border": ("black",),
}
"""The colours that a kind of plate may have; every other freight plate is yellow or blue (GA 36)."""

STAYS = (6, 12, 24, 48)
"""Hours that are offered as buttons."""

NO_TRAILER = Option("none", say("trip.no_trailer"))


def county(name: str) -> Question:
    """A division where a trip begins or ends, told by its name or by a position; the value is its code."""

    def read(given: Given, _moment: Moment) -> str:
        if given.position is None:
            return _county(given.text)
        p = given.position
        found = divisions.of_place(from_position(p.latitude, p.longitude, p.datum, p.label))
        if found is None:
            raise Refusal("trip.county.refused", typed=f"{p.latitude:.3f}, {p.longitude:.3f}")
        return found

    return parsed(name, read, place_name, wants=("position",))


def _county(text: str) -> str:
    place = find_place(text)
    said = divisions.of_place(place, desk.division()) if place else None
    found = divisions.resolve(tidy(text), desk.division()) or (divisions.by_code(said) if said else None)
    if found is None or not found.is_current or found.level == "province":
        raise Refusal("trip.county.refused", typed=shown(text))
    return found.code


def way(name: str) -> Question:
    """The counties on the way, in order; not asked, but offered on the review: those there hear of an alert."""

    def read(given: Given, _moment: Moment) -> list[str]:
        parts = [part for part in re.split(r"[、,;\n→]|\s|经过?|然后|再到", tidy(given.text)) if part.strip()]
        found = list(dict.fromkeys(_county(part) for part in parts))
        if not 0 < len(found) <= MOST_VIA:
            raise Refusal("trip.route", most=MOST_VIA)
        return found

    return parsed(name, read, lambda codes: list_of([place_name(code) for code in codes]), later=True)


def truck(name: str) -> Question:
    """The plate of a truck, its trailer beside it if it was given: `吉A12345` or `吉A12345/吉B1234挂`."""

    def read(given: Given, _moment: Moment) -> str:
        found = parse_plate(given.text)
        if found.kind == "trailer":
            raise Refusal("trip.plate.trailer")
        return str(found)

    return parsed(name, read)


def colours_of(plate: str) -> tuple[str, ...]:
    """The colours that a plate may have; nobody is asked where there is one."""
    return COLOUR_OF.get(parse_plate(plate.partition("/")[0]).kind, ("yellow", "blue"))


def colour(name: str, plate: str) -> Question:
    """The colour of a plate, of which the number tells nothing."""
    return choice(name, [Option(one, say(f"trip.colour.{one}")) for one in colours_of(plate)])


def trailer(name: str) -> Question:
    """The trailer's plate, or that there is none."""

    def read(question: Question, given: Given, _moment: Moment) -> str:
        if NO_TRAILER.id in (given.pressed, matching(question, given.text)):
            return NO_TRAILER.id
        found = parse_plate(given.text)
        number = found.number if found.kind == "trailer" else found.trailer
        if number is None:
            raise Refusal("trip.trailer")
        return number

    return Question(name, read, options=(NO_TRAILER,))


def ahead(name: str) -> Question:
    """A moment to come, within the time for which one may file; an ISO 8601 moment in UTC."""

    def read(given: Given, at: Moment) -> str:
        found = parse_ahead(given.text, at.now)
        if not at.now < found <= at.now + LONGEST_AHEAD:
            raise Refusal("trip.arrives", most=LONGEST_AHEAD.days)
        return found.isoformat()

    return parsed(name, read, lambda value: Say("question.moment", {"at": datetime.fromisoformat(value)}))


def stay(name: str) -> Question:
    """How long one plans to stay: hours by a button, or any time that is said; the value is minutes."""
    options = tuple(Option(f"{hours}h", say("trip.stay.hours", hours=hours)) for hours in STAYS)

    def read(question: Question, given: Given, at: Moment) -> int:
        chosen = given.pressed or next((o.id for o in options if o.id == matching(question, given.text)), None)
        if chosen is not None and chosen in {option.id for option in options}:
            return int(chosen[:-1]) * 60
        long = parse_ahead(f"{given.text}后" if given.text.endswith(("时", "头", "天", "日")) else given.text, at.now)
        minutes = int((long - at.now) / timedelta(minutes=1))
        if not 0 < minutes <= LONGEST_STAY / timedelta(minutes=1):
            raise Refusal("trip.leaves", most=LONGEST_STAY.days)
        return minutes

    return Question(name, read, lambda value: say("trip.stay.hours", hours=f"{value / 60:g}"), options)


def aboard(name: str) -> Question:
    """Who is on board, each with name and mobile number; shown masked."""
    return parsed(
        name, lambda given, _moment: parse_aboard(given.words or given.text), lambda crew: list_of(masked(crew))
    )


def list_of(lines: Sequence[str]) -> Say:
    """Some names in one line."""
    return say("trip.list", lines=list(lines))


def words_of(name: str, longest: int, check: Callable[[str], Any] = str) -> Question:
    """A few words on one line."""

    def read(given: Given, _moment: Moment) -> str:
        plain = tidy(given.words or given.text)
        if not plain or len(plain) > longest:
            raise Refusal("question.text.too_long", longest=longest, count=len(plain))
        check(plain)
        return plain

    return parsed(name, read)
