"""Lists that somebody looks at often, under names of their own."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import SavedFilter


async def of_staff(tx: AsyncSession, staff_id: int) -> list[SavedFilter]:
    """What somebody has saved, by name."""
    query = select(SavedFilter).where(col(SavedFilter.staff_id) == staff_id).order_by(col(SavedFilter.name))
    return list((await tx.scalars(query)).all())


async def count(tx: AsyncSession, staff_id: int, but: str) -> int:
    """How many somebody has saved besides the one of this name."""
    mine = (col(SavedFilter.staff_id) == staff_id, col(SavedFilter.name) != but)
    return int(await tx.scalar(select(func.count()).select_from(SavedFilter).where(*mine)) or 0)


async def keep(tx: AsyncSession, staff_id: int, name: str, query: str) -> None:
    """Save a list under a name; the same name again means the new list."""
    row = insert_into(tx, SavedFilter).values(staff_id=staff_id, name=name, query=query)
    await tx.execute(row.on_conflict_do_update(index_elements=["staff_id", "name"], set_={"query": query}))


async def drop(tx: AsyncSession, staff_id: int, filter_id: int) -> None:
    """Forget a list; somebody else's stays."""
    await tx.execute(delete(SavedFilter).where(col(SavedFilter.id) == filter_id, col(SavedFilter.staff_id) == staff_id))
