"""The trade's question kinds: the business's parsers, asked as questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.conversation import Given, Moment, Question
from bot.questions import parsed
from hotline.formats.describe import describe_place
from hotline.formats.moments import parse_moment
from hotline.formats.phones import mask_mobile, parse_mobile
from hotline.formats.places import Place, from_position, parse_place
from hotline.formats.plates import parse_plate
from locales.words import Say


def place(name: str, *, optional: bool = False) -> Question:
    """Where: a position, or road, stake, direction and facility as text; the value is `Place.to_json()`."""

    def read(given: Given, _moment: Moment) -> dict[str, Any]:
        if given.position is not None:
            p = given.position
            return from_position(p.latitude, p.longitude, p.datum, p.label).to_json()
        return parse_place(given.text).to_json()

    def show(value: dict[str, Any]) -> Say:
        return describe_place(Place.from_json(value))

    return parsed(name, read, show, optional=optional, wants=("position",))


def plate(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """A number plate, with the trailer's when both were given; the value is `吉A12345` or `吉A12345/吉B1234挂`."""
    return parsed(name, lambda given, _moment: str(parse_plate(given.text)), optional=optional, later=later)


def phone(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """A mobile number of the mainland; the value is its eleven digits, shown masked."""
    return parsed(name, lambda given, _moment: parse_mobile(given.text), mask_mobile, optional=optional, later=later)


def moment(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """When something happened; the value is an ISO 8601 moment in UTC."""

    def read(given: Given, at: Moment) -> str:
        return parse_moment(given.text, at.now).isoformat()

    def show(value: str) -> Say:
        return Say("question.moment", {"at": datetime.fromisoformat(value)})

    return parsed(name, read, show, optional=optional, later=later)
