"""What the machine finds before a person decides, and the queues it finds it in; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from hotline import divisions
from hotline.passes import applying, checks, deciding
from hotline.passes.wishes import Wish
from hotline.rules import shelf
from locales.words import LANGUAGES, render
from storage import review
from storage.database import Database
from storage.models import Block, Contact, Firm, Member, Pass, Staff, Vehicle
from tests.conftest import NOON, StillClock
from tests.support.passes import CHANGYI, CITY, FOLDER, NANGUAN, OTHER_CITY, by_day, contact, firm, hired, packs, wish

__all__ = ["packs"]

pytestmark = pytest.mark.usefixtures("packs")

JILIN = ("220000", "229999")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USCC = "91220100MA0000001L"


on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is found in what was looked up is the same on either database; the looking up is tested on both."""


class Bureau:
    """A bureau with a firm of one driver, and what the machine finds in what he applies for."""

    def __init__(self, db: Database, staff: dict[str, Staff], driver: Contact, ours: Firm):
        self.db, self.staff, self.driver, self.ours = db, staff, driver, ours

    async def apply(self, asked: Wish, *, by: Contact | None = None, listed: bool = True) -> int:
        """In the name of the firm, with the truck on its list, unless somebody else applies."""
        async with self.db.write() as tx:
            if by is None:
                asked = replace(asked, firm_id=self.ours.id)
            if by is None and listed:
                tx.add(Vehicle(firm_id=self.ours.id or 0, plate=asked.plate, colour=asked.colour, added_at=NOON))
            made = await applying.apply(tx, by or self.driver, asked, NOON)
            return made.id or 0

    async def approve(self, pass_id: int, by: str = "li", **more: Any) -> None:
        async with self.db.write() as tx:
            await deciding.approve(tx, self.staff[by], pass_id, NOON, **more)

    async def change(self, table: Any, row_id: int | None, **changed: Any) -> None:
        async with self.db.write() as tx:
            row = await tx.get_one(table, row_id)
            for name, value in changed.items():
                setattr(row, name, value)

    async def found(self, pass_id: int, now: Any = NOON) -> dict[str, tuple[str, str]]:
        """Each check: how it stands and which sentence it says; every sentence reads in every language."""
        async with self.db.read() as tx:
            [scene] = await checks.scenes(tx, await review.of_ids(tx, [pass_id]), now)
        seen = checks.look(scene)
        assert [checks.ORDER.index(one.state) for one in seen] == sorted(checks.ORDER.index(one.state) for one in seen)
        for one in seen:
            assert all(render(language, one.say) for language in LANGUAGES)
        self.plain = checks.is_plain(scene, seen)
        return {one.name: (one.state, one.say.key.rpartition(".")[2]) for one in seen}

    async def amiss(self, pass_id: int, now: Any = NOON) -> dict[str, tuple[str, str]]:
        """The checks that are not fine."""
        return {name: one for name, one in (await self.found(pass_id, now)).items() if one[0] != "fine"}


@pytest.fixture
async def bureau(db: Database, clock: StillClock) -> AsyncIterator[Bureau]:
    async with db.write() as tx:
        staff, driver = await hired(tx, clock()), await contact(tx, "driver", clock())
        ours = await firm(tx, driver, clock(), uscc=USCC)
    yield Bureau(db, staff, driver, ours)


