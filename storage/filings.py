"""Filed trips, what happened on them, and the alerts that they raised; lists by keyset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Rows
from storage.models import ON_THE_WAY, Alert, Contact, Department, Filing, FilingEvent, Member, Staff
from storage.tickets import next_serial

_OPEN = (col(Alert.seen_at).is_(None), col(Alert.ended_at).is_(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list of trips: `view` is one of VIEWS, `bounds` are codes of divisions, both inclusive.

    `after` is the last one that was seen: its arrival and id for the live views, its id for the others.
    """

    bounds: tuple[str, str]
    view: str = "coming"
    plate: str | None = None
    after: tuple[datetime, int] | None = None


VIEWS = ("coming", "inside", "overstay", "to_tell", "over")
"""在途, 在内, 超时, 待告知, 已结束."""


async def next_number(tx: AsyncSession, division: str, year: int) -> int:
    """The next serial of a division and year; a rolled-back turn gives it back."""
    return await next_serial(tx, division, date(year, 1, 1), "filing")


async def add(tx: AsyncSession, filing: Filing) -> Filing:
    """Write down a trip; raises IntegrityError when another code lives for the same truck there."""
    tx.add(filing)
    await tx.flush()
    return filing


async def lock(tx: AsyncSession, filing_id: int) -> Filing | None:
    """The trip, held until the transaction ends, as it is now."""
    query = select(Filing).where(col(Filing.id) == filing_id).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).first()


async def by_id(tx: AsyncSession, filing_id: int) -> Filing | None:
    """The trip of this id."""
    return await tx.get(Filing, filing_id)


async def by_code(tx: AsyncSession, code: str) -> Filing | None:
    """The trip with this code, which only its people were given."""
    return (await tx.scalars(select(Filing).where(col(Filing.code) == code))).first()


async def by_number(tx: AsyncSession, number: str) -> Filing | None:
    """The trip with this number."""
    return (await tx.scalars(select(Filing).where(col(Filing.number) == number))).first()


async def live_for(tx: AsyncSession, claim: str) -> Filing | None:
    """The code that lives for a truck and a destination."""
    query = select(Filing).where(col(Filing.claim) == claim, col(Filing.state).in_(ON_THE_WAY))
    return (await tx.scalars(query)).first()


async def return_of(tx: AsyncSession, filing_id: int) -> Filing | None:
    """The way back of a trip, unless it was given up."""
    query = select(Filing).where(col(Filing.return_of) == filing_id, col(Filing.state).not_in(("cancelled", "expired")))
    return (await tx.scalars(query.order_by(col(Filing.id).desc()))).first()


async def of_contact(tx: AsyncSession, contact_id: int, firms: Sequence[int], limit: int) -> list[Filing]:
    """The trips that somebody drives or filed, and those to his firms, newest first."""
    mine = [col(Filing.contact_id) == contact_id, col(Filing.driver_id) == contact_id]
    found: dict[int, Filing] = {}
    for which in (*mine, *(col(Filing.firm_id) == firm for firm in firms)):
        query = select(Filing).where(which).order_by(col(Filing.id).desc()).limit(limit)
        found |= {one.id or 0: one for one in (await tx.scalars(query)).all()}
    return [found[key] for key in sorted(found, reverse=True)[:limit]]


async def firm_chats(tx: AsyncSession, firm_id: int) -> list[tuple[Member, Contact]]:
    """The people of a firm with the chats in which they are reached."""
    query = (
        select(Member, Contact)
        .join(Contact, col(Contact.id) == col(Member.contact_id))
        .where(col(Member.firm_id) == firm_id, col(Member.left_at).is_(None))
    )
    return [(member, contact) for member, contact in (await tx.execute(query)).all()]


async def page(tx: AsyncSession, wanted: Wanted, limit: int) -> list[Filing]:
    """The next trips of a list: those that come by when they arrive, the others newest first."""
    query = select(Filing).where(col(Filing.destination).between(*wanted.bounds), *_view(wanted.view))
    if wanted.plate:
        query = query.where(col(Filing.plate) == wanted.plate)
    if wanted.view in ("coming", "inside"):
        if wanted.after:
            at, last = wanted.after
            arrives, key = col(Filing.arrives_at), col(Filing.id)
            query = query.where(arrives >= at, or_(arrives > at, key > last))
        query = query.order_by(col(Filing.arrives_at), col(Filing.id))
    else:
        if wanted.after:
            query = query.where(col(Filing.id) < wanted.after[1])
        query = query.order_by(col(Filing.id).desc())
    return list((await tx.scalars(query.limit(limit))).all())


def _view(view: str) -> tuple[ColumnElement[bool], ...]:
    state = col(Filing.state)
    match view:
        case "coming":
            return (state.in_(ON_THE_WAY), state == "filed")
        case "inside":
            return (state.in_(ON_THE_WAY), state != "filed")
        case "overstay":
            return (col(Filing.overstay) > 0, state.in_(("entered", "loading")))
        case "to_tell":
            return (col(Filing.to_tell).is_(True),)
        case "over":
            return (state.in_(("left", "cancelled", "expired")),)
    return (false(),)


