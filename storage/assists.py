"""Departments that help with a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import Assist, Department


async def ask(tx: AsyncSession, ticket_id: int, department_id: int, staff_id: int, now: datetime) -> bool:
    """Ask a department for help; False when it helps already. One that has done its part may be asked again."""
    fresh = insert_into(tx, Assist).values(
        ticket_id=ticket_id, department_id=department_id, asked_by=staff_id, asked_at=now
    )
    again = fresh.on_conflict_do_update(
        index_elements=["ticket_id", "department_id"],
        set_={"asked_by": staff_id, "asked_at": now, "done_at": None},
        where=col(Assist.done_at).is_not(None),
    )
    done: Any = await tx.execute(again)
    return bool(done.rowcount)


async def finish(tx: AsyncSession, ticket_id: int, department_id: int, now: datetime) -> bool:
    """The department has done its part; False when it was not asked, or is done already."""
    asked = (col(Assist.ticket_id) == ticket_id, col(Assist.department_id) == department_id)
    done: Any = await tx.execute(update(Assist).where(*asked, col(Assist.done_at).is_(None)).values(done_at=now))
    return bool(done.rowcount)


async def of_ticket(tx: AsyncSession, ticket_id: int) -> list[tuple[Assist, Department]]:
    """Who helps with a ticket, in the order in which they were asked."""
    query = (
        select(Assist, Department)
        .join(Department, col(Department.id) == col(Assist.department_id))
        .where(col(Assist.ticket_id) == ticket_id)
        .order_by(col(Assist.asked_at), col(Assist.department_id))
    )
    return [(assist, department) for assist, department in (await tx.execute(query)).all()]


async def helps(tx: AsyncSession, ticket_id: int, department_id: int) -> bool:
    """Whether this department was asked to help with the ticket."""
    return await tx.get(Assist, (ticket_id, department_id)) is not None
