"""What is asked for a pass, one question each: the ends of the journey, the truck, who is on board, from when on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.conversation import Given, Moment, Option, Question, matching, said_as
from bot.questions import parsed
from handlers import desk
from hotline import divisions
from hotline.divisions import Division, place_name
from hotline.firms.fleet import likely_colours
from hotline.formats.ahead import parse_ahead
from hotline.formats.moments import parse_moment
from hotline.formats.names import parse_name
from hotline.formats.plates import find_plates, parse_plate
from hotline.formats.tidy import shown, tidy
from hotline.passes.wishes import MOST_CREW, MOST_VIA
from locales.words import Refusal, Say, say

NO_TRAILER, NOW, SAME = "none", "now", "same"
MOST_EXAMPLES = 4
_APART = re.compile(r"[、,;\n]|\s(?:and|和)\s|(?<=[一-龥])(?:[\s和与及]|经过?|然后)+(?=[一-龥])")


def worded(question: Question) -> Question:
    """The words that every form on passes shares, whatever its own name."""
    own_ask = say(f"pass_forms.{question.name}.ask", **question.facts)
    return replace(question, own_ask=own_ask, own_label=say(f"pass_forms.{question.name}.label"))


def asking(question: Question, words: Say) -> Question:
    """The same question in words of its own."""
    return replace(question, own_ask=words)


def county(name: str) -> Question:
    """A county, or a city that has none: its code; a position counts too."""
    return worded(parsed(name, lambda given, _at: read_county(given), place_name, wants=("position",)))


def read_county(given: Given) -> str:
    """The code of the county that is meant; raises Refusal, with examples where a whole city was named."""
    if given.position is not None:
        p = given.position
        found = divisions.nearest(p.latitude, p.longitude, p.datum)
        if found is None:
            raise Refusal("pass_forms.county.abroad")
        return found.code
    return _county(given.text)


def _county(text: str) -> str:
    found = divisions.resolve(text, desk.division())
    if found is None:
        raise Refusal("pass_forms.county.refused", typed=shown(tidy(text)))
    counties = divisions.counties_of(found.code)
    if found.level != "county" and counties:
        raise Refusal("pass_forms.county.which", name=found.full_name, some=_some(counties))
    return found.code


def _some(counties: Sequence[Division]) -> list[str]:
    return [one.name for one in counties[:MOST_EXAMPLES]]


def counties(name: str) -> Question:
    """The counties on the way, in order; none at all may be skipped."""

    def read(given: Given, _at: Moment) -> list[str]:
        if given.position is not None:
            return [read_county(given)]
        parts = [part for part in _APART.split(tidy(given.text)) if part.strip()]
        found = list(dict.fromkeys(_county(part) for part in parts))
        if not 0 < len(found) <= MOST_VIA:
            raise Refusal("pass_forms.via.many", most=MOST_VIA)
        return found

    def show(codes: list[str]) -> Say:
        return say("pass_forms.list", parts=[place_name(code) for code in codes])

    return worded(parsed(name, read, show, optional=True))


def truck(name: str, known: Sequence[Mapping[str, Any]]) -> Question:
    """The truck, `{"plate", "colour", "trailer"}` as far as it was told; those used before stand as buttons."""
    options = tuple(Option(_mark(one), truck_words(one)) for one in known)

    def read(question: Question, given: Given, _at: Moment) -> dict[str, Any]:
        chosen = given.pressed or matching(question, given.text)
        for one in known:
            if chosen == _mark(one):
                return dict(one)
        plate = parse_plate(given.text)
        if plate.kind == "trailer":
            raise Refusal("pass_forms.truck.trailer_alone", typed=plate.number)
        same = [one for one in known if one["plate"] == plate.number]
        told = {"trailer": plate.trailer} if plate.trailer else {}
        return (dict(same[0]) if len(same) == 1 else {"plate": plate.number}) | told

    return worded(Question(name, read, show=truck_words, options=options))


def truck_words(one: Mapping[str, Any]) -> Say:
    """How a truck reads: plate, colour and trailer as far as they are known."""
    colour_ = [say(f"firm.colour.{one['colour']}")] if one.get("colour") else []
    more = [*colour_, *([one["trailer"]] if one.get("trailer") else [])]
    return (
        say("pass_forms.truck", plate=one["plate"], more=more)
        if more
        else say("pass_forms.truck.bare", plate=one["plate"])
    )


def _mark(one: Mapping[str, Any]) -> str:
    return f"{one['plate']}:{one.get('colour') or ''}"


def colours(plate: str) -> tuple[str, ...]:
    """The colours that a plate of this form may have; one alone need not be asked for."""
    try:
        return likely_colours(plate)
    except Refusal:
        return ()


def colour(name: str, possible: Sequence[str]) -> Question:
    """The colour of a plate, by button or in words."""
    options = tuple(Option(one, say(f"firm.colour.{one}")) for one in possible)

    def read(question: Question, given: Given, _at: Moment) -> str:
        found = given.pressed or matching(question, given.text)
        heard = next((one for one in possible if one in _COLOURS_SAID.get(tidy(given.text)[:1], ())), None)
        if found not in possible and heard is None:
            raise Refusal("question.choice.refused", count=len(possible))
        return found if found in possible else heard  # type: ignore[return-value]

    return worded(Question(name, read, options=options))


_COLOURS_SAID = {
    "黄": ("yellow",),
    "蓝": ("blue",),
    "绿": ("green", "yellow_green"),
    "黑": ("black",),
    "白": ("white",),
}


def trailer(name: str) -> Question:
    """The trailer's plate, `{"plate"}`, "" where there is none."""

    def read(question: Question, given: Given, _at: Moment) -> dict[str, str]:
        if (given.pressed or matching(question, given.text)) == NO_TRAILER or said_as(given.text, "question.no"):
            return {"plate": ""}
        found = [plate.number for plate, _ in find_plates(given.text) if plate.kind == "trailer"]
        if len(found) != 1:
            raise Refusal("pass.apply.trailer")
        return {"plate": found[0]}

    options = (Option(NO_TRAILER, say("pass_forms.no_trailer")),)
    return worded(
        Question(name, read, show=lambda value: value["plate"] or say("pass_forms.no_trailer"), options=options)
    )


