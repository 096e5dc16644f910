"""The way out: order, pace, patience, and what happens when a provider or a sender falls over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from bot.channels import Bubble, Gone, Later, Pace, Rejected, Unknown
from bot.sender import BACKOFF, Sender, by_account
from locales.words import SHANGHAI, Say, say
from storage import outbox, turns
from storage.database import Database
from storage.models import NOTICE, REPLY, STATUS, Contact, Outbox
from storage.outbox import Owed


class Scripted:
    """A channel whose provider answers from a script; with the script at its end it takes everything."""

    name, account = "scripted", "main"

    def __init__(self, *script: Exception | None, pace: Pace | None = None):
        self.script, self.pace = list(script), pace or Pace()
        self.said: list[tuple[str, str]] = []

    async def send(self, address: str, bubble: Bubble) -> str:
        step = self.script.pop(0) if self.script else None
        if step is not None:
            raise step
        self.said.append((address, bubble.text))
        return f"id-{bubble.row}"

    async def fetch(self, ref: str) -> bytes:
        raise Rejected(ref)


async def contact(db: Database, clock: Any, address: str = "a") -> Contact:
    async with db.write() as tx:
        return await turns.contact_at(tx, "scripted", "main", address, "zh_CN", clock())


def words(text: str) -> Say:
    return say("mytickets.option", number=text)


async def owe(db: Database, clock: Any, whom: Contact, *texts: str, lane: int = REPLY, **more: Any) -> None:
    for text in texts:
        async with db.write() as tx:
            await outbox.owe(tx, [whom], Owed(words(text), lane=lane, **more), clock())


def sender(db: Database, clock: Any, channel: Scripted) -> Sender:
    return Sender(db, by_account([channel]), clock, SHANGHAI)


async def rows(db: Database) -> list[Outbox]:
    async with db.read() as tx:
        return list((await tx.scalars(select(Outbox).order_by(col(Outbox.id)))).all())


def texts(channel: Scripted) -> list[str]:
    return [text for _, text in channel.said]


async def test_order_is_kept_through_throttling(db: Database, clock: Any) -> None:
    channel = Scripted(Later(timedelta(seconds=30), "429"))
    await owe(db, clock, await contact(db, clock), "one", "two")
    out = sender(db, clock, channel)
    await out.drain()
    assert texts(channel) == [], "'two' waits behind 'one'"
    clock.pass_(seconds=29)
    await out.drain()
    assert texts(channel) == [], "retry_after is honoured"
    clock.pass_(seconds=2)
    await out.drain()
    assert texts(channel) == ["one", "two"]


async def test_a_reply_does_not_wait_behind_a_thousand_notices(db: Database, clock: Any) -> None:
    people = [await contact(db, clock, str(n)) for n in range(60)]
    async with db.write() as tx:
        for n in range(10):
            await outbox.owe(tx, people, Owed(words(f"notice {n}"), lane=NOTICE), clock())
    await owe(db, clock, people[-1], "reply")
    channel = Scripted()
    out = sender(db, clock, channel)
    await out.send_due()
    await asyncio.wait(out._under_way)
    assert "reply" in texts(channel)
    assert len(channel.said) <= 40


async def test_lanes_of_one_contact_do_not_hold_each_other_up(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted(Later(timedelta(minutes=5), "busy"))
    await owe(db, clock, whom, "news", lane=STATUS)
    out = sender(db, clock, channel)
    await out.drain()
    await owe(db, clock, whom, "answer")
    await out.drain()
    assert texts(channel) == ["answer"]


async def test_a_chat_is_paced_and_a_burst_is_let_through(db: Database, clock: Any) -> None:
    channel = Scripted(pace=Pace(per_chat=timedelta(seconds=1), chat_burst=3))
    await owe(db, clock, await contact(db, clock), *"123456")
    out = sender(db, clock, channel)
    sent = []
    for _ in range(4):
        await out.drain()
        sent.append(len(channel.said))
        clock.pass_(seconds=1)
    assert sent == [3, 4, 5, 6]


async def test_an_accounts_rate_is_shared_by_two_senders(db: Database, clock: Any) -> None:
    pace = Pace(per_account=timedelta(seconds=1) / 10, account_burst=10)
    one, other = Scripted(pace=pace), Scripted(pace=pace)
    for n in range(40):
        await owe(db, clock, await contact(db, clock, str(n)), str(n))
    first, second = sender(db, clock, one), sender(db, clock, other)
    counts = []
    for _ in range(3):
        await asyncio.gather(first.drain(), second.drain())
        counts.append(len(one.said) + len(other.said))
        clock.pass_(seconds=1)
    assert counts == [10, 20, 30]


async def test_two_senders_send_nothing_twice(db: Database, clock: Any) -> None:
    for n in range(30):
        await owe(db, clock, await contact(db, clock, str(n)), "one", "two", "three")
    one, other = Scripted(), Scripted()
    await asyncio.gather(sender(db, clock, one).drain(), sender(db, clock, other).drain())
    await sender(db, clock, one).drain()
    said = sorted(one.said + other.said)
    assert said == sorted((str(n), t) for n in range(30) for t in ("one", "two", "three"))


async def test_a_provider_that_asks_everybody_to_slow_down_still_gets_replies(db: Database, clock: Any) -> None:
    a, b = await contact(db, clock, "a"), await contact(db, clock, "b")
    channel = Scripted(Later(timedelta(seconds=60), "429", everyone=True))
    await owe(db, clock, a, "news for a", lane=STATUS)
    out = sender(db, clock, channel)
    await out.drain()
    await owe(db, clock, b, "news for b", lane=STATUS)
    await owe(db, clock, b, "answer for b")
    await out.drain()
    assert texts(channel) == ["answer for b"]
    clock.pass_(seconds=61)
    await out.drain()
    assert sorted(texts(channel)) == ["answer for b", "news for a", "news for b"]


async def test_an_unknown_outcome_is_sent_again_and_says_so(db: Database, clock: Any) -> None:
    channel = Scripted(Unknown("timeout"))
    await owe(db, clock, await contact(db, clock), "one")
    out = sender(db, clock, channel)
    await out.drain()
    clock.pass_(seconds=3)
    await out.drain()
    (row,) = await rows(db)
    assert (row.status, row.unknown, row.attempts, row.said) == ("sent", 1, 2, "one")


async def test_news_is_held_for_who_left_and_questions_are_withdrawn(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted(Gone("blocked"))
    await owe(db, clock, whom, "settled", lane=STATUS)
    out = sender(db, clock, channel)
    await out.drain()
    await owe(db, clock, whom, "a question of yesterday")
    channel.script = [Gone("blocked")]
    await out.drain()
    clock.pass_(hours=5)
    await out.drain()
    assert texts(channel) == []
    async with db.write() as tx:
        await outbox.welcome_back(tx, whom.id or 0, clock())
    await out.drain()
    assert texts(channel) == ["settled"]
    assert [row.status for row in await rows(db)] == ["sent", "withdrawn"]


async def test_what_no_provider_takes_is_dead_until_somebody_sends_it_again(db: Database, clock: Any) -> None:
    channel = Scripted(Rejected("too strange"))
    await owe(db, clock, await contact(db, clock), "one", "two")
    out = sender(db, clock, channel)
    await out.drain()
    assert texts(channel) == ["two"], "one that is dead holds nobody up"
    (dead, _) = await rows(db)
    assert (dead.status, dead.problem) == ("dead", "too strange")
    async with db.write() as tx:
        assert await outbox.send_again(tx, dead.id or 0, clock())
        assert not await outbox.send_again(tx, 999, clock())
    await out.drain()
    assert texts(channel) == ["two", "one"]


async def test_patience_ends(db: Database, clock: Any) -> None:
    channel = Scripted(*[Later(timedelta(seconds=1), "away") for _ in range(50)])
    await owe(db, clock, await contact(db, clock), "one")
    out = sender(db, clock, channel)
    for wait in (*BACKOFF, timedelta(0)):
        await out.drain()
        assert (await rows(db))[0].status in ("queued", "dead")
        clock.at += wait
    assert (await rows(db))[0].status == "dead"
    assert len(channel.script) == 50 - len(BACKOFF) - 1


async def test_words_that_cannot_be_made_are_dead_and_hold_nobody_up(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted()
    async with db.write() as tx:
        await outbox.owe(tx, [whom], Owed(say("no.such.words")), clock())
    await owe(db, clock, whom, "two")
    await sender(db, clock, channel).drain()
    assert texts(channel) == ["two"]
    assert "Unworded" in str((await rows(db))[0].problem)


async def test_a_dead_sender_gives_its_messages_back(db: Database, clock: Any) -> None:
    await owe(db, clock, await contact(db, clock), "one")
    async with db.write() as tx:
        assert len(await outbox.claim(tx, "scripted", "main", REPLY, clock(), 10)) == 1  # and then it dies
    channel = Scripted()
    out = sender(db, clock, channel)
    await out.drain()
    assert texts(channel) == []
    clock.at += outbox.LEASE + timedelta(seconds=1)
    await out.drain()
    assert texts(channel) == ["one"]


async def test_a_late_settle_leaves_the_newer_lease_alone(db: Database, clock: Any) -> None:
    whom = await contact(db, clock)
    await owe(db, clock, whom, "one", "two")
    async with db.write() as tx:
        (slow,) = await outbox.claim(tx, "scripted", "main", REPLY, clock(), 10)
    clock.at += outbox.LEASE + timedelta(seconds=1)
    async with db.write() as tx:
        (newer,) = await outbox.claim(tx, "scripted", "main", REPLY, clock(), 10)
    async with db.write() as tx:
        await outbox.settle(tx, [outbox.Outcome(slow, "sent", clock(), said="one", external_id="x")], clock())
    async with db.write() as tx:
        assert await outbox.claim(tx, "scripted", "main", REPLY, clock(), 10) == [], "the newer holder has the line"
    async with db.write() as tx:
        await outbox.settle(tx, [outbox.Outcome(newer, "sent", clock(), said="one", external_id="y")], clock())
        assert [c.row.key for c in await outbox.claim(tx, "scripted", "main", REPLY, clock(), 10)] == [
            "mytickets.option"
        ]
    assert [row.status for row in await rows(db)] == ["sent", "queued"]


async def test_what_is_due_later_waits_and_what_was_owed_already_is_not_owed_twice(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted()
    for _ in range(2):
        await owe(db, clock, whom, "at nine", lane=NOTICE, dedupe_key="nine", due_at=clock() + timedelta(hours=9))
    out = sender(db, clock, channel)
    await out.drain()
    assert texts(channel) == []
    clock.pass_(hours=9, seconds=1)
    await out.drain()
    assert texts(channel) == ["at nine"]


async def test_a_row_queued_while_its_line_is_settled_is_not_forgotten(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted()
    out = sender(db, clock, channel)
    await asyncio.gather(*(owe(db, clock, whom, str(n)) for n in range(20)), out.drain(), out.drain())
    await out.drain()
    assert sorted(texts(channel), key=int) == [str(n) for n in range(20)]


async def test_it_runs_by_itself_and_is_called_by_a_commit(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted()
    out = sender(db, clock, channel)
    running = asyncio.create_task(out.run())
    await asyncio.sleep(0.05)
    await owe(db, clock, whom, "one")
    async with asyncio.timeout(5):
        while not channel.said:
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await out.close()
    assert (await rows(db))[0].status == "sent"


async def test_language_is_that_of_the_moment_of_sending(db: Database, clock: Any) -> None:
    whom, channel = await contact(db, clock), Scripted()
    async with db.write() as tx:
        await outbox.owe(tx, [whom], Owed(say("command.back")), clock())
        await tx.execute(update(Contact).values(language="en"))
    await sender(db, clock, channel).drain()
    assert texts(channel) == ["Back"]
