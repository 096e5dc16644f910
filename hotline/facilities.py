"""Toll stations, service areas and car parks: what is closed, and the ledger in which each closure is put right.

A confirmed closure is a row with a reason, an owner and a due time (建立台账、立即整改: seed S0, 0.2); closing one
needs the province's approval (DOMAIN R6), so a row without an approving document is marked wherever it is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, rights
from hotline.formats.facilities import FacilityKind
from locales.words import SHANGHAI, Refusal, say
from storage import alarms, audit
from storage import facilities as register_of
from storage import staff as people
from storage import tickets as ledger
from storage.models import Closure, Facility, Staff

KINDS: dict[FacilityKind, str] = {"toll_station": "toll", "service_area": "service", "parking_area": "parking"}
"""What the parser of places calls a kind, and what the register calls it."""

WORDS = {"toll": "收费站", "service": "服务区", "parking": "停车区"}
"""The word that ends the name of each kind."""


STEP = timedelta(days=1)
"""How long an overdue row stays with one level before it climbs to the next: our own choice, no document gives one."""

LEVELS = ("county", "city", "province")
"""Whose supervisors hear of an overdue row first, second and third."""

MOST_DEPARTMENTS = 100_000
"""More than a province has; an export looks up the codes of all of them."""

AT_ONCE = 500
"""Rows that climb in one transaction; the rest climb in the next."""

LONGEST_NAME, LONGEST_ROAD, LONGEST_WORDS = 40, 20, 200
LATEST = timedelta(days=366)
"""A closure that is to last longer than this is a mistyped year."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a facility; the stake in metres."""

    kind: str
    name: str
    road: str
    division: str
    stake_m: int | None = None
    direction: str | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A confirmed closure: why, by which document, who puts it right by when; `limited` when it is not wholly shut."""

    reason: str
    due_at: datetime
    approval: str = ""
    owner_id: int | None = None
    ticket_id: int | None = None
    closed_at: datetime | None = None
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of a place: its road, the facility that was meant, and what is shut on that road.

    `roads` is not empty when several roads have a facility of this name; then nothing else is told.
    """

    road: str | None
    is_registered: bool
    asked: Facility | None = None
    shut: list[tuple[Facility, Closure]] = field(default_factory=list)
    roads: tuple[str, ...] = ()


async def register(tx: AsyncSession, by: Staff, entry: Entry, now: datetime) -> Facility:
    """Enter a facility, or write anew what is said of it; road and name tell which it is, and its state stays."""
    entry = _checked(entry)
    _may(by, entry.division, entry.department_id)
    found = await register_of.by_name(tx, entry.road, entry.name)
    if found is not None:
        _may(by, found.division, found.department_id)
    row = found or Facility(kind="", name=entry.name, road=entry.road, division="", changed_at=now)
    columns = {name: getattr(entry, name) for name in ("kind", "division", "stake_m", "direction", "department_id")}
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    if found is None or changed:
        for name, value in columns.items():
            setattr(row, name, value)
        await register_of.keep(tx, row)
        what = "facility.changed" if found else "facility.registered"
        await audit.record(tx, by.id or 0, what, now, facility=row.id, changed=changed)
    return row


async def report_closed(tx: AsyncSession, by: Staff, facility_id: int, order: Order, now: datetime) -> Closure:
    """Confirm that it is closed: opens a row of the rectification ledger; a second one is refused."""
    facility = await _held(tx, by, facility_id)
    reason, approval = _words(order.reason), order.approval.strip()
    closed_at = order.closed_at or now
    if not reason:
        raise Refusal("facility.reason.missing")
    if len(reason) > LONGEST_WORDS or len(approval) > LONGEST_WORDS:
        raise Refusal("facility.too_long", most=LONGEST_WORDS)
    if not now - LATEST <= closed_at <= now:
        raise Refusal("facility.since.when")
    if not now < order.due_at <= now + LATEST:
        raise Refusal("facility.due.when")
    owner = await people.by_id(tx, order.owner_id or by.id or 0)
    if owner is None or owner.disabled_at is not None:
        raise Refusal("facility.owner.unknown")
    row = Closure(
        facility_id=facility_id,
        ticket_id=order.ticket_id,
        reason=reason,
        approval=approval or None,
        owner_id=owner.id,
        closed_at=closed_at,
        due_at=order.due_at,
    )
    try:
        async with tx.begin_nested():
            await register_of.keep(tx, row)
    except IntegrityError:
        raise Refusal("facility.closed_already", name=facility.name) from None
    await _turn(tx, facility, "limited" if order.limited else "closed", now)
    facts = {"facility": facility_id, "closure": row.id, "due": order.due_at, "approved": bool(approval)}
    await audit.record(tx, by.id or 0, "facility.closed", now, order.ticket_id, **facts)
    return row


async def reopen(tx: AsyncSession, by: Staff, facility_id: int, proof: str, now: datetime) -> Closure:
    """It is open again, which needs words or proof: who saw it, which photo, which notice; closes its row."""
    facility = await _held(tx, by, facility_id)
    row = await register_of.open_closure(tx, facility_id)
    if row is None:
        raise Refusal("facility.open_already", name=facility.name)
    seen = _words(proof)
    if not seen:
        raise Refusal("facility.proof.missing")
    if len(seen) > LONGEST_WORDS:
        raise Refusal("facility.too_long", most=LONGEST_WORDS)
    row.reopened_at, row.reopened_by, row.proof = now, by.id, seen
    await register_of.keep(tx, row)
    await _turn(tx, facility, "open", now)
    facts = {"facility": facility_id, "closure": row.id, "overdue": now > row.due_at}
    await audit.record(tx, by.id or 0, "facility.reopened", now, row.ticket_id, **facts)
    return row


