"""What a ticket's page asks besides its story: whether it was looked at, what came since, and its alarms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Alarm, Audit, TicketEvent

HIGHEST = 4
"""Levels to which a matter may climb: county, city, province, nation."""


async def has_seen(tx: AsyncSession, staff_id: int, ticket_id: int, since: datetime) -> bool:
    """Whether this member of staff opened the ticket since then."""
    query = select(col(Audit.id)).where(
        col(Audit.ticket_id) == ticket_id,
        col(Audit.staff_id) == staff_id,
        col(Audit.what) == "saw",
        col(Audit.at) > since,
    )
    return (await tx.scalar(query.limit(1))) is not None


async def wrote_since(tx: AsyncSession, ticket_id: int, event_id: int) -> bool:
    """Whether reporter or follower has written after this event."""
    query = select(col(TicketEvent.id)).where(
        col(TicketEvent.ticket_id) == ticket_id, col(TicketEvent.id) > event_id, col(TicketEvent.kind) == "added"
    )
    return (await tx.scalar(query.limit(1))) is not None


async def alarms_about(tx: AsyncSession, ticket_id: int) -> list[Alarm]:
    """The alarms that a ticket has raised, oldest first."""
    about = [f"ticket:{ticket_id}", *(f"ticket:{ticket_id}:{level}" for level in range(1, HIGHEST + 1))]
    query = select(Alarm).where(col(Alarm.what).in_(("breach", "unsatisfied")), col(Alarm.about).in_(about))
    return list((await tx.scalars(query.order_by(col(Alarm.id)))).all())
