"""A desk with everybody at work, for the tests of a ticket's life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from handlers.jobs import alarms, ask_callbacks
from storage import tickets as ledger
from storage.database import Database
from storage.models import Contact, Outbox, Staff, Ticket
from tests.conftest import StillClock
from tests.desk import cast
from tests.desk.cast import Cast


@dataclass
class Floor:
    """The people, the ledger and the clock; each deed is one transaction."""

    db: Database
    clock: StillClock
    cast: Cast

    def __getitem__(self, name: str) -> Staff:
        return self.cast[name]

    async def driver(self, name: str = "driver") -> Contact:
        async with self.db.write() as tx:
            return await cast.contact(tx, name, self.clock())

    async def report(self, kind: str = "blockage", what: str = "turned_back", by: str = "driver") -> int:
        who = await self.driver(by)
        async with self.db.write() as tx:
            return (await cast.report(tx, who, kind, what, self.clock())).id or 0

    async def do(self, verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        """Call a verb with what it takes between tx and now."""
        async with self.db.write() as tx:
            return await verb(tx, *given, self.clock(), **more)

    async def tick(self, **much: float) -> None:
        """Time passes, then the clock's jobs run."""
        self.clock.pass_(**much)
        async with self.db.write() as tx:
            await alarms(tx, self.clock())
            await ask_callbacks(tx, self.clock())

    async def ticket(self, ticket_id: int) -> Ticket:
        async with self.db.read() as tx:
            return await tx.get_one(Ticket, ticket_id)

    async def events(self, ticket_id: int) -> list[str]:
        async with self.db.read() as tx:
            return [event.kind for event in await ledger.events(tx, ticket_id)]

    async def heard(self, who: str = "driver") -> list[tuple[str, str]]:
        """Key and ticket number of whatever somebody was told unasked, in order."""
        contact = await self.driver(who)
        async with self.db.read() as tx:
            owed = await tx.scalars(select(Outbox).where(col(Outbox.contact_id) == contact.id).order_by(col(Outbox.id)))
            return [(row.key, row.facts["number"]) for row in owed]

    async def keys(self, who: str = "driver") -> list[str]:
        return [key for key, _ in await self.heard(who)]


@pytest.fixture
async def floor(db: Database, clock: StillClock) -> Floor:
    """Clerks li and wang, supervisors zhou and wu, zhao at enforcement, sun at the toll office."""
    async with db.write() as tx:
        return Floor(db, clock, await cast.hired(tx, clock()))
