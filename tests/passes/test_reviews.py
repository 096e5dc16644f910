"""Two reviewers at one queue: every application becomes one pass and every serial one number; nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bench import reviews
from hotline.passes import applying, blocks, deciding, face, keys
from hotline.rules import shelf
from locales.words import Refusal
from storage import blocks as kept
from storage.database import Database
from storage.models import Block, Contact, Pass, PassEvent, SigningKey, Staff
from tests.conftest import NOON, StillClock
from tests.desk.test_conflicts import Deed, at_once
from tests.support.passes import CITY, OTHER_CITY, by_day, contact, hired, packs, wish

__all__ = ["packs"]

DAY = timedelta(days=1)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shelf with the pack of the demonstration and no other, as the measurement has it."""
    monkeypatch.setattr(shelf, "FOLDER", reviews.PACKS)
    shelf.use(None)
    yield
    monkeypatch.undo()
    shelf.use(None)


@pytest.fixture
async def staff(db: Database, clock: StillClock) -> dict[str, Staff]:
    async with db.write() as tx:
        return await hired(tx, clock())


@pytest.fixture
async def driver(db: Database, clock: StillClock) -> Contact:
    async with db.write() as tx:
        return await contact(tx, "driver", clock())


async def applied(db: Database, who: Contact, *wishes: Any) -> list[int]:
    """The ids of these applications."""
    async with db.write() as tx:
        return [(await applying.apply(tx, who, one, NOON)).id or 0 for one in wishes]


async def the(db: Database, pass_id: int) -> Pass:
    async with db.read() as tx:
        return await tx.get_one(Pass, pass_id)


async def kinds(db: Database, pass_id: int) -> list[str]:
    async with db.read() as tx:
        query = select(col(PassEvent.kind)).where(col(PassEvent.pass_id) == pass_id).order_by(col(PassEvent.id))
        return list(await tx.scalars(query))


async def blocks_of(db: Database) -> list[Block]:
    async with db.read() as tx:
        return list(await tx.scalars(select(Block).order_by(col(Block.id))))


