"""The trade's question kinds: the business's parsers, asked as questions."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any

from bot.conversation import Given, Moment, Option, Question, said_as
from bot.questions import choice, parsed
from hotline import catalogue, matters, numbers
from hotline.formats.describe import describe_place
from hotline.formats.moments import parse_moment
from hotline.formats.phones import mask_mobile, parse_mobile
from hotline.formats.places import Place, from_position, parse_place
from hotline.formats.plates import find_plate, parse_plate
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal, Say, say

_PASS_NUMBER = re.compile(r"(?=(?:.*\d){4})[0-9A-Z一-龥〔〕\[\]()第号-]{4,30}", re.IGNORECASE)
"""A pass is numbered by whoever issued it: four digits at least, with whatever letters stand around them."""


def sub_kind(kind: str) -> Question:
    """What a matter of this kind is about, as the catalogue lists it; free words are understood too."""
    options = [Option(what, say(f"{kind}.what.{what}")) for what in catalogue.load().whats(kind)]
    return choice("what", options, recognise=partial(matters.recognise_what, kind))


def place(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """Where: a position, or road, stake, direction and facility as text; the value is `Place.to_json()`."""

    def read(given: Given, _moment: Moment) -> dict[str, Any]:
        if given.position is not None:
            p = given.position
            return from_position(p.latitude, p.longitude, p.datum, p.label).to_json()
        return parse_place(given.text).to_json()

    def show(value: dict[str, Any]) -> Say:
        return describe_place(Place.from_json(value))

    return parsed(name, read, show, optional=optional, later=later, wants=("position",))


def plate(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """A number plate, with the trailer's when both were given; the value is `吉A12345` or `吉A12345/吉B1234挂`."""
    return parsed(name, lambda given, _moment: str(parse_plate(given.text)), optional=optional, later=later)


def phone(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """A mobile number of the mainland; the value is its eleven digits, shown masked."""
    return parsed(name, lambda given, _moment: parse_mobile(given.text), mask_mobile, optional=optional, later=later)


ANONYMOUS = "anonymous"


def phone_or_none(name: str) -> Question:
    """A mobile number, `{"mobile": digits}`, or ANONYMOUS from whoever would rather give none."""

    def read(given: Given, _moment: Moment) -> str | dict[str, str]:
        if given.pressed == ANONYMOUS or said_as(given.text, "question.no", "question.anonymous"):
            return ANONYMOUS
        return {"mobile": parse_mobile(given.text)}

    options = (Option(ANONYMOUS, say("question.anonymous")),)
    return Question(name, lambda _q, given, at: read(given, at), lambda v: mask_mobile(v["mobile"]), options)


def plate_or_pass(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """A plate, or the number of a pass as its issuer wrote it."""

    def read(given: Given, _moment: Moment) -> str:
        if (found := find_plate(given.text)) is not None:
            return str(found[0])
        number = tidy(given.text).replace(" ", "")
        if _PASS_NUMBER.fullmatch(number) is None:
            raise Refusal("pass_query.which.refused", typed=shown(number))
        return number.upper()

    return parsed(name, read, optional=optional, later=later)


def moment(name: str, *, optional: bool = False, later: bool = False) -> Question:
    """When something happened; the value is an ISO 8601 moment in UTC."""

    def read(given: Given, at: Moment) -> str:
        return parse_moment(given.text, at.now).isoformat()

    def show(value: str) -> Say:
        return Say("question.moment", {"at": datetime.fromisoformat(value)})

    return parsed(name, read, show, optional=optional, later=later)


HOW = ("satisfied", "mostly", "unsatisfied")


def verdict_on(name: str) -> Question:
    """How satisfied somebody is with which ticket, `{"number", "how"}`: as the buttons name them, or as people type."""

    def read(given: Given, _moment: Moment) -> dict[str, str]:
        if (verdict := find_verdict(given.text)) is None:
            raise Refusal("rate.verdict.refused")
        return verdict

    return parsed(name, read, lambda value: say(f"rate.how.{value['how']}"))


def find_verdict(text: str) -> dict[str, str] | None:
    """A ticket number and a verdict in free words; None unless both are there."""
    number, words = numbers.find_number(text), re.sub(r"[0-9０-９-]{12,}", " ", text).split()
    how = next((how for how in HOW if how in words), None) or find_how(" ".join(words))
    return {"number": number, "how": how} if number and how else None


def find_how(words: str) -> str | None:
    """How satisfied somebody is who begins with saying so: 不满意，还是不让走."""
    first = re.split(r"[，,。；;\n]", words.strip(" ，,。"), maxsplit=1)[0]
    key = said_as(first, *(f"rate.how.{how}" for how in HOW))
    return key.rpartition(".")[2] if key else None
