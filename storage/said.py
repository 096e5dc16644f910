"""What was said: rows of the outbox as somebody reads them afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from locales.words import Say, from_json
from storage.models import Contact, Outbox


async def by_external_id(tx: AsyncSession, channel: str, account: str, address: str, external_id: str) -> Outbox | None:
    """The row that the provider knows under this id: what a person replied to."""
    return (
        await tx.scalars(
            select(Outbox).where(
                col(Outbox.channel) == channel,
                col(Outbox.account) == account,
                col(Outbox.address) == address,
                col(Outbox.external_id) == external_id,
            )
        )
    ).first()


async def newest_about(tx: AsyncSession, about: str) -> Outbox | None:
    """What was said last about this."""
    query = select(Outbox).where(col(Outbox.about) == about).order_by(col(Outbox.id).desc()).limit(1)
    return (await tx.scalars(query)).first()


def _readable(account: str, address: str) -> Any:
    return and_(
        col(Outbox.channel) == "web",
        col(Outbox.account) == account,
        col(Outbox.address) == address,
        col(Outbox.status) == "sent",
    )


async def readable(tx: AsyncSession, account: str, address: str, after: int, limit: int = 100) -> list[Outbox]:
    """What a web contact may read after row `after`, oldest first. For the web, sent means readable."""
    query = (
        select(Outbox).where(_readable(account, address), col(Outbox.id) > after).order_by(col(Outbox.id)).limit(limit)
    )
    return list((await tx.scalars(query)).all())


async def picture(tx: AsyncSession, account: str, address: str, row: int) -> tuple[dict[str, Any], str] | None:
    """What is drawn beside a bubble that a web contact may read, and in which language; None where nothing is."""
    query = (
        select(col(Outbox.picture), col(Contact.language))
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .where(_readable(account, address), col(Outbox.id) == row)
    )
    found = (await tx.execute(query)).first()
    return (found[0], found[1]) if found and found[0] else None


async def readable_before(
    tx: AsyncSession, account: str, address: str, before: datetime | None, limit: int
) -> list[Outbox]:
    """What a web contact could read before a moment, newest first."""
    query = select(Outbox).where(_readable(account, address)).order_by(col(Outbox.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Outbox.created_at) < before)
    return list((await tx.scalars(query)).all())


async def last_choices(tx: AsyncSession, contact: Contact, asked_row: int | None) -> list[list[tuple[str, Say]]]:
    """What a contact may choose from: the bubble said to it last, then the one that asked last; each as (id, label)."""
    said = _readable(contact.account, contact.address) if contact.channel == "web" else _said(contact)
    newest = select(col(Outbox.id)).where(said).order_by(col(Outbox.id).desc()).limit(1).scalar_subquery()
    query = select(col(Outbox.choices)).where(or_(col(Outbox.id) == newest, col(Outbox.id) == asked_row))
    offered = (await tx.scalars(query.order_by(col(Outbox.id).desc()))).all()
    return [[(choice["id"], from_json(choice["say"])) for choice in choices] for choices in offered]


def _said(contact: Contact) -> Any:
    return and_(
        col(Outbox.channel) == contact.channel,
        col(Outbox.account) == contact.account,
        col(Outbox.address) == contact.address,
        col(Outbox.external_id).is_not(None),
    )
