"""What a clerk wants to see in the list: a view, a kind, or words such as a number, a plate, a road, a toll station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from handlers.staff.guard import clean
from hotline.blockages import KINDS
from hotline.formats.places import find_place
from hotline.formats.plates import find_plate
from hotline.numbers import find_number
from locales.typed import normalise
from storage.models import Staff
from storage.tickets import Filter

VIEWS = ("open", "unassigned", "mine", "overdue", "urgent", "resolved", "all")
COUNTED = ("open", "unassigned", "mine", "overdue", "urgent")
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list: its view, its kind, the words it is searched by, and the ticket it goes on before."""

    view: str = "open"
    what: str = ""
    words: str = ""
    before: int | None = None

    def address(self, **changed: str | int | None) -> str:
        """The address of this list, or of one that differs in these."""
        other = replace(self, **changed)  # type: ignore[arg-type]
        query = {"view": other.view, "what": other.what, "q": other.words, "before": other.before}
        default = {"view": "all" if other.words else "open"}
        kept = {name: value for name, value in query.items() if value and value != default.get(name)}
        return f"/staff/?{urlencode(kept)}" if kept else "/staff/"


def read(query: Mapping[str, str]) -> Wanted:
    """The list that an address asks for; what makes no sense there is left out. Words are searched in all tickets."""
    words = clean(query.get("q", "")).strip()[:LONGEST]
    view, what, before = query.get("view", ""), query.get("what", ""), query.get("before", "")
    return Wanted(
        view=view if view in VIEWS else "all" if words else "open",
        what=what if what in KINDS else "",
        words=words,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else None,
    )


def filter_of(wanted: Wanted, staff: Staff, now: datetime) -> Filter:
    """The same, as the ledger is asked."""
    return replace(in_view(wanted.view, staff, now), what=wanted.what or None, words=as_written(wanted.words) or None)


def in_view(view: str, staff: Staff, now: datetime) -> Filter:
    """A view as the ledger is asked; "mine" is what I still have to do."""
    match view:
        case "mine":
            return Filter(open_only=True, assignee_id=staff.id)
        case "unassigned":
            return Filter(open_only=True, unassigned=True)
        case "overdue":
            return Filter(overdue_at=now)
        case "urgent":
            return Filter(open_only=True, priority="urgent")
        case "resolved":
            return Filter(status="resolved")
        case "all":
            return Filter()
    return Filter(open_only=True)


def as_written(words: str) -> str:
    """The words as the ledger writes them: a number with its hyphens, a plate without gaps, a road by its number.

    Raises Refusal for a ticket number whose check digit is wrong.
    """
    if number := find_number(words):
        return number
    if found := find_plate(words):
        return found[0].number
    place = find_place(words)
    return (place and (place.facility or place.road)) or normalise(words)
