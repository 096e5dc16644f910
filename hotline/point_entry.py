"""A service point as it is typed: each field by its own parser, and what must hold between the fields.

A sheet's row and a console's form are the same fields under the same names, read and refused in the same way.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any
from unicodedata import category

from hotline import divisions
from hotline.formats.coordinates import Impossible, checked, datum_said, distance_m
from hotline.formats.datums import convert
from hotline.formats.directions import cut_direction
from hotline.formats.hours import parse_hours
from hotline.formats.phones import MOBILE
from hotline.formats.roads import parse_road
from hotline.formats.stakes import parse_stake
from hotline.formats.tidy import shown, tidy
from hotline.organisation import LEVELS
from locales.words import LANGUAGES, Refusal, has, say, translate

KINDS = ("test", "charging", "service", "logistics", "transfer", "checkpoint")
"""核酸检测服务站, 充电, 服务区, 物流网点, 非接触式中转场地, and 检查点 that somebody approved."""

STATES = ("active", "reserved", "closed")
ZONES = ("cold", "dry", "both")
PURPOSES = ("epidemic", "overload", "police", "other")
DATUMS = ("gcj02", "wgs84", "bd09")

ONLY = {
    "zones": "transfer", "capacity": "transfer", "purpose": "checkpoint", "body": "checkpoint",
    "body_level": "checkpoint", "document": "checkpoint", "document_number": "checkpoint",
    "valid_from": "checkpoint", "valid_to": "checkpoint",
}  # fmt: skip
"""Fields that one kind alone has."""

NEEDED = {
    "transfer": ("zones",),
    "checkpoint": ("purpose", "body", "body_level", "document", "valid_from"),
}
"""Fields that a kind cannot be without, beside those that none can."""

FARTHEST_M = 300_000
"""A position farther than this from the seat of its division is a mistyped digit; the largest counties reach 250 km."""

DECIMALS = 6
"""Of a degree: a decimetre, and what a sheet writes."""

_PHONE = re.compile(
    r"(?:\(?0[0-9]{2,3}\)?[- ]?)?[2-9][0-9]{6,7}(?:[- 转]{1,3}[0-9]{1,6})?"
    r"|[48]00-?[0-9]{3}-?[0-9]{4}|1[0-9]{2,4}|9[0-9]{4,5}"
)
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 0?0:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a point; the stake in metres, degrees in `datum`, days as Shanghai counts them.

    `state` None is the usual state of its kind, or the one that it has.
    """

    kind: str
    name: str
    division: str
    road: str | None = None
    stake_m: int | None = None
    direction: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: str | None = None
    hours: str | None = None
    phone: str | None = None
    state: str | None = None
    zones: str | None = None
    capacity: int | None = None
    purpose: str | None = None
    body: str | None = None
    body_level: str | None = None
    document: str | None = None
    document_number: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None
    source: str = ""
    confirmed_on: date | None = None


Problems = list[tuple[str, Refusal]]
"""What is amiss, by field."""

COLUMNS = tuple(field.name for field in fields(Entry))


def read(typed: Mapping[str, str], today: date, known: Entry | None = None) -> tuple[Entry | None, Problems]:
    """The entry that these fields make, or what is amiss in which of them.

    A field that is not there at all stays as `known` has it; an empty one is taken away.
    """
    values: dict[str, Any] = {name: getattr(known, name) for name in COLUMNS} if known else {}
    amiss: Problems = []
    for name in COLUMNS:
        if name not in typed:
            continue
        try:
            values[name] = _value(name, typed[name])
        except Refusal as no:
            amiss.append((name, no))
    if amiss:
        return None, amiss
    values = {name: value for name, value in values.items() if value is not None}
    amiss = [(name, Refusal("point.field.missing")) for name in _NEEDED_OF_ALL if not values.get(name)]
    if amiss:
        return None, amiss
    entry = Entry(**values)
    amiss = list(_between(entry, today))
    return (None, amiss) if amiss else (entry, [])


