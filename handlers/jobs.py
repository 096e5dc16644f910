"""What the clock asks of us: one function a job; each looks up in the database what is due now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Job
from hotline import closing, recount, timing, trends
from hotline.decisions import KEPT
from hotline.facilities import facilities_climb
from storage import attachments, budgets, decisions, inbox, jobs
from storage import tickets as ledger

KEEP_RAW = timedelta(days=30)
"""How long the raw form of a message is kept: our own limit, long enough for finding faults."""

KEEP_SLOTS = timedelta(days=14)

KEEP_ORPHANS = timedelta(days=7)
"""How long a photo waits for the report that it was sent for."""


async def alarms(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Warn of each clock that is nearly run out, and raise what is late one level (催办)."""
    due = await ledger.ringing(tx, now)
    for ticket in due:
        await timing.ring(tx, ticket, now)
    return {"rung": len(due)}


async def ask_callbacks(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Ask whoever is due whether he is satisfied (回访)."""
    return {"asked": await closing.ask_due(tx, now)}


async def recount_due_times(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Count open due times again when a calendar has arrived since the last look."""
    return await recount.recount(tx, await jobs.last_outcome(tx, "recount"), now)


async def watch_trends(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Raise what is reported more than usual."""
    return {"raised": await trends.watch(tx, now)}


async def tidy(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Forget what is no longer needed: raw messages, slots of jobs long done, photos of reports never sent,
    answers of rule packs after their time."""
    return {
        "raw_forgotten": await inbox.forget_raw(tx, now - KEEP_RAW),
        "slots_forgotten": await jobs.forget(tx, now - KEEP_SLOTS),
        "photos_forgotten": await attachments.forget_orphans(tx, now - KEEP_ORPHANS),
        "answers_forgotten": await decisions.forget(tx, now - KEPT),
        "budgets_forgotten": await budgets.forget(tx, now - timedelta(days=1)),
    }


JOBS = (
    Job("alarms", "* * * * *", alarms),
    Job("callbacks", "*/5 * * * *", ask_callbacks),
    Job("facilities", "*/5 * * * *", facilities_climb),
    Job("recount", "5 * * * *", recount_due_times),
    Job("trends", "*/10 * * * *", watch_trends),
    Job("tidy", "10 3 * * *", tidy),
)
