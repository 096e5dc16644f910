"""What was said about a ticket, to how many, and how it fared: counted, so that a ticket with a thousand followers
reads as quickly as one with none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Contact, Outbox


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence to all contacts of one channel with whom it fared alike.

    `state` is sent, twice (sent, but an earlier try may have arrived too), waiting, again (failed, will be tried),
    unknown (may have arrived, will be sent again), held (the reader left), dead or withdrawn; `said` is one wording.
    """

    key: str
    at: datetime
    lane: int
    channel: str
    state: str
    count: int
    said: str | None
    settled_at: datetime | None


_STATE = case(
    ((col(Outbox.status) == "sent") & (col(Outbox.unknown) > 0), "twice"),
    (col(Outbox.status) != "queued", col(Outbox.status)),
    (col(Contact.unreachable_since).is_not(None), "held"),
    (col(Outbox.unknown) > 0, "unknown"),
    (col(Outbox.attempts) > 0, "again"),
    else_="waiting",
)


_KEY = case((col(Outbox.key) != "", col(Outbox.key)), else_=col(Outbox.facts)["parts"][0]["say"].as_string())
"""The sentence, or the first of several that make one bubble."""


async def about(tx: AsyncSession, what: str, limit: int = 400) -> list[Told]:
    """What was said about something (`ticket:12`), oldest first; the newest `limit` groups of it."""
    key, state = _KEY.label("sentence"), _STATE.label("state")
    same = (key, col(Outbox.created_at), col(Outbox.lane), col(Outbox.channel))
    query = (
        select(*same, state, func.count(), func.max(col(Outbox.said)), func.max(col(Outbox.sent_at)))
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .where(col(Outbox.about) == what)
        .group_by(*same, state)
        .order_by(func.max(col(Outbox.id)).desc())
        .limit(limit)
    )
    return [Told(*row) for row in reversed((await tx.execute(query)).all())]
