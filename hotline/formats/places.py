"""A place on a road as drivers tell it, by road, stake, direction, facility or position."""

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from hotline.formats.coordinates import Impossible, checked, cut_coordinates, datum_said
from hotline.formats.directions import cut_direction
from hotline.formats.facilities import KIND_WORDS, Facility, FacilityKind, cut_facility
from hotline.formats.phones import MOBILE
from hotline.formats.plates import find_plates
from hotline.formats.roads import cut_other_roads, cut_road
from hotline.formats.stakes import Line, cut_stake, format_stake
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

LONGEST = 200
"""Characters of a place; whoever needs more is telling what happened, not where."""

_PLACE_WORD = re.compile(
    r"(?P<name>[一-龥A-Za-z0-9]{2,}?)(?:大街|大道|街道|公路|高速|[国省县乡]道|路|街|巷|镇|村|屯|桥|口|站|市|县|区|乡|旗|环|州|盟|港|岛|沟|岭|坡|湾"
    r"|园|厂|场|库|店|院|校|大厦|物流|码头|景区)|\b(?i:road|street|avenue|highway|expressway|station|exit|bridge|village|town|port)\b"
)
_GAPS = re.compile("(?<=[一-龥]) +(?=方向)|(?<=[往去]) +(?=[一-龥])")
_FILLER = re.compile(
    "你好|您好|我们?|在|这里?|那里?|哪里?|哪个?|什么|怎么|为何|请问|现在|前面?|后面?|附近|不|没有?|有|的|了|是|到|去|往|被|堵|让|上|下|个"
    "|路口|道路|马路|公路|高速|村口|市区|全部|所有|一直|一个|大概|可能"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What was said of a place, None where nothing was; `text` is how it was typed, without plates and mobile numbers.

    Stake in metres from the road's kilometre 0; latitude and longitude in degrees of `datum` (wgs84, gcj02, bd09; None
    when nobody said which); `division` is a GB/T 2260 code, which no parser of words sets.
    """

    road: str | None = None
    road_name: str | None = None
    stake_m: int | None = None
    line: Line | None = None
    direction: str | None = None
    facility: str | None = None
    facility_kind: FacilityKind | None = None
    latitude: float | None = None
    longitude: float | None = None
    datum: str | None = None
    division: str | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON-safe dict of what is known; None is left out."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Place":
        """The place that `to_json` wrote."""
        return cls(**value)

    @property
    def stake(self) -> str | None:
        """The stake as it is written: `K123+400`."""
        return None if self.stake_m is None else format_stake(self.stake_m, self.line)

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, or None when the place has none."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def parse_place(text: str) -> Place:
    """The place that the text tells.

    Raises Refusal: longer than 200 characters, no place at all, impossible coordinates, a stake without a road, a
    facility without its name.
    """
    typed = tidy(text)
    plain = _without_people(typed)
    if len(plain) > LONGEST:
        raise Refusal("place.too_long", most=str(LONGEST))
    place, nameless, rest = _read(plain)
    if _is_somewhere(place):
        return place
    if nameless is not None:
        raise Refusal("place.which_facility", typed=shown(plain))
    if _is_plain_place(rest):
        return place
    if place.stake_m is not None:
        raise Refusal("place.which_road", stake=str(place.stake))
    raise Refusal("place.refused", typed=shown(typed))


def find_place(text: str) -> Place | None:
    """The place inside free words, or None; only a road, a named facility or a position counts here."""
    try:
        place, _, _ = _read(_without_people(tidy(text)))
    except Refusal:
        return None
    return replace(place, text=plain_words(place)) if _is_somewhere(place) else None


def from_position(latitude: float, longitude: float, datum: str, label: str | None = None) -> Place:
    """A position that a device sent; its label, when it reads as a place, adds road and facility.

    Raises Refusal for degrees that no point has, and for 0, 0, which is what a device without a fix reports.
    """
    try:
        latitude, longitude = checked(latitude, longitude)
    except Impossible:
        raise Refusal("place.coordinates") from None
    said = tidy(label or "")[:LONGEST]
    known = find_place(said) or Place()
    text = said or f"{latitude:.6f}, {longitude:.6f}"
    return replace(known, latitude=latitude, longitude=longitude, datum=datum, text=_without_people(text))


def plain_words(place: Place) -> str:
    """The structured part of a place in the words that `parse_place` reads back as the same place."""
    toward = place.direction and _toward(place.direction)
    position = place.position and f"{place.datum or ''} {place.position[0]:.6f}, {place.position[1]:.6f}".strip()
    facility = place.facility or (KIND_WORDS[place.facility_kind] if place.facility_kind else None)
    parts = (f"{place.road or ''}{place.road_name or ''}", place.stake, facility, toward, position)
    return " ".join(part for part in parts if part)


def _toward(direction: str) -> str:
    if cut_direction(direction)[0] == direction:
        return direction
    return f"toward {direction}" if direction.isascii() else f"往{direction}方向"


def _without_people(plain: str) -> str:
    """The text without plates and mobile numbers: a place is shown to more people than these are."""
    for _, (start, end) in reversed(find_plates(plain)):
        plain = plain[:start] + " " + plain[end:]
    return tidy(MOBILE.sub(" ", plain)).strip(" ,;:/|、。")


def _read(plain: str) -> tuple[Place, Facility | None, str]:
    """The place, the facility that was said without a name, and the words that nothing was made of."""
    try:
        position, rest = cut_coordinates(plain)
    except Impossible:
        raise Refusal("place.coordinates") from None
    number, road_name, rest = cut_road(_GAPS.sub("", re.sub("[\"'“”‘’《》【】「」]", "", rest)))
    stake, rest = cut_stake(cut_other_roads(rest))
    direction, rest = cut_direction(rest)
    facility, rest = cut_facility(rest)
    named = facility is not None and facility.name is not None
    latitude, longitude = position or (None, None)
    place = Place(
        road=number,
        road_name=road_name,
        stake_m=stake.metres if stake else None,
        line=stake.line if stake else None,
        direction=direction,
        facility=facility.name if facility else None,
        facility_kind=facility.kind if facility else None,
        latitude=latitude,
        longitude=longitude,
        datum=datum_said(plain) if position else None,
        text=plain,
    )
    return place, None if named else facility, rest


def _is_somewhere(place: Place) -> bool:
    return bool(place.road or place.road_name or place.facility or place.position)


def says_more_than_road(place: Place) -> bool:
    """Whether the text holds words beside the road, which a description would lose: `G102 米沙子镇北侧`."""
    return len(re.findall(r"[^\W_]", _FILLER.sub(" ", cut_road(place.text)[2]))) >= 2


def _is_plain_place(rest: str) -> bool:
    """Whether words that no rule understood still name a place: a place word with a name before it, four characters."""
    words = _FILLER.sub(" ", rest)
    return len(re.findall(r"[^\W_]", words)) >= 4 and _PLACE_WORD.search(words) is not None
