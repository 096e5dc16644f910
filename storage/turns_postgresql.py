"""Both ends of a turn as PostgreSQL likes them: one statement each, and so one journey each over the network."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

_NAME = re.compile(r"(?<!:):(\w+)")


class _Statement:
    """A statement with named values; PostgreSQL itself knows them by number."""

    def __init__(self, named: str):
        self._names = tuple(dict.fromkeys(_NAME.findall(named)))
        self._numbered = _NAME.sub(lambda found: f"${self._names.index(found[1]) + 1}", named)

    async def run(self, tx: AsyncSession, values: dict[str, Any]) -> Any:
        connection = await tx.connection()
        return await connection.exec_driver_sql(self._numbered, tuple(values[name] for name in self._names))


_BEGIN = _Statement("""
WITH accepted AS (
    INSERT INTO inbox (channel, account, address, external_id, kind, status, raw, received_at)
    VALUES (:channel::varchar, :account::varchar, :address::varchar, :external_id::varchar, :kind, 'done', :raw, :now)
    ON CONFLICT DO NOTHING RETURNING true AS is_new
), known AS (
    SELECT c.id, c.person_id, c.language, c.unreachable_since, c.created_at,
           v.form, v.answers, v.stage, v.held, v.asked_row, v.turned_at
    FROM contact c JOIN conversation v ON v.contact_id = c.id
    WHERE c.channel = :channel::varchar AND c.account = :account::varchar AND c.address = :address::varchar
        AND EXISTS (SELECT FROM accepted)
    FOR UPDATE OF v
)
SELECT accepted.is_new, known.* FROM (SELECT) one LEFT JOIN accepted ON true LEFT JOIN known ON true
""")

_END = _Statement("""
WITH owed AS (
    INSERT INTO outbox (contact_id, channel, account, address, lane, about, key, facts, choices, wants, picture,
                        status, attempts, unknown, due_at, created_at)
    VALUES (:contact::bigint, :channel::varchar, :account::varchar, :address, :lane::smallint, :about, :key, :facts,
            :choices, :wants, :picture, 'queued', 0, 0, :due::timestamptz, :now::timestamptz)
    RETURNING id
), lined AS (
    INSERT INTO line (contact_id, lane, channel, account, due_at, paced_until)
    VALUES (:contact::bigint, :lane::smallint, :channel::varchar, :account::varchar, :due::timestamptz,
            :unpaced::timestamptz)
    ON CONFLICT (contact_id, lane) DO UPDATE SET due_at = GREATEST(excluded.due_at, line.paced_until)
    WHERE line.due_at = :never::timestamptz
)
UPDATE conversation SET form = :form, answers = :answers, stage = :stage, held = :held,
    turned_at = :now::timestamptz, asked_row = (SELECT id FROM owed)
WHERE contact_id = :contact::bigint
""")


async def begin(tx: AsyncSession, arrived: dict[str, Any], now: datetime) -> tuple[bool, Any]:
    """Whether the message is new, and the row of its contact and conversation, locked, when there is one."""
    row = (await _BEGIN.run(tx, arrived | {"now": now})).one()
    return bool(row.is_new), row if row.id is not None else None


async def end(tx: AsyncSession, values: dict[str, Any]) -> None:
    """Queue what is owed and write where the conversation stands."""
    await _END.run(tx, values)
