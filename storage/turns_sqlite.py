"""Both ends of a turn as SQLite likes them: plain statements, each one hop to the thread that owns the file.

Through SQLAlchemy a statement is four hops (cursor, execute, fetch, close), and while our own thread is busy each of
them waits for Python's lock: that was measured to take two thirds of a turn.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

_ACCEPT = """
INSERT INTO inbox (channel, account, address, external_id, kind, status, raw, received_at)
VALUES (:channel, :account, :address, :external_id, :kind, 'done', :raw, :now)
ON CONFLICT DO NOTHING RETURNING id
"""


class Found(NamedTuple):
    """A contact and its conversation, as they are stored."""

    id: int
    person_id: int | None
    language: str
    unreachable_since: Any
    created_at: Any
    form: str | None
    answers: bytes | None
    stage: str
    held: bytes | None
    asked_row: int | None
    turned_at: Any


_FIND = """
SELECT c.id, c.person_id, c.language, c.unreachable_since, c.created_at,
       v.form, v.answers, v.stage, v.held, v.asked_row, v.turned_at
FROM contact c JOIN conversation v ON v.contact_id = c.id
WHERE c.channel = :channel AND c.account = :account AND c.address = :address
"""

_OWE = """
INSERT INTO outbox (contact_id, channel, account, address, lane, about, key, facts, choices, wants, picture,
                    status, attempts, unknown, due_at, created_at)
VALUES (:contact, :channel, :account, :address, :lane, :about, :key, :facts, :choices, :wants, :picture,
        'queued', 0, 0, :due, :now)
"""

_STAND = """
UPDATE conversation SET form = :form, answers = :answers, stage = :stage, held = :held,
    turned_at = :now, asked_row = last_insert_rowid()
WHERE contact_id = :contact
"""

_LINE_UP = """
INSERT INTO line (contact_id, lane, channel, account, due_at, paced_until)
VALUES (:contact, :lane, :channel, :account, :due, :unpaced)
ON CONFLICT (contact_id, lane) DO UPDATE SET due_at = MAX(excluded.due_at, line.paced_until)
WHERE line.due_at = :never
"""


async def begin(tx: AsyncSession, arrived: dict[str, Any], now: datetime) -> tuple[bool, Found | None]:
    """Whether the message is new, and the row of its contact and conversation when there is one."""
    run = await _driver(tx)
    values = _stored(arrived | {"now": now})
    if not await run(_ACCEPT, values):
        return False, None
    rows = await run(_FIND, values)
    return True, _read(Found(*rows[0])) if rows else None


async def end(tx: AsyncSession, values: dict[str, Any]) -> None:
    """Queue what is owed and write where the conversation stands, which asks with the row just queued."""
    run, stored = await _driver(tx), _stored(values)
    for statement in (_OWE, _STAND, _LINE_UP):
        await run(statement, stored)


async def _driver(tx: AsyncSession) -> Any:
    """How the driver of this transaction's connection runs a statement and fetches all, in one hop."""
    pooled = await (await tx.connection()).get_raw_connection()
    assert pooled.driver_connection is not None
    return pooled.driver_connection.execute_fetchall


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    """Moments as SQLAlchemy stores them in SQLite: UTC, to the microsecond, without saying so."""
    return {name: _text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _read(stored: Found) -> Found:
    return stored._replace(
        unreachable_since=_moment(stored.unreachable_since),
        created_at=_moment(stored.created_at),
        turned_at=_moment(stored.turned_at),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
