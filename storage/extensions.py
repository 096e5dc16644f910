"""Requests for more time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Extension


async def add(tx: AsyncSession, extension: Extension) -> None:
    """Keep a request, new or decided."""
    tx.add(extension)
    await tx.flush()


async def undecided(tx: AsyncSession, ticket_id: int) -> Extension | None:
    """The request that waits for a supervisor; at most one by the schema."""
    query = select(Extension).where(col(Extension.ticket_id) == ticket_id, col(Extension.decided_at).is_(None))
    return (await tx.scalars(query)).first()


async def of_ticket(tx: AsyncSession, ticket_id: int) -> list[Extension]:
    """All requests of a ticket, oldest first."""
    query = select(Extension).where(col(Extension.ticket_id) == ticket_id).order_by(col(Extension.id))
    return list((await tx.scalars(query)).all())
