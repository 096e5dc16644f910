"""A positive result on a trip: those ahead are told at once, and it climbs until they answer (seed S1, 1.16).

What was found, and in whom, stands nowhere here: the message is that those ahead make ready, and who asks is told by
the health people themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, organisation, rights
from hotline.facilities import LEVELS
from hotline.filings import parties, telling
from hotline.filings.offers import local_day
from locales.words import Refusal
from storage import alarms, audit
from storage import filings as ledger
from storage.models import Alert, Department, Filing, Staff

ANSWER_WITHIN = timedelta(minutes=15)
"""立即 has no number in the source; after a quarter of an hour it is asked again, one level up; our own."""

AFTERWARDS = timedelta(days=7)
"""How long after it left a trip can still raise an alert: a result comes later; our own number."""

AT_ONCE = 200
HEALTH, LOCALITY = "health", "locality"


async def raise_alert(tx: AsyncSession, by: Staff, filing_id: int, now: datetime) -> list[Alert]:
    """Tell every place ahead: 卫生健康 of each county on the way and of the end, and the 属地."""
    filing = await seen(tx, by, filing_id, "raise_alert")
    if filing.state in ("cancelled", "expired") or (filing.left_at and now - filing.left_at > AFTERWARDS):
        raise Refusal("trip.alert.over")
    if await ledger.held_alerts(tx, filing_id):
        raise Refusal("trip.alert.already")
    made, told = list[Alert](), set[int]()
    for function, division in _ahead(filing):
        department = await organisation.responsible(tx, function, division)
        if department is not None and department.id in told:
            continue
        told |= {department.id or 0} if department else set()
        made.append(
            Alert(
                filing_id=filing_id,
                department_id=department.id if department else None,
                function=function,
                division=division,
                raised_by=by.id or 0,
                raised_at=now,
                due_at=now + ANSWER_WITHIN,
            )
        )
    await ledger.keep(tx, *made)
    event = await telling.record(
        tx, filing, "alerted", f"staff:{by.id}", now, alerts=[one.id for one in made], divisions=[*_places(filing)]
    )
    await audit.record(tx, by.id or 0, "trip.alerted", now, filing=filing_id)
    await _tell(tx, filing, made, f"{event.id}", now)
    return made


async def acknowledge(tx: AsyncSession, by: Staff, filing_id: int, now: datetime) -> list[Alert]:
    """Somebody ahead knows and makes ready: every alert of this trip that is his to answer climbs no more."""
    filing = await ledger.lock(tx, filing_id)
    open_ones = await ledger.held_alerts(tx, filing_id) if filing else []
    mine = [one for one in open_ones if await may_answer(tx, by, one)]
    if filing is None or not mine:
        raise Refusal("trip.alert.none")
    fresh = [one for one in mine if one.seen_at is None]
    for one in fresh:
        one.seen_at, one.seen_by = now, by.id
    await ledger.keep(tx, *fresh)
    if fresh:
        await telling.record(tx, filing, "alert_seen", f"staff:{by.id}", now, alerts=[one.id for one in fresh])
    return fresh


async def stand_down(tx: AsyncSession, by: Staff, filing_id: int, words: str, now: datetime) -> Filing:
    """It is taken back, with a reason; whoever was told hears it."""
    filing = await seen(tx, by, filing_id, "stand_down")
    plain = " ".join(words.split())
    if not plain:
        raise Refusal("desk.words_missing")
    open_ones = await ledger.held_alerts(tx, filing_id)
    if not open_ones:
        raise Refusal("trip.alert.none")
    for one in open_ones:
        one.ended_at = now
    await ledger.keep(tx, *open_ones)
    event = await telling.record(tx, filing, "alert_ended", f"staff:{by.id}", now, alerts=[one.id for one in open_ones])
    await audit.record(tx, by.id or 0, "trip.alert_ended", now, filing=filing_id, why=plain[:200])
    staff = await _staff(tx, open_ones, now) | {one.seen_by for one in open_ones if one.seen_by}
    await telling.to_staff(tx, filing, "trip.desk.alert_ended", staff, f"{event.id}", now)
    return filing


async def climb(tx: AsyncSession, now: datetime) -> int:
    """Whoever has not answered in time: the next level up hears of it, and an alarm sounds for its supervisors."""
    ripe = await ledger.ripe(tx, now, len(LEVELS), AT_ONCE)
    for alert in ripe:
        filing = await ledger.by_id(tx, alert.filing_id)
        assert filing is not None, "an alert has its trip"
        alert.level += 1
        alert.due_at = now + ANSWER_WITHIN
        above = await _above(tx, alert)
        await ledger.keep(tx, alert)
        climbed_to = above[-1].id if above else None
        event = await telling.record(
            tx, filing, "alert_climbed", "clock", now, alert=alert.id, level=alert.level,
            department=climbed_to,
        )  # fmt: skip
        staff = await _staff(tx, [alert], now)
        await telling.to_staff(tx, filing, "trip.desk.alert_again", staff, f"{event.id}", now, asks=True)
        await _sound(tx, filing, alert, now)
    return len(ripe)


async def may_answer(tx: AsyncSession, by: Staff, alert: Alert) -> bool:
    """Whether an alert is somebody's to answer: his department's, or one's that it climbed to; or, of the desk and the
    checkpoints, theirs of that place."""
    if by.department_id is not None:
        above = await _above(tx, alert)
        if by.department_id in (alert.department_id, *(one.id for one in above)):
            return True
    return by.role != "handler" and rights.may(by, "see_trips") and divisions.is_within(alert.division, by.division)


def may_see(by: Staff, filing: Filing) -> bool:
    """Whether a trip lies within somebody's reach: it begins, passes or ends in his division."""
    if not rights.may(by, "see_trips"):
        return False
    if by.department_id is not None and by.department_id in (filing.locality_id, filing.industry_id):
        return True
    return any(divisions.is_within(code, by.division) for code in (filing.destination, filing.origin, *filing.via))


