"""Text modules for answers, by name and language."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import Macro


async def everything(tx: AsyncSession) -> list[Macro]:
    """All of them, by language and id; a desk has dozens."""
    return list((await tx.scalars(select(Macro).order_by(col(Macro.language).desc(), col(Macro.id)))).all())


async def is_empty(tx: AsyncSession) -> bool:
    """Whether there is none yet."""
    return (await tx.scalar(select(col(Macro.id)).limit(1))) is None


async def start_with(tx: AsyncSession, fresh: Iterable[Macro]) -> None:
    """Lay out a starter set; what two processes lay out at once stands once."""
    rows = [{"name": m.name, "language": m.language, "text": m.text, "kind": m.kind} for m in fresh]
    await tx.execute(insert_into(tx, Macro).on_conflict_do_nothing(), rows)


async def by_id(tx: AsyncSession, macro_id: int) -> Macro | None:
    """The text module with this id, held until the transaction ends."""
    return await tx.get(Macro, macro_id, with_for_update=True)


async def by_name(tx: AsyncSession, name: str, language: str) -> Macro | None:
    """The text module of this name in this language."""
    query = select(Macro).where(col(Macro.name) == name, col(Macro.language) == language)
    return (await tx.scalars(query)).first()


async def keep(tx: AsyncSession, macro: Macro) -> None:
    """Write a new or changed one now; IntegrityError when the name is taken."""
    tx.add(macro)
    await tx.flush()


async def drop(tx: AsyncSession, macro: Macro) -> None:
    """Delete one."""
    await tx.delete(macro)
    await tx.flush()
