"""Rates that hold across replicas: one row each, paid forward (the generic cell rate algorithm)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import Budget


async def allowance(tx: AsyncSession, name: str, every: timedelta, burst: int, now: datetime) -> tuple[int, timedelta]:
    """How many may pass now, and how long until the next may; locks the row until the transaction ends."""
    row = await _row(tx, name, now)
    owed = max(row.until - now, timedelta(0))
    free = (every * burst - owed) // every
    return max(free, 0), timedelta(0) if free > 0 else owed - every * (burst - 1)


async def pay(tx: AsyncSession, name: str, every: timedelta, count: int, now: datetime) -> None:
    """Pay for `count` passes; call after `allowance` in the same transaction."""
    row = await _row(tx, name, now)
    row.until = max(row.until, now) + every * count
    tx.add(row)


async def close(tx: AsyncSession, name: str, until: datetime, now: datetime) -> None:
    """Nothing passes under this name until then; whoever closed it for longer is not overruled."""
    row = await _row(tx, name, now)
    row.until = max(row.until, until)
    tx.add(row)


async def forget(tx: AsyncSession, before: datetime) -> int:
    """Delete the rates that were paid off before then: a new row says the same."""
    done: Any = await tx.execute(delete(Budget).where(col(Budget.until) < before))
    return int(done.rowcount)


async def _row(tx: AsyncSession, name: str, now: datetime) -> Budget:
    query = select(Budget).where(col(Budget.name) == name).with_for_update()
    row = await tx.scalar(query)
    if row is None:
        await tx.execute(insert_into(tx, Budget).values(name=name, until=now).on_conflict_do_nothing())
        row = (await tx.scalars(query)).one()
    return row