def does(verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Deed:
    """A verb with what it takes between tx and now."""

    async def deed(tx: AsyncSession) -> Any:
        return await verb(tx, *given, NOON, **more)

    return deed


# Two hundred, as `python -m bench reviews` does ten thousand


@pytest.mark.usefixtures("alone")
async def test_two_reviewers_decide_two_hundred_and_issue_each_once(db: Database) -> None:
    many = 100 if db.is_sqlite else 200  # SQLite lets one write at a time: nobody meets anybody
    await reviews.hire(db, many, serials=37)
    await asyncio.gather(*(reviews.submit(db, range(n, many, 4)) for n in range(4)))
    tries = await asyncio.gather(*(reviews.review(db, login) for login in reviews.REVIEWERS))
    assert sum(one["issued"] for one in tries) == many
    assert sum(one["killed"] for one in tries) > 0
    found = await reviews.proof(db, many)
    assert (found.wrong, found.numbers, found.given) == ((), many, many)


# Who comes second hears a sentence


@pytest.mark.usefixtures("packs")
async def test_one_application_and_five_who_approve_it(db: Database, staff: dict[str, Staff], driver: Contact) -> None:
    [pass_id] = await applied(db, driver, wish(NOON))
    who = [staff["li"], staff["wang"], staff["zhou"], staff["li"], staff["boss"]]
    heard = await at_once(db, *(does(deciding.approve, by, pass_id) for by in who))
    assert sorted(heard) == ["done", *["pass.state.otherwise"] * 4]
    assert ((found := await the(db, pass_id)).state, found.number) == ("issued", "220100000001")
    assert await kinds(db, pass_id) == ["applied", "issued"]


@pytest.mark.usefixtures("packs")
async def test_one_approves_while_another_returns_refuses_and_the_driver_withdraws(
    db: Database, staff: dict[str, Staff], driver: Contact
) -> None:
    ids = await applied(db, driver, *(wish(NOON, plate=f"吉A1234{n}") for n in range(6)))
    for pass_id in ids:
        heard = await at_once(
            db,
            does(deciding.send_back, staff["wang"], pass_id, ["crew"], "请写全"),
            does(deciding.approve, staff["li"], pass_id),
            does(deciding.refuse, staff["zhou"], pass_id, "t#二", "货不对"),
            does(applying.withdraw, pass_id, driver),
        )
        found = await the(db, pass_id)
        over = {"returned": [1], "issued": [1], "refused": [1], "withdrawn": [1]}[found.state]
        withdrawn_after = found.state == "withdrawn" and (await kinds(db, pass_id))[1:] == ["returned", "withdrawn"]
        assert heard.count("done") == (2 if withdrawn_after else over[0]), (heard, found.state)
    [block, _] = await blocks_of(db)
    states = [(await the(db, one)).state for one in ids]
    assert block.next_serial - 1 == states.count("issued")


@pytest.mark.usefixtures("packs")
async def test_the_two_who_agree_are_two_people(db: Database, staff: dict[str, Staff], driver: Contact) -> None:
    [pass_id] = await applied(db, driver, by_day(NOON))
    until = NOON + 3 * DAY
    twice = [does(deciding.approve, staff["li"], pass_id, valid_until=until)] * 2
    assert sorted(await at_once(db, *twice)) == ["done", "pass.two_people"]
    no_day = does(deciding.approve, staff["wang"], pass_id)
    assert await at_once(db, no_day) == ["pass.until.missing"]
    await at_once(db, does(deciding.approve, staff["wang"], pass_id, valid_until=until))
    found = await the(db, pass_id)
    assert (found.state, found.checked_by, found.decided_by) == ("issued", staff["li"].id, staff["wang"].id)
    assert (found.number, found.valid_until) == ("220200000001", until)
    assert await kinds(db, pass_id) == ["applied", "checked", "issued"]


# Numbers


@pytest.mark.usefixtures("packs")
async def test_whoever_waits_for_the_last_serial_gets_the_first_of_the_next_block(
    db: Database, clock: StillClock, driver: Contact
) -> None:
    async with db.write() as tx:
        staff = await hired(tx, clock(), serials=0)
        for first in (1, 3, 5):
            await blocks.allot(tx, staff["boss"], CITY, first, first + 1, "测试〔2026〕3号", NOON)
    ids = await applied(db, driver, *(wish(NOON, plate=f"吉A1234{n}") for n in range(7)))
    heard = await at_once(db, *(does(deciding.approve, staff["li"], i) for i in ids))
    assert sorted(heard) == [*["done"] * 6, "pass.block.none"]
    numbers = sorted(found.number for found in [await the(db, i) for i in ids] if found.number)
    assert numbers == [f"220100{n:06d}" for n in range(1, 7)]


@pytest.mark.usefixtures("packs")
async def test_a_crash_a_refusal_and_a_loser_give_their_serial_back(
    db: Database, staff: dict[str, Staff], driver: Contact
) -> None:
    first, second, third = await applied(db, driver, *(wish(NOON, plate=f"吉A1234{n}") for n in range(3)))
    with pytest.raises(ZeroDivisionError):
        async with db.write() as tx:
            await deciding.approve(tx, staff["li"], first, NOON)
            _ = 1 / 0
    await _live_twin(db, third)
    lost = does(deciding.approve, staff["li"], third)
    assert await at_once(db, lost) == ["pass.live_already"]
    late = does(deciding.approve, staff["li"], first, valid_until=NOON - DAY)
    assert await at_once(db, late) == ["pass.until.over"]
    await at_once(db, does(deciding.approve, staff["li"], second))
    assert (await the(db, second)).number == "220100000001"
    assert ((await the(db, first)).state, (await the(db, third)).state) == ("applied", "applied")


async def _live_twin(db: Database, pass_id: int) -> None:
    """A live pass for the same truck and route, as one that came in between leaves it."""
    waiting = await the(db, pass_id)
    twin = {"code": "otherpassabc", "state": "issued", "automatic": True, "issued_at": NOON, "payload": "x"}
    dates = {"valid_from": NOON, "valid_until": NOON + DAY, "number": "220100900000"}
    async with db.write() as tx:
        tx.add(Pass(**waiting.model_dump(exclude={"id"}) | twin | dates))


@pytest.mark.usefixtures("packs")
async def test_a_revoked_number_is_never_given_again(db: Database, staff: dict[str, Staff], driver: Contact) -> None:
    [first] = await applied(db, driver, wish(NOON))
    await at_once(db, does(deciding.approve, staff["li"], first))
    await at_once(db, does(deciding.revoke, staff["zhou"], first, "t#二", "转借"))
    [again] = await applied(db, driver, wish(NOON))
    await at_once(db, does(deciding.approve, staff["li"], again))
    assert [(await the(db, one)).number for one in (first, again)] == ["220100000001", "220100000002"]
    async with db.read() as tx:
        tallies = {one.division: await blocks.tally(tx, one) for one in await kept.of_division(tx, CITY, OTHER_CITY)}
    assert (tallies[CITY].given, tallies[CITY].kept, tallies[CITY].is_whole) == (2, 2, True)
    assert (tallies[OTHER_CITY].given, tallies[OTHER_CITY].is_whole) == (0, True)


@pytest.mark.usefixtures("packs")
async def test_a_tally_finds_what_is_missing(db: Database, staff: dict[str, Staff], driver: Contact) -> None:
    [first] = await applied(db, driver, wish(NOON))
    await at_once(db, does(deciding.approve, staff["li"], first))
    async with db.write() as tx:
        [block, _] = await tx.scalars(select(Block).order_by(col(Block.id)))
        block.next_serial += 1
    async with db.read() as tx:
        found = await blocks.tally(tx, (await blocks_of(db))[0])
    assert (found.given, found.kept, found.is_whole) == (2, 1, False)


async def test_blocks_of_one_division_never_overlap(db: Database, staff: dict[str, Staff]) -> None:
    boss = staff["boss"]
    heard = await at_once(db, *(does(blocks.allot, boss, "220300", 1 + n, 10 + n, "文") for n in range(4)))
    assert sorted(heard) == ["done", *["pass.block.twice"] * 3]
    amiss = {
        ("999999", 1, 2, "文"): "pass.block.division",
        ("110000", 1, 2, "文"): "pass.block.division",
        ("220300", 0, 2, "文"): "pass.block.span",
        ("220300", 30, 20, "文"): "pass.block.span",
        ("220300", 30, 1_000_000, "文"): "pass.block.span",
        ("220300", 30, 40, " "): "pass.block.document",
        ("220300", 30, 40, "长" * 101): "pass.block.document",
    }
    for asked, key in amiss.items():
        assert await at_once(db, does(blocks.allot, boss, *asked)) == [key]
    mine = does(blocks.allot, staff["zhou"], "220300", 30, 40, "文")
    assert await at_once(db, mine) == ["pass.not_yours"]


async def test_the_ledger_itself_refuses_a_number_twice_and_a_key_that_signs_beside_another(
    db: Database, staff: dict[str, Staff]
) -> None:
    for _ in range(2):
        async with db.write() as tx:
            await keys.rotate(tx, staff["boss"], NOON)
    with pytest.raises(DBAPIError):
        async with db.write() as tx:
            await tx.execute(text("UPDATE signing_key SET is_current = true"))
    async with db.read() as tx:
        made = [(one.id, one.is_current) for one in await tx.scalars(select(SigningKey).order_by(col(SigningKey.id)))]
    assert made == [(1, False), (2, True)]


# Keys


@pytest.mark.usefixtures("packs")
async def test_a_new_key_signs_and_what_the_old_one_signed_stays_good(
    db: Database, staff: dict[str, Staff], driver: Contact
) -> None:
    ids = await applied(db, driver, *(wish(NOON, plate=f"吉A1234{n}") for n in range(8)))
    turns = [does(keys.rotate, staff["boss"])] * 2
    heard = await at_once(db, *(does(deciding.approve, staff["li"], i) for i in ids), *turns)
    assert heard == ["done"] * 10
    async with db.read() as tx:
        public = await keys.public(tx)
    for one in ids:
        pass_ = await the(db, one)
        seen = face.read(pass_.payload or "", public)
        assert seen.state == "sound"
        assert seen.face is not None
        assert (seen.face.number, seen.face.plate) == (pass_.number, pass_.plate)
    with pytest.raises(Refusal, match=r"pass\.not_yours"):
        async with db.write() as tx:
            await keys.rotate(tx, staff["zhou"], NOON)


# A renewal


@pytest.mark.usefixtures("packs")
async def test_a_renewal_takes_the_place_of_the_old_one_in_one_moment(
    db: Database, staff: dict[str, Staff], driver: Contact
) -> None:
    [first] = await applied(db, driver, wish(NOON))
    await at_once(db, does(deciding.approve, staff["li"], first))
    [second] = await applied(db, driver, wish(NOON, renews_id=first))
    assert ((await the(db, first)).state, (await the(db, second)).state) == ("issued", "applied")
    heard = await at_once(
        db,
        does(deciding.approve, staff["wang"], second),
        does(deciding.revoke, staff["zhou"], first, "t#二", "转借"),
    )
    states = ((await the(db, first)).state, (await the(db, second)).state)
    assert states in {("superseded", "issued"), ("revoked", "issued")}, heard
    assert heard[0] == "done"
