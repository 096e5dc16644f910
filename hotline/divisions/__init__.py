"""Administrative divisions by GB/T 2260: by code, by words, by position; nothing is read before it is asked."""

from __future__ import annotations

from functools import cache
from math import cos, radians

from hotline.divisions import names
from hotline.divisions.table import DATUM, NATION, Division, Level, divisions, gathers, level_of, prefixes
from hotline.formats.coordinates import distance_m
from hotline.formats.datums import convert
from hotline.formats.places import Place

__all__ = [
    "NATION", "Division", "Level", "ancestors", "bounds", "by_code", "counties_of", "is_within", "level_of", "nearest",
    "of_place", "place_name", "resolve",
]  # fmt: skip

FARTHEST_M = 300_000
"""A position farther than this from every county seat is not in the country; the largest counties reach 250 km."""


def by_code(code: str) -> Division | None:
    """The division with this code, an abolished one too; twelve digits of the statistics form are taken as well."""
    return divisions().get(code[:6] if len(code) == 12 and code.endswith("000000") else code)


def place_name(code: str) -> str:
    """A division as people say it, with those above it; its code where the table has none."""
    found = by_code(code)
    return found.full_name if found else code


def resolve(text: str, near: str | None = None) -> Division | None:
    """The most specific division that free words name: 长春市朝阳区, 寻乌, 长春东收费站.

    A name that several have (朝阳区) is None, unless `near`, a code, settles it. Streets (长春大街) and directions
    (往哈尔滨方向) name none. An abolished one with one heir gives the heir.
    """
    return names.named(text, near)


def nearest(latitude: float, longitude: float, datum: str | None) -> Division | None:
    """The county whose seat is nearest to a position; None outside the country.

    The table has seats and no borders: near a border this may be the neighbour, and inside a city another district.
    """
    at = convert(latitude, longitude, datum, DATUM)
    wide = cos(radians(at[0]))

    def apart(seat: Division) -> float:
        there = seat.position
        assert there is not None
        return (there[0] - at[0]) ** 2 + ((there[1] - at[1]) * wide) ** 2

    found = min(_seats(), key=apart)
    assert found.position is not None
    return found if distance_m(at, found.position) <= FARTHEST_M else None


def of_place(place: Place, near: str | None = None) -> str | None:
    """The code of the division where a place is: by its position, else by its words; None when neither says.

    Words that name a county of the city in which the position is are surer than the nearest seat.
    """
    words = " ".join(word for word in (place.facility, place.text) if word)
    if place.position is None:
        said = resolve(words, near) or (resolve(place.facility, near) if place.facility else None)
        return said.code if said else None
    found = nearest(*place.position, place.datum)
    if found is None:
        return None
    said = resolve(words, found.code)
    is_surer = said is not None and said.level == "county" and said.code[:4] == found.code[:4]
    return said.code if said is not None and is_surer else found.code


def ancestors(code: str) -> tuple[str, ...]:
    """The codes of the divisions above, nearest first; rows that only gather (110100 市辖区) are passed over."""
    return tuple(above for above in prefixes(code) if not gathers(above))


def is_within(code: str, subtree: str) -> bool:
    """Whether a division is another one or lies in it; every one lies in NATION."""
    low, high = bounds(subtree)
    return low <= code <= high


def bounds(code: str) -> tuple[str, str]:
    """The lowest and the highest code of a subtree, both inclusive, for SQL's BETWEEN."""
    if code == NATION:
        return NATION, "999999"
    stem = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return stem.ljust(6, "0"), stem.ljust(6, "9")


@cache
def counties_of(code: str) -> tuple[Division, ...]:
    """The counties that there are today in a division; none for a county, nor for a city that has none (东莞)."""
    within = (one for one in divisions().values() if one.code != code and is_within(one.code, code))
    counties = (one for one in within if one.level == "county" and one.is_current and not gathers(one.code))
    return tuple(sorted(counties, key=lambda one: one.code))


@cache
def _seats() -> tuple[Division, ...]:
    """Counties with a position, and the cities that have no counties (东莞)."""
    current = [d for d in divisions().values() if d.is_current and d.position and not gathers(d.code)]
    parents = {d.code[:4] for d in current if d.level == "county"} | {d.code[:2] for d in current if d.level == "city"}
    parents |= {d.code[:2] for d in current if d.level == "county"}
    return tuple(d for d in current if d.level == "county" or d.code[: 4 if d.level == "city" else 2] not in parents)
