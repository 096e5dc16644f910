"""A ticket's life: what is refused, what two clerks at once come to, and that its numbers are sound."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hotline import closing, neighbours, numbers, reading, tickets, timing
from hotline.formats.places import from_position, parse_place
from locales.words import Refusal, Say
from storage import staff as people
from storage import tickets as ledger
from storage import turns
from storage.database import Database
from storage.models import Contact, Outbox, Staff, Ticket, TicketEvent
from tests.conftest import NOON


async def driver(db: Database, clock: Any, name: str = "a") -> Contact:
    async with db.write() as tx:
        return await turns.contact_at(tx, "web", "main", name, "zh_CN", clock())


async def clerk(db: Database, clock: Any, login: str) -> Staff:
    async with db.write() as tx:
        fresh = Staff(
            login=login, name=login, password_hash="-", role="clerk", division="220100", language="zh_CN",
            created_at=clock(),
        )  # fmt: skip
        return await people.add(tx, fresh)


def matter(where: str = "G12长春东收费站", what: str = "turned_back") -> tickets.Matter:
    place = parse_place(where)
    answers = {"what": what, "where": place.to_json()}
    return tickets.Matter("blockage", what, NOON, place, answers=answers)


async def report(db: Database, clock: Any, who: Contact, where: str = "G12长春东收费站") -> int:
    async with db.write() as tx:
        return (await tickets.open(tx, who, matter(where), "220100", clock())).id or 0


async def kinds(db: Database, ticket_id: int) -> list[str]:
    async with db.read() as tx:
        return [event.kind for event in await ledger.events(tx, ticket_id)]


async def test_numbers_have_no_gaps_and_no_twins(db: Database, clock: Any) -> None:
    who = await driver(db, clock)

    async def one(fails: bool) -> None:
        try:
            async with db.write() as tx:
                await tickets.open(tx, who, matter(), "220100", clock())
                if fails:
                    raise RuntimeError("power cut")
        except RuntimeError:
            pass

    await asyncio.gather(*(one(n % 3 == 0) for n in range(30)))
    async with db.read() as tx:
        found = sorted((await tx.scalars(select(Ticket.number))).all())  # type: ignore[call-overload]
    assert [int(number[18:23]) for number in found] == list(range(1, 21))
    assert all(numbers.find_number(number) == number for number in found)


async def test_the_day_of_a_number_is_local(db: Database, clock: Any) -> None:
    clock.pass_(hours=13)
    ticket_id = await report(db, clock, await driver(db, clock))
    async with db.read() as tx:
        ticket = await tx.get(Ticket, ticket_id)
    assert ticket is not None
    assert ticket.number.split("-")[1] == "20260302", "one o'clock at night in Shanghai is the next day"


async def test_two_clerks_take_one_ticket_and_one_wins(db: Database, clock: Any) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    clerks = [await clerk(db, clock, f"clerk{n}") for n in range(6)]

    async def take(member: Staff) -> str:
        try:
            async with db.write() as tx:
                await tickets.take(tx, ticket_id, member, clock())
        except Refusal as no:
            return no.key
        return "taken"

    outcomes = await asyncio.gather(*(take(member) for member in clerks))
    assert sorted(outcomes) == ["desk.taken_already"] * 5 + ["taken"]
    assert await kinds(db, ticket_id) == ["opened", "taken"]


async def test_what_is_settled_is_settled_and_what_is_not_cannot_be_reopened(db: Database, clock: Any) -> None:
    ticket_id, member = await report(db, clock, await driver(db, clock)), await clerk(db, clock, "li")
    async with db.write() as tx:
        with pytest.raises(Refusal, match=r"desk\.not_resolved"):
            await closing.reopen(tx, ticket_id, member, "why", clock())
        with pytest.raises(Refusal, match=r"desk\.words_missing"):
            await closing.resolve(tx, ticket_id, member, "  ", clock())
        await closing.resolve(tx, ticket_id, member, "已放行", clock())
        for verb in (closing.resolve, tickets.reply):
            with pytest.raises(Refusal, match=r"desk\.resolved_already"):
                await verb(tx, ticket_id, member, "again", clock())
        with pytest.raises(Refusal, match=r"question\.text\.too_long"):
            await tickets.note(tx, ticket_id, member, "x" * 2001, clock())
    assert await kinds(db, ticket_id) == ["opened", "resolved"]


async def test_nothing_is_struck_off_without_a_result(db: Database, clock: Any) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    with pytest.raises(IntegrityError):
        async with db.write() as tx:
            (await ledger.lock(tx, ticket_id)).status = "resolved"
    with pytest.raises(IntegrityError):
        async with db.write() as tx:
            (await ledger.lock(tx, ticket_id)).status = "forgotten"


async def test_joining_counts_each_driver_once(db: Database, clock: Any) -> None:
    first = await driver(db, clock)
    ticket_id = await report(db, clock, first)
    others = [await driver(db, clock, f"other{n}") for n in range(5)]

    async def join(who: Contact) -> None:
        async with db.write() as tx:
            await tickets.join(tx, ticket_id, who, clock())

    await asyncio.gather(*(join(who) for who in [*others, *others, first]))
    async with db.read() as tx:
        ticket = await tx.get(Ticket, ticket_id)
    assert ticket is not None
    assert ticket.reports == 6
    assert (await kinds(db, ticket_id)).count("joined") == 5


async def test_one_answer_reaches_fifty_drivers_once(db: Database, clock: Any) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    member = await clerk(db, clock, "li")
    for n in range(49):
        who = await driver(db, clock, f"other{n}")
        async with db.write() as tx:
            await tickets.join(tx, ticket_id, who, clock())
    async with db.write() as tx:
        await tickets.reply(tx, ticket_id, member, "二十分钟内放行", clock())
        await tickets.note(tx, ticket_id, member, "站长电话已记", clock())
    async with db.read() as tx:
        told = (await tx.execute(select(Outbox.key, func.count()).group_by(Outbox.key))).all()  # type: ignore[call-overload]
    assert [tuple(row) for row in told] == [("told.answered", 50)]


async def test_a_late_answer_is_marked_once(db: Database, clock: Any) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    for _ in range(5):
        clock.pass_(minutes=23)
        async with db.write() as tx:
            for late in await ledger.ringing(tx, clock()):
                await timing.ring(tx, late, clock())
    assert await kinds(db, ticket_id) == ["opened", "warned", "breached"]


@pytest.mark.parametrize(
    ("there", "here", "same"),
    [
        ("G12长春东收费站", "G12长春东收费站", True),
        ("G12长春东收费站", "长春东收费站", True),
        ("G102 K123+400 往长春方向", "G102 K125 往长春方向", True),
        ("G102 K123+400 往长春方向", "G102 K125 往四平方向", False),
        ("G102 K123+400 往长春方向", "G102 K130 往长春方向", False),
        ("G102 K123+400 往长春方向", "G202 K123+400 往长春方向", False),
        ("43.88,125.32", "43.89,125.33", True),
        ("43.88,125.32", "43.98,125.32", False),
    ],
)
async def test_what_counts_as_the_same_place(db: Database, clock: Any, there: str, here: str, same: bool) -> None:
    await report(db, clock, await driver(db, clock), there)
    clock.pass_(hours=1)
    async with db.read() as tx:
        assert bool(await neighbours.similar(tx, parse_place(here), clock())) is same
    clock.pass_(hours=13)
    async with db.read() as tx:
        assert await neighbours.similar(tx, parse_place(here), clock()) == [], "what is old is another event"


async def test_a_pin_finds_a_pin_across_the_edge_of_a_cell(db: Database, clock: Any) -> None:
    await report(db, clock, await driver(db, clock), "43.8999,125.3499")
    async with db.read() as tx:
        here = from_position(43.9001, 125.3501, "wgs84")
        assert len(await neighbours.similar(tx, here, clock())) == 1


async def test_a_stranger_reads_with_the_code_and_may_not_guess(db: Database, clock: Any) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    stranger = await driver(db, clock, "stranger")
    async with db.read() as tx:
        ticket = await tx.get(Ticket, ticket_id)
    assert ticket is not None

    async def tries(code: str) -> str:
        async with db.write() as tx:
            read = await reading.read(tx, ticket.number, stranger, code, clock())
        return read.key if isinstance(read, Say) else read.ticket.number

    wrong = "000000" if ticket.code != "000000" else "111111"
    said = [await tries(wrong) for _ in range(6)]
    assert said == ["ticket.code.wrong"] * 5 + ["ticket.code.too_many"]
    assert await tries(ticket.code) == "ticket.code.too_many", "not even the right one, for now"
    clock.at += timedelta(minutes=11)
    assert await tries(ticket.code) == ticket.number


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 9_999_999), st.data())
def test_a_number_reads_back_and_a_wrong_digit_is_found(day: date, serial: int, data: st.DataObject) -> None:
    number = numbers.form_number("220100", day, "blockage", serial)
    for typed in (number, number.replace("-", ""), number.replace("-", " "), f"工单{number}，123456"):
        assert numbers.find_number(typed) == number
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(Refusal):
        numbers.find_number(number[:place] + other + number[place + 1 :])


async def test_events_hold_no_words(db: Database, clock: Any) -> None:
    ticket_id, member = await report(db, clock, await driver(db, clock)), await clerk(db, clock, "li")
    async with db.write() as tx:
        await tickets.reply(tx, ticket_id, member, "二十分钟内放行", clock())
    async with db.read() as tx:
        events = (await tx.scalars(select(TicketEvent))).all()
    assert "放行" not in str([event.facts for event in events])
