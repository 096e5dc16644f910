"""What a code or a number at the roadside is worth: a verdict names what is amiss, and never says who may not pass.

Whatever is not valid goes to a person (MANUAL): a truck without a pass is judged by the rules for trucks without one
(seed S1, 1.11), and it is not for a machine to turn anybody back (DOMAIN R1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import is_within
from hotline.formats.coordinates import distance_m
from hotline.formats.plates import parse_plate
from hotline.formats.tidy import tidy
from hotline.passes import keys
from hotline.passes.face import Face, read
from locales.words import Refusal
from storage import filings, passes, scans
from storage.models import Filing, Pass, Scan

VERDICTS = (
    "valid", "not_yet", "expired", "revoked", "superseded", "used", "lent", "replayed", "altered", "forged", "unknown",
)  # fmt: skip

SWIFTEST_KMH = 100
"""As fast as any truck may go on a motorway (道路交通安全法实施条例, article 78), here even as the crow flies."""

ROUGH_M = 5_000
"""How far off the register's positions and two phones' clocks may put somebody; our own number."""

SAME_GATE = timedelta(minutes=10)
"""So soon nobody drives round to pass a gate again before another officer; our own number."""

LOOKS_BACK = timedelta(hours=24)
"""Checks further apart than this say nothing of each other: at 100 km/h one is anywhere by then."""

EARLY = {"revoked", "superseded", "used"}
"""States in which a pass ended before its time."""

PASS_DIGITS = 12
"""A trip's number has fifteen."""

PASSING = ("passed", "entered", "left")
_NUMBER = re.compile(r"\d{12}|\d{15}")


@dataclass(frozen=True, slots=True)
class Here:
    """Where somebody checks: a gate of the register, its position (WGS 84) and division, as far as they are known."""

    division: str = ""
    point_id: int | None = None
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One check, as far as checks contradict each other: when, by whom, at which gate, where that is."""

    at: datetime
    staff_id: int | None
    here: Here


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and what it rests on; `earlier` is the check that this one cannot be true beside.

    `signed`: a signature was proven, and not only a number typed; `early_at` is when it ended before its time.
    """

    verdict: str
    face: Face | None = None
    pass_: Pass | None = None
    filing: Filing | None = None
    signed: bool = False
    earlier: Looked | None = None
    early_at: datetime | None = None

    @property
    def number(self) -> str | None:
        """The number on its face."""
        return self.face.number if self.face else None


@dataclass(frozen=True)
class Look:
    """What an officer brings: the code, its address or the number; the plate he sees; where, when and who he is."""

    shown: str
    at: datetime
    plate_seen: str | None = None
    here: Here = field(default_factory=Here)
    staff_id: int | None = None


async def verify(tx: AsyncSession, look: Look) -> Judged:
    """The verdict as of `look.at`: what was revoked later was good then."""
    number = number_in(look.shown)
    if number is None:
        seen = await keys.proven(tx, look.shown)
        if seen.state != "sound" or seen.face is None:
            return Judged(seen.state, seen.face)
        found = await _row(tx, seen.face.number, seen.face.kind)
        if found is None or found.plate != seen.face.plate:
            return Judged("unknown", seen.face)
        return await _judged(tx, look, found, seen.face, signed=True)
    found = await _row(tx, number, "pass" if len(number) == PASS_DIGITS else "filing")
    if found is None or found.payload is None:
        return Judged("unknown")
    shown = read(found.payload, {})
    assert shown.face is not None, "we signed it ourselves"
    return await _judged(tx, look, found, shown.face, signed=False)


def number_in(shown: str) -> str | None:
    """The digits that were typed, with blanks or dashes in them or not; None when it is a code."""
    plain = re.sub(r"[\s\-—.]", "", tidy(shown))
    return plain if _NUMBER.fullmatch(plain) else None


def plate_of(seen: str) -> str:
    """A plate as it is compared; what nobody can read is compared as it was typed."""
    try:
        return parse_plate(seen).number
    except Refusal:
        return re.sub(r"[\s·•.\-]", "", tidy(seen)).upper()


