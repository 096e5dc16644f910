"""What a driver can do to a ticket: add words, open it again, join it; and what cannot be done."""

from __future__ import annotations

import asyncio

import pytest

from bot.sender import Sender
from handlers.flows import FORMS
from handlers.replies import REPLIES
from hotline import closing, tickets
from locales.words import SHANGHAI, Refusal
from storage import tickets as ledger
from storage.database import Database
from storage.models import Attachment, Outbox, Ticket
from tests.conftest import StillClock
from tests.machinery.post import Post, rows
from tests.machinery.talk import Talk
from tests.tickets.desk import clerk, driver, kinds, report, ticket, told


async def test_more_words_open_a_settled_ticket_again(db: Database, clock: StillClock) -> None:
    reporter, member = await driver(db, clock), await clerk(db, clock)
    ticket_id = await report(db, clock, reporter)
    due = (await ticket(db, ticket_id)).resolution_due_at
    async with db.write() as tx:
        await closing.resolve(tx, ticket_id, member, "已放行", clock())
    clock.pass_(minutes=10)
    async with db.write() as tx:
        await tickets.add_words(tx, ticket_id, reporter, "还没放", (), clock())
    found = await ticket(db, ticket_id)
    assert (found.status, found.result, found.resolved_at) == ("handling", None, None)
    assert (found.assignee_id, found.resolution_due_at) == (member.id, due)
    assert await kinds(db, ticket_id) == ["opened", "resolved", "added", "reopened"]
    assert await told(db, reporter) == ["told.resolved"], "who wrote hears it in the answer to what he wrote"


async def test_who_joins_a_settled_ticket_is_told_so(db: Database, clock: StillClock) -> None:
    ticket_id, member = await report(db, clock, await driver(db, clock)), await clerk(db, clock)
    other = await driver(db, clock, "other")
    async with db.write() as tx:
        await closing.resolve(tx, ticket_id, member, "已放行", clock())
        with pytest.raises(Refusal, match=r"ticket\.join\.settled"):
            await tickets.join(tx, ticket_id, other, clock())
    assert (await ticket(db, ticket_id)).reports == 1
    async with db.read() as tx:
        assert not await ledger.may_read(tx, await tx.get_one(Ticket, ticket_id), other.id or 0)


async def test_settling_and_joining_at_once_leave_no_follower_of_nothing(db: Database, clock: StillClock) -> None:
    ticket_id, member = await report(db, clock, await driver(db, clock)), await clerk(db, clock)
    others = [await driver(db, clock, f"other {n}") for n in range(8)]

    async def join(n: int) -> str:
        try:
            async with db.write() as tx:
                await tickets.join(tx, ticket_id, others[n], clock())
        except Refusal as no:
            return no.key
        return "joined"

    async def settle() -> str:
        async with db.write() as tx:
            await closing.resolve(tx, ticket_id, member, "已放行", clock())
        return "settled"

    outcomes = await asyncio.gather(*(join(n) for n in range(4)), settle(), *(join(n) for n in range(4, 8)))
    joined = outcomes.count("joined")
    assert outcomes.count("ticket.join.settled") == 8 - joined
    assert (await ticket(db, ticket_id)).reports == 1 + joined
    assert [await told(db, other) for other in others].count(["told.resolved"]) == joined


async def test_photos_come_with_their_words(db: Database, clock: StillClock) -> None:
    talk = await reporting(db, clock)
    await talk.say("现场", photo=["one", "two"])
    async with db.read() as tx:
        photos = [await tx.get_one(Attachment, n) for n in (1, 2)]
        [_, message] = await ledger.messages(tx, 1)
    assert {(photo.ticket_id, photo.message_id) for photo in photos} == {(1, message.id)}


# Replies to what was said about a ticket


def visiting(db: Database, clock: StillClock, address: str) -> Talk:
    """Somebody on a channel on which one can reply to a message."""
    return Talk(db, clock, FORMS, REPLIES, address=address, channel=Post.name)


async def reporting(db: Database, clock: StillClock, address: str = "driver") -> Talk:
    """A driver with one ticket."""
    talk = visiting(db, clock, address)
    await talk.says("G12 长春东收费站不让下", "提交")
    return talk


async def said(db: Database, talk: Talk, key: str) -> str:
    """Everything owed is sent; returns the provider's number of the bubble with this key."""
    post = Post()
    await Sender(db, {(post.name, post.account): post}, talk.clock, SHANGHAI).drain()
    *_, row = [row for row in await rows(db, address=talk.address) if row.key == key]
    assert row.external_id is not None
    return row.external_id


async def test_a_reply_belongs_to_the_ticket_that_was_spoken_of(db: Database, clock: StillClock) -> None:
    talk, member = await reporting(db, clock), await clerk(db, clock)
    await talk.says("G102 K200 堵死了", "提交")
    async with db.write() as tx:
        await tickets.reply(tx, 1, member, "还在吗？", clock())
    heard = await talk.say("还在", reply_to=await said(db, talk, "told.answered"))
    assert (heard.key, heard.facts["number"]) == ("ticket.added", (await ticket(db, 1)).number)
    assert await kinds(db, 2) == ["opened"]


async def test_a_reply_to_a_result_opens_the_ticket_again_but_thanks_do_not(db: Database, clock: StillClock) -> None:
    talk, member = await reporting(db, clock), await clerk(db, clock)
    async with db.write() as tx:
        await closing.resolve(tx, 1, member, "已放行", clock())
    bubble = await said(db, talk, "told.resolved")
    assert (await talk.say("谢谢！", reply_to=bubble)).key == "ticket.thanks.answer"
    assert (await talk.say(None, reply_to=bubble)).key == "dialogue.cannot_read"
    assert (await ticket(db, 1)).status == "resolved"
    await talk.say("还是不让下", reply_to=bubble)
    assert (await ticket(db, 1)).status == "handling"


async def test_who_only_read_a_ticket_by_its_code_adds_nothing_to_it(db: Database, clock: StillClock) -> None:
    await reporting(db, clock)
    found, reader = await ticket(db, 1), visiting(db, clock, "reader")
    await reader.say(f"{found.number} {found.code}")
    heard = await reader.say("你好", reply_to=await said(db, reader, "ticket.shown"))
    assert heard.key != "ticket.added"
    assert await kinds(db, 1) == ["opened"]


async def test_a_reply_to_something_else_is_no_word_for_a_ticket(db: Database, clock: StillClock) -> None:
    talk = await reporting(db, clock)
    await talk.say("菜单")
    bubble = await said(db, talk, "dialogue.menu")
    await talk.says("G102 K200 堵死了", "提交")
    assert (await talk.say("你好", reply_to=bubble)).key == "add_words.to.ask", "two are open, so it is asked which"
    assert (await talk.say("取消")).key == "dialogue.cancelled"
    assert (await talk.say("你好", reply_to="no such message")).key == "add_words.to.ask"


async def test_a_stranger_cannot_reply_to_what_others_were_told(db: Database, clock: StillClock) -> None:
    talk, member = await reporting(db, clock), await clerk(db, clock)
    async with db.write() as tx:
        await tickets.reply(tx, 1, member, "请等候", clock())
    bubble = await said(db, talk, "told.answered")
    stranger = visiting(db, clock, "stranger")
    assert (await stranger.say("你好", reply_to=bubble)).key == "dialogue.welcome"
    assert await stranger.count(Outbox, address=stranger.address) == 1
