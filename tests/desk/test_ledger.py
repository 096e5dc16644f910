"""The ledger shows what was asked for, all of it, once, and to those who may see it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from hotline.rights import scope
from locales.words import Refusal
from storage import ledger
from storage.database import Database
from storage.ledger import CLOCK, OPENED, Wanted
from storage.models import NEVER, OPEN, Assist, Callback, Extension, Staff, Ticket
from tests.conftest import NOON
from tests.desk.rows import contact, department, member, settled, ticket

NOTES = ("前面都不让下高速", "服务区没有热水", "塌方了，半幅通行", "")


async def year(db: Database, many: int = 40) -> list[Ticket]:
    """Tickets of all sorts, some at the very same moment."""
    dice = random.Random(7)
    who, li = await contact(db), await member(db, "li")
    of = [await department(db, code) for code in ("road", "toll")]
    made = []
    for number in range(many):
        status = dice.choice((*OPEN, "resolved", "struck_off", "declined"))
        opened = NOON + timedelta(hours=dice.randrange(many // 4))
        changed: dict[str, Any] = {"status": status, "opened_at": opened, "rank": dice.randrange(2)}
        changed |= settled(li, opened, status) if status in ("resolved", "struck_off") else {}
        changed |= {"result": "不归我们管"} if status == "declined" else {}
        changed |= {"waiting_since": opened} if status == "waiting" else {}
        changed |= {"department_id": dice.choice(of)} if status != "accepted" else {}
        changed["division"] = dice.choice(("220100", "220104", "220200", "210100"))
        changed["what"] = dice.choice(("turned_back", "toll_closed"))
        changed["source"] = dice.choice(("web", "telegram", "12345"))
        changed["named"] = bool(number % 3)
        changed["plate"] = f"吉A1000{number % 5}"
        made.append(await ticket(db, who, NOTES[number % 4], **changed))
    return made


def ids(tickets: Any) -> list[int]:
    return [one.id for one in tickets]


async def test_any_filter_shows_exactly_what_it_names(db: Database) -> None:
    made = await year(db)
    at = NOON + timedelta(hours=4)
    asked: list[tuple[Wanted, Any]] = [
        (Wanted(), lambda t: True),
        (Wanted(statuses=OPEN), lambda t: t.status in OPEN),
        (Wanted(statuses=("resolved", "declined")), lambda t: t.status in ("resolved", "declined")),
        (Wanted(kind="blockage", what="toll_closed"), lambda t: t.what == "toll_closed"),
        (Wanted(source="12345", named=True), lambda t: t.source == "12345" and t.named),
        (Wanted(named=False), lambda t: not t.named),
        (Wanted(divisions=("220100", "220199")), lambda t: t.division.startswith("2201")),
        (Wanted(divisions=("220104", "220104")), lambda t: t.division == "220104"),
        (Wanted(department_id=1), lambda t: t.department_id == 1),
        (Wanted(outcome="solved"), lambda t: t.outcome == "solved"),
        (Wanted(opened_from=at), lambda t: t.opened_at >= at),
        (Wanted(opened_before=at), lambda t: t.opened_at < at),
        (Wanted(overdue_at=at), lambda t: t.status in OPEN and t.due_at <= at),
        (Wanted(number=made[3].number), lambda t: t.id == made[3].id),
        (Wanted(plate="吉A10002"), lambda t: t.plate == "吉A10002"),
        (Wanted(road="G12", facility="长春东收费站"), lambda t: True),
        (Wanted(words="热水"), lambda t: made.index(t) % 4 == 1),
        (Wanted(words="不让下", statuses=OPEN), lambda t: made.index(t) % 4 == 0 and t.status in OPEN),
        (Wanted(priority="normal"), lambda t: False),
    ]
    for wanted, holds in asked:
        expected = sorted((t for t in made if holds(t)), key=lambda t: (t.opened_at, t.id), reverse=True)
        async with db.read() as tx:
            assert ids(await ledger.page(tx, wanted, limit=99)) == ids(expected), wanted
            assert await ledger.count(tx, wanted) == len(expected)
        streamed = [row.id async for rows in ledger.stream(db, wanted, batch=7) for row in rows]
        assert streamed == ids(expected)[::-1], wanted


@pytest.mark.parametrize("order", [OPENED, CLOCK], ids=["opened", "clock"])
async def test_pages_there_and_back_show_each_ticket_once(db: Database, order: Any) -> None:
    await year(db)
    wanted = Wanted(statuses=OPEN) if order is CLOCK else Wanted()
    async with db.read() as tx:
        whole = await ledger.page(tx, wanted, order=order, limit=99)
        key = (lambda t: (t.rank, t.due_at, t.id)) if order is CLOCK else (lambda t: (t.opened_at, t.id))
        assert whole == sorted(whole, key=key, reverse=order is OPENED)
        seen: list[Ticket] = []
        after = None
        while some := await ledger.page(tx, wanted, order=order, after=after, limit=6):
            if seen:
                back = await ledger.page(tx, wanted, order=order, before=order.of(some[0]), limit=6)
                assert ids(back) == ids(seen[-6:])
            seen += some
            after = order.of(some[-1])
        assert ids(seen) == ids(whole)


async def test_counting_stops_where_it_helps_nobody(db: Database) -> None:
    await year(db, 20)
    async with db.read() as tx:
        assert await ledger.count(tx, Wanted(), at_most=20) == 20
        assert await ledger.count(tx, Wanted(), at_most=19) == 20
        assert await ledger.count(tx, Wanted(), at_most=5) == 6


async def test_a_line_tells_what_an_inspector_asks(db: Database) -> None:
    who, li, wang = await contact(db, "telegram", "13812345678"), await member(db, "li"), await member(db, "wang")
    one = await ticket(db, who, **settled(li))
    async with db.write() as tx:
        for number, granted in enumerate((True, False, True, None)):
            decided = {} if granted is None else {"decided_by": wang.id, "decided_at": NOON, "granted": granted}
            asked = NOON + timedelta(minutes=number)
            tx.add(Extension(ticket_id=one.id, asked_by=li.id, asked_at=asked, reason="雪", until=NOON, **decided))
        for round_, how in ((1, "unsatisfied"), (2, "mostly")):
            tx.add(Callback(ticket_id=one.id, round=round_, status="answered", due_at=NEVER, satisfaction=how))
    (line,) = [row async for rows in ledger.stream(db, Wanted()) for row in rows]
    assert (line.channel, line.address, line.extensions, line.satisfaction) == ("telegram", "13812345678", 2, "mostly")
    assert (line.number, line.outcome, line.resolver_id) == (one.number, "solved", li.id)


async def test_too_little_to_look_for_is_refused(db: Database) -> None:
    async with db.read() as tx:
        with pytest.raises(Refusal):
            await ledger.page(tx, Wanted(words="高"))


async def seen_by(db: Database, staff: Staff) -> set[int]:
    async with db.read() as tx:
        return set(ids(await ledger.page(tx, Wanted(), scope=scope(tx, staff), limit=99)))


async def test_everybody_sees_their_own_subtree(db: Database) -> None:
    made = await year(db)
    for number, (division, begins) in enumerate((("220000", "22"), ("220100", "2201"), ("220104", "220104"))):
        for role in ("clerk", "supervisor", "admin"):
            staff = await member(db, f"{role}{number}", role, division)
            assert await seen_by(db, staff) == {t.id for t in made if t.division.startswith(begins)}


async def test_a_department_sees_what_it_has_or_helps_with(db: Database) -> None:
    made = await year(db)
    road = next(t.department_id for t in made if t.department_id)
    elsewhere = next(t for t in made if t.department_id not in (None, road))
    hao = await member(db, "hao", "handler", department_id=road)
    theirs = {t.id for t in made if t.department_id == road}
    assert await seen_by(db, hao) == theirs
    async with db.write() as tx:
        tx.add(Assist(ticket_id=elsewhere.id, department_id=road, asked_by=hao.id, asked_at=NOON))
    assert await seen_by(db, hao) == theirs | {elsewhere.id}
    assert await seen_by(db, await member(db, "new", "handler")) == set()
    assert await seen_by(db, await member(db, "post", "checkpoint")) == set()
