"""The question after a resolution, and who is asked next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Callback, Ticket

_LIVE = ("due", "asked")


async def add(tx: AsyncSession, ticket_id: int, due_at: datetime) -> Callback:
    """A callback for this resolution, the next round of its ticket."""
    rounds = await tx.scalar(select(func.max(Callback.round)).where(col(Callback.ticket_id) == ticket_id))
    fresh = Callback(ticket_id=ticket_id, round=(rounds or 0) + 1, due_at=due_at)
    tx.add(fresh)
    await tx.flush()
    return fresh


async def live(tx: AsyncSession, ticket_id: int) -> Callback | None:
    """The callback that still waits for an answer, held until the transaction ends."""
    query = (
        select(Callback)
        .where(col(Callback.ticket_id) == ticket_id, col(Callback.status).in_(_LIVE))
        .order_by(col(Callback.id).desc())
        .with_for_update()
    )
    return (await tx.scalars(query)).first()


async def last(tx: AsyncSession, ticket_id: int) -> Callback | None:
    """The newest callback of a ticket, answered or not."""
    query = select(Callback).where(col(Callback.ticket_id) == ticket_id).order_by(col(Callback.id).desc())
    return (await tx.scalars(query.limit(1))).first()


async def due(tx: AsyncSession, now: datetime, limit: int = 200) -> list[Callback]:
    """Callbacks whose time has come, longest due first; held until the transaction ends."""
    query = (
        select(Callback)
        .where(col(Callback.status).in_(_LIVE), col(Callback.due_at) <= now)
        .order_by(col(Callback.due_at), col(Callback.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.scalars(query)).all())


async def page(
    tx: AsyncSession, low: str, high: str, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[Callback, Ticket]]:
    """Callbacks that wait in these divisions with their tickets, first due first, after (due_at, id)."""
    query = (
        select(Callback, Ticket)
        .join(Ticket, col(Ticket.id) == col(Callback.ticket_id))
        .where(col(Callback.status).in_(_LIVE), col(Ticket.division).between(low, high))
        .order_by(col(Callback.due_at), col(Callback.id))
        .limit(limit)
    )
    if after is not None:
        at, row = after
        later = (col(Callback.due_at) > at) | ((col(Callback.due_at) == at) & (col(Callback.id) > row))
        query = query.where(later)
    return [(callback, ticket) for callback, ticket in (await tx.execute(query)).all()]
