"""What the clock asks of us: one function a job; each looks up in the database what is due now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Job
from hotline import tickets
from storage import attachments, budgets, inbox, jobs
from storage import tickets as ledger

KEEP_RAW = timedelta(days=30)
"""How long the raw form of a message is kept: our own limit, long enough for finding faults."""

KEEP_SLOTS = timedelta(days=14)

KEEP_ORPHANS = timedelta(days=7)
"""How long a photo waits for the report that it was sent for."""


async def breaches(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Mark each ticket whose first answer is late, once, and tell its reporter that we know."""
    late = await ledger.unanswered(tx, now)
    for ticket in late:
        await tickets.breach(tx, ticket, now)
    return {"breached": len(late)}


async def tidy(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Forget what is no longer needed: raw messages, slots of jobs long done, photos of reports never sent."""
    return {
        "raw_forgotten": await inbox.forget_raw(tx, now - KEEP_RAW),
        "slots_forgotten": await jobs.forget(tx, now - KEEP_SLOTS),
        "photos_forgotten": await attachments.forget_orphans(tx, now - KEEP_ORPHANS),
        "budgets_forgotten": await budgets.forget(tx, now - timedelta(days=1)),
    }


JOBS = (
    Job("breaches", "* * * * *", breaches),
    Job("tidy", "10 3 * * *", tidy),
)
