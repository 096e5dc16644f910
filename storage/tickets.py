"""Tickets and what hangs on them: numbers, followers, neighbours, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.database import insert_into
from storage.ledger import IS_OPEN
from storage.models import (
    OPEN,
    Attachment,
    Contact,
    Counter,
    Extension,
    Follower,
    Message,
    Staff,
    Ticket,
    TicketEvent,
)


async def next_serial(tx: AsyncSession, division: str, day: date, kind: str) -> int:
    """The next serial of this division, day and kind; a rolled-back turn gives it back, so there are no gaps."""
    fresh = insert_into(tx, Counter).values(division=division, day=day, kind=kind, last=1)
    counted = fresh.on_conflict_do_update(
        index_elements=["division", "day", "kind"], set_={"last": Counter.last + 1}
    ).returning(Counter.last)
    return int((await tx.execute(counted)).scalar_one())


async def lock(tx: AsyncSession, ticket_id: int) -> Ticket:
    """The ticket, held until the transaction ends, as the last committed change left it."""
    query = select(Ticket).where(col(Ticket.id) == ticket_id).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).one()


async def lock_handled(tx: AsyncSession, ticket_id: int) -> Ticket:
    """Wherever this matter is handled, held: the ticket itself, or the master that it was gathered under.

    Never both: who gathers and splits holds several, in the order of their ids, and would wait for us as we for him.
    """
    master = select(func.coalesce(col(Ticket.master_id), col(Ticket.id))).where(col(Ticket.id) == ticket_id)
    while True:
        where = int(await tx.scalar(master) or 0)
        held = await lock(tx, where)
        if await tx.scalar(master) == where:
            return held


async def by_number(tx: AsyncSession, number: str) -> Ticket | None:
    """The ticket of this number."""
    return (await tx.scalars(select(Ticket).where(col(Ticket.number) == number))).first()


async def follow(tx: AsyncSession, ticket_id: int, contact_id: int, now: datetime) -> bool:
    """Follow a ticket; False when this contact does so already or reported it himself."""
    reporter = await tx.scalar(select(col(Ticket.contact_id)).where(col(Ticket.id) == ticket_id))
    if reporter == contact_id:
        return False
    fresh = insert_into(tx, Follower).values(ticket_id=ticket_id, contact_id=contact_id, since=now)
    done: Any = await tx.execute(fresh.on_conflict_do_nothing())
    if done.rowcount == 1:
        return True
    back: Any = await tx.execute(
        update(Follower)
        .where(
            col(Follower.ticket_id) == ticket_id,
            col(Follower.contact_id) == contact_id,
            col(Follower.left_at).is_not(None),
        )
        .values(left_at=None)
    )
    return bool(back.rowcount == 1)


async def reporters(tx: AsyncSession, ticket: Ticket) -> dict[str, list[Contact]]:
    """Everybody who waits for this matter, by the number that he knows it by.

    Reporter and followers of the ticket itself and of whatever was gathered under it; each contact once, by the report
    that is his own if there is one.
    """
    here = or_(col(Ticket.id) == ticket.id, col(Ticket.master_id) == ticket.id)
    own = select(col(Ticket.number), col(Ticket.contact_id), col(Ticket.id)).where(here)
    followed = (
        select(col(Ticket.number), col(Follower.contact_id), col(Ticket.id))
        .join(Follower, col(Follower.ticket_id) == col(Ticket.id))
        .where(here, col(Follower.left_at).is_(None))
    )
    numbers_: dict[int, str] = {}
    for query in (own, followed):
        for number, contact_id, _ in (await tx.execute(query.order_by(col(Ticket.id)))).all():
            numbers_.setdefault(contact_id, number)
    found: dict[str, list[Contact]] = {}
    for contact in (await tx.scalars(select(Contact).where(col(Contact.id).in_(numbers_)))).all():
        found.setdefault(numbers_[contact.id or 0], []).append(contact)
    return found


async def gathered(tx: AsyncSession, ticket_id: int) -> list[Ticket]:
    """The reports under a master, oldest first."""
    query = select(Ticket).where(col(Ticket.master_id) == ticket_id).order_by(col(Ticket.id))
    return list((await tx.scalars(query)).all())


async def numbers(tx: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
    """The numbers of these tickets by id."""
    query = select(col(Ticket.id), col(Ticket.number)).where(col(Ticket.id).in_(list(ids)))
    return {i: number for i, number in (await tx.execute(query)).all() if i}


async def followers(tx: AsyncSession, ticket_id: int) -> int:
    """How many follow the ticket besides its reporter."""
    here = (col(Follower.ticket_id) == ticket_id, col(Follower.left_at).is_(None))
    return int(await tx.scalar(select(func.count()).select_from(Follower).where(*here)) or 0)


async def photo(tx: AsyncSession, attachment_id: int) -> Attachment | None:
    """A photo that hangs on a ticket; one that nobody submitted is nobody's business."""
    query = select(Attachment).where(col(Attachment.id) == attachment_id, col(Attachment.ticket_id).is_not(None))
    return (await tx.scalars(query)).first()


async def last_event(tx: AsyncSession) -> int:
    """The id of the newest event of all tickets; 0 before the first."""
    return int(await tx.scalar(select(func.max(TicketEvent.id))) or 0)