async def test_nothing_amiss_is_plain(bureau: Bureau) -> None:
    one = await bureau.apply(wish(NOON, trailer="吉B1234挂"))
    assert await bureau.found(one) == {
        "plate": ("fine", "fine"), "trailer": ("fine", "fine"), "others": ("fine", "fine"),
        "firm": ("fine", "verified"), "vehicle": ("fine", "listed"), "crew": ("fine", "fine"),
        "journey": ("fine", "fine"), "rules": ("fine", "fine"), "lacking": ("fine", "fine"),
        "serial": ("fine", "fine"),
    }  # fmt: skip
    assert bureau.plain
    two = await bureau.apply(
        by_day(NOON, plate="吉B00001", until_wished=NOON + DAY, crew=({"name": "李四", "tested_at": "x"},))
    )
    assert await bureau.amiss(two) == {"test": ("look", "missing")}
    await bureau.change(Pass, two, crew=[{"name": "李四", "tested_at": (NOON - HOUR).isoformat()}])
    assert await bureau.amiss(two) == {}
    assert bureau.plain  # the first of two steps needs no last day
    await bureau.approve(two)
    assert await bureau.amiss(two) == {}
    assert not bureau.plain  # and the second does


async def test_the_truck_and_its_trailer(bureau: Bureau) -> None:
    one = await bureau.apply(wish(NOON, colour="green", trailer=""))
    assert await bureau.amiss(one) == {"plate": ("look", "colour")}
    assert (await bureau.found(one))["trailer"] == ("fine", "none")
    for plate in ("吉A1234挂", "吉AB", "吉a12345"):
        await bureau.change(Pass, one, plate=plate)
        assert (await bureau.found(one))["plate"] == ("stop", "form"), plate
    soon = {"trailer": "吉B1234挂", "until_wished": NOON + DAY}
    first = await bureau.apply(wish(NOON, plate="吉A11111", crew=({"name": "甲"},), **soon))
    other = await bureau.apply(wish(NOON, plate="吉A22222", crew=({"name": "乙"},), **soon))
    later = await bureau.apply(
        wish(NOON, plate="吉A33333", trailer="吉B1234挂", crew=({"name": "丙"},), from_wished=NOON + 12 * DAY)
    )
    assert [await bureau.amiss(n) for n in (first, other)] == [{"trailer": ("look", "shared")}] * 2
    assert await bureau.amiss(later) == {}
    await bureau.change(Pass, later, trailer="吉B1234")
    assert await bureau.amiss(later) == {"trailer": ("stop", "form")}


async def test_one_truck_one_pass_one_route(bureau: Bureau) -> None:
    first = await bureau.apply(wish(NOON))
    await bureau.approve(first)
    renewal = await bureau.apply(wish(NOON, renews_id=first), listed=False)
    assert (await bureau.found(renewal))["others"] == ("fine", "renews")
    await bureau.change(Pass, renewal, renews_id=None)
    assert await bureau.amiss(renewal) == {"others": ("stop", "live")}
    elsewhere = await bureau.apply(wish(NOON, destination=NANGUAN), listed=False)
    assert (await bureau.found(elsewhere))["others"] == ("look", "more")
    async with bureau.db.write() as tx:
        for one, verb in ((renewal, deciding.refuse), (first, deciding.revoke)):
            await verb(tx, bureau.staff["zhou"], one, "t#二", "不符", NOON)
    assert await bureau.amiss(elsewhere) == {"past": ("look", "some")}
    assert await bureau.amiss(elsewhere, NOON + 91 * DAY) == {}


@on_one
async def test_the_firm_and_who_acts_for_it(bureau: Bureau) -> None:
    one = await bureau.apply(wish(NOON), listed=False)
    assert await bureau.amiss(one) == {"vehicle": ("look", "unlisted")}
    for state, how in (("registered", "look"), ("suspended", "stop"), ("refused", "stop")):
        decided = {"decided_at": None if state == "registered" else NOON, "why": None if how == "look" else "停业"}
        await bureau.change(Firm, bureau.ours.id, state=state, **decided)
        assert (await bureau.amiss(one))["firm"] == (how, state)
    await bureau.change(Firm, bureau.ours.id, state="verified", decided_at=NOON)
    async with bureau.db.read() as tx:
        [member] = await tx.scalars(select(Member))
    await bureau.change(Member, member.id, role="agent", authority_until=(NOON - DAY).date())
    assert (await bureau.amiss(one))["firm"] == ("look", "past")
    await bureau.change(Member, member.id, left_at=NOON)
    assert (await bureau.amiss(one))["firm"] == ("look", "left")
    async with bureau.db.write() as tx:
        somebody = await contact(tx, "somebody", NOON)
    alone = await bureau.apply(wish(NOON, plate="吉A54321"), by=somebody)
    assert await bureau.amiss(alone) == {"firm": ("look", "none")}


