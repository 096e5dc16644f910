"""The columns of the ledger that an inspector asks for, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from hotline import catalogue, divisions
from hotline.formats.describe import describe_place
from hotline.formats.phones import MOBILE, mask_mobile, mask_plate
from hotline.formats.places import Place
from hotline.formats.roads import NAMES
from locales.words import has, render, translate

Cell = str | int | datetime | None
"""Moments are local and say no zone, as a sheet has them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads the ledger: their language and zone, and the names behind ids."""

    language: str
    zone: tzinfo
    people: Mapping[int, str]
    departments: Mapping[int, str]

    def words(self, key: str) -> str:
        """The sentence `key`."""
        return translate(self.language, key, zone=self.zone)

    def word(self, *keys: str) -> str:
        """The first of these that is worded; what none words is shown as it is stored."""
        found = next((key for key in keys if has(self.language, key)), None)
        return self.words(found) if found else keys[0].rpartition(".")[2]

    def either(self, so: object) -> str:
        """Yes or no."""
        return self.words("ledger.yes" if so else "ledger.no")

    def local(self, at: datetime | None) -> datetime | None:
        """A moment as the clock on the wall shows it."""
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None, microsecond=0)


def place_in(row: Any) -> Place:
    """The place as the columns of a ticket have it, without opening its sealed answers."""
    return Place(
        road=row.road,
        road_name=NAMES.get(row.road) if row.road else None,
        stake_m=row.stake_m,
        direction=row.direction,
        facility=row.facility,
        latitude=row.latitude,
        longitude=row.longitude,
        datum=row.datum,
        text=row.place_text or "",
    )


def source(reader: Reader, name: str) -> str:
    """Where a matter came from, as people call it."""
    return reader.word(f"console.channel.{name}", f"ledger.source.{name}")


@cache
def division(code: str) -> str:
    """A division with those above it, or its code."""
    found = divisions.by_code(code)
    return found.full_name if found else code


def _hotline_class(reader: Reader, row: Any) -> str:
    try:
        return reader.words(f"ledger.class.{catalogue.load().rule(row.kind, row.what).hotline_class}")
    except KeyError:  # a kind that the catalogue has given up; its tickets stay
        return ""


def reporter(reader: Reader, row: Any) -> str:
    """Who reported, hidden as far as a list needs it: a number by its ends, anybody else by the desk's own count."""
    if row.confidential:
        return reader.words("ledger.hidden")
    mobile = MOBILE.fullmatch(row.address)
    return mask_mobile(mobile[1]) if mobile else f"{source(reader, row.channel)} {row.contact_id}"


def _plate(reader: Reader, row: Any) -> str:
    if row.confidential and row.plate:
        return reader.words("ledger.hidden")
    return mask_plate(row.plate) if row.plate else ""


COLUMNS: Mapping[str, Callable[[Reader, Any], Cell]] = {
    "number": lambda r, row: row.number,
    "source": lambda r, row: source(r, row.source),
    "named": lambda r, row: r.either(row.named),
    "reporter": reporter,
    "plate": _plate,
    "kind": lambda r, row: r.word(f"kind.{row.kind}"),
    "what": lambda r, row: r.word(f"{row.kind}.what.{row.what}"),
    "class": _hotline_class,
    "priority": lambda r, row: r.words(f"ledger.priority.{row.priority}"),
    "division": lambda r, row: division(row.division),
    "place": lambda r, row: render(r.language, describe_place(place_in(row)), zone=r.zone),
    "reports": lambda r, row: row.reports,
    "opened": lambda r, row: r.local(row.opened_at),
    "first_due": lambda r, row: r.local(row.first_response_due_at),
    "first_at": lambda r, row: r.local(row.first_response_at),
    "settle_due": lambda r, row: r.local(row.resolution_due_at),
    "settled_at": lambda r, row: r.local(row.resolved_at),
    "department": lambda r, row: r.departments.get(row.department_id, ""),
    "assignee": lambda r, row: r.people.get(row.assignee_id, ""),
    "status": lambda r, row: r.words(f"console.status.{row.status}"),
    "result": lambda r, row: row.result or "",
    "outcome": lambda r, row: r.words(f"ticket.outcome.{row.outcome}") if row.outcome else "",
    "proof": lambda r, row: r.words(f"ledger.proof.{row.proof}") if row.proof else "",
    "resolver": lambda r, row: r.people.get(row.resolver_id, ""),
    "reviewer": lambda r, row: r.people.get(row.reviewer_id, ""),
    "struck_off": lambda r, row: r.local(row.struck_off_at),
    "extensions": lambda r, row: row.extensions,
    "returns": lambda r, row: row.returns,
    "redone": lambda r, row: row.redone,
    "satisfaction": lambda r, row: r.words(f"ledger.satisfaction.{row.satisfaction}") if row.satisfaction else "",
    "level": lambda r, row: row.level,
}
"""Each column by its name, in order."""


def head(reader: Reader) -> list[str]:
    """The first line."""
    return [reader.words(f"ledger.column.{name}") for name in COLUMNS]


def cells(reader: Reader, row: Any) -> list[Cell]:
    """One line."""
    return [of(reader, row) for of in COLUMNS.values()]
