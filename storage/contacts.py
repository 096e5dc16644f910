"""Contacts: where people are reached, and in which language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Contact


async def set_language(tx: AsyncSession, contact: Contact, language: str) -> None:
    """From now on this contact reads this language."""
    contact.language = language
    await tx.execute(update(Contact).where(col(Contact.id) == contact.id).values(language=language))


async def leave(tx: AsyncSession, contact: Contact, now: datetime) -> None:
    """The contact blocked us: nothing reaches it until it writes again."""
    await tx.execute(update(Contact).where(col(Contact.id) == contact.id).values(unreachable_since=now))
