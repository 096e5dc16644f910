"""Blocks of serials, and the next one of each."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Block, Pass


async def hold(tx: AsyncSession, division: str) -> None:
    """Nobody else allots in this division until the transaction ends; on SQLite nobody writes besides anyway."""
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_advisory_xact_lock(7230115, :division)"), {"division": int(division)})


async def overlapping(tx: AsyncSession, division: str, first: int, last: int) -> Block | None:
    """A block of this division that holds some of these serials already."""
    query = select(Block).where(
        col(Block.division) == division, col(Block.first_serial) <= last, col(Block.last_serial) >= first
    )
    return (await tx.scalars(query.limit(1))).first()


async def add(tx: AsyncSession, block: Block) -> Block:
    """Write down a new block."""
    tx.add(block)
    await tx.flush()
    return block


async def take(tx: AsyncSession, division: str) -> int | None:
    """The next serial of this division, held until the transaction ends; None when its blocks are used up.

    Whoever waited for the last serial of a block finds that block full and no row at all: he looks again.
    """
    has_some = (col(Block.division) == division, col(Block.next_serial) <= col(Block.last_serial))
    query = (
        select(Block)
        .where(*has_some)
        .order_by(col(Block.first_serial))
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    while (await tx.scalar(select(col(Block.id)).where(*has_some).limit(1))) is not None:
        if (block := (await tx.scalars(query)).first()) is not None:
            block.next_serial += 1
            await tx.flush()
            return block.next_serial - 1
    return None


async def of_division(tx: AsyncSession, low: str, high: str, limit: int = 200) -> list[Block]:
    """The blocks of a division and those within it, newest first."""
    query = select(Block).where(col(Block.division).between(low, high)).order_by(col(Block.id).desc()).limit(limit)
    return list((await tx.scalars(query)).all())


async def kept(tx: AsyncSession, lowest: str, highest: str) -> tuple[int, str | None, str | None]:
    """How many passes have a number between these two, and the lowest and the highest number among them."""
    number = col(Pass.number)
    query = select(func.count(), func.min(number), func.max(number)).where(number.between(lowest, highest))
    count, first, last = (await tx.execute(query)).one()
    return int(count), first, last
