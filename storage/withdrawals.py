"""Messages that are taken back before they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Outbox


async def withdraw(tx: AsyncSession, dedupe_prefix: str, ticket_id: int, now: datetime) -> bool:
    """Withdraw every row of one event; False, and nothing changed, when any of them has left or is leaving.

    A row whose time has come may be in a sender's hands; one that is due later is in nobody's.
    """
    of_event = (
        col(Outbox.about) == f"ticket:{ticket_id}",
        col(Outbox.dedupe_key).startswith(dedupe_prefix, autoescape=True),
    )
    waiting = (col(Outbox.status) == "queued", col(Outbox.attempts) == 0, col(Outbox.due_at) > now)
    all_of_it = await tx.scalar(select(func.count()).select_from(Outbox).where(*of_event))
    done: Any = await tx.execute(update(Outbox).where(*of_event, *waiting).values(status="withdrawn"))
    return bool(all_of_it) and done.rowcount == all_of_it
