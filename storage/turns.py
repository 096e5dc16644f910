"""The two ends of a turn: accept, recognise and lock at its beginning; where we stand and what is owed at its end.

On PostgreSQL each end is one statement, because a turn that answers a question does nothing else: it is most
of what a hotline does. SQLite has no network between it and us, and takes plain statements.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into, wake
from storage.models import NEVER, Contact, Conversation, Inbox, Outbox
from storage.outbox import Owed, line_up
from storage.sealed import seal, unseal


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the inbox keeps it."""

    channel: str
    account: str
    address: str
    external_id: str
    kind: str
    raw: Any


@dataclass(slots=True)
class Standing:
    """Who wrote, and where the conversation with them stands; locked until the transaction ends."""

    contact: Contact
    form: str | None
    answers: dict[str, Any]
    stage: str
    held: dict[str, Any] | None
    asked_row: int | None
    turned_at: datetime
    is_new: bool = False


async def begin(tx: AsyncSession, arrived: Arrived, language: str, now: datetime) -> Standing | None:
    """Accept a message, recognise its contact and lock its conversation; None when it was here already."""
    if tx.get_bind().dialect.name == "postgresql":
        return await _begin_postgresql(tx, arrived, language, now)
    if not await accept(tx, arrived, now):
        return None
    return await _recognise(tx, arrived, language, now)


async def accept(tx: AsyncSession, arrived: Arrived, now: datetime, status: str = "done") -> bool:
    """Put a message in the inbox; False when it was here already."""
    row = {
        "channel": arrived.channel, "account": arrived.account, "address": arrived.address,
        "external_id": arrived.external_id, "kind": arrived.kind, "raw": arrived.raw, "received_at": now, "status": status,
    }  # fmt: skip
    done: Any = await tx.execute(insert_into(tx, Inbox).values(row).on_conflict_do_nothing())
    return bool(done.rowcount == 1)


_BEGIN = """
WITH accepted AS (
    INSERT INTO inbox (channel, account, address, external_id, kind, status, raw, received_at)
    VALUES ($1::varchar, $2::varchar, $3::varchar, $4::varchar, $5::varchar, 'done', $6, $7)
    ON CONFLICT DO NOTHING RETURNING id
), known AS (
    SELECT c.id AS contact_id, c.person_id, c.language, c.unreachable_since, c.created_at,
           v.form, v.answers, v.stage, v.held, v.asked_row, v.turned_at
    FROM contact c JOIN conversation v ON v.contact_id = c.id
    WHERE c.channel = $1::varchar AND c.account = $2::varchar AND c.address = $3::varchar AND EXISTS (SELECT FROM accepted)
    FOR UPDATE OF v
)
SELECT accepted.id AS accepted, known.* FROM (SELECT) one LEFT JOIN accepted ON true LEFT JOIN known ON true
"""


async def _begin_postgresql(tx: AsyncSession, arrived: Arrived, language: str, now: datetime) -> Standing | None:
    connection = await tx.connection()
    found = await connection.exec_driver_sql(
        _BEGIN,
        (arrived.channel, arrived.account, arrived.address, arrived.external_id, arrived.kind, seal(arrived.raw), now),
    )
    row = found.one()
    if row.accepted is None:
        return None
    if row.contact_id is None:
        return await _recognise(tx, arrived, language, now)
    contact = Contact(
        id=row.contact_id, person_id=row.person_id, channel=arrived.channel, account=arrived.account, address=arrived.address,
        language=row.language, unreachable_since=row.unreachable_since, created_at=row.created_at,
    )  # fmt: skip
    return Standing(
        contact, row.form, unseal(row.answers) if row.answers else {}, row.stage,
        unseal(row.held) if row.held else None, row.asked_row, row.turned_at,
    )  # fmt: skip


async def _recognise(tx: AsyncSession, arrived: Arrived, language: str, now: datetime) -> Standing:
    is_new = await find_contact(tx, arrived.channel, arrived.account, arrived.address) is None
    contact = await contact_at(tx, arrived.channel, arrived.account, arrived.address, language, now)
    c = (
        await tx.execute(
            select(
                col(Conversation.form),
                col(Conversation.answers),
                col(Conversation.stage),
                col(Conversation.held),
                col(Conversation.asked_row),
                col(Conversation.turned_at),
            )
            .where(col(Conversation.contact_id) == contact.id)
            .with_for_update()
        )  # fmt: skip
    ).one()
    return Standing(contact, c.form, c.answers or {}, c.stage, c.held, c.asked_row, c.turned_at, is_new)


