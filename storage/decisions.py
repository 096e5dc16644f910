"""Answers of the rule packs, by the code under which they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Decision


async def by_code(tx: AsyncSession, code: str) -> Decision | None:
    """The answer of this code."""
    found: Decision | None = await tx.scalar(select(Decision).where(col(Decision.code) == code))
    return found


async def forget(tx: AsyncSession, before: datetime) -> int:
    """Forget what was answered before this time; returns how many."""
    done: Any = await tx.execute(delete(Decision).where(col(Decision.at) < before))
    return int(done.rowcount)
