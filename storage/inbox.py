"""Messages that came in, as they came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Inbox


async def sent_before(tx: AsyncSession, account: str, address: str, before: datetime | None, limit: int) -> list[Inbox]:
    """What a web contact itself sent before a moment, newest first."""
    query = (
        select(Inbox)
        .where(col(Inbox.channel) == "web", col(Inbox.account) == account, col(Inbox.address) == address)
        .order_by(col(Inbox.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(Inbox.received_at) < before)
    return list((await tx.scalars(query)).all())


async def forget_raw(tx: AsyncSession, before: datetime) -> int:
    """Empty the raw form of messages received before then; the keys stay, so that a redelivery stays harmless."""
    done = await tx.execute(
        update(Inbox).where(col(Inbox.received_at) < before, col(Inbox.raw).is_not(None)).values(raw=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