async def of_plate(tx: AsyncSession, plate: str, limit: int) -> list[Filing]:
    """The trips of a truck, newest first; who may see them is for the caller to ask."""
    query = select(Filing).where(col(Filing.plate) == plate).order_by(col(Filing.id).desc()).limit(limit)
    return list((await tx.scalars(query)).all())


async def ringing(tx: AsyncSession, now: datetime, limit: int) -> list[Filing]:
    """Trips on which the clock has to look now, held; the longest overdue first."""
    query = (
        select(Filing)
        .where(col(Filing.state).in_(ON_THE_WAY), col(Filing.alarm_at) <= now)
        .order_by(col(Filing.alarm_at), col(Filing.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.scalars(query)).all())


async def forget_crews(tx: AsyncSession, before: datetime) -> int:
    """Delete who was on board, and what the rules asked of them, on trips that ended before then."""
    old = (col(Filing.state).in_(("left", "cancelled", "expired")), col(Filing.changed_at) < before)
    done: Any = await tx.execute(update(Filing).where(col(Filing.crew).is_not(None), *old).values(crew=None, facts={}))
    return int(done.rowcount)


async def note(tx: AsyncSession, event: FilingEvent) -> FilingEvent:
    """Append what happened."""
    tx.add(event)
    await tx.flush()
    return event


async def events(tx: AsyncSession, filing_id: int) -> list[FilingEvent]:
    """What happened on a trip, oldest first."""
    query = select(FilingEvent).where(col(FilingEvent.filing_id) == filing_id).order_by(col(FilingEvent.id))
    return list((await tx.scalars(query)).all())


async def alerts(tx: AsyncSession, filing_id: int) -> list[tuple[Alert, Department | None]]:
    """The alerts of a trip with whom they went to, oldest first."""
    query = (
        select(Alert, Department)
        .outerjoin(Department, col(Department.id) == col(Alert.department_id))
        .where(col(Alert.filing_id) == filing_id)
        .order_by(col(Alert.id))
    )
    return [(alert, department) for alert, department in (await tx.execute(query)).all()]


async def held_alerts(tx: AsyncSession, filing_id: int) -> list[Alert]:
    """The alerts of a trip that were not taken back, held."""
    query = select(Alert).where(col(Alert.filing_id) == filing_id, col(Alert.ended_at).is_(None))
    return list((await tx.scalars(query.order_by(col(Alert.id)).with_for_update())).all())


async def unseen(
    tx: AsyncSession, bounds: tuple[str, str], department_id: int | None, limit: int
) -> list[tuple[Alert, Filing]]:
    """Alerts that nobody has acknowledged, to these divisions or this department; the first due first."""
    query = (
        select(Alert, Filing)
        .join(Filing, col(Filing.id) == col(Alert.filing_id))
        .where(*_OPEN, _here(bounds, department_id))
        .order_by(col(Alert.due_at), col(Alert.id))
        .limit(limit)
    )
    return [(alert, filing) for alert, filing in (await tx.execute(query)).all()]


async def alerted(tx: AsyncSession, bounds: tuple[str, str], since: datetime, limit: int) -> dict[str, bool]:
    """The numbers of trips with an alert to these divisions that was raised since then and not taken back, the newest
    first; each with whether somebody has yet to acknowledge it."""
    waits = func.max(case((col(Alert.seen_at).is_(None), 1), else_=0))
    query = (
        select(col(Filing.number), waits)
        .join(Filing, col(Filing.id) == col(Alert.filing_id))
        .where(col(Alert.ended_at).is_(None), col(Alert.raised_at) >= since, col(Alert.division).between(*bounds))
        .group_by(col(Filing.number))
        .order_by(func.max(col(Alert.raised_at)).desc())
        .limit(limit)
    )
    return {number: bool(waiting) for number, waiting in (await tx.execute(query)).all()}


def unseen_rows(bounds: tuple[str, str], department_id: int | None, at_most: int) -> Rows:
    """The trips of these alerts to be counted, no more than one more than `at_most`."""
    return select(col(Alert.filing_id)).where(*_OPEN, _here(bounds, department_id)).distinct().limit(at_most + 1)


def _here(bounds: tuple[str, str], department_id: int | None) -> ColumnElement[bool]:
    here = col(Alert.division).between(*bounds)
    return here if department_id is None else or_(here, col(Alert.department_id) == department_id)


async def ripe(tx: AsyncSession, now: datetime, levels: int, limit: int) -> list[Alert]:
    """Alerts whose answer is overdue and that can still climb, held; the earliest first."""
    query = (
        select(Alert)
        .where(*_OPEN, col(Alert.due_at) <= now, col(Alert.level) < levels)
        .order_by(col(Alert.due_at), col(Alert.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.scalars(query)).all())


async def keep(tx: AsyncSession, *rows: Any) -> None:
    """Write down what was changed."""
    tx.add_all(rows)
    await tx.flush()


async def at_checkpoints(tx: AsyncSession, divisions: Sequence[str]) -> set[int]:
    """Who works at the checkpoints of these divisions."""
    query = select(col(Staff.id)).where(
        col(Staff.role) == "checkpoint", col(Staff.division).in_(divisions), col(Staff.disabled_at).is_(None)
    )
    return {found for found in (await tx.scalars(query)).all() if found}
