"""The one way in: each message exactly once, whatever happens to it on the way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import receive
from bot.channels import Gone, Unavailable
from bot.conversation import Form
from bot.questions import text
from bot.sender import Sender
from locales.words import SHANGHAI, Say, say
from storage import inbox
from storage.database import Database
from storage.models import Attachment, Contact, Counter, Inbox, Outbox
from tests.conftest import StillClock
from tests.machinery.everything import Everything
from tests.machinery.post import Post, owe, statuses
from tests.machinery.talk import Talk

CRASHING = ("/everything", "绿", "灯", "8", "否", "跳过", "跳过", "跳过", "跳过")
"""All answers of a form that crashes when it is submitted."""


@pytest.fixture
def talk(db: Database, clock: StillClock, all_kinds: Everything) -> Talk:
    return Talk(db, clock, [all_kinds.form])


def diary() -> Form:
    """Whatever is sent is one more line."""

    def questions() -> Any:
        yield text("remark", longest=10_000, later=True)
        return None

    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
        return say("dialogue.menu")

    return Form("everything", questions, submit)


# Once


async def test_a_message_delivered_twenty_times_at_once_is_one_message(talk: Talk) -> None:
    incoming = talk.incoming("/everything")
    new = await asyncio.gather(*(talk.receiver.receive(incoming) for _ in range(20)))
    assert sorted(new) == [False] * 19 + [True]
    assert await talk.count(Inbox) == await talk.count(Outbox) == await talk.count(Contact) == 1


async def test_twenty_messages_of_one_person_at_once_are_played_one_after_the_other(
    db: Database, clock: StillClock, worded: None
) -> None:
    talk = Talk(db, clock, [diary()])
    await talk.say("/everything")
    sent = [f"line {n}" for n in range(20)]
    new = await asyncio.gather(*(talk.receiver.receive(talk.incoming(line)) for line in sent))
    assert new == [True] * 20
    lines = (await talk.answers())["remark"].split("\n")
    assert sorted(lines) == sorted(sent), "no answer overwrote another"
    assert await talk.count(Outbox) == 21


async def test_twenty_first_messages_of_one_person_make_one_contact(db: Database, clock: StillClock) -> None:
    talk = Talk(db, clock, [])
    new = await asyncio.gather(*(talk.receiver.receive(talk.incoming(f"hello {n}")) for n in range(20)))
    assert new == [True] * 20
    assert await talk.count(Contact) == 1
    assert await talk.count(Outbox) == 20


async def test_the_same_number_from_another_address_is_another_message(db: Database, clock: StillClock) -> None:
    one, two = Talk(db, clock, []), Talk(db, clock, [])
    three = Talk(db, clock, [], address=one.address, channel="other")
    for talk in (one, two, three):
        assert await talk.receiver.receive(talk.incoming("hello", external_id="1"))
        assert not await talk.receiver.receive(talk.incoming("hello again", external_id="1"))
    assert await one.count(Contact) == 3


# Crashes


async def test_a_crash_leaves_nothing_but_an_apology(talk: Talk, all_kinds: Everything) -> None:
    await talk.says(*CRASHING)
    before = await talk.stands()
    incoming = talk.incoming(press="submit")
    assert await talk.receiver.receive(incoming)
    assert (await talk.newest()).key == "dialogue.apology"
    assert await talk.count(Counter) == 0, "what submit wrote is gone"
    after = await talk.stands()
    assert after.model_dump() == before.model_dump(), "the answers are all there, and so is the button"
    assert await talk.count(Inbox, status="failed") == 1
    count = await talk.count(Outbox)
    assert not await talk.receiver.receive(incoming), "it is never played again"
    assert await talk.count(Outbox) == count
    all_kinds.crashes = False
    assert (await talk.press("submit")).key == "dialogue.nothing_to_cancel"
    assert all_kinds.submitted[0]["count"] == 8


async def test_a_crash_in_the_first_message_makes_a_contact_to_apologise_to(db: Database, clock: StillClock) -> None:
    async def crash(turn: Any) -> None:
        raise RuntimeError("at the door")

    talk = Talk(db, clock, [], [crash])
    heard = await talk.say("hello", language="en")
    assert heard.key == "dialogue.apology"
    async with db.read() as tx:
        assert (await tx.scalars(select(Contact))).one().language == "en"


async def test_a_crash_over_a_block_apologises_to_nobody(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk.say("hello")

    async def crash(*_: Any) -> None:
        raise RuntimeError("while leaving")

    monkeypatch.setattr(receive.contacts, "leave", crash)
    assert await talk.receiver.receive(talk.incoming(kind="blocked"))
    assert await talk.count(Outbox) == 1


# A database that says "again", or nothing at all


async def test_a_locked_database_is_tried_again_and_the_turn_is_played_once(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps = _without_naps(monkeypatch)
    tries = 0

    async def reply(turn: Any) -> Any:
        nonlocal tries
        tries += 1
        await owe_something(turn.tx)
        if tries < 3:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return None

    async def owe_something(tx: AsyncSession) -> None:
        tx.add(Counter(division="000000", day=clock().date(), kind="again", last=tries))
        await tx.flush()

    talk = Talk(db, clock, [], [reply])
    await talk.say("hello")
    assert tries == 3
    assert await talk.count(Counter) == await talk.count(Inbox) == await talk.count(Outbox) == 1
    assert naps == [0.05, 0.2]


async def test_a_database_that_stays_away_is_said_to_be_so(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps = _without_naps(monkeypatch)
    away = True

    async def reply(turn: Any) -> None:
        if away:
            raise OperationalError("INSERT", {}, Exception("database is locked"))

    talk = Talk(db, clock, [], [reply])
    incoming = talk.incoming("hello")
    with pytest.raises(Unavailable):
        await talk.receiver.receive(incoming)
    assert len(naps) == receive.TRIES - 1, "nobody naps after the last try"
    assert await talk.count(Inbox) == 0, "so that it is new when it comes again"
    away = False
    assert await talk.receiver.receive(incoming)


async def test_an_apology_that_cannot_be_written_is_no_answer(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(turn: Any) -> None:
        raise RuntimeError("a bug")

    async def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    talk = Talk(db, clock, [], [crash])
    incoming = talk.incoming("hello")
    with monkeypatch.context() as patch:
        patch.setattr(receive.outbox, "owe", locked)
        with pytest.raises(Unavailable):
            await talk.receiver.receive(incoming)
    assert await talk.count(Inbox) == 0
    assert await talk.receiver.receive(incoming)
    assert (await talk.newest()).key == "dialogue.apology"


# What is not words


async def test_what_nobody_can_read_is_kept_and_not_answered(talk: Talk) -> None:
    incoming = talk.incoming("{", kind="unreadable")
    assert await talk.receiver.receive(incoming)
    assert not await talk.receiver.receive(incoming)
    assert await talk.count(Inbox, status="unreadable") == 1
    assert await talk.count(Contact) == await talk.count(Outbox) == 0
    async with talk.db.read() as tx:
        assert (await tx.scalars(select(Inbox))).one().raw == {"text": "{"}


async def test_who_blocks_us_is_not_reached_until_he_comes_back(
    db: Database, clock: StillClock, all_kinds: Everything
) -> None:
    post = Post()
    talk = Talk(db, clock, [all_kinds.form], channel=post.name)
    out = Sender(db, {(post.name, post.account): post}, clock, SHANGHAI)
    await talk.says("/everything", "红")
    await out.drain()
    before = await talk.stands()
    clock.pass_(minutes=5)
    assert await talk.receiver.receive(talk.incoming(kind="blocked"))
    async with db.read() as tx:
        contact = (await tx.scalars(select(Contact))).one()
        assert contact.unreachable_since == clock()
    clock.pass_(minutes=5)
    assert await talk.receiver.receive(talk.incoming(kind="unblocked"))
    async with db.read() as tx:
        assert (await tx.scalars(select(Contact))).one().unreachable_since is None
    assert (await talk.stands()).model_dump() == before.model_dump(), "the conversation stands where it stood"
    assert await talk.count(Outbox) == 2, "neither is answered"
    assert (await talk.press("rope")).key == "dialogue.gathering", "and the button still works"


async def test_whoever_writes_again_gets_what_was_held(db: Database, clock: StillClock) -> None:
    post = Post()
    talk = Talk(db, clock, [], channel=post.name)
    out = Sender(db, {(post.name, post.account): post}, clock, SHANGHAI)
    await talk.say("hello")
    await out.drain()
    async with db.read() as tx:
        contact = (await tx.scalars(select(Contact))).one()
    post.script[talk.address] = [Gone("blocked")]
    await owe(db, contact, "news", now=clock(), lane=1)
    await out.drain()
    assert await statuses(db) == ["sent", "queued"]
    await talk.say("hello again")
    await out.drain()
    assert "news" in post.to(talk.address)
    assert len(post.to(talk.address)) == 3


async def test_in_a_group_we_only_say_that_we_do_not_talk_there(talk: Talk) -> None:
    heard = await talk.say("G12 长春东收费站不让下", kind="group")
    assert (heard.key, heard.choices) == ("dialogue.private_only", ())


async def test_odd_characters_do_no_harm(db: Database, clock: StillClock, worded: None) -> None:
    talk = Talk(db, clock, [diary()])
    await talk.say("/everything")
    for odd in ("half \ud83d", "nul \x00", "\ufeff\u200b", "a\r\nb", "字" * 5000, "\x1b[31m", "\u202eabc"):
        await talk.say(odd)
    assert await talk.crashes() == 0
    lines = (await talk.answers())["remark"]
    assert lines.startswith("half ?\nnul")
    assert "\x00" not in lines
    assert lines.count("字") == receive.LONGEST


async def test_a_label_with_odd_characters_does_no_harm(db: Database, clock: StillClock) -> None:
    from handlers.flows import FORMS
    from handlers.replies import REPLIES

    talk = Talk(db, clock, FORMS, REPLIES)
    heard = await talk.say(at=(43.88, 125.32, "wgs84", "G12\x00长春东收费站\ud83d"))
    assert heard.keys[0] == "blockage.begun"
    await talk.says("事故", "提交")
    assert await talk.crashes() == 0


async def test_a_new_contact_speaks_the_language_of_its_client(db: Database, clock: StillClock) -> None:
    for asked, language in (("en-GB", "en"), ("zh-Hans-CN", "zh_CN"), ("fr", "zh_CN"), (None, "zh_CN")):
        talk = Talk(db, clock, [])
        await talk.say("hello", language=asked)
        async with db.read() as tx:
            contact = (await tx.scalars(select(Contact).filter_by(address=talk.address))).one()
        assert contact.language == language
        await talk.say("hello", language="en")
        async with db.read() as tx:
            contact = (await tx.scalars(select(Contact).filter_by(address=talk.address))).one()
        assert contact.language == language, "which is asked once"


async def test_a_photo_is_noted_once(talk: Talk) -> None:
    for _ in range(2):
        await talk.say(photo=["one", "two"])
    assert await talk.count(Attachment) == 2
    await talk.say(photo="one", kind="edited")
    assert await talk.count(Attachment) == 2


async def test_raw_messages_are_forgotten_but_not_that_they_came(talk: Talk, clock: StillClock) -> None:
    incoming = talk.incoming("hello")
    await talk.receiver.receive(incoming)
    async with talk.db.write() as tx:
        assert await inbox.forget_raw(tx, clock()) == 0
        assert await inbox.forget_raw(tx, clock() + timedelta(microseconds=1)) == 1
    async with talk.db.read() as tx:
        assert (await tx.scalars(select(Inbox))).one().raw is None
    assert not await talk.receiver.receive(incoming)


def _without_naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    monkeypatch.setattr(receive.asyncio, "sleep", nap)
    return naps
