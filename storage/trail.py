"""What staff saw and changed, newest first: the audit's rows and the events of tickets, each by its own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Audit, Staff, Ticket, TicketEvent


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose doings: staff or tickets of these divisions (lowest and highest code), of one person, on one ticket."""

    divisions: tuple[str, str]
    staff_id: int | None = None
    ticket_id: int | None = None


async def looks(tx: AsyncSession, of: Sought, before: int | None, limit: int) -> Sequence[Audit]:
    """Rows of the audit by staff of these divisions, older than `before`."""
    query = (
        select(Audit)
        .join(Staff, col(Staff.id) == col(Audit.staff_id))
        .where(col(Staff.division).between(*of.divisions))
        .order_by(col(Audit.id).desc())
        .limit(limit)
    )
    for column, value in ((col(Audit.staff_id), of.staff_id), (col(Audit.ticket_id), of.ticket_id)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(col(Audit.id) < before)
    return (await tx.scalars(query)).all()


async def changes(tx: AsyncSession, of: Sought, before: int | None, limit: int) -> Sequence[TicketEvent]:
    """What was done to tickets of these divisions by staff, older than `before`."""
    query = (
        select(TicketEvent)
        .join(Ticket, col(Ticket.id) == col(TicketEvent.ticket_id))
        .where(col(Ticket.division).between(*of.divisions))
        .order_by(col(TicketEvent.id).desc())
        .limit(limit)
    )
    if of.staff_id is not None:
        query = query.where(col(TicketEvent.actor) == f"staff:{of.staff_id}")
    else:
        query = query.where(col(TicketEvent.actor).startswith("staff:"))
    if of.ticket_id is not None:
        query = query.where(col(TicketEvent.ticket_id) == of.ticket_id)
    if before is not None:
        query = query.where(col(TicketEvent.id) < before)
    return (await tx.scalars(query)).all()
