"""What a supervisor should look at: sounded once a day for the same thing, until somebody has seen it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into, wake
from storage.models import Alarm


async def sound(tx: AsyncSession, what: str, about: str, division: str, day: date, now: datetime, **facts: Any) -> bool:
    """Raise an alarm; False when the same one was raised on this local day already."""
    fresh = insert_into(tx, Alarm).values(
        what=what, about=about, division=division, day=day, facts=facts, raised_at=now
    )
    done: Any = await tx.execute(fresh.on_conflict_do_nothing())
    if done.rowcount:
        wake(tx, "tickets", everywhere=True)
    return bool(done.rowcount)


async def unseen(tx: AsyncSession, low: str, high: str, limit: int = 50) -> list[Alarm]:
    """What nobody has seen yet in these divisions (`low` to `high`), newest first."""
    query = (
        select(Alarm)
        .where(col(Alarm.seen_at).is_(None), col(Alarm.division).between(low, high))
        .order_by(col(Alarm.id).desc())
        .limit(limit)
    )
    return list((await tx.scalars(query)).all())


async def see(tx: AsyncSession, alarm_id: int, staff_id: int, now: datetime) -> bool:
    """Somebody has taken note; False when another did before."""
    done: Any = await tx.execute(
        update(Alarm)
        .where(col(Alarm.id) == alarm_id, col(Alarm.seen_at).is_(None))
        .values(seen_by=staff_id, seen_at=now)
    )
    return bool(done.rowcount)