async def may_read(tx: AsyncSession, ticket: Ticket, contact_id: int) -> bool:
    """Whether this contact reported or follows the ticket."""
    if ticket.contact_id == contact_id:
        return True
    row = await tx.get(Follower, (ticket.id, contact_id))
    return row is not None and row.left_at is None


async def of_contact(tx: AsyncSession, contact_id: int, limit: int, *, open_only: bool = False) -> list[Ticket]:
    """What a contact reported or follows, newest first."""
    own = select(col(Ticket.id)).where(col(Ticket.contact_id) == contact_id)
    followed = select(col(Follower.ticket_id)).where(
        col(Follower.contact_id) == contact_id, col(Follower.left_at).is_(None)
    )
    ids = union_all(own, followed).subquery()
    query = select(Ticket).where(col(Ticket.id).in_(select(ids.c.id))).order_by(col(Ticket.id).desc()).limit(limit)
    if open_only:
        master = aliased(Ticket)
        goes_on = select(col(master.id)).where(col(master.id) == col(Ticket.master_id), col(master.status).in_(OPEN))
        query = query.where(or_(col(Ticket.status).in_(OPEN), goes_on.exists()))
    return list((await tx.scalars(query)).all())


@dataclass(frozen=True, slots=True)
class Nearby:
    """Where to look for reports of the same thing: stretch, facility, grid cells; since when; which kind."""

    since: datetime
    kind: str | None = None
    road: str | None = None
    stake_m: int | None = None
    within_m: int = 0
    facility: str | None = None
    cells: Sequence[int] = ()


async def near(tx: AsyncSession, where: Nearby, limit: int = 60) -> list[Ticket]:
    """Open tickets there, newest first; distances are the caller's to check."""
    places: list[ColumnElement[bool]] = []
    if where.road and where.stake_m is not None:
        stretch = col(Ticket.stake_m).between(where.stake_m - where.within_m, where.stake_m + where.within_m)
        places.append(and_(col(Ticket.road) == where.road, stretch))
    if where.facility:
        places.append(col(Ticket.facility) == where.facility)
    if where.cells:
        places.append(col(Ticket.cell).in_(where.cells))
    if not places:
        return []
    query = (
        select(Ticket)
        .where(or_(*places), col(Ticket.opened_at) >= where.since, col(Ticket.status).in_(OPEN))
        .order_by(col(Ticket.id).desc())
        .limit(limit)
    )
    if where.kind is not None:
        query = query.where(col(Ticket.kind) == where.kind)
    return list((await tx.scalars(query)).all())


async def ringing(tx: AsyncSession, now: datetime, limit: int = 200) -> list[Ticket]:
    """Tickets whose alarm is due, longest due first; held until the transaction ends."""
    query = (
        select(Ticket)
        .where(col(Ticket.alarm_at) <= now)
        .order_by(col(Ticket.alarm_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.scalars(query)).all())


async def left_behind(tx: AsyncSession, limit: int = 100) -> list[Ticket]:
    """Open tickets of somebody who left or handles none any more; held until the transaction ends."""
    gone = select(col(Staff.id)).where(or_(col(Staff.disabled_at).is_not(None), col(Staff.role) == "checkpoint"))
    query = select(Ticket).where(IS_OPEN, col(Ticket.assignee_id).in_(gone))
    query = query.order_by(col(Ticket.id)).limit(limit).with_for_update(skip_locked=True)
    return list((await tx.scalars(query)).all())


async def unextended(tx: AsyncSession, after: int, limit: int = 500) -> list[Ticket]:
    """Open tickets to which nobody granted more time, by id after this one; held until the transaction ends."""
    granted = select(col(Extension.id)).where(
        col(Extension.ticket_id) == col(Ticket.id), col(Extension.granted).is_(True)
    )
    query = (
        select(Ticket)
        .where(col(Ticket.status).in_(OPEN), col(Ticket.id) > after, ~granted.exists())
        .order_by(col(Ticket.id))
        .limit(limit)
        .with_for_update()
    )
    return list((await tx.scalars(query)).all())


async def last_event_of(tx: AsyncSession, ticket_id: int) -> TicketEvent | None:
    """The newest event of a ticket."""
    query = select(TicketEvent).where(col(TicketEvent.ticket_id) == ticket_id).order_by(col(TicketEvent.id).desc())
    return (await tx.scalars(query.limit(1))).first()


async def to_note(tx: AsyncSession, message_id: int) -> None:
    """Words that were taken back before they left are a note of the desk's."""
    await tx.execute(update(Message).where(col(Message.id) == message_id).values(direction="note"))


async def events(tx: AsyncSession, ticket_id: int) -> list[TicketEvent]:
    """The ledger of a ticket, oldest first."""
    query = select(TicketEvent).where(col(TicketEvent.ticket_id) == ticket_id).order_by(col(TicketEvent.id))
    return list((await tx.scalars(query)).all())


async def messages(tx: AsyncSession, ticket_id: int) -> list[Message]:
    """The words of a ticket, oldest first."""
    query = select(Message).where(col(Message.ticket_id) == ticket_id).order_by(col(Message.id))
    return list((await tx.scalars(query)).all())