async def contact_at(
    tx: AsyncSession, channel: str, account: str, address: str, language: str, now: datetime
) -> Contact:
    """The contact at this address, made with its conversation when it never wrote before."""
    contact = await find_contact(tx, channel, account, address)
    if contact is None:
        who = {"channel": channel, "account": account, "address": address, "language": language, "created_at": now}
        await tx.execute(insert_into(tx, Contact).values(who).on_conflict_do_nothing())
        contact = await find_contact(tx, channel, account, address)
        assert contact is not None, "just made, or made by another"
        standing = {"contact_id": contact.id, "stage": "", "turned_at": now}
        await tx.execute(insert_into(tx, Conversation).values(standing).on_conflict_do_nothing())
    return contact


async def find_contact(tx: AsyncSession, channel: str, account: str, address: str) -> Contact | None:
    """The contact at this address, if it ever wrote."""
    return (
        await tx.scalars(
            select(Contact).where(
                col(Contact.channel) == channel, col(Contact.account) == account, col(Contact.address) == address
            )
        )
    ).first()


async def end(tx: AsyncSession, standing: Standing, owed: Owed | None, now: datetime) -> None:
    """Write where the conversation stands now and queue the bubble that is owed; its buttons answer this standing."""
    wake(tx, "outbox")
    if tx.get_bind().dialect.name == "postgresql" and owed is not None:
        await _end_postgresql(tx, standing, owed, now)
        return
    row_id = None
    if owed is not None:
        contact = standing.contact
        row = {
            **owed.columns(now), "contact_id": contact.id,
            "channel": contact.channel, "account": contact.account, "address": contact.address,
        }  # fmt: skip
        row_id = await tx.scalar(insert(Outbox).values(row).returning(col(Outbox.id)))
        await line_up(tx, [row], now)
    await tx.execute(
        update(Conversation)
        .where(col(Conversation.contact_id) == standing.contact.id)
        .values(
            form=standing.form,
            answers=standing.answers or None,
            stage=standing.stage,
            held=standing.held,
            asked_row=row_id,
            turned_at=now,
        )  # fmt: skip
    )


_END = """
WITH owed AS (
    INSERT INTO outbox (contact_id, channel, account, address, lane, about, key, facts, choices, wants,
                        status, attempts, unknown, due_at, created_at)
    VALUES ($1::bigint, $2::varchar, $3::varchar, $4::varchar, $5::smallint, $6, $7, $8, $9, $10, 'queued', 0, 0, $11::timestamptz, $12::timestamptz)
    RETURNING id
), lined AS (
    INSERT INTO line (contact_id, lane, channel, account, due_at, paced_until)
    VALUES ($1::bigint, $5::smallint, $2::varchar, $3::varchar, $11::timestamptz, $12::timestamptz)
    ON CONFLICT (contact_id, lane) DO UPDATE SET due_at = GREATEST(excluded.due_at, line.paced_until)
    WHERE line.due_at = $13::timestamptz
)
UPDATE conversation SET form = $14::varchar, answers = $15, stage = $16, held = $17, turned_at = $12::timestamptz,
    asked_row = (SELECT id FROM owed)
WHERE contact_id = $1::bigint
"""


async def _end_postgresql(tx: AsyncSession, standing: Standing, owed: Owed, now: datetime) -> None:
    if tx.new or tx.dirty:
        await tx.flush()
    connection = await tx.connection()
    contact, row = standing.contact, owed.columns(now)
    await connection.exec_driver_sql(
        _END,
        (
            contact.id,
            contact.channel,
            contact.account,
            contact.address,
            owed.lane,
            owed.about,
            owed.say.key,
            json.dumps(row["facts"], ensure_ascii=False),
            json.dumps(row["choices"], ensure_ascii=False),
            json.dumps(row["wants"]),
            row["due_at"],
            now,
            NEVER,
            standing.form,
            seal(standing.answers) if standing.answers else None,
            standing.stage,
            seal(standing.held) if standing.held else None,
        ),  # fmt: skip
    )