def fits(face: Face, seen: str) -> bool:
    """Whether the plate that an officer sees is the truck's or its trailer's: from behind he sees only the latter."""
    return plate_of(seen) in (face.plate, face.trailer or face.plate)


def is_too_soon(one: Looked, other: Looked) -> bool:
    """Whether no truck was at both checks: too far for the time, or the same gate at once before another officer."""
    apart = abs(one.at - other.at)
    if one.here.point_id is not None and one.here.point_id == other.here.point_id:
        return apart < SAME_GATE and one.staff_id != other.staff_id
    if one.here.position is None or other.here.position is None:
        return False
    reach = SWIFTEST_KMH * 1000 * (apart / timedelta(hours=1)) + ROUGH_M
    return distance_m(one.here.position, other.here.position) > reach


def uses_up(face: Face, here: Here) -> bool:
    """Whether passing here uses up a pass for one trip: its destination is reached."""
    return bool(here.division) and is_within(here.division, face.destination)


async def checks(tx: AsyncSession, row: Pass | Filing, at: datetime) -> Sequence[Looked]:
    """The checks of a day around this one at which it passed, the nearest in time first."""
    which = {"pass_id": row.id} if isinstance(row, Pass) else {"filing_id": row.id}
    near = await scans.around(tx, at - LOOKS_BACK, at + LOOKS_BACK, **which)
    found = [_looked(scan, where) for scan, where in near if scan.deed in PASSING]
    return sorted(found, key=lambda one: abs(one.at - at))


async def _judged(tx: AsyncSession, look: Look, row: Pass | Filing, face: Face, *, signed: bool) -> Judged:
    """The first of these that is so: another truck, ended early, out of its time, somewhere else, used; else valid."""
    known = {"pass_": row} if isinstance(row, Pass) else {"filing": row}
    early = _ended_early(row, look.at)
    now = Looked(look.at, look.staff_id, look.here)

    def judged(verdict: str, earlier: Looked | None = None, at: datetime | None = None) -> Judged:
        return Judged(verdict, face, signed=signed, earlier=earlier, early_at=at, **known)

    if look.plate_seen and not fits(face, look.plate_seen):
        return judged("lent")
    if early is not None:
        return judged(early[0], at=early[1])
    if look.at < face.valid_from:
        return judged("not_yet")
    if look.at >= face.valid_until:
        return judged("expired")
    if look.here.point_id is None and look.here.position is None:
        return judged("valid")  # from nowhere in particular nothing contradicts
    others = await checks(tx, row, look.at)
    if (soon := next((one for one in others if is_too_soon(now, one)), None)) is not None:
        return judged("replayed", soon)
    if face.once and (before := next((one for one in others if _same_way(now, one)), None)) is not None:
        return judged("used", before, before.at)
    return judged("valid")


def _same_way(now: Looked, other: Looked) -> bool:
    """Whether a pass for one trip passed this very gate before; who pressed twice just now is not a second trip."""
    here = now.here.point_id is not None and now.here.point_id == other.here.point_id
    return here and not (now.staff_id == other.staff_id and abs(now.at - other.at) < SAME_GATE)


def _ended_early(row: Pass | Filing, at: datetime) -> tuple[str, datetime | None] | None:
    """How and when it ended before its time, as far as that was so at this moment."""
    if isinstance(row, Pass):
        ended = row.ended_at
        return (row.state, ended) if row.state in EARLY and (ended is None or ended <= at) else None
    if row.state == "cancelled" and row.changed_at <= at:
        return "revoked", row.changed_at
    return ("used", row.left_at) if row.state == "left" and row.left_at and row.left_at <= at else None


async def _row(tx: AsyncSession, number: str, kind: str) -> Pass | Filing | None:
    return await (passes.by_number(tx, number) if kind == "pass" else filings.by_number(tx, number))


def _looked(scan: Scan, position: tuple[float, float] | None) -> Looked:
    return Looked(scan.at, scan.staff_id, Here(scan.division, scan.point_id, position))
