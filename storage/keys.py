"""Key pairs that sign passes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from locales.words import Refusal
from storage.models import SigningKey

MOST = 255
"""One byte of a code names its key."""


async def hold(tx: AsyncSession) -> None:
    """Nobody else makes a key until the transaction ends; on SQLite nobody writes besides anyway."""
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_advisory_xact_lock(7230116)"))


async def current(tx: AsyncSession) -> SigningKey | None:
    """The key that signs; of two that would make the first one, the second waits here and finds it made."""
    query = select(SigningKey).where(col(SigningKey.is_current))
    if (found := (await tx.scalars(query)).first()) is None:
        await hold(tx)
        found = (await tx.scalars(query)).first()
    return found


async def every(tx: AsyncSession) -> list[SigningKey]:
    """All keys, the newest first."""
    return list((await tx.scalars(select(SigningKey).order_by(col(SigningKey.id).desc()))).all())


async def points(tx: AsyncSession) -> dict[int, str]:
    """The public half of every key by its number; the private ones stay sealed."""
    rows = (await tx.execute(select(col(SigningKey.id), col(SigningKey.public)))).all()
    return {number: public for number, public in rows if number is not None}


async def replace(tx: AsyncSession, key: SigningKey, now: datetime) -> SigningKey:
    """This key signs from now on; only for whoever holds the keys. Raises Refusal when there are too many."""
    last: int = await tx.scalar(select(func.max(col(SigningKey.id)))) or 0
    if last >= MOST:
        raise Refusal("pass.key.many", most=MOST)
    await tx.execute(update(SigningKey).where(col(SigningKey.is_current)).values(is_current=False, retired_at=now))
    key.id = last + 1
    tx.add(key)
    await tx.flush()
    return key
