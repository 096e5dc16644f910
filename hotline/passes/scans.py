"""A check at the roadside is written down once, by the name that its device gave it; late ones count as of their time.

What an officer decided is kept as he decided it; the verdict beside it is ours.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import rights
from hotline.filings import moving
from hotline.passes import telling, verifying
from hotline.passes.verifying import VERDICTS, Here, Judged, Look
from locales.words import Refusal
from storage import passes, points, scans
from storage.database import wake
from storage.models import Pass, Scan, Staff

DEEDS = ("passed", "stopped", "entered", "left")

REASONS = ("code", "plate", "route", "goods", "people", "other")
"""Why a truck is held for a person to look at: the code, the plate, the way, the load, who is on board."""

OLDEST = timedelta(days=30)
"""A device that kept a check longer than this is not believed about its time; our own number."""

AHEAD = timedelta(minutes=2)
"""How much a phone's clock may be ahead of ours."""

LONGEST_PLACE, LONGEST_PLATE, LONGEST_SHOWN = 60, 12, 600
_MARK = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Check:
    """What a device tells of one check; `shown` is the code or the number, `told` the verdict that the officer saw."""

    mark: str
    shown: str
    deed: str
    at: datetime
    told: str | None = None
    reason: str | None = None
    plate_seen: str | None = None
    point_id: int | None = None
    place: str | None = None
    offline: bool = False


async def record(tx: AsyncSession, by: Staff, check: Check, now: datetime) -> tuple[Scan, bool]:
    """Write a check down, and do what it does to a pass for one trip or to a filed trip; the same one counts once.

    Returns it, and whether it is new. Raises Refusal for whoever checks nothing, and for what no page of ours sends.
    """
    _believable(by, check, now)
    if (known := await scans.by_mark(tx, check.mark)) is not None:
        return known, False
    here = await here_at(tx, by, check.point_id)
    at = min(check.at, now)
    seen = check.plate_seen and verifying.plate_of(check.plate_seen)[:LONGEST_PLATE]
    look = Look(check.shown, at, seen or None, here, by.id)
    judged = await verifying.verify(tx, look)
    if judged.pass_ is not None and judged.face is not None and judged.face.once:
        await passes.lock(tx, judged.pass_.id or 0)
        judged = await verifying.verify(tx, look)
    scan = _scan(by, check, judged, here, at, seen or None, now)
    try:
        async with tx.begin_nested():
            await scans.add(tx, scan)
    except IntegrityError:
        known = await scans.by_mark(tx, check.mark)
        if known is None:
            raise
        return known, False
    await _then(tx, by, judged, here, scan, now)
    wake(tx, "scans", everywhere=True)
    return scan, True


async def here_at(tx: AsyncSession, by: Staff, point_id: int | None) -> Here:
    """Where somebody stands: the gate that he chose, or no more than the division he works in."""
    point = await points.by_id(tx, point_id) if point_id is not None else None
    if point is None or point.kind != "checkpoint":
        return Here(by.division)
    known = None if point.north is None or point.east is None else (point.north, point.east)
    return Here(point.division, point.id, known)


async def _then(tx: AsyncSession, by: Staff, judged: Judged, here: Here, scan: Scan, now: datetime) -> None:
    """A pass for one trip is used where the trip ends; a filed trip enters, or leaves, which closes it."""
    if judged.filing is not None and scan.deed in ("entered", "left"):
        move = moving.enter if scan.deed == "entered" else moving.leave
        with contextlib.suppress(Refusal):  # it is so already, or too long ago: the check itself stays written down
            async with tx.begin_nested():
                await move(tx, judged.filing, f"staff:{by.id}", scan.at, now)
    pass_ = judged.pass_
    if pass_ is None or judged.face is None or judged.verdict != "valid" or scan.deed not in verifying.PASSING:
        return
    if judged.face.once and pass_.state == "issued" and verifying.uses_up(judged.face, here):
        await use_up(tx, pass_, by, scan, now)


async def use_up(tx: AsyncSession, pass_: Pass, by: Staff, scan: Scan, now: datetime) -> None:
    """The one trip that a pass was for is over; its holder hears it."""
    pass_.state, pass_.ended_at = "used", scan.at
    await telling.record(tx, pass_, "used", f"staff:{by.id}", now, scan=scan.id)


def _scan(by: Staff, check: Check, judged: Judged, here: Here, at: datetime, seen: str | None, now: datetime) -> Scan:
    return Scan(
        mark=check.mark,
        pass_id=judged.pass_.id if judged.pass_ else None,
        filing_id=judged.filing.id if judged.filing else None,
        number=judged.number or verifying.number_in(check.shown),
        plate_seen=seen,
        verdict=judged.verdict,
        told=check.told if check.told != judged.verdict else None,
        deed=check.deed,
        reason=check.reason if check.deed == "stopped" else None,
        staff_id=by.id,
        point_id=here.point_id,
        place=(check.place or "").strip()[:LONGEST_PLACE] or None,
        division=here.division,
        goods=judged.pass_.goods if judged.pass_ else None,
        is_offline=check.offline,
        at=at,
        received_at=now,
    )


def _believable(by: Staff, check: Check, now: datetime) -> None:
    """Raises Refusal."""
    if not rights.may(by, "scan"):
        raise Refusal("desk.not_yours")
    if not _MARK.fullmatch(check.mark) or check.deed not in DEEDS or len(check.shown) > LONGEST_SHOWN:
        raise Refusal("checkpoint.scan.unread")
    if check.told is not None and check.told not in VERDICTS:
        raise Refusal("checkpoint.scan.unread")
    if check.deed == "stopped" and check.reason not in REASONS:
        raise Refusal("checkpoint.scan.why")
    if not now - OLDEST <= check.at <= now + AHEAD:
        raise Refusal("checkpoint.scan.when", days=OLDEST.days)
