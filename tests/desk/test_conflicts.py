"""Two hands on one ticket: one wins, the others get a sentence, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import bulk, closing, incidents, moving, tickets
from locales.words import Refusal
from storage import tickets as ledger
from storage.database import Database
from storage.models import Contact, Staff, Ticket
from tests.conftest import StillClock
from tests.desk import cast
from tests.desk.cast import Cast
from tests.tickets.desk import kinds, ticket, told

Deed = Callable[[AsyncSession], Awaitable[Any]]


@pytest.fixture
async def desk(db: Database, clock: StillClock) -> Cast:
    async with db.write() as tx:
        return await cast.hired(tx, clock())


async def reported(db: Database, clock: StillClock, many: int = 1, what: str = "turned_back") -> list[int]:
    """So many tickets, each of a driver of its own."""
    async with db.write() as tx:
        made = [
            await cast.report(tx, await cast.contact(tx, f"driver {n}", clock()), "blockage", what, clock())
            for n in range(many)
        ]
        return [one.id or 0 for one in made]


async def driver(db: Database, clock: StillClock, n: int = 0) -> Contact:
    async with db.write() as tx:
        return await cast.contact(tx, f"driver {n}", clock())


async def at_once(db: Database, *deeds: Deed) -> list[str]:
    """Each in a transaction of its own, all at once: "done", or the key of the sentence that somebody got."""

    async def one(deed: Deed) -> str:
        try:
            async with db.write() as tx:
                await deed(tx)
        except Refusal as no:
            return no.key
        return "done"

    return await asyncio.gather(*(one(deed) for deed in deeds))


async def test_ten_clerks_take_one_ticket_and_one_has_it(db: Database, clock: StillClock, desk: Cast) -> None:
    [ticket_id] = await reported(db, clock)
    async with db.write() as tx:
        clerks = [
            Staff(
                login=f"clerk{n}", name="坐席", password_hash="-", role="clerk", division=cast.DIVISION,
                language="zh_CN", created_at=clock(),
            )
            for n in range(10)
        ]  # fmt: skip
        tx.add_all(clerks)
        await tickets.take(tx, ticket_id, desk["zhao"], clock())
        await moving.send_back(tx, ticket_id, desk["zhao"], "不归我管", clock())
    heard = await at_once(db, *(lambda tx, c=c: tickets.take(tx, ticket_id, c, clock()) for c in clerks))
    assert sorted(heard) == ["desk.taken_already"] * 9 + ["done"]
    winner = clerks[heard.index("done")]
    assert ((found := await ticket(db, ticket_id)).assignee_id, found.status) == (winner.id, "handling")
    assert await kinds(db, ticket_id) == ["opened", "routed", "taken", "returned", "taken"]


async def test_resolving_while_the_reporter_writes(db: Database, clock: StillClock, desk: Cast) -> None:
    """Whoever comes second: his words are read, since they open what was settled a moment before."""
    for n in range(6):
        [ticket_id], who = await reported(db, clock), await driver(db, clock)
        writes: Deed = lambda tx, i=ticket_id, c=who: tickets.add_words(tx, i, c, "还是不让走", (), clock())  # noqa: E731
        settles: Deed = lambda tx, i=ticket_id: closing.resolve(tx, i, desk["zhou"], "已放行", clock())  # noqa: E731
        assert await at_once(db, *([writes, settles] if n % 2 else [settles, writes])) == ["done", "done"]
        found, happened = await ticket(db, ticket_id), (await kinds(db, ticket_id))[2:]
        if happened == ["resolved", "added", "reopened"]:
            assert (found.status, found.result, found.outcome) == ("handling", None, None)
        else:
            assert happened == ["added", "resolved"]
            assert (found.status, found.result) == ("resolved", "已放行")


async def test_ten_supervisors_strike_off_one_ticket(db: Database, clock: StillClock, desk: Cast) -> None:
    [ticket_id] = await reported(db, clock)
    async with db.write() as tx:
        await closing.resolve(tx, ticket_id, desk["li"], "已放行", clock())
    deed: Deed = lambda tx: closing.strike_off(tx, ticket_id, desk["zhou"], "document", "函1号", clock())  # noqa: E731
    heard = await at_once(db, *[deed] * 10)
    assert sorted(heard) == ["desk.closed_already"] * 9 + ["done"]
    assert await kinds(db, ticket_id) == ["opened", "routed", "resolved", "struck_off"]


async def test_ten_supervisors_close_the_same_twelve_tickets(db: Database, clock: StillClock, desk: Cast) -> None:
    ids = await reported(db, clock, 12)
    orders = [ids if n % 2 else ids[::-1] for n in range(10)]
    deed = bulk.Deed("resolve", words="已放行", outcome="solved")
    done: list[int] = []

    async def close(tx: AsyncSession, order: list[int]) -> None:
        done.append(len((await bulk.do(tx, order, deed, desk["zhou"], clock())).done))

    heard = await at_once(db, *(lambda tx, o=order: close(tx, o) for order in orders))
    assert set(heard) == {"done"}
    assert sorted(done) == [0] * 9 + [12]
    for n, one in enumerate(ids):
        assert (await kinds(db, one))[2:] == ["resolved"]
        assert await told(db, await driver(db, clock, n)) == ["told.resolved"]


async def test_a_goes_into_b_while_b_goes_into_c(db: Database, clock: StillClock, desk: Cast) -> None:
    for n in range(6):
        a, b, c = await reported(db, clock, 3)
        first: Deed = lambda tx, a=a, b=b: incidents.merge(tx, a, b, desk["li"], clock())  # noqa: E731
        second: Deed = lambda tx, b=b, c=c: incidents.merge(tx, b, c, desk["wang"], clock())  # noqa: E731
        heard = await at_once(db, *([first, second] if n % 2 else [second, first]))
        heard = heard if n % 2 else heard[::-1]
        stand = [await ticket(db, one) for one in (a, b, c)]
        if heard == ["done", "done"]:
            assert [one.master_id for one in stand] == [c, c, None]
        else:
            assert heard == ["desk.merged_already", "done"]
            assert [one.master_id for one in stand] == [None, c, None]
        assert stand[2].reports == 1 + sum(one.master_id == c for one in stand)


async def test_a_goes_into_b_while_b_is_settled(db: Database, clock: StillClock, desk: Cast) -> None:
    for n in range(6):
        a, b = await reported(db, clock, 2)
        gathers: Deed = lambda tx, a=a, b=b: incidents.merge(tx, a, b, desk["li"], clock())  # noqa: E731
        settles: Deed = lambda tx, b=b: closing.resolve(tx, b, desk["zhou"], "已放行", clock())  # noqa: E731
        heard = await at_once(db, *([gathers, settles] if n % 2 else [settles, gathers]))
        gathered = (heard if n % 2 else heard[::-1])[0]
        child, master = await ticket(db, a), await ticket(db, b)
        assert master.status == "resolved"
        if gathered == "done":
            assert (child.status, child.master_id) == ("merged", b)
        else:
            assert gathered == "desk.resolved_already"
            assert (child.status, child.master_id) == ("assigned", None)
        heard_there = (await told(db, await driver(db, clock, 0)))[-1:]
        assert heard_there == (["told.resolved"] if gathered == "done" else heard_there)


async def test_two_gather_each_other(db: Database, clock: StillClock, desk: Cast) -> None:
    for _ in range(4):
        a, b = await reported(db, clock, 2)
        heard = await at_once(
            db,
            lambda tx, a=a, b=b: incidents.merge(tx, a, b, desk["li"], clock()),
            lambda tx, a=a, b=b: incidents.merge(tx, b, a, desk["wang"], clock()),
        )
        assert sorted(heard) == ["desk.merged_already", "done"]
        assert {(await ticket(db, one)).status for one in (a, b)} == {"merged", "assigned"}


async def test_a_transfer_while_another_takes(db: Database, clock: StillClock, desk: Cast) -> None:
    """Both may be done, one after the other; who has it and where it lies always agree."""
    for n in range(6):
        [ticket_id] = await reported(db, clock)
        moves: Deed = lambda tx, i=ticket_id: moving.transfer(tx, i, desk["li"], desk.toll, "", clock())  # noqa: E731
        takes: Deed = lambda tx, i=ticket_id: tickets.take(tx, i, desk["wang"], clock())  # noqa: E731
        assert await at_once(db, *([moves, takes] if n % 2 else [takes, moves])) == ["done", "done"]
        found, happened = await ticket(db, ticket_id), (await kinds(db, ticket_id))[2:]
        assert found.department_id == desk.toll
        if happened[-1] == "taken":
            assert (found.assignee_id, found.status) == (desk["wang"].id, "handling")
        else:
            assert (found.assignee_id, found.status) == (desk["sun"].id, "assigned")


async def test_everybody_at_once_around_one_master(db: Database, clock: StillClock, desk: Cast) -> None:
    """Reporters write, clerks gather, split and settle: everybody is served or told, and nobody waits for ever."""
    for _ in range(4):
        ids = await reported(db, clock, 6)
        async with db.write() as tx:
            await incidents.merge_all(tx, ids[2:], ids[1], desk["li"], clock())
        people = [await driver(db, clock, n) for n in range(6)]
        deeds: list[Deed] = [
            lambda tx, ids=ids: incidents.merge(tx, ids[1], ids[0], desk["wang"], clock()),
            *(
                lambda tx, i=one, c=who: tickets.add_words(tx, i, c, "还堵着", (), clock())
                for one, who in zip(ids[2:], people[2:], strict=True)
            ),
            *(lambda tx, i=one: incidents.split(tx, i, desk["zhou"], clock()) for one in ids[3:5]),
            lambda tx, ids=ids: tickets.take(tx, ids[5], desk["wang"], clock()),
            lambda tx, ids=ids, c=people[0]: tickets.join(tx, ids[2], c, clock()),
        ]
        heard = await at_once(db, *deeds)
        assert heard[0] == "done"
        assert heard[1:7] == ["done"] * 6
        assert heard[7] == "desk.merged_already"
        stand = {one: await ticket(db, one) for one in ids}
        assert {stand[one].master_id for one in (ids[1], ids[2], ids[5])} == {ids[0]}
        assert {stand[one].master_id for one in ids[3:5]} == {None}
        async with db.read() as tx:
            found = await ledger.reporters(tx, await tx.get_one(Ticket, ids[0]))
        assert {who.id for group in found.values() for who in group} >= {people[n].id for n in (0, 1, 2, 5)}
