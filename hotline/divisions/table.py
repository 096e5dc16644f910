"""The table of divisions, read when it is first asked for: cpca's rows, with what changed since (SOURCE.md)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
DATUM: Literal["gcj02"] = "gcj02"
"""The datum of every position in the table; the evidence is in SOURCE.md."""

NATION = "000000"
"""The whole country, as a subtree; GB/T 2260 has no code for it."""

Level = Literal["province", "city", "county"]

_CONTAINERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Rows that only gather others: nobody lives in them and nobody is responsible for them."""


@dataclass(frozen=True, slots=True)
class Division:
    """A division by its GB/T 2260 code. Latitude and longitude in degrees of `datum`, None where the table has none.

    `is_current` is False for one that was abolished; `successor` is who has all of it now, where that is certain.
    """

    code: str
    name: str
    full_name: str
    level: Level
    latitude: float | None
    longitude: float | None
    datum: str = DATUM
    is_current: bool = True
    successor: str | None = None

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, or None."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    position: tuple[float, float] | None
    is_current: bool = True
    successor: str | None = None


def level_of(code: str) -> Level:
    """The level that a code tells by its zeros."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def prefixes(code: str) -> Iterator[str]:
    """The codes above this one, nearest first, whether or not the table has them."""
    for above in (f"{code[:4]}00", f"{code[:2]}0000"):
        if above != code and not (above.endswith("0000") and code.endswith("0000")):
            yield above


@cache
def divisions() -> dict[str, Division]:
    """Every division by code, abolished ones and gathering rows too; about 60 ms, once a process."""
    rows = _rows()
    return {code: _division(code, row, rows) for code, row in rows.items()}


def gathers(code: str) -> bool:
    """Whether this row only gathers others (市辖区 110100)."""
    found = divisions().get(code)
    return found is not None and found.name in _CONTAINERS


def _division(code: str, row: _Row, rows: dict[str, _Row]) -> Division:
    above = [rows[c].name for c in prefixes(code) if c in rows and rows[c].name not in _CONTAINERS]
    names = [*reversed(above), *([] if row.name in _CONTAINERS and above else [row.name])]
    latitude, longitude = row.position or (None, None)
    return Division(
        code=code,
        name=row.name,
        full_name="".join(names),
        level=level_of(code),
        latitude=latitude,
        longitude=longitude,
        is_current=row.is_current,
        successor=row.successor,
    )


def _rows() -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for line in _lines("adcodes.csv"):
        known = line["latitude"] and line["longitude"]
        at = (float(line["latitude"]), float(line["longitude"])) if known else None
        rows[line["adcode"][:6]] = _Row(line["name"], at)
    changes = list(_lines("overlay.csv"))
    for line in changes:
        code, old = line["code"], rows.get(line["code"], _Row(line["name"], None))
        match line["change"]:
            case "abolished":
                rows[code] = replace(old, is_current=False, successor=line["successor"] or None)
            case "new" | "renamed":
                rows[code] = replace(old, name=line["name"])
            case other:
                raise ValueError(f"overlay.csv: {code} is {other}")
    for line in changes:
        heir = rows.get(line["successor"])
        if heir is not None and heir.position is None:
            rows[line["successor"]] = replace(heir, position=rows[line["code"]].position)
    return rows


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
