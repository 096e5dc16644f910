"""What the clock asks of us: one function a job; each looks up in the database what is due now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Job
from handlers import desk
from hotline import closing, dispatch, dispatch_news, moving, recount, timing, trends
from hotline.decisions import KEPT
from hotline.facilities import facilities_climb
from hotline.filings import watching
from hotline.firms import authority
from hotline.passes import closed_routes, ending, lateness
from locales.words import SHANGHAI
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


async def hand_on(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Give on what somebody holds who is no longer there."""
    return {"handed_on": await moving.hand_on(tx, now)}


async def ask_callbacks(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Ask whoever is due whether he is satisfied (回访)."""
    return {"asked": await closing.ask_due(tx, now)}


async def recount_due_times(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Count open due times again when a calendar has arrived since the last look."""
    return await recount.recount(tx, await jobs.last_outcome(tx, "recount"), now)


async def watch_trends(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Raise what is reported more than usual."""
    return {"raised": await trends.watch(tx, now)}


async def passes(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Remind whose pass ends within a day, and end those whose time is over."""
    return await ending.end(tx, now)


async def freeze_days(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Freeze the days that are over (日调度), and send yesterday to the leaders."""
    frozen = await dispatch.freeze_due(tx, now)
    yesterday = now.astimezone(SHANGHAI).date() - timedelta(days=1)
    told = await dispatch_news.tell(tx, yesterday, now, desk.address())
    return {"frozen": len(frozen), "told": told}


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
    Job("handing_on", "* * * * *", hand_on),
    Job("callbacks", "*/5 * * * *", ask_callbacks),
    Job("facilities", "*/5 * * * *", facilities_climb),
    Job("recount", "5 * * * *", recount_due_times),
    Job("trends", "*/10 * * * *", watch_trends),
    Job("tidy", "10 3 * * *", tidy),
    Job("trips", "* * * * *", watching.watch),
    Job("trips_tidy", "20 3 * * *", watching.tidy),
    Job("authorities", "0 9 * * *", authority.remind),
    Job("passes", "* * * * *", passes),
    Job("closed_routes", "* * * * *", closed_routes.push),
    Job("passes_late", "*/5 * * * *", lateness.watch),
    Job("dispatch", "30 7 * * *", freeze_days),
)


def at(dispatch_at: str) -> tuple[Job, ...]:
    """The jobs, the day in numbers at an hour of its own (`DISPATCH_AT`, 07:30)."""
    hour, minute = dispatch_at.split(":")
    crontab = f"{int(minute)} {int(hour)} * * *"
    return tuple(replace(job, crontab=crontab) if job.name == "dispatch" else job for job in JOBS)
