"""Chats of the staff: one-time codes, and who linked which chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Contact, Conversation, Staff


async def held(tx: AsyncSession, staff_id: int) -> Staff:
    """A member of staff, held until the transaction ends."""
    query = select(Staff).where(col(Staff.id) == staff_id).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).one()


async def of_code(tx: AsyncSession, sealed: str, now: datetime) -> Staff | None:
    """Whose code this is, as long as it is valid and they still work here; held until the transaction ends."""
    valid = (col(Staff.link_code) == sealed, col(Staff.link_until) > now, col(Staff.disabled_at).is_(None))
    query = select(Staff).where(*valid).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).first()


async def leave(tx: AsyncSession, contact_id: int) -> None:
    """This chat is nobody's of the staff any more."""
    query = select(Staff).where(col(Staff.contact_id) == contact_id).with_for_update()
    for member in (await tx.scalars(query)).all():
        member.contact_id = None
        tx.add(member)
    await tx.flush()


async def keep(tx: AsyncSession, member: Staff) -> None:
    """Keep what was changed."""
    tx.add(member)
    await tx.flush()


async def chat_of(tx: AsyncSession, member: Staff) -> Contact | None:
    """The chat that somebody linked."""
    return await tx.get(Contact, member.contact_id) if member.contact_id else None


async def in_a_form(tx: AsyncSession, contact_id: int) -> bool:
    """Whether this chat was filling in a form when its last turn ended."""
    stands = await tx.get(Conversation, contact_id)
    return stands is not None and stands.form is not None