def key_of(typed: Mapping[str, str]) -> tuple[str, str, str, str] | None:
    """Kind, division, name and direction of these fields: the point that they mean; None where one cannot be read."""
    try:
        kind, division, name, direction = (_value(one, typed.get(one, "")) for one in _KEY)
    except Refusal:
        return None
    return (kind, division, name, direction or "") if kind and division and name else None


def wgs84(entry: Entry) -> tuple[float, float] | None:
    """The position in the datum in which distances are counted, to a decimetre; None when there is none."""
    if entry.latitude is None or entry.longitude is None:
        return None
    north, east = convert(entry.latitude, entry.longitude, entry.datum, "wgs84")
    return round(north, DECIMALS), round(east, DECIMALS)


_NEEDED_OF_ALL = ("kind", "name", "division", "source", "confirmed_on")
_VERBATIM = frozenset({"body", "document", "document_number", "note", "source"})
"""Words that are shown as they were written, with their own punctuation."""


def _verbatim(typed: str) -> str:
    """One line, without what cannot be seen or stored."""
    return " ".join("".join(" " if category(one)[0] == "C" else one for one in typed).split())


_KEY = ("kind", "division", "name", "direction")


@lru_cache(maxsize=4096)
def _value(name: str, typed: str) -> Any:
    """What a field says; None (a direction: nothing) when it is empty. Most cells of a sheet stand in many rows."""
    text = "" if not typed else _verbatim(typed) if name in _VERBATIM else tidy(typed)
    return _PARSERS[name](text) if text else "" if name == "direction" else None


def _between(entry: Entry, today: date) -> Problems:
    """What does not agree within an entry whose fields can each be read."""
    amiss: Problems = [
        (name, Refusal("point.field.not_of_kind", kind=say(f"point.kind.{kind}")))
        for name, kind in ONLY.items()
        if kind != entry.kind and getattr(entry, name) is not None
    ]
    amiss += [
        (name, Refusal("point.field.missing")) for name in NEEDED.get(entry.kind, ()) if getattr(entry, name) is None
    ]
    if entry.state == "reserved" and entry.kind != "transfer":
        amiss.append(("state", Refusal("point.field.not_of_kind", kind=say("point.kind.transfer"))))
    if entry.stake_m is not None and entry.road is None:
        amiss.append(("road", Refusal("point.road.needed")))
    if entry.confirmed_on is not None and entry.confirmed_on > today:
        amiss.append(("confirmed_on", Refusal("point.date.ahead")))
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        amiss.append(("valid_to", Refusal("point.date.before_start")))
    return amiss + _of_position(entry)


def _of_position(entry: Entry) -> Problems:
    given = {"latitude": entry.latitude, "longitude": entry.longitude, "datum": entry.datum}
    missing = [name for name, value in given.items() if value is None]
    if missing:
        return [] if len(missing) == len(given) else [(name, Refusal("point.position.part")) for name in missing]
    assert entry.latitude is not None
    assert entry.longitude is not None
    try:
        if checked(entry.latitude, entry.longitude) != (entry.latitude, entry.longitude):
            return [("latitude", Refusal("point.position.swapped"))]
    except Impossible:
        return [("latitude", Refusal("point.position.impossible"))]
    division = divisions.by_code(entry.division)
    seat = division.position if division else None
    if division is None or seat is None or division.level == "province":
        return []
    apart = distance_m(seat, convert(entry.latitude, entry.longitude, entry.datum, "gcj02"))
    if apart > FARTHEST_M:
        return [("latitude", Refusal("point.position.far", name=division.full_name, km=round(apart / 1000)))]
    return []


def _words(most: int) -> Callable[[str], str]:
    def read_words(text: str) -> str:
        if len(text) > most:
            raise Refusal("point.too_long", most=most)
        if MOBILE.search(text):
            raise Refusal("point.mobile")
        return text

    return read_words


