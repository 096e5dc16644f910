"""Photos: wanted by their provider's reference, stored once fetched, tied to a ticket when one is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into, wake
from storage.files import Kept
from storage.models import Attachment

LEASE = timedelta(minutes=2)
"""How long a worker may take to fetch a photo."""


async def want(tx: AsyncSession, channel: str, account: str, address: str, ref: str, now: datetime) -> int:
    """Note a photo that a worker shall fetch; the same reference gives the same id."""
    fresh = {"status": "wanted", "attempts": 0, "due_at": now, "created_at": now}
    wake(tx, "attachments", everywhere=True)
    return await _once(tx, channel, account, address, ref, fresh)


async def keep(tx: AsyncSession, channel: str, account: str, address: str, kept: Kept, now: datetime) -> int:
    """Note a photo whose file we hold already; the same content from the same address gives the same id."""
    fresh = {
        "status": "stored", "sha256": kept.sha256, "media_type": kept.media_type, "size": kept.size,
        "attempts": 0, "due_at": now, "created_at": now,
    }  # fmt: skip
    return await _once(tx, channel, account, address, kept.sha256, fresh)


async def _once(tx: AsyncSession, channel: str, account: str, address: str, ref: str, fresh: dict[str, object]) -> int:
    key = {"channel": channel, "account": account, "address": address, "ref": ref}
    await tx.execute(insert_into(tx, Attachment).values(**key, **fresh).on_conflict_do_nothing())
    found = await tx.scalar(select(col(Attachment.id)).filter_by(**key))
    assert found is not None, "just noted"
    return int(found)


async def of_address(
    tx: AsyncSession, channel: str, account: str, address: str, attachment_id: int
) -> Attachment | None:
    """An attachment, if it is this address's own."""
    query = select(Attachment).filter_by(id=attachment_id, channel=channel, account=account, address=address)
    return (await tx.scalars(query)).first()


async def attach(tx: AsyncSession, ids: Sequence[int], ticket_id: int, message_id: int | None) -> None:
    """Tie photos to a ticket, and to the message they came with."""
    if ids:
        await tx.execute(
            update(Attachment).where(col(Attachment.id).in_(ids)).values(ticket_id=ticket_id, message_id=message_id)
        )


async def of_ticket(tx: AsyncSession, ticket_id: int) -> list[Attachment]:
    """The photos of a ticket, oldest first."""
    query = select(Attachment).where(col(Attachment.ticket_id) == ticket_id).order_by(col(Attachment.id))
    return list((await tx.scalars(query)).all())


async def forget_orphans(tx: AsyncSession, before: datetime) -> int:
    """Delete photos older than that which no ticket holds; their files go when nobody holds the same content."""
    done: Any = await tx.execute(
        delete(Attachment).where(col(Attachment.ticket_id).is_(None), col(Attachment.created_at) < before)
    )
    return int(done.rowcount)


async def known(tx: AsyncSession, contents: Sequence[str]) -> set[str]:
    """Which of these SHA-256 somebody still holds."""
    found = await tx.scalars(select(col(Attachment.sha256)).where(col(Attachment.sha256).in_(contents)))
    return {sha256 for sha256 in found.all() if sha256}


async def claim(
    tx: AsyncSession, accounts: Sequence[tuple[str, str]], now: datetime, limit: int = 4
) -> list[Attachment]:
    """Lease photos that are to be fetched now from these accounts, oldest first."""
    query = (
        select(Attachment)
        .where(col(Attachment.status) == "wanted", col(Attachment.due_at) <= now)
        .where(tuple_(col(Attachment.channel), col(Attachment.account)).in_(list(accounts)))
        .order_by(col(Attachment.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list((await tx.scalars(query)).all())
    for one in found:
        one.due_at, one.attempts = now + LEASE, one.attempts + 1
    return found


async def fetched(tx: AsyncSession, attachment_id: int, kept: Kept) -> None:
    """The file is here."""
    await tx.execute(
        update(Attachment)
        .where(col(Attachment.id) == attachment_id)
        .values(status="stored", sha256=kept.sha256, media_type=kept.media_type, size=kept.size)
    )


async def not_fetched(tx: AsyncSession, attachment_id: int, again_at: datetime | None) -> None:
    """Try again at a moment, or never."""
    change = {"due_at": again_at} if again_at else {"status": "refused"}
    await tx.execute(update(Attachment).where(col(Attachment.id) == attachment_id).values(**change))
