"""Staff at work from a chat: linked by a code of the console, answering by reply, with the rights of the console."""

from __future__ import annotations

import pytest

from bot.sender import Sender
from handlers.flows import FORMS
from handlers.replies import REPLIES
from hotline import closing, people, staff_chat, tickets
from locales.words import SHANGHAI
from storage import attachments
from storage import tickets as ledger
from storage.database import Database
from storage.models import Staff
from tests.conftest import StillClock
from tests.desk import cast
from tests.desk.cast import Cast
from tests.machinery.post import Post, rows
from tests.machinery.talk import Talk
from tests.tickets.desk import kinds, ticket

NOT_THERE = "dialogue.nothing_to_do"


@pytest.fixture
async def desk(db: Database, clock: StillClock) -> Cast:
    async with db.write() as tx:
        return await cast.hired(tx, clock())


def chatting(db: Database, clock: StillClock, address: str) -> Talk:
    return Talk(db, clock, FORMS, REPLIES, address=address, channel=Post.name)


async def linked(db: Database, clock: StillClock, member: Staff) -> Talk:
    """The chat that this member linked."""
    talk, code = chatting(db, clock, member.login), staff_chat.new_code()
    async with db.write() as tx:
        await staff_chat.offer(tx, member, code, clock())
    assert (await talk.say(f"/link {code}")).key == "staff_chat.linked"
    return talk


async def reported(db: Database, clock: StillClock) -> int:
    async with db.write() as tx:
        who = await cast.contact(tx, "driver", clock())
        return (await cast.report(tx, who, "help", "food", clock())).id or 0


async def summoned(db: Database, talk: Talk, key: str = "summons.opened") -> str:
    """The provider's number of the newest bubble with this key."""
    post = Post()
    await Sender(db, {(post.name, post.account): post}, talk.clock, SHANGHAI).drain()
    *_, row = [row for row in await rows(db, address=talk.address) if row.key == key]
    assert row.external_id is not None
    return row.external_id


async def test_a_reply_to_a_summons_answers_its_ticket(db: Database, clock: StillClock, desk: Cast) -> None:
    li = await linked(db, clock, desk["li"])
    first, _second = await reported(db, clock), await reported(db, clock)
    bubble = next(r for r in await rows(db, address="li") if r.about == f"desk:{first}")
    await summoned(db, li)
    [row] = [r for r in await rows(db, address="li") if r.id == bubble.id]
    heard = await li.say("送餐车十分钟到", photo="meal", reply_to=row.external_id)
    assert heard.key == "staff_chat.answered"
    assert (await kinds(db, first))[-1] == "answered"
    assert (await ticket(db, first)).assignee_id == desk["li"].id
    async with db.read() as tx:
        assert [m.text for m in await ledger.messages(tx, first)][-1] == "送餐车十分钟到"
        assert len(await attachments.of_ticket(tx, first)) == 1


async def test_the_rest_of_an_album_hangs_on_the_ticket_too(db: Database, clock: StillClock, desk: Cast) -> None:
    li = await linked(db, clock, desk["li"])
    ticket_id = await reported(db, clock)
    bubble = await summoned(db, li)
    assert (await li.say(photo="second", reply_to=bubble)).key == "staff_chat.photo_kept"
    assert (await kinds(db, ticket_id))[-1] == "noted"
    async with db.read() as tx:
        assert len(await attachments.of_ticket(tx, ticket_id)) == 1


async def test_words_that_would_thank_a_driver_answer_him_from_a_clerk(
    db: Database, clock: StillClock, desk: Cast
) -> None:
    li, ticket_id = await linked(db, clock, desk["li"]), await reported(db, clock)
    assert (await li.say("谢谢", reply_to=await summoned(db, li))).key == "staff_chat.answered"
    assert (await kinds(db, ticket_id))[-1] == "answered"


async def test_what_is_settled_is_answered_by_a_sentence(db: Database, clock: StillClock, desk: Cast) -> None:
    li, ticket_id = await linked(db, clock, desk["li"]), await reported(db, clock)
    bubble = await summoned(db, li)
    async with db.write() as tx:
        await tickets.take(tx, ticket_id, desk["li"], clock())
        await closing.resolve(tx, ticket_id, desk["li"], "已送到", clock())
    for sent in ({"text": "再问一句"}, {"photo": "late"}):
        assert (await li.say(**sent, reply_to=bubble)).key == "desk.resolved_already"
    async with db.read() as tx:
        assert await attachments.of_ticket(tx, ticket_id) == []


async def test_a_department_answers_only_what_lies_with_it(db: Database, clock: StillClock, desk: Cast) -> None:
    zhao, ticket_id = await linked(db, clock, desk["zhao"]), await reported(db, clock)
    number = (await ticket(db, ticket_id)).number
    for command in ("take", "answer", "hand_over"):
        assert (await zhao.say(f"/{command} {number}")).keys[0] == "staff_chat.no_ticket"
    assert await kinds(db, ticket_id) == ["opened"]


@pytest.mark.parametrize("ended", ["signed out", "disabled", "unlinked", "a new password"])
async def test_whose_access_ends_is_no_staff_in_chat(db: Database, clock: StillClock, desk: Cast, ended: str) -> None:
    li, ticket_id = await linked(db, clock, desk["li"]), await reported(db, clock)
    bubble, number = await summoned(db, li), (await ticket(db, ticket_id)).number
    async with db.write() as tx:
        boss = Staff(
            login="boss", name="管理员", password_hash="-", role="admin", division="000000", language="zh_CN",
            created_at=clock(),
        )  # fmt: skip
        tx.add(boss)
        await tx.flush()
        member = desk["li"].id or 0
        match ended:
            case "signed out":
                await people.sign_out(tx, boss, member, clock())
            case "disabled":
                await people.disable(tx, boss, member, clock())
            case "unlinked":
                await staff_chat.unlink(tx, desk["li"], clock())
            case "a new password":
                await people.renew_password(tx, boss, member, "-", clock())
    assert (await li.say(f"/take {number}")).key == NOT_THERE
    assert (await li.say("你好", reply_to=bubble)).key == "dialogue.not_understood"
    assert await kinds(db, ticket_id) == ["opened"]
    clock.pass_(minutes=1)
    await reported(db, clock)
    assert len([row for row in await rows(db, address="li") if row.key == "summons.opened"]) == 1


async def test_a_code_is_kept_as_a_hash_and_links_one_chat(db: Database, clock: StillClock, desk: Cast) -> None:
    code = staff_chat.new_code()
    async with db.write() as tx:
        await staff_chat.offer(tx, desk["li"], code, clock())
    async with db.read() as tx:
        kept = (await tx.get_one(Staff, desk["li"].id)).link_code
    assert kept is not None
    assert code not in kept
    first, second = chatting(db, clock, "first"), chatting(db, clock, "second")
    assert (await first.say(f"/link {code}")).key == "staff_chat.linked"
    assert (await second.say(f"/link {code}")).key == "staff_chat.link.wrong"


async def test_a_phone_that_changes_hands_is_the_second_clerks(db: Database, clock: StillClock, desk: Cast) -> None:
    talk = await linked(db, clock, desk["li"])
    async with db.write() as tx:
        await staff_chat.offer(tx, desk["wang"], code := staff_chat.new_code(), clock())
    await talk.say(f"/link {code}")
    async with db.read() as tx:
        assert (await tx.get_one(Staff, desk["li"].id)).contact_id is None
        assert (await tx.get_one(Staff, desk["wang"].id)).contact_id is not None