async def seen(tx: AsyncSession, by: Staff, filing_id: int, verb: str) -> Filing:
    """The trip, held until the transaction ends, for somebody who may do this; raises Refusal."""
    filing = await ledger.lock(tx, filing_id)
    if filing is None or not may_see(by, filing):
        raise Refusal("trip.unknown")
    if not rights.may(by, verb):
        raise Refusal("desk.not_yours")
    return filing


def _places(filing: Filing) -> Iterable[str]:
    """Where the truck still comes, or has been since: what lies before it while it is on its way.

    Inside, those of the destination; afterwards the destination, for those it met, and where it went back to.
    """
    if filing.state == "filed":
        return dict.fromkeys((*filing.via, filing.destination))
    return dict.fromkeys((filing.destination, filing.origin) if filing.state == "left" else (filing.destination,))


def _ahead(filing: Filing) -> list[tuple[str, str]]:
    return [(HEALTH, code) for code in _places(filing)] + [(LOCALITY, filing.destination)]


async def _tell(tx: AsyncSession, filing: Filing, alerts: list[Alert], mark: str, now: datetime) -> None:
    """Those at the posts of the departments; where nobody is named, the supervisors hear an alarm at once."""
    await telling.to_staff(tx, filing, "trip.desk.alert", await _staff(tx, alerts, now), mark, now, asks=True)
    for alert in alerts:
        if alert.department_id is None:
            await _sound(tx, filing, alert, now)


async def _staff(tx: AsyncSession, alerts: Iterable[Alert], now: datetime) -> set[int]:
    """Who stands at the posts that were told, who works at the checkpoints there, and the supervisors of the place."""
    alerts = list(alerts)
    departments = [one.department_id for one in alerts]
    departments += [above.id for one in alerts for above in await _above(tx, one)]
    found = await parties.holders(tx, departments, now)
    for division in {one.division for one in alerts}:
        found |= await ledger.at_checkpoints(tx, organisation.upwards(division))
        found |= {one.id or 0 for one in await organisation.supervisors(tx, division, now)}
    return found


async def _above(tx: AsyncSession, alert: Alert) -> list[Department]:
    """The departments to which an alert has climbed, one for each level, as far as the directory has them."""
    department = await tx.get(Department, alert.department_id) if alert.department_id else None
    found = list[Department]()
    for _ in range(alert.level):
        department = await organisation.above(tx, department) if department else None
        found += [department] if department else []
    return found


async def _sound(tx: AsyncSession, filing: Filing, alert: Alert, now: datetime) -> None:
    ways = (alert.division, *divisions.ancestors(alert.division))
    ranks = {name: place for place, name in enumerate(LEVELS)}
    wanted = LEVELS[max(alert.level - 1, 0)]
    division = next((code for code in ways if ranks[divisions.level_of(code)] >= ranks[wanted]), ways[-1])
    await alarms.sound(
        tx,
        "trip_alert",
        f"alert:{alert.id}:{alert.level}",
        division,
        local_day(now),
        now,
        filing=filing.id,
        number=filing.number,
        level=alert.level,
    )
