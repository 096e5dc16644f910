"""Drivers who report in two messages each, and what the ledger and Telegram must hold when all have been heard."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from storage.database import Database
from storage.models import Conversation, Inbox, Line, Outbox, Ticket, TicketEvent
from tests.telegram.strict import Strict

SECRET = "an-invented_secret"
STUCK = 120.0


def settings(telegram: Strict, database_url: str, port: int) -> dict[str, str]:
    """A house that this Telegram calls; replicas must share the key that seals what they store."""
    return {
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "shared by all replicas",
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_API_BASE": telegram.base,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


@dataclass
class Drivers:
    """Chats that report, and every update as Telegram numbered it."""

    telegram: Strict
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)

    def report(self, chat: int) -> list[int]:
        """All that is known, from a place that no other chat is near, and at once "submit"; returns the updates."""
        said = [f"S{100 + chat % 900} K{20 * (chat // 900)}+000 劝返，不让下高速", "提交"]
        numbers = [self.telegram.says(chat, text) for text in said]
        self.updates |= {number: self.telegram.delivery.pending[number] for number in numbers}
        return numbers

    def taken(self) -> list[int]:
        """Updates that were answered with 200."""
        return [number for number in self.updates if number not in self.telegram.delivery.pending]

    def bring_again(self, number: int) -> None:
        """Telegram delivers an update although it has been told that it is taken."""
        self.telegram.delivery.add(number, self.updates[number])


async def in_flight(db: Database, killed_at: datetime) -> set[int]:
    """Rows that a dead process had claimed and not settled: the oldest queued row of each leased line."""
    same = (col(Line.contact_id) == col(Outbox.contact_id)) & (col(Line.lane) == col(Outbox.lane))
    async with db.read() as tx:
        found = await tx.scalars(
            select(func.min(col(Outbox.id)))
            .join(Line, same)
            .where(col(Outbox.status) == "queued", col(Outbox.due_at) <= killed_at, col(Line.due_at) > killed_at)
            .group_by(col(Outbox.contact_id), col(Outbox.lane))
        )
        return {row for row in found.all() if row is not None}


async def until_all_is_said(db: Database, telegram: Strict) -> None:
    """Wait until every update is taken and every reply sent; fails when nothing moves for longer than a lease lasts."""
    before, moved_at = (0, 0), time.monotonic()
    while telegram.delivery.pending or await _queued(db):
        now = (len(telegram.delivery.pending), len(telegram.sent))
        if now != before:
            before, moved_at = now, time.monotonic()
        assert time.monotonic() - moved_at < STUCK, f"{now[0]} updates are not taken, {now[1]} messages were sent"
        await asyncio.sleep(0.2)


async def _queued(db: Database) -> bool:
    async with db.read() as tx:
        return await tx.scalar(select(col(Outbox.id)).where(col(Outbox.status) == "queued").limit(1)) is not None


async def assert_each_once(db: Database, drivers: Drivers, chats: int) -> None:
    """Each message was one turn, each chat has one ticket and two replies, and no ticket number is missing."""
    async with db.read() as tx:
        kept = (await tx.execute(select(col(Inbox.external_id), col(Inbox.status)))).all()
        whose = (await tx.scalars(select(col(Ticket.contact_id)))).all()
        numbers = (await tx.scalars(select(col(Ticket.number)))).all()
        events = (await tx.scalars(select(col(TicketEvent.kind)))).all()
        owed = (await tx.scalars(select(col(Outbox.address)))).all()
        unfinished = await tx.scalar(select(func.count()).where(col(Conversation.form).is_not(None)))
    assert Counter(map(tuple, kept)) == Counter((str(number), "done") for number in drivers.updates)
    assert len(whose) == len(set(whose)) == chats
    assert events == ["opened"] * chats
    assert Counter(owed) == {str(chat): 2 for chat in range(1, chats + 1)}
    assert not unfinished
    for _, ofday in groupby(sorted(numbers), lambda number: number.rpartition("-")[0]):
        serials = [int(number.rpartition("-")[2][:-1]) for number in ofday]
        assert serials == list(range(1, len(serials) + 1))


async def sends(db: Database, telegram: Strict) -> dict[int | None, int]:
    """How often Telegram was sent each row, by its own record; of a chat's two replies the second tells the number."""
    async with db.read() as tx:
        rows = await tx.execute(select(col(Outbox.id), col(Outbox.address)).order_by(col(Outbox.id)))
        numbers = await tx.execute(
            select(col(Outbox.address), col(Ticket.number))
            .join(Ticket, col(Ticket.contact_id) == col(Outbox.contact_id))
            .distinct()
        )
        number_of: dict[str, str] = {row.address: row.number for row in numbers.all()}
        replies: dict[str, list[int | None]] = {}
        for row, address in rows.all():
            replies.setdefault(address, []).append(row)
    counted: dict[int | None, int] = {row: 0 for rows_of in replies.values() for row in rows_of}
    for sent in telegram.sent:
        address = str(sent.chat)
        counted[replies[address][number_of[address] in sent.text]] += 1
    return counted