def crew(name: str) -> Question:
    """Everybody on board by name, `[{"name"}]`."""

    def read(given: Given, _at: Moment) -> list[dict[str, str]]:
        plain = re.sub(r"\d{6,}", " ", tidy(given.text)).strip()  # a telephone number beside a name is not asked for
        names = [parse_name(part) for part in _APART.split(plain) if part.strip()]
        if not 0 < len(names) <= MOST_CREW:
            raise Refusal("pass.apply.crew", most=MOST_CREW)
        return [{"name": one} for one in dict.fromkeys(names)]

    return worded(parsed(name, read, lambda value: say("pass_forms.list", parts=[one["name"] for one in value])))


def tested(place: int, who: str, before: Mapping[str, str] | None) -> Question:
    """When somebody was last tested, `{"at"}` in ISO 8601; the second one may say: the same time."""
    options = (Option(SAME, say("pass_forms.tested.same")),) if before else ()

    def read(question: Question, given: Given, at: Moment) -> dict[str, str]:
        if before and (given.pressed or matching(question, given.text)) == SAME:
            return dict(before)
        return {"at": parse_moment(given.text, at.now).isoformat()}

    return Question(
        f"tested_{place}",
        read,
        show=_moment,
        options=options,
        own_ask=say("pass_forms.tested.ask", name=who),
        own_label=say("pass_forms.tested.label", name=who),
    )


def begins(name: str) -> Question:
    """When the journey begins, `{"at"}`, or NOW: then it is the moment of the application."""

    def read(question: Question, given: Given, at: Moment) -> str | dict[str, str]:
        if (given.pressed or matching(question, given.text)) == NOW:
            return NOW
        found = parse_ahead(given.text, at.now)
        return NOW if found <= at.now else {"at": found.isoformat()}

    options = (Option(NOW, say("pass_forms.now")),)
    return worded(
        Question(name, read, show=lambda v: say("pass_forms.now") if v == NOW else _moment(v), options=options)
    )


def ends(name: str) -> Question:
    """Until when it is wanted, `{"at"}`; whoever does not mind leaves it to the desk."""

    def read(given: Given, at: Moment) -> dict[str, str]:
        return {"at": parse_ahead(given.text, at.now, ends=True).isoformat()}

    return worded(parsed(name, read, _moment, optional=True))


def _moment(value: Mapping[str, str]) -> Say:
    return say("question.moment", at=moment_of(value))


def moment_of(value: Mapping[str, str]) -> datetime:
    """The moment that an answer holds."""
    return datetime.fromisoformat(value["at"])
