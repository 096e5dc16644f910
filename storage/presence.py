"""Who is writing an answer to a ticket just now; a row that is not renewed ends by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into, wake
from storage.models import Presence, Staff


async def write(tx: AsyncSession, ticket_id: int, staff_id: int, until: datetime, now: datetime) -> None:
    """Somebody writes, and will until then; only who begins is news, lest every key stroke wakes every browser."""
    was = await tx.get(Presence, (ticket_id, staff_id))
    if was is None or was.until <= now:
        wake(tx, "tickets", everywhere=True)
    row = insert_into(tx, Presence).values(ticket_id=ticket_id, staff_id=staff_id, until=until)
    await tx.execute(row.on_conflict_do_update(index_elements=["ticket_id", "staff_id"], set_={"until": until}))


async def leave(tx: AsyncSession, ticket_id: int, staff_id: int) -> None:
    """Somebody has sent it, or gives up."""
    gone: Any = await tx.execute(
        delete(Presence).where(col(Presence.ticket_id) == ticket_id, col(Presence.staff_id) == staff_id)
    )
    if gone.rowcount:
        wake(tx, "tickets", everywhere=True)


async def others(tx: AsyncSession, ticket_id: int, staff_id: int, now: datetime) -> list[str]:
    """The names of those who write there besides this one, in the order in which they were hired."""
    query = (
        select(col(Staff.name))
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Presence.ticket_id) == ticket_id, col(Presence.staff_id) != staff_id, col(Presence.until) > now)
        .order_by(col(Staff.id))
    )
    return list((await tx.scalars(query)).all())
