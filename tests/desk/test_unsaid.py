"""What is taken back before it left is owed again, to the minute."""

from __future__ import annotations

from typing import Any

import pytest

from hotline import closing, tickets, unsaid
from storage.database import Database
from tests.conftest import StillClock
from tests.tickets.desk import clerk, driver, report, ticket

HOLD: dict[str, Any] = {"hold": unsaid.TEN_SECONDS}


@pytest.mark.parametrize("verb", [tickets.reply, closing.resolve], ids=["an answer", "a result"])
async def test_what_the_reporter_asked_is_owed_again(db: Database, clock: StillClock, verb: Any) -> None:
    reporter, member = await driver(db, clock), await clerk(db, clock)
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.reply(tx, ticket_id, member, "正在联系", clock())
    clock.pass_(minutes=5)
    async with db.write() as tx:
        await tickets.add_words(tx, ticket_id, reporter, "还要多久？", (), clock())
    owed = await ticket(db, ticket_id)
    assert owed.next_response_due_at is not None
    clock.pass_(minutes=5)
    async with db.write() as tx:
        await verb(tx, ticket_id, member, "打错了", clock(), **HOLD)
    async with db.write() as tx:
        await unsaid.take_back(tx, ticket_id, member, clock())
    found = await ticket(db, ticket_id)
    assert (found.next_response_due_at, found.due_at) == (owed.next_response_due_at, owed.due_at)
    assert found.first_response_at == owed.first_response_at
