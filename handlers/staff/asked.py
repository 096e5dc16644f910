"""The ledger's filter as an address says it: what can be bookmarked, sent to a colleague, and exported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from handlers.staff.guard import clean
from hotline import catalogue, divisions, intake
from hotline.formats.plates import find_plate
from locales.typed import normalise
from locales.words import Refusal
from storage.ledger import CLOCK, OPENED, Order, Wanted
from storage.models import OPEN, OUTCOMES, STATUSES

ADDRESS = "/staff/ledger"
SOURCES = ("wechat", "telegram", "web", "terminal", *intake.SOURCES)
LONGEST = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HIGHEST_RANK = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One view of the ledger, each field as it stands in the address; empty: whatever."""

    q: str = ""
    status: str = ""
    matter: str = ""
    priority: str = ""
    source: str = ""
    named: str = ""
    division: str = ""
    department: str = ""
    assignee: str = ""
    outcome: str = ""
    overdue: str = ""
    since: str = ""
    until: str = ""
    plate: str = ""
    road: str = ""
    facility: str = ""
    sort: str = ""
    after: str = ""
    before: str = ""

    def query(self, **changed: Any) -> dict[str, str]:
        """What is not empty, or would not be in a view that differs in these."""
        other = replace(self, **{name: str(value or "") for name, value in changed.items()})
        return {f.name: value for f in fields(other) if (value := getattr(other, f.name))}

    def address(self, ending: str = "", **changed: Any) -> str:
        """The address of this view, or of one that differs in these; a page of another view is its first."""
        if changed.keys() - {"after", "before"} or ending:
            changed = {"after": "", "before": "", **changed}
        query = self.query(**changed)
        return f"{ADDRESS}{ending}?{urlencode(query)}" if query else f"{ADDRESS}{ending}"

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.query(after="", before="", sort=""))

    @property
    def order(self) -> Order:
        """By clock or, unless told so, by age."""
        return CLOCK if self.sort == "clock" else OPENED


def read(query: Mapping[str, str]) -> Asked:
    """The view that an address asks for; what makes no sense there is left out."""
    typed = {f.name: clean(query.get(f.name, "")).strip()[:LONGEST] for f in fields(Asked)}
    allowed = _CHOICES | {"matter": _matters()}
    for name, value in typed.items():
        is_id = value.isascii() and value.isdecimal() and len(value) <= 18
        if (name in allowed and value not in allowed[name]) or (name in ("department", "assignee") and not is_id):
            typed[name] = ""
    return Asked(**typed)


def matters() -> dict[str, tuple[str, ...]]:
    """Every kind with its sub-kinds, in the order of the catalogue."""
    rules = catalogue.load()
    return {kind: rules.whats(kind) for kind in rules.digits}


def matters_in(words: Callable[..., str], whole: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every kind in words with what it offers: the kind as a `whole`, which is a key, and each matter of it."""
    return [
        (
            kind_words := words(f"kind.{kind}"),
            [
                (kind, words(whole, kind=kind_words)),
                *((f"{kind}.{what}", words(f"{kind}.what.{what}")) for what in whats),
            ],
        )
        for kind, whats in matters().items()
    ]


def _matters() -> set[str]:
    return {*matters(), *(f"{kind}.{what}" for kind, whats in matters().items() for what in whats)}


_CHOICES: dict[str, Collection[str]] = {
    "status": ("open", *STATUSES),
    "priority": ("urgent", "normal"),
    "named": ("yes", "no"),
    "outcome": OUTCOMES,
    "overdue": ("yes",),
    "sort": ("clock",),
}


def wanted_of(asked: Asked, now: datetime, zone: tzinfo) -> Wanted:
    """The same, as the ledger is asked. Raises Refusal for a division or a day that is none.

    What is sorted by clock is open: whatever is closed has no clock.
    """
    kind, _, what = asked.matter.partition(".")
    by_clock = asked.sort == "clock" and not asked.status
    plate = find_plate(asked.plate) if asked.plate else None
    return Wanted(
        statuses=OPEN if asked.status == "open" or by_clock else (asked.status,) if asked.status else (),
        kind=kind or None,
        what=what or None,
        priority=asked.priority or None,
        source=asked.source or None,
        named=None if not asked.named else asked.named == "yes",
        divisions=_divisions(asked.division) if asked.division else None,
        department_id=int(asked.department) if asked.department else None,
        assignee_id=int(asked.assignee) if asked.assignee else None,
        outcome=asked.outcome or None,
        opened_from=_day(asked.since, zone) if asked.since else None,
        opened_before=_day(asked.until, zone) + timedelta(days=1) if asked.until else None,
        overdue_at=now if asked.overdue else None,
        plate=plate[0].number if plate else normalise(asked.plate).upper() or None,
        road=normalise(asked.road).upper() or None,
        facility=normalise(asked.facility) or None,
        words=asked.q or None,
    )


def _divisions(typed: str) -> tuple[str, str]:
    found = divisions.by_code(normalise(typed)) or divisions.resolve(typed)
    if found is None:
        raise Refusal("ledger.no_division", typed=typed)
    return divisions.bounds(found.code)


def _day(typed: str, zone: tzinfo) -> datetime:
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        raise Refusal("ledger.no_day", typed=typed) from None


def cursor(order: Order, values: tuple[Any, ...]) -> str:
    """Where a page ends, for an address: numbers with points between them, moments in microseconds."""
    assert len(values) == len(order.columns)
    return ".".join(str((v - _EPOCH) // _MICROSECOND if isinstance(v, datetime) else v) for v in values)


def moment_cursor(written: str) -> tuple[datetime, int] | None:
    """The moment and the id between which an address has `~`; None when it has no such cursor."""
    at, _, last = written.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(last)) if moment.tzinfo and 2000 <= moment.year <= 9000 and len(last) <= 18 else None
    except ValueError:
        return None


def place_of(order: Order, written: str) -> tuple[Any, ...] | None:
    """The cursor that an address holds; None when it is none of this order."""
    parts = written.split(".")
    if len(parts) != len(order.columns) or not all(p.isascii() and p.isdecimal() and len(p) <= 18 for p in parts):
        return None
    try:
        moment = _EPOCH + int(parts[-2]) * _MICROSECOND
    except OverflowError:
        return None
    ranks = tuple(map(int, parts[:-2]))
    return (*ranks, moment, int(parts[-1])) if all(rank <= _HIGHEST_RANK for rank in ranks) else None