def _one_of(group: str, names: tuple[str, ...]) -> Callable[[str], str]:
    """A code, as itself or as any of our languages words it."""

    def read_code(text: str) -> str:
        found = next((name for name in names if text.casefold() in worded(group, name)), None)
        if found is None:
            raise Refusal("point.code.unknown", typed=shown(text), known=[say(f"point.{group}.{one}") for one in names])
        return found

    return read_code


@cache
def worded(group: str, name: str) -> frozenset[str]:
    """A code in every way that a sheet may write it."""
    keys = (f"point.{group}.{name}", f"point.{group}.{name}.also")
    texts = [translate(one, key) for one in LANGUAGES for key in keys if has(one, key)]
    return frozenset({name, *(word.casefold() for text in texts for word in (text, *text.split("|")))})


def _division(text: str) -> str:
    found = divisions.by_code(text) if text.isascii() else divisions.resolve(text)
    if found is None:
        raise Refusal("point.division.unknown", typed=shown(text))
    if not found.is_current:
        heir = found.successor and divisions.by_code(found.successor)
        raise Refusal("point.division.abolished", name=found.full_name, heir=heir.full_name if heir else "-")
    return found.code


def _road(text: str) -> str:
    """The number on the sign, or the name of a road that has none."""
    try:
        return parse_road(text).number
    except Refusal as no:
        if no.key == "road.name_only":
            return str(no.facts["name"])
        raise


def _stake(text: str) -> int:
    metres = parse_stake(text).metres
    if metres >= 10_000_000:
        raise Refusal("stake.refused", typed=shown(text))
    return metres


def _direction(text: str) -> str:
    """The bare name where the words are a direction (往长春方向), else as it was typed."""
    direction, rest = cut_direction(text)
    return direction if direction is not None and rest.strip() == "|" else _words(20)(text)


def _degrees(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?", text):
        raise Refusal("point.degrees", typed=shown(text))
    degrees = round(float(text), DECIMALS)
    if not math.isfinite(degrees) or abs(degrees) > 180:
        raise Refusal("point.position.impossible")
    return degrees


def _datum(text: str) -> str:
    return datum_said(text) or _one_of("datum", DATUMS)(text)


def _phone(text: str) -> str:
    """Numbers of an institution, several parted by 、; a mobile number may be somebody's own, and is not kept."""
    numbers = [one.strip() for one in re.split("[、,;/]", text) if one.strip()]
    for one in numbers:
        if MOBILE.search(one):
            raise Refusal("point.mobile")
        if not _PHONE.fullmatch(one):
            raise Refusal("point.phone.refused", typed=shown(one))
    if not 1 <= len(numbers) <= 3:
        raise Refusal("point.phone.refused", typed=shown(text))
    return "、".join(numbers)


def _capacity(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) == 0:
        raise Refusal("point.capacity", typed=shown(text))
    return int(text)


def _date(text: str) -> date:
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return date(*map(int, match.groups()))
    except ValueError:
        raise Refusal("point.date.refused", typed=shown(text)) from None


_PARSERS: dict[str, Callable[[str], Any]] = {
    "kind": _one_of("kind", KINDS),
    "name": _words(40),
    "division": _division,
    "road": _road,
    "stake_m": _stake,
    "direction": _direction,
    "latitude": _degrees,
    "longitude": _degrees,
    "datum": _datum,
    "hours": parse_hours,
    "phone": _phone,
    "state": _one_of("state", STATES),
    "zones": _one_of("zones", ZONES),
    "capacity": _capacity,
    "purpose": _one_of("purpose", PURPOSES),
    "body": _words(60),
    "body_level": _one_of("level", LEVELS),
    "document": _words(100),
    "document_number": _words(60),
    "valid_from": _date,
    "valid_to": _date,
    "note": _words(200),
    "source": _words(100),
    "confirmed_on": _date,
}