async def test_nobody_sits_in_two_trucks_of_one_firm(bureau: Bureau) -> None:
    one = await bureau.apply(wish(NOON, crew=({"name": "张三"}, {"name": "李四"})))
    two = await bureau.apply(wish(NOON, plate="吉A54321", crew=({"name": "李四"},)))
    assert [await bureau.amiss(n) for n in (one, two)] == [{"crew": ("look", "twice")}] * 2
    async with bureau.db.read() as tx:
        [scene] = await checks.scenes(tx, await review.of_ids(tx, [one]), NOON)
    [said] = [found.say for found in checks.look(scene) if found.name == "crew"]
    assert "李* 同一时间也在 吉A54321 上" in render("zh_CN", said)
    await bureau.change(Pass, two, from_wished=NOON + 11 * DAY)
    assert await bureau.amiss(one) == {}
    async with bureau.db.write() as tx:
        somebody = await contact(tx, "somebody", NOON)
    alone = await bureau.apply(wish(NOON, plate="吉A99999"), by=somebody)
    assert "crew" not in await bureau.amiss(alone)


@on_one
async def test_how_old_the_tests_are_when_the_truck_leaves(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def crew(*hours: float) -> tuple[dict[str, str], ...]:
        return tuple({"name": f"甲{n}", "tested_at": (NOON - n * HOUR).isoformat()} for n in hours)

    one = await bureau.apply(by_day(NOON, crew=crew(3, 30), from_wished=NOON + 20 * HOUR))
    assert (await bureau.found(one))["test"] == ("fine", "no_limit")
    text = (FOLDER / "test-two-steps.toml").read_text("utf-8")
    hours = '[parameters.test_hours]\nmeaning = { zh = "几小时内", en = "within" }\nunit = "h"\n'
    hours += 'values = [{ value = 48, cite = ["t#四"] }]\n\n[[rules]]\nid = "at-night"'
    (tmp_path / "test-two-steps.toml").write_text(text.replace('[[rules]]\nid = "at-night"', hours), "utf-8")
    monkeypatch.setattr(shelf, "folders", lambda: (shelf.FOLDER, tmp_path))
    shelf.load()
    assert (await bureau.found(one))["test"] == ("look", "old")
    assert (await bureau.found(one))["rules"] == ("look", "changed")
    await bureau.change(Pass, one, crew=list(crew(3, 28)))
    assert (await bureau.found(one))["test"] == ("fine", "fine")
    await bureau.change(Pass, one, crew=list(crew(-1)))
    assert (await bureau.found(one))["test"] == ("look", "ahead")


@on_one
async def test_the_way_and_the_time(bureau: Bureau) -> None:
    short = await bureau.apply(wish(NOON, until_wished=NOON + HOUR))
    assert await bureau.amiss(short) == {"journey": ("look", "short")}
    assert await bureau.amiss(short, NOON + 2 * HOUR) == {"journey": ("stop", "over")}
    round_ = await bureau.apply(wish(NOON, plate="吉A54321", via=("230102",), crew=({"name": "乙"},)))
    assert await bureau.amiss(round_) == {"journey": ("look", "detour")}
    near = await bureau.apply(wish(NOON, plate="吉A11111", origin="220104", crew=({"name": "丙"},)))
    assert (await bureau.found(near))["journey"] == ("fine", "near")


@on_one
async def test_the_rules_as_they_read_today(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await bureau.apply(wish(NOON))
    await bureau.change(Pass, one, facts={"controlled": False})
    assert await bureau.amiss(one) == {"rules": ("look", "not_needed")}
    await bureau.change(Pass, one, facts={"controlled": True}, crew=None)
    assert await bureau.amiss(one) == {"lacking": ("look", "some")}
    await bureau.change(Pass, one, pack="no-such-pack")
    assert await bureau.amiss(one) == {"rules": ("stop", "gone"), "lacking": ("look", "unread")}


@on_one
async def test_no_serial_is_left(bureau: Bureau) -> None:
    one = await bureau.apply(wish(NOON))
    async with bureau.db.write() as tx:
        for block in await tx.scalars(select(Block)):
            block.next_serial = block.last_serial + 1
    assert await bureau.amiss(one) == {"serial": ("stop", "none")}


# The queues


async def test_each_queue_holds_its_own_in_its_order(bureau: Bureau) -> None:
    ids = [
        await bureau.apply(wish(NOON, plate=f"吉A0000{n}", goods="other", goods_words="x") if n % 2 else
                           wish(NOON, plate=f"吉A0000{n}"))
        for n in range(6)
    ]  # fmt: skip
    two = await bureau.apply(by_day(NOON, plate="吉B00001"))
    await bureau.approve(two)
    await bureau.approve(ids[0])
    async with bureau.db.write() as tx:
        await deciding.send_back(tx, bureau.staff["li"], ids[2], ["crew"], "请补", NOON)
        await deciding.refuse(tx, bureau.staff["li"], ids[4], "t#二", "不符", NOON)
        (await tx.get_one(Pass, ids[0])).sample = "due"

    async def queue(name: str, bounds: tuple[str, str] = JILIN, **more: Any) -> list[int | None]:
        async with bureau.db.read() as tx:
            return [one.id for one in await review.page(tx, name, bounds, 50, **more)]

    assert await queue("decide") == [ids[1], ids[3], ids[5]]
    assert await queue("second") == [two]
    assert await queue("returned") == [ids[2]]
    assert (await queue("samples"), await queue("live"), await queue("ended")) == ([ids[0]], [ids[0]], [ids[4]])
    async with bureau.db.write() as tx:
        await deciding.revoke(tx, bureau.staff["zhou"], ids[0], "t#二", "转借", NOON)
    assert (await queue("live"), await queue("ended")) == ([], [ids[4], ids[0]])
    assert await queue("ended", after=(ids[4],)) == [ids[0]]
    assert await queue("second", divisions.bounds(CITY)) == []
    assert await queue("second", divisions.bounds(OTHER_CITY)) == [two]
    assert await queue("second", divisions.bounds(CHANGYI)) == [two]
    async with bureau.db.read() as tx:
        [first, *_] = await review.page(tx, "decide", JILIN, 1)
    assert await queue("decide", after=(first.due_at, first.id)) == [ids[3], ids[5]]
    async with bureau.db.read() as tx:
        assert [one.id for one in await review.of_plate(tx, "吉A00003", JILIN, 9)] == [ids[3]]
        assert [one.id for one in await review.of_firms(tx, [bureau.ours.id or 0], JILIN, 2)] == [two, ids[5]]
        assert await review.of_firms(tx, [bureau.ours.id or 0], ("110000", "119999"), 2) == []


async def test_a_page_takes_as_many_statements_as_one_row(bureau: Bureau) -> None:
    ids = [await bureau.apply(wish(NOON, plate=f"吉A0000{n}", trailer="吉B1234挂")) for n in range(6)]
    asked: list[str] = []
    engine = bureau.db._reader.sync_engine

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        counts = []
        for many in (1, 6):
            asked.clear()
            async with bureau.db.read() as tx:
                await checks.scenes(tx, await review.of_ids(tx, ids[:many]), NOON)
            counts.append(len([one for one in asked if one.startswith("SELECT")]))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert counts[0] == counts[1] <= 10
