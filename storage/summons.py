"""Which members of staff are told something in a chat that they linked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Contact, Staff, Ticket

_LINKED = (col(Staff.contact_id).is_not(None), col(Staff.disabled_at).is_(None))


async def anybody_linked(tx: AsyncSession) -> bool:
    """Whether any chat is linked at all; most desks begin without."""
    return (await tx.scalar(select(col(Staff.id)).where(*_LINKED).limit(1))) is not None


async def who_may_take(tx: AsyncSession, ticket: Ticket, upwards: Sequence[str]) -> set[int]:
    """Who may make a ticket his own that nobody has: its department, or the desk of its divisions when it has none."""
    if ticket.department_id is None:
        return await clerks(tx, upwards)
    query = select(col(Staff.id)).where(*_LINKED, col(Staff.department_id) == ticket.department_id)
    return {found for found in (await tx.scalars(query)).all() if found}


async def clerks(tx: AsyncSession, upwards: Sequence[str]) -> set[int]:
    """The clerks of these divisions: of a place and of whatever it lies in."""
    query = select(col(Staff.id)).where(*_LINKED, col(Staff.role) == "clerk", col(Staff.division).in_(upwards))
    return {found for found in (await tx.scalars(query)).all() if found}


async def chats(tx: AsyncSession, staff_ids: Iterable[int]) -> list[Contact]:
    """The chats that these members of staff linked."""
    linked = select(col(Staff.contact_id)).where(*_LINKED, col(Staff.id).in_(list(staff_ids)))
    return list((await tx.scalars(select(Contact).where(col(Contact.id).in_(linked)))).all())


async def member_at(tx: AsyncSession, contact_id: int) -> Staff | None:
    """Who linked this chat, if anybody who still works here."""
    return (await tx.scalars(select(Staff).where(*_LINKED, col(Staff.contact_id) == contact_id))).first()
