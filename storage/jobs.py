"""Slots of scheduled jobs: the unique row is the claim."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import JobRun


async def last_slot(tx: AsyncSession, job: str) -> datetime | None:
    """The newest slot of this job that anybody claimed."""
    found: datetime | None = await tx.scalar(select(func.max(col(JobRun.slot))).where(col(JobRun.job) == job))
    return found


async def claim(tx: AsyncSession, job: str, slot: datetime, now: datetime) -> bool:
    """Claim a slot; False when somebody has it. Holds only if the transaction commits."""
    done: Any = await tx.execute(
        insert_into(tx, JobRun).values(job=job, slot=slot, claimed_at=now).on_conflict_do_nothing()
    )
    return bool(done.rowcount == 1)


async def finish(tx: AsyncSession, job: str, slot: datetime, outcome: dict[str, Any], now: datetime) -> None:
    """Note what a slot's work came to."""
    await tx.execute(
        update(JobRun).where(col(JobRun.job) == job, col(JobRun.slot) == slot).values(finished_at=now, outcome=outcome)
    )


async def last_outcome(tx: AsyncSession, job: str) -> dict[str, Any] | None:
    """What the newest finished slot of this job came to."""
    query = (
        select(col(JobRun.outcome))
        .where(col(JobRun.job) == job, col(JobRun.finished_at).is_not(None))
        .order_by(col(JobRun.slot).desc())
        .limit(1)
    )
    found: dict[str, Any] | None = await tx.scalar(query)
    return found


async def forget(tx: AsyncSession, before: datetime) -> int:
    """Delete the slots claimed before then, but never a job's newest, which tells where to catch up from."""
    newest = select(col(JobRun.job), func.max(col(JobRun.slot)).label("slot")).group_by(col(JobRun.job)).subquery()
    kept = select(newest.c.slot).where(newest.c.job == col(JobRun.job)).scalar_subquery()
    done: Any = await tx.execute(delete(JobRun).where(col(JobRun.claimed_at) < before, col(JobRun.slot) < kept))
    return int(done.rowcount)