async def climb(tx: AsyncSession, now: datetime) -> int:
    """Lift each overdue row one level when its time has come, and sound an alarm for the supervisors of that level."""
    ripe = await register_of.overdue(tx, now, STEP, len(LEVELS), AT_ONCE)
    for row, facility in ripe:
        row.level += 1
        await register_of.keep(tx, row)
        await alarms.sound(
            tx,
            "facility_overdue",
            f"closure:{row.id}:{row.level}",
            _above(facility.division, LEVELS[row.level - 1]),
            now.astimezone(SHANGHAI).date(),
            now,
            facility=facility.id,
            name=facility.name,
            road=facility.road,
            level=row.level,
            due=row.due_at.isoformat(),
        )
    return len(ripe)


async def facilities_climb(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """The clock's job: what is overdue in the rectification ledger climbs."""
    return {"climbed": await climb(tx, now)}


async def known(tx: AsyncSession, road: str | None, name: str | None, most: int) -> Known:
    """What is shut on a road, or on the road of a facility; one row more than `most` tells that there are more."""
    asked = None
    if name:
        meant = await register_of.named(tx, spellings(name))
        here = [one for one in meant if road is None or one.road == road]
        roads = tuple(dict.fromkeys(one.road for one in here))
        if len(roads) > 1:
            return Known(None, is_registered=True, roads=roads)
        asked = here[0] if here else None
    road = road or (asked.road if asked else None)
    if road is None or not await register_of.knows_road(tx, road):
        return Known(road, is_registered=False)
    return Known(road, True, asked, await register_of.shut_on(tx, road, most + 1))


async def ticket_id(tx: AsyncSession, number: str) -> int | None:
    """The ticket that a closure is about; None when no number is given, Refusal when there is none of this number."""
    if not number.strip():
        return None
    found = await ledger.by_number(tx, number.strip())
    if found is None:
        raise Refusal("facility.ticket.unknown", number=number.strip()[:40])
    return found.id


def spellings(name: str) -> tuple[str, ...]:
    """A facility as people name it, and as the register may: an exit is named by its toll station."""
    stem = name.removesuffix("出口").removesuffix("入口").removesuffix("主线收费站").removesuffix("收费站")
    return tuple(dict.fromkeys((name, f"{stem}收费站", f"{stem}主线收费站"))) if stem != name else (name,)


def may_keep(by: Staff, division: str, department_id: int | None) -> bool:
    """Whether this member of staff may close and reopen there.

    The desk may in its own division and those in it; a department what it is responsible for; a checkpoint nothing.
    """
    if by.role == "handler":
        return department_id is not None and department_id == by.department_id
    return by.role in rights.DESK and divisions.is_within(division, by.division)


async def _held(tx: AsyncSession, by: Staff, facility_id: int) -> Facility:
    found = await register_of.by_id(tx, facility_id, lock=True)
    if found is None:
        raise Refusal("facility.unknown")
    _may(by, found.division, found.department_id)
    return found


async def _turn(tx: AsyncSession, facility: Facility, state: str, now: datetime) -> None:
    facility.state, facility.changed_at = state, now
    await register_of.keep(tx, facility)


def _may(by: Staff, division: str, department_id: int | None) -> None:
    if not may_keep(by, division, department_id):
        raise Refusal("facility.not_yours")


def _above(division: str, level: str) -> str:
    """The division itself or the nearest above it, at this level or higher."""
    ranks = dict(zip(LEVELS, range(len(LEVELS)), strict=True))
    ways = (division, *divisions.ancestors(division))
    return next((code for code in ways if ranks[divisions.level_of(code)] >= ranks[level]), ways[-1])


def _words(typed: str) -> str:
    return " ".join(typed.split())


def _checked(entry: Entry) -> Entry:
    """The entry tidied, its name with the word of its kind; raises Refusal for what cannot be."""
    name, road = _words(entry.name), _words(entry.road)
    if entry.kind not in WORDS:
        raise Refusal("facility.kind.unknown", typed=entry.kind[:20], known=list(WORDS))
    for column, typed, longest in (("name", name, LONGEST_NAME), ("road", road, LONGEST_ROAD)):
        if not typed or len(typed) > longest:
            raise Refusal("facility.field", field=say(f"facility.column.{column}"), most=longest)
    if re.fullmatch("[一-龥]+", name) and not name.endswith(WORDS[entry.kind]):
        name += WORDS[entry.kind]
    if divisions.by_code(entry.division) is None:
        raise Refusal("facility.division.unknown", typed=entry.division[:12])
    if entry.stake_m is not None and not 0 <= entry.stake_m < 10_000_000:
        raise Refusal("facility.stake", typed=str(entry.stake_m))
    return Entry(
        entry.kind,
        name,
        road,
        entry.division,
        entry.stake_m,
        _words(entry.direction or "") or None,
        entry.department_id,
    )
