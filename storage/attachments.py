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
from storage.models import Attachment, Contact

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


async def own(tx: AsyncSession, contact: Contact, ids: Sequence[int]) -> list[int]:
    """Those of these photos that this contact sent himself; a page may be told any number."""
    if not ids:
        return []
    his = {"channel": contact.channel, "account": contact.account, "address": contact.address}
    found = await tx.scalars(select(col(Attachment.id)).filter_by(**his).where(col(Attachment.id).in_(list(ids))))
    known = {int(one or 0) for one in found}
    return [one for one in ids if one in known]


async def attach(tx: AsyncSession, ids: Sequence[int], ticket_id: int, message_id: int | None) -> None:
    """Tie photos to a ticket, and to the message they came with."""
    if ids:
        await tx.execute(
            update(Attachment).where(col(Attachment.id).in_(ids)).values(ticket_id=ticket_id, message_id=message_id)
        )


async def keep_for(tx: AsyncSession, ids: Sequence[int], about: str) -> None:
    """Keep photos for something that is no ticket: `firm:12`, `pass:30`.

    One that is kept for another of that kind stays there too, as a row of its own: the same licence is shown for twenty
    trucks, and the same content from the same address is one row.
    """
    if not ids:
        return
    kind = about.partition(":")[0]
    rows = await tx.scalars(select(Attachment).where(col(Attachment.id).in_(ids)).order_by(col(Attachment.id)))
    for one in rows.all():
        is_held = one.about is not None and one.about != about and one.about.startswith(f"{kind}:")
        if not is_held or one.status != "stored":
            one.about = about
            continue
        again = one.model_dump(exclude={"id", "ref", "about", "ticket_id", "message_id"})
        again |= {"ref": f"{one.ref} {about}", "about": about}
        await tx.execute(insert_into(tx, Attachment).values(**again).on_conflict_do_nothing())
    await tx.flush()


async def of_about(tx: AsyncSession, about: str) -> list[Attachment]:
    """The photos that are kept for it, oldest first."""
    query = select(Attachment).where(col(Attachment.about) == about).order_by(col(Attachment.id))
    return list((await tx.scalars(query)).all())


async def of_ticket(tx: AsyncSession, ticket_id: int) -> list[Attachment]:
    """The photos of a ticket, oldest first."""
    query = select(Attachment).where(col(Attachment.ticket_id) == ticket_id).order_by(col(Attachment.id))
    return list((await tx.scalars(query)).all())


async def forget_orphans(tx: AsyncSession, before: datetime) -> int:
    """Delete photos older than that which nothing holds; their files go when nobody holds the same content."""
    nobodys = (col(Attachment.ticket_id).is_(None), col(Attachment.about).is_(None))
    done: Any = await tx.execute(delete(Attachment).where(*nobodys, col(Attachment.created_at) < before))
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
