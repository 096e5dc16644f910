"""The register of service points and checkpoints: what is kept of them, by whom, and every change of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.approvals import approved_at, stem_of, today
from hotline.facilities import may_keep
from hotline.formats.coordinates import cell
from hotline.point_entry import COLUMNS, Entry, wgs84
from locales.words import Refusal, say
from storage import audit
from storage import points as register
from storage.models import Point, PointChange, Staff

__all__ = [
    "CHECKS", "LONGEST_REASON", "Taken", "activate", "add", "approved_at", "change", "changes", "close", "confirm",
    "entry_of", "key_of", "may", "reserve", "take_in", "today",
]  # fmt: skip

CHECKS = ("disinfected", "apart", "uncrossed")
"""车辆消毒、人员不接触、作业不交叉: what must hold before a transfer site is put to use (seed S1, 1.26)."""

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet did: how many points it added, how many it changed, how many were so already."""

    added: int
    changed: int
    same: int

    def __str__(self) -> str:
        return f"{self.added} added\t{self.changed} changed\t{self.same} as they were"


def may(by: Staff, division: str) -> bool:
    """Whether this member of staff keeps the register there: the desk, in its own division and those in it."""
    return may_keep(by, division, None)


def entry_of(point: Point) -> Entry:
    """What the register says of a point."""
    return Entry(**{name: getattr(point, name) for name in COLUMNS})


async def add(tx: AsyncSession, by: Staff, entry: Entry, now: datetime) -> Point:
    """Enter a point; one of the same kind, division, name and direction that is there already is refused."""
    _may(by, entry.division)
    if entry.state == "active" and entry.kind == "transfer":
        raise Refusal("point.checks.first")
    point = _blank(now)
    _write(point, entry, now)
    await _keep(tx, point)
    await _record(tx, by, point, "added", None, [], now)
    return point


async def change(tx: AsyncSession, by: Staff, point_id: int, entry: Entry, reason: str, now: datetime) -> Point:
    """Write anew what is said of a point, and why; its state stays, which has verbs of its own."""
    point = await _held(tx, by, point_id)
    _may(by, entry.division)
    changed = changes(point, entry)
    if not changed:
        raise Refusal("point.unchanged")
    why = _reason(reason)
    _write(point, entry, now)
    await _keep(tx, point)
    await _record(tx, by, point, "changed", why, changed, now)
    return point


async def close(tx: AsyncSession, by: Staff, point_id: int, reason: str, now: datetime) -> Point:
    """It is closed from today on."""
    point = await _held(tx, by, point_id)
    if point.state == "closed":
        raise Refusal("point.state.already", name=point.name, state=say("point.state.closed"))
    return await _turn(tx, by, point, "closed", _reason(reason), now)


async def activate(
    tx: AsyncSession, by: Staff, point_id: int, reason: str, checks: Collection[str], now: datetime
) -> Point:
    """It is in use from now on; a transfer site only when all three checks were made."""
    point = await _held(tx, by, point_id)
    if point.state == "active":
        raise Refusal("point.state.already", name=point.name, state=say("point.state.active"))
    why = _reason(reason)
    if point.kind == "transfer" and (lacking := [one for one in CHECKS if one not in checks]):
        raise Refusal("point.checks.missing", checks=[say(f"point.check.{one}") for one in lacking])
    return await _turn(tx, by, point, "active", why, now)


async def reserve(tx: AsyncSession, by: Staff, point_id: int, reason: str, now: datetime) -> Point:
    """A transfer site goes back to being held ready."""
    point = await _held(tx, by, point_id)
    if point.kind != "transfer":
        raise Refusal("point.field.not_of_kind", kind=say("point.kind.transfer"))
    if point.state == "reserved":
        raise Refusal("point.state.already", name=point.name, state=say("point.state.reserved"))
    return await _turn(tx, by, point, "reserved", _reason(reason), now)


async def confirm(tx: AsyncSession, by: Staff, point_id: int, how: str, now: datetime) -> Point:
    """Somebody asked or looked, and it is still so."""
    point = await _held(tx, by, point_id)
    why = _reason(how)
    point.confirmed_on, point.changed_at = today(now), now
    await register.keep(tx, point)
    await _record(tx, by, point, "confirmed", why, [], now)
    return point


