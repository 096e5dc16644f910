"""The one way out: order, urgency, pace, failures, leases, and several senders on one ledger."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot import sender as senders
from bot.channels import Gone, Later, Pace, Rejected, Unknown
from bot.sender import BACKOFF, IN_FLIGHT, Sender
from locales.words import SHANGHAI, Say
from storage import outbox
from storage.database import Database
from storage.models import NOTICE, REPLY, STATUS, Contact, Line
from storage.outbox import LEASE, Owed
from tests.conftest import StillClock
from tests.machinery.post import Post, owe, person, rows, statuses

S, MS = timedelta(seconds=1), timedelta(milliseconds=1)


def sender(db: Database, clock: StillClock, *posts: Post) -> Sender:
    return Sender(db, {(p.name, p.account): p for p in posts}, clock, SHANGHAI)


@pytest.fixture
def post() -> Post:
    return Post()


# Order and urgency


async def test_each_contact_hears_in_order(db: Database, clock: StillClock, post: Post) -> None:
    driver, other = await person(db, post, "driver", clock()), await person(db, post, "other", clock())
    for n in range(4):
        await owe(db, [driver, other], f"{n}", now=clock())
    await sender(db, clock, post).drain()
    assert post.to("driver") == post.to("other") == ["0", "1", "2", "3"]
    assert await statuses(db) == ["sent"] * 8
    assert [row.said for row in await rows(db, address="driver")] == ["0", "1", "2", "3"]
    assert [row.external_id for row in await rows(db, address="driver")] == [f"post-{n}" for n in (1, 3, 5, 7)]


async def test_what_must_be_repeated_keeps_its_place(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "0", "1", "2", now=clock())
    post.script["driver"] = [Later(S, "busy")]
    out = sender(db, clock, post)
    await out.drain()
    assert post.sent == [], "the rest waits behind the first"
    clock.pass_(seconds=2)
    await out.drain()
    assert post.to("driver") == ["0", "1", "2"]


async def test_lanes_do_not_wait_for_one_another(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    post.script["driver"] = [Later(S, "busy")]
    await owe(db, driver, "news", now=clock(), lane=STATUS)
    await sender(db, clock, post).drain()
    await owe(db, driver, "answer", now=clock())
    await sender(db, clock, post).drain()
    assert post.to("driver") == ["answer"]


async def test_a_reply_goes_ahead_of_a_thousand_notices(db: Database, clock: StillClock, post: Post) -> None:
    crowd = [await person(db, post, f"reader-{n}", clock()) for n in range(100)]
    for n in range(10):
        await owe(db, crowd, f"notice {n}", now=clock(), lane=NOTICE)
    await owe(db, crowd[50], "answer", now=clock())
    out = sender(db, clock, post)
    await out.send_due()
    await out.close()
    assert post.sent[0] == ("reader-50", "answer")
    assert len(post.sent) <= IN_FLIGHT


async def test_a_slow_provider_leaves_room_for_replies(db: Database, clock: StillClock, post: Post) -> None:
    hold, out = asyncio.Event(), sender(db, clock, post)
    crowd = [await person(db, post, f"reader-{n}", clock()) for n in range(IN_FLIGHT + 10)]
    post.slow = {contact.address: hold for contact in crowd}
    await owe(db, crowd, "notice", now=clock(), lane=NOTICE)
    claimed, _ = await out.send_due()
    assert claimed == IN_FLIGHT * 3 // 4, "bulk has three quarters"
    assert (await out.send_due())[0] == 0
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    await out.send_due()
    await _until(lambda: post.to("driver") == ["answer"])
    hold.set()
    await out.drain()
    assert len(post.sent) == len(crowd) + 1


async def test_a_slow_channel_does_not_hold_up_another(db: Database, clock: StillClock) -> None:
    slow, quick, hold = Post("slow"), Post("quick"), asyncio.Event()
    for n in range(IN_FLIGHT + 5):
        stuck = await person(db, slow, f"stuck-{n}", clock())
        slow.slow[stuck.address] = hold
        await owe(db, stuck, "answer", now=clock())
    driver = await person(db, quick, "driver", clock())
    out = sender(db, clock, slow, quick)
    await out.send_due()
    await owe(db, driver, "answer", now=clock())
    await out.send_due()
    await _until(lambda: quick.to("driver") == ["answer"])
    hold.set()
    await out.drain()


async def test_a_sender_leaves_other_accounts_alone(db: Database, clock: StillClock, post: Post) -> None:
    elsewhere = await person(db, Post("elsewhere"), "driver", clock())
    await owe(db, elsewhere, "answer", now=clock())
    await sender(db, clock, post).drain()
    assert post.tried == []
    assert await statuses(db) == ["queued"]


async def test_what_is_due_later_is_sent_later(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "at nine", now=clock(), lane=NOTICE, due_at=clock() + timedelta(hours=9))
    out = sender(db, clock, post)
    await out.drain()
    assert post.sent == []
    _, wait = await out.send_due()
    assert wait == senders.POLL
    clock.pass_(hours=9)
    await out.drain()
    assert post.to("driver") == ["at nine"]


# Pace


async def test_each_chat_has_its_pace_and_its_burst(db: Database, clock: StillClock) -> None:
    post = Post(pace=Pace(per_chat=S, chat_burst=3))
    driver, other = await person(db, post, "driver", clock()), await person(db, post, "other", clock())
    await owe(db, driver, *"0123456", now=clock())
    await owe(db, other, "x", now=clock())
    out = sender(db, clock, post)
    await out.drain()
    assert (post.to("driver"), post.to("other")) == (["0", "1", "2"], ["x"])
    _, wait = await out.send_due()
    assert wait == 1.0
    clock.pass_(milliseconds=999)
    await out.drain()
    assert len(post.to("driver")) == 3
    for n in (4, 5):
        clock.pass_(seconds=1)
        await out.drain()
        assert len(post.to("driver")) == n
    clock.pass_(seconds=60)
    await out.drain()
    assert post.to("driver") == list("0123456")


async def test_a_chat_is_one_bucket_for_all_lanes(db: Database, clock: StillClock) -> None:
    post = Post(pace=Pace(per_chat=S, chat_burst=2))
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "a", "b", now=clock(), lane=STATUS)
    await owe(db, driver, "c", "d", now=clock(), lane=REPLY)
    out = sender(db, clock, post)
    await out.drain()
    assert len(post.sent) == 2
    for _ in range(2):
        clock.pass_(seconds=1)
        await out.drain()
    assert len(post.sent) == 4
    assert post.to("driver").index("c") < post.to("driver").index("d")


async def test_two_senders_share_the_rate_of_an_account(db: Database, clock: StillClock) -> None:
    pace = Pace(per_account=100 * MS, account_burst=5)
    one, two = Post(pace=pace), Post(pace=pace)
    crowd = [await person(db, one, f"reader-{n}", clock()) for n in range(30)]
    await owe(db, crowd, "notice", now=clock(), lane=NOTICE)
    outs = sender(db, clock, one), sender(db, clock, two)

    async def sent() -> int:
        await asyncio.gather(*(out.drain() for out in outs))
        return len(one.sent) + len(two.sent)

    assert await sent() == 5
    assert (await outs[0].send_due())[1] == 0.1
    clock.pass_(milliseconds=100)
    assert await sent() == 6
    clock.pass_(milliseconds=250)
    assert await sent() == 8
    clock.pass_(seconds=60)
    assert await sent() == 13, "a long rest gives one burst, not all that was missed"
    crowd_of_two = {address for address, _ in one.sent + two.sent}
    assert len(crowd_of_two) == 13, "nobody was told twice"


async def test_a_reply_waits_for_the_rate_but_not_behind_notices(db: Database, clock: StillClock) -> None:
    post = Post(pace=Pace(per_account=100 * MS, account_burst=2))
    crowd = [await person(db, post, f"reader-{n}", clock()) for n in range(10)]
    await owe(db, crowd, "notice", now=clock(), lane=NOTICE)
    out = sender(db, clock, post)
    await out.drain()
    await owe(db, crowd[9], "answer", now=clock())
    clock.pass_(milliseconds=100)
    await out.drain()
    assert post.sent[2:] == [("reader-9", "answer")]


# Failures


async def test_a_busy_provider_is_given_its_time(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    post.script["driver"] = [Later(90 * S, "429")]
    out = sender(db, clock, post)
    await out.drain()
    [row] = await rows(db)
    assert (row.status, row.attempts, row.problem, row.due_at) == ("queued", 1, "429", clock() + 90 * S)
    clock.pass_(seconds=89)
    await out.drain()
    assert post.sent == []
    clock.pass_(seconds=1)
    await out.drain()
    assert post.to("driver") == ["answer"]
    assert [(r.status, r.attempts, r.problem) for r in await rows(db)] == [("sent", 2, None)]


async def test_when_everyone_must_wait_replies_still_go(db: Database, clock: StillClock, post: Post) -> None:
    crowd = [await person(db, post, f"reader-{n}", clock()) for n in range(3)]
    await owe(db, crowd[0], "news", now=clock(), lane=STATUS)
    post.script["reader-0"] = [Later(90 * S, "429", everyone=True)]
    out, replica = sender(db, clock, post), sender(db, clock, post)
    await out.drain()
    await owe(db, crowd, "notice", now=clock(), lane=NOTICE)
    await owe(db, crowd[1], "more news", now=clock(), lane=STATUS)
    await owe(db, crowd[2], "answer", now=clock())
    for any_of_them in (out, replica):
        await any_of_them.drain()
    assert post.sent == [("reader-2", "answer")]
    clock.pass_(seconds=89.5)
    _, wait = await replica.send_due()
    assert wait == 0.5, "nobody asks the database before the pause ends"
    clock.pass_(seconds=0.5)
    await replica.drain()
    assert len(post.sent) == 6


async def test_an_unknown_outcome_is_repeated_and_counted(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    post.script["driver"] = [Unknown("connection lost"), None]
    out = sender(db, clock, post)
    await out.drain()
    clock.pass_(seconds=2)
    await out.drain()
    assert [(r.status, r.unknown, r.attempts) for r in await rows(db)] == [("sent", 1, 2)]


async def test_a_send_that_never_ends_is_an_unknown_outcome(
    db: Database, clock: StillClock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "LONGEST_SEND", 0.01)
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    post.script["driver"] = [asyncio.Event()]
    await sender(db, clock, post).drain()
    assert [(r.status, r.unknown) for r in await rows(db)] == [("queued", 1)]


async def test_what_the_provider_rejects_makes_way(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "too long", "answer", now=clock())
    post.script["driver"] = [Rejected("message is too long")]
    await sender(db, clock, post).drain()
    assert post.to("driver") == ["answer"]
    assert await statuses(db) == ["dead", "sent"]


async def test_what_cannot_be_worded_makes_way(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, Say("no.such.key"), "answer", now=clock())
    await sender(db, clock, post).drain()
    assert post.to("driver") == ["answer"]
    dead, _ = await rows(db)
    assert (dead.status, dead.problem) == ("dead", "Unworded in our own code; the log has it")


async def test_a_row_is_dead_after_the_last_wait_and_may_be_sent_again(
    db: Database, clock: StillClock, post: Post
) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    post.script["driver"] = [Later(timedelta(0), "busy")] * (len(BACKOFF) + 1)
    out = sender(db, clock, post)
    for wait in BACKOFF:
        await out.drain()
        assert await statuses(db) == ["queued"]
        clock.at += wait - MS
        await out.drain()
        clock.at += MS
    assert len(post.tried) == len(BACKOFF), "each wait was kept to the millisecond"
    await out.drain()
    assert await statuses(db) == ["dead"]
    await owe(db, driver, "news", now=clock())
    await out.drain()
    assert post.to("driver") == ["news"], "the dead hold nobody up"
    async with db.write() as tx:
        assert [row.id for row in await outbox.dead(tx, None, 10)] == [1]
        assert await outbox.send_again(tx, 1, clock())
    async with db.write() as tx:
        assert not await outbox.send_again(tx, 1, clock()), "only the dead are woken"
    await out.drain()
    assert post.to("driver") == ["news", "answer"]


# Somebody left, and came back


async def test_who_left_is_left_in_peace_and_hears_the_news_later(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "question", now=clock())
    await owe(db, driver, "news 1", "news 2", now=clock(), lane=STATUS)
    post.script["driver"] = [Gone("blocked")] * 2
    out = sender(db, clock, post)
    await out.drain()
    assert await statuses(db) == ["withdrawn", "queued", "queued"]
    clock.pass_(days=3)
    await out.drain()
    assert len(post.tried) == 2, "nobody knocks again"
    async with db.write() as tx:
        contact = await tx.get_one(Contact, driver.id)
        assert contact.unreachable_since is not None
        await outbox.welcome_back(tx, driver.id or 0, clock())
    await out.drain()
    assert post.to("driver") == ["news 1", "news 2"]
    async with db.read() as tx:
        assert (await tx.get_one(Contact, driver.id)).unreachable_since is None


async def test_welcome_back_brings_nothing_forward_that_waits_for_its_time(
    db: Database, clock: StillClock, post: Post
) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "tomorrow", now=clock(), lane=NOTICE, due_at=clock() + timedelta(days=1))
    async with db.write() as tx:
        await outbox.welcome_back(tx, driver.id or 0, clock())
    await sender(db, clock, post).drain()
    assert post.sent == []


# Leases, and several senders


async def test_a_dead_senders_lease_runs_out(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    async with db.write() as tx:
        claimed = await outbox.claim(tx, post.name, post.account, REPLY, clock(), 10)
    assert len(claimed) == 1, "and then this sender was killed"
    out = sender(db, clock, post)
    clock.at += LEASE - MS
    await out.drain()
    assert post.sent == []
    clock.at += MS
    await out.drain()
    assert post.to("driver") == ["answer"]


@pytest.mark.parametrize(
    "late", [Rejected("no"), Gone("blocked"), Later(S, "busy"), Unknown("lost"), Later(S, "429", everyone=True)]
)
async def test_a_late_failure_changes_nothing_of_the_newer_holder(
    db: Database, clock: StillClock, late: Exception
) -> None:
    first, second, slow = Post(), Post(), asyncio.Event()
    driver = await person(db, first, "driver", clock())
    await owe(db, driver, "answer", now=clock())
    first.slow["driver"], first.script["driver"] = slow, [late]
    stuck, other = sender(db, clock, first), sender(db, clock, second)
    await stuck.send_due()
    await _until(lambda: first.tried == ["driver"])
    clock.at += LEASE + MS
    held = asyncio.Event()
    second.slow["driver"] = held
    await other.send_due()
    await _until(lambda: second.tried == ["driver"])
    slow.set()
    await stuck.drain()
    [row] = await rows(db)
    assert (row.status, row.attempts, row.problem) == ("queued", 0, None)
    async with db.read() as tx:
        line = await tx.get_one(Line, (driver.id, REPLY))
        assert line.due_at == clock() + LEASE, "the newer lease stands"
        assert (await tx.get_one(Contact, driver.id)).unreachable_since is None
    held.set()
    await other.drain()
    assert await statuses(db) == ["sent"]
    assert second.to("driver") == ["answer"]


async def test_a_late_success_is_still_a_success(db: Database, clock: StillClock) -> None:
    first, second, slow = Post(), Post(), asyncio.Event()
    driver = await person(db, first, "driver", clock())
    await owe(db, driver, "answer", "and more", now=clock())
    first.slow["driver"] = slow
    stuck, other = sender(db, clock, first), sender(db, clock, second)
    await stuck.send_due()
    await _until(lambda: first.tried == ["driver"])
    clock.at += LEASE + MS
    slow.set()
    await stuck.drain()
    await other.drain()
    assert first.to("driver") + second.to("driver") == ["answer", "and more"]
    assert await statuses(db) == ["sent", "sent"]


async def test_two_senders_never_send_one_row_twice(db: Database, clock: StillClock) -> None:
    posts = Post(), Post()
    crowd = [await person(db, posts[0], f"reader-{n}", clock()) for n in range(60)]
    for n in range(3):
        await owe(db, crowd, f"{n}", now=clock(), lane=STATUS)
        await owe(db, crowd[:10], f"answer {n}", now=clock())
    await asyncio.gather(*(sender(db, clock, post).drain() for post in posts for _ in range(2)))
    sent = posts[0].rows + posts[1].rows
    assert sorted(sent) == list(range(1, 211))
    assert set(await statuses(db)) == {"sent"}


async def test_senders_take_turns_in_order(db: Database, clock: StillClock) -> None:
    posts, order = (Post(), Post()), list[str]()
    driver = await person(db, posts[0], "driver", clock())
    for post in posts:
        post.sent = order_of = _Shared(order)
        assert order_of.order is order
    await owe(db, driver, *"0123456789", now=clock())
    await asyncio.gather(*(sender(db, clock, post).drain() for post in posts))
    assert order == list("0123456789")


class _Shared(list[tuple[str, str]]):
    """What two channels sent, in one order."""

    def __init__(self, order: list[str]):
        super().__init__()
        self.order = order

    def append(self, one: tuple[str, str]) -> None:
        self.order.append(one[1])


# The loop itself


async def test_a_commit_wakes_the_sender_and_closing_finishes_what_is_under_way(
    db: Database, clock: StillClock, post: Post
) -> None:
    hold, out = asyncio.Event(), sender(db, clock, post)
    driver = await person(db, post, "driver", clock())
    running = asyncio.create_task(out.run())
    await asyncio.sleep(0.05)
    post.slow["driver"] = hold
    started = asyncio.get_running_loop().time()
    await owe(db, driver, "answer", now=clock())
    await _until(lambda: post.tried == ["driver"])
    assert asyncio.get_running_loop().time() - started < senders.POLL, "it did not wait for its next look"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    hold.set()
    await out.close()
    assert await statuses(db) == ["sent"]


async def test_a_database_that_is_away_is_waited_for(
    db: Database, clock: StillClock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "POLL", 0.01)
    look, settle, away = outbox.outlook, outbox.settle, [2, 2]

    async def no_look(*args: object) -> object:
        away[0] -= 1
        if away[0] >= 0:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return await look(*args)  # type: ignore[arg-type]

    async def no_settle(*args: object) -> None:
        away[1] -= 1
        if away[1] >= 0:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        await settle(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "outlook", no_look)
    monkeypatch.setattr(outbox, "settle", no_settle)
    driver, out = await person(db, post, "driver", clock()), sender(db, clock, post)
    await owe(db, driver, "answer", now=clock())
    running = asyncio.create_task(out.run())
    await _until(lambda: away[1] < 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await out.close()
    assert post.to("driver") == ["answer"]
    assert await statuses(db) == ["sent"]


async def test_an_outcome_that_no_database_takes_spoils_no_other(db: Database, clock: StillClock, post: Post) -> None:
    crowd = [await person(db, post, f"reader-{n}", clock()) for n in range(5)]
    post.names["reader-2"] = "half a character \ud800"
    await owe(db, crowd, "notice", now=clock(), lane=NOTICE)
    out = sender(db, clock, post)
    await out.drain()
    assert len(post.sent) == 5
    assert await statuses(db) == ["sent"] * 5, "or it would be sent again with each lease"
    odd = (await rows(db))[2]
    assert (odd.external_id, odd.problem) == (None, "its words cannot be kept")
    clock.at += 2 * LEASE
    await out.drain()
    assert len(post.sent) == 5


async def test_a_dedupe_key_owes_once(db: Database, clock: StillClock, post: Post) -> None:
    driver, other = await person(db, post, "driver", clock()), await person(db, post, "other", clock())
    for whom in ([driver], [driver, other]):
        await owe(db, whom, "news", now=clock(), dedupe_key="event:1")
    await sender(db, clock, post).drain()
    assert sorted(post.sent) == [("driver", "news"), ("other", "news")]


async def test_everything_is_said_in_its_readers_language(db: Database, clock: StillClock, post: Post) -> None:
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, Say("dialogue.menu"), now=clock())
    async with db.write() as tx:
        await tx.execute(update(Contact).where(col(Contact.id) == driver.id).values(language="en"))
        choices = [("/menu", Say("command.menu")), ("yes", Say("question.yes"))]
        await outbox.owe(tx, [driver], Owed(Say("question.moment", {"at": clock()}), choices), clock())
    await sender(db, clock, post).drain()
    assert post.to("driver") == ["What would you like to do?", "12:00"]
    assert (await rows(db))[1].choices_said == [
        {"payload": "/menu", "label": "Menu"},
        {"payload": "2:yes", "label": "Yes"},
    ]


async def test_how_deep_and_how_old(db: Database, clock: StillClock, post: Post) -> None:
    async with db.read() as tx:
        assert await outbox.depth(tx) == (0, None)
    since: datetime = clock()
    driver = await person(db, post, "driver", clock())
    await owe(db, driver, "a", "b", now=clock())
    clock.pass_(minutes=5)
    async with db.read() as tx:
        assert await outbox.depth(tx) == (2, since)
        assert await outbox.depth(tx, cap=1) == (1, since)
    await sender(db, clock, post).drain()
    async with db.read() as tx:
        assert await outbox.depth(tx) == (0, None)


async def _until(done: object) -> None:
    async with asyncio.timeout(10):
        while not done():  # type: ignore[operator]
            await asyncio.sleep(0.005)
