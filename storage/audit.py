"""Who saw, who unmasked, who exported, who changed what is no ticket: appended here, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from locales.words import to_json
from storage.models import Audit


async def record(
    tx: AsyncSession, staff_id: int, what: str, now: datetime, ticket_id: int | None = None, **facts: Any
) -> None:
    """Note what somebody did; `facts` are codes, ids and moments, never the words of a reporter."""
    row = Audit(
        staff_id=staff_id,
        what=what,
        ticket_id=ticket_id,
        facts={name: to_json(value) for name, value in facts.items()},
        at=now,
    )
    tx.add(row)


async def page(
    tx: AsyncSession,
    *,
    staff_id: int | None = None,
    ticket_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Audit]:
    """The newest rows, of one person or one ticket if named; `before` is the id at which the last page ended."""
    wanted = select(Audit).order_by(col(Audit.id).desc()).limit(limit)
    for column, value in ((col(Audit.staff_id), staff_id), (col(Audit.ticket_id), ticket_id)):
        if value is not None:
            wanted = wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(col(Audit.id) < before)
    return (await tx.scalars(wanted)).all()