async def take_in(
    tx: AsyncSession, by: Staff, entries: Sequence[Entry], known: Mapping[register.Key, Point], now: datetime
) -> Taken:
    """Enter, or write anew where `known`, the points of one part of a sheet, whose rows were all read and allowed."""
    fresh, told = list[dict[str, Any]](), list[PointChange]()
    for entry in entries:
        point = known.get(key_of(entry))
        if point is None:
            fresh.append(_columns(entry, now) | _state(entry.state or _usual(entry), now))
            continue
        columns = changes(point, entry)
        if columns:
            _write(point, entry, now)
            told.append(_change(by, point.id, "changed", None, columns, now, imported=True))
        if entry.state is not None and entry.state != point.state:
            _set_state(point, entry.state, now)
            told.append(_change(by, point.id, _DEEDS[entry.state], None, [], now, imported=True))
    await tx.flush()
    touched = len({one.point_id for one in told})
    try:
        async with tx.begin_nested():
            ids = await register.enter(tx, fresh)
    except IntegrityError:
        raise Refusal("point.csv.meanwhile") from None
    told += [_change(by, one, "added", None, [], now, imported=True) for one in ids]
    await register.note(tx, told)
    for point in known.values():
        tx.expunge(point)
    return Taken(len(fresh), touched, len(entries) - len(fresh) - touched)


def key_of(entry: Entry) -> register.Key:
    """By what a row of a sheet means a point."""
    return entry.kind, entry.division, entry.name, entry.direction


def changes(point: Point, entry: Entry) -> list[str]:
    """The columns in which an entry differs from what the register says; the state apart."""
    return [name for name in COLUMNS if name != "state" and getattr(point, name) != getattr(entry, name)]


_DEEDS = {"active": "opened", "reserved": "reserved", "closed": "closed"}


async def _turn(tx: AsyncSession, by: Staff, point: Point, state: str, reason: str, now: datetime) -> Point:
    _set_state(point, state, now)
    await register.keep(tx, point)
    await _record(tx, by, point, _DEEDS[state], reason, [], now)
    return point


def _blank(now: datetime) -> Point:
    """A row in which nothing is written yet."""
    return Point(kind="", name="", stem="", division="", state="", source="", confirmed_on=date.min, changed_at=now)


def _set_state(point: Point, state: str, now: datetime) -> None:
    for name, value in _state(state, now).items():
        setattr(point, name, value)


def _state(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "closed_on": today(now) if state == "closed" else None, "changed_at": now}


def _usual(entry: Entry) -> str:
    """The state of a new point of this kind."""
    return "reserved" if entry.kind == "transfer" else "active"


def _columns(entry: Entry, now: datetime) -> dict[str, Any]:
    """What an entry is in the table; the state apart."""
    here = wgs84(entry)
    north, east = here or (None, None)
    return {name: getattr(entry, name) for name in COLUMNS if name != "state"} | {
        "north": north,
        "east": east,
        "cell": cell(*here) if here else None,
        "stem": stem_of(entry.name),
        "changed_at": now,
    }


def _write(point: Point, entry: Entry, now: datetime) -> None:
    """Copy an entry into its row; a new row gets its state too."""
    for name, value in _columns(entry, now).items():
        setattr(point, name, value)
    if not point.state:
        _set_state(point, entry.state or _usual(entry), now)


async def _held(tx: AsyncSession, by: Staff, point_id: int) -> Point:
    found = await register.by_id(tx, point_id, lock=True)
    if found is None:
        raise Refusal("point.unknown")
    _may(by, found.division)
    return found


def _may(by: Staff, division: str) -> None:
    if not may(by, division):
        raise Refusal("point.not_yours")


def _reason(typed: str) -> str:
    words = " ".join(typed.split())
    if not words:
        raise Refusal("point.reason.missing")
    if len(words) > LONGEST_REASON:
        raise Refusal("point.too_long", most=LONGEST_REASON)
    return words


async def _keep(tx: AsyncSession, point: Point) -> None:
    name = point.name
    try:
        async with tx.begin_nested():
            await register.keep(tx, point)
    except IntegrityError:
        raise Refusal("point.there_already", name=name) from None


def _change(
    by: Staff, point_id: int | None, what: str, reason: str | None, columns: list[str], now: datetime, *, imported: bool
) -> PointChange:
    return PointChange(
        point_id=point_id or 0, staff_id=by.id or 0, what=what, reason=reason, fields=columns, imported=imported, at=now
    )


async def _record(
    tx: AsyncSession, by: Staff, point: Point, what: str, reason: str | None, columns: list[str], now: datetime
) -> None:
    await register.note(tx, [_change(by, point.id, what, reason, columns, now, imported=False)])
    await audit.record(tx, by.id or 0, f"point.{what}", now, point=point.id, kind=point.kind, changed=columns)
