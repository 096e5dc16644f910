"""Text in, a value or a Refusal out: the formats of the trade, as drivers type them and as a command prints them."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from hotline.formats.credit_codes import division_in, parse_credit_code
from hotline.formats.days_ahead import parse_day_ahead
from hotline.formats.moments import parse_moment
from hotline.formats.phones import mask_mobile, parse_mobile
from hotline.formats.places import Place, parse_place
from hotline.formats.plates import parse_plate
from hotline.formats.roads import parse_road
from hotline.formats.stakes import format_stake, parse_stake
from hotline.formats.tidy import shown
from locales.words import SHANGHAI, Refusal

_PLACE = (*(field.name for field in fields(Place) if field.name != "division"), "stake")


def _place(text: str, now: datetime) -> dict[str, Any]:
    place = parse_place(text)
    return {name: getattr(place, name) for name in _PLACE}


def _road(text: str, now: datetime) -> dict[str, Any]:
    road = parse_road(text)
    return {"number": road.number, "name": road.name, "kind": road.kind}


def _stake(text: str, now: datetime) -> dict[str, Any]:
    stake = parse_stake(text)
    return {"stake": format_stake(stake.metres, stake.line), "stake_m": stake.metres, "line": stake.line}


def _plate(text: str, now: datetime) -> dict[str, Any]:
    plate = parse_plate(text)
    return {"number": plate.number, "kind": plate.kind, "trailer": plate.trailer}


def _mobile(text: str, now: datetime) -> dict[str, Any]:
    mobile = parse_mobile(text)
    return {"mobile": mobile, "masked": mask_mobile(mobile)}


def _moment(text: str, now: datetime) -> dict[str, Any]:
    at = parse_moment(text, now)
    return {"moment": at.astimezone(UTC).isoformat(), "local": at.astimezone(SHANGHAI).isoformat()}


def _division(text: str, now: datetime) -> dict[str, Any]:
    from hotline import divisions  # the table is read by nobody who does not ask for it

    found = divisions.resolve(text)
    if found is None:
        raise Refusal("division.refused", typed=shown(text))
    names = ("code", "name", "full_name", "level", "latitude", "longitude", "datum")
    return {name: getattr(found, name) for name in names}


def _credit_code(text: str, now: datetime) -> dict[str, Any]:
    code = parse_credit_code(text)
    return {"code": code, "division": division_in(code)}


def _day(text: str, now: datetime) -> dict[str, Any]:
    return {"day": parse_day_ahead(text, now.astimezone(SHANGHAI).date()).isoformat()}


PARSERS: dict[str, Callable[[str, datetime], dict[str, Any]]] = {
    "place": _place,
    "road": _road,
    "stake": _stake,
    "plate": _plate,
    "mobile": _mobile,
    "moment": _moment,
    "division": _division,
    "credit_code": _credit_code,
    "day_ahead": _day,
}
"""Kind to parser for the command line: (text, aware now) to a JSON-safe dict; raises Refusal like the parsers.

Every key is always there, null when nothing was said of it.
"""
