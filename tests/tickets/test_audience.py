"""Whom an event tells what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import closing, tickets, timing
from hotline.audience import AUDIENCE
from locales.words import Refusal
from storage import tickets as ledger
from storage.database import Database
from storage.models import STATUS, Follower
from tests.conftest import StillClock
from tests.machinery.post import rows
from tests.tickets.desk import clerk, driver, kinds, report, ticket, told

Deed = Callable[[AsyncSession, int, Any, Any], Awaitable[Any]]

DEEDS: dict[str, Deed] = {
    "taken": tickets.take,
    "answered": lambda tx, n, member, now: tickets.reply(tx, n, member, "请等候", now),
    "noted": lambda tx, n, member, now: tickets.note(tx, n, member, "站长不接电话", now),
    "resolved": lambda tx, n, member, now: closing.resolve(tx, n, member, "已放行", now),
}


@pytest.mark.parametrize("kind", DEEDS)
async def test_what_the_desk_does_is_told_to_reporter_and_followers_once(
    db: Database, clock: StillClock, kind: str
) -> None:
    reporter, follower, stranger = [await driver(db, clock, name) for name in ("reporter", "follower", "stranger")]
    member, ticket_id = await clerk(db, clock), await report(db, clock, reporter)
    other = await report(db, clock, stranger, "G102 K200")
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
    async with db.write() as tx:
        await DEEDS[kind](tx, ticket_id, member, clock())
    heard = [key] if (key := AUDIENCE[kind].key) else []
    assert [await told(db, who) for who in (reporter, follower, stranger)] == [heard, heard, []]
    assert (await kinds(db, ticket_id))[-1] == kind
    assert await kinds(db, other) == ["opened"]


async def test_what_drivers_do_is_told_to_nobody(db: Database, clock: StillClock) -> None:
    reporter, follower = await driver(db, clock, "reporter"), await driver(db, clock, "follower")
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
        await tickets.add_words(tx, ticket_id, follower, "还有一台车", (), clock())
    assert await told(db, reporter) == await told(db, follower) == []


async def test_a_note_is_seen_in_no_bubble(db: Database, clock: StillClock) -> None:
    reporter, member = await driver(db, clock), await clerk(db, clock)
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.note(tx, ticket_id, member, "站长不接电话", clock())
        await closing.resolve(tx, ticket_id, member, "已放行", clock())
        await closing.reopen(tx, ticket_id, member, "其实没有放行", clock())
    assert "站长" not in str([row.facts for row in await rows(db)])
    assert "其实" not in str([row.facts for row in await rows(db)])


async def test_who_left_a_ticket_hears_no_more_of_it(db: Database, clock: StillClock) -> None:
    reporter, follower, member = await driver(db, clock), await driver(db, clock, "follower"), await clerk(db, clock)
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
        waiting = await ledger.reporters(tx, ticket := await ledger.lock(tx, ticket_id))
        assert {one.id for one in waiting[ticket.number]} == {reporter.id, follower.id}
        (await tx.get_one(Follower, (ticket_id, follower.id))).left_at = clock()
    async with db.write() as tx:
        await tickets.reply(tx, ticket_id, member, "请等候", clock())
    assert (await told(db, reporter), await told(db, follower)) == (["told.answered"], [])
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
        await tickets.reply(tx, ticket_id, member, "可以走了", clock())
    assert await told(db, follower) == ["told.answered"]


async def test_what_is_told_leads_to_the_ticket(db: Database, clock: StillClock) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    member = await clerk(db, clock)
    async with db.write() as tx:
        await tickets.reply(tx, ticket_id, member, "请等候", clock())
    [row] = await rows(db)
    found = await ticket(db, ticket_id)
    assert (row.lane, row.about, row.facts["words"]) == (STATUS, f"ticket:{ticket_id}", "请等候")
    assert [choice["id"] for choice in row.choices] == [f"/ticket {found.number}"]


async def test_a_refused_deed_tells_nobody(db: Database, clock: StillClock) -> None:
    reporter, li, wang = await driver(db, clock), await clerk(db, clock), await clerk(db, clock, "wang")
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.take(tx, ticket_id, li, clock())
    with pytest.raises(Refusal):
        async with db.write() as tx:
            await tickets.take(tx, ticket_id, wang, clock())
    async with db.write() as tx:
        await tickets.take(tx, ticket_id, li, clock())
    assert await told(db, reporter) == ["told.taken"], "to take what one has already is no event either"


async def test_a_late_answer_is_excused_to_everybody_who_waits(db: Database, clock: StillClock) -> None:
    reporter, follower = await driver(db, clock, "reporter"), await driver(db, clock, "follower")
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
    for _ in range(3):
        clock.pass_(minutes=30)
        async with db.write() as tx:
            for late in await ledger.ringing(tx, clock()):
                await timing.ring(tx, late, clock())
    assert await told(db, reporter) == await told(db, follower) == ["told.breached"]
