"""A filed trip: its code, its four parties, the closed loop, what grows too long, and the alert to those ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from handlers import filing_a_trip
from handlers.pictures import draw, fonts, trips
from hotline.filings import aboard, alerting, crews, filing, moving, offers, terms, watching
from hotline.filings.telling import AUDIENCE, BUTTONS
from hotline.passes import face, keys
from hotline.rights import VERBS
from locales.words import LANGUAGES, Refusal, has
from storage import crews as register_of
from storage import filings as ledger
from storage import staff as people
from storage import turns
from storage.database import Database
from storage.models import (
    NEVER,
    Alarm,
    Contact,
    Crew,
    Department,
    Filing,
    Firm,
    Member,
    Outbox,
    Post,
    Responsible,
    Staff,
)  # fmt: skip
from tests.conftest import StillClock
from tests.support.trips import CHAOYANG, CREW, SHENYANG, YUSHU, trip, trip_packs

__all__ = ["trip_packs"]
pytestmark = pytest.mark.usefixtures("trip_packs")
on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the databases do alike; SQL and races are played on both."""


@dataclass
class Road:
    """The ledger, the clock, and everybody who has to do with a trip; each deed is one transaction."""

    db: Database
    clock: StillClock
    staff: dict[str, Staff]
    firm_id: int = 0

    async def contact(self, name: str) -> Contact:
        async with self.db.write() as tx:
            return await turns.contact_at(tx, "web", "main", name, "zh_CN", self.clock())

    async def file(self, by: str = "driver", **changed: Any) -> Filing:
        made: Filing = await self.do(filing.file, await self.contact(by), trip(self.clock(), **changed))
        return made

    async def do(self, verb: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        async with self.db.write() as tx:
            return await verb(tx, *given, self.clock())

    async def step(self, which: str, of: Filing, actor: str = "staff:1") -> Filing:
        steps = {"enter": moving.enter, "load": moving.load, "leave": moving.leave}
        moved: Filing = await self.do(steps[which], of, actor)
        return moved

    async def tick(self, **much: float) -> None:
        self.clock.pass_(**much)
        await self.do(watching.watch)

    async def now(self, of: Filing) -> Filing:
        async with self.db.read() as tx:
            return await tx.get_one(Filing, of.id)

    async def events(self, of: Filing) -> list[str]:
        async with self.db.read() as tx:
            return [event.kind for event in await ledger.events(tx, of.id or 0)]

    async def heard(self, name: str) -> list[str]:
        contact = await self.contact(name)
        async with self.db.read() as tx:
            rows = await tx.scalars(select(Outbox).where(col(Outbox.contact_id) == contact.id).order_by(col(Outbox.id)))
            return [row.key for row in rows]

    async def alarms(self) -> list[tuple[str, str]]:
        async with self.db.read() as tx:
            return [(one.what, one.division) for one in await tx.scalars(select(Alarm).order_by(col(Alarm.id)))]


@pytest.fixture
async def road(db: Database, clock: StillClock) -> Road:
    """属地 and 货运行业 of Changchun, 卫健 of Changchun under that of the province, and a verified firm."""
    made = Road(db, clock, {})
    offices = {"属地": ("220100", "locality"), "运输": ("220100", "transport"), "省卫健": ("220000", "health"),
               "市卫健": ("220100", "health")}  # fmt: skip
    async with db.write() as tx:
        ids: dict[str, int] = {}
        for name, (division, function) in offices.items():
            above = ids.get("省卫健") if name == "市卫健" else None
            office = Department(code=name, name=name, division=division, level="city", parent_id=above)
            tx.add(office)
            await tx.flush()
            ids[name] = office.id or 0
            made.staff[name] = await _hire(tx, name, "handler", division, clock, office.id)
            tx.add(Responsible(function=function, division=division, department_id=ids[name]))
            tx.add(Post(department_id=ids[name], name="值班", a_id=made.staff[name].id))
        made.staff["坐席"] = await _hire(tx, "坐席", "clerk", "220100", clock)
        made.staff["班长"] = await _hire(tx, "班长", "supervisor", "220182", clock)
        made.staff["卡口"] = await _hire(tx, "卡口", "checkpoint", "220182", clock)
        made.staff["外地"] = await _hire(tx, "外地", "clerk", "450000", clock)
        firm = Firm(
            uscc="91350100M000100Y43", name="长春某某食品有限公司", division="220100", desk="220100",
            contact_name="王五", phone="13800000009", state="verified", decided_at=clock(),
            registered_at=clock(), changed_at=clock(),
        )  # fmt: skip
        tx.add(firm)
        await tx.flush()
        for name, role in (("厂长", "owner"), ("厂里司机", "driver")):
            contact = await turns.contact_at(tx, "web", "main", name, "zh_CN", clock())
            tx.add(
                Member(
                    firm_id=firm.id or 0, contact_id=contact.id or 0, role=role, consented_at=clock(), joined_at=clock()
                )
            )
        made.firm_id = firm.id or 0
    return made


async def _hire(
    tx: Any, name: str, role: str, division: str, clock: StillClock, department: int | None = None
) -> Staff:
    contact = await turns.contact_at(tx, "web", "main", name, "zh_CN", clock())
    return await people.add(
        tx,
        Staff(
            login=name, name=name, password_hash="-", role=role, division=division, language="zh_CN",
            created_at=clock(), department_id=department, contact_id=contact.id,
        ),
    )  # fmt: skip


async def refused(deed: Awaitable[Any]) -> str:
    with pytest.raises(Refusal) as no:
        await deed
    return no.value.key


# The filing and its code


async def test_a_code_that_any_checkpoint_can_read(road: Road) -> None:
    made = await road.file()
    async with road.db.read() as tx:
        read = face.read(face.address_of(made.payload, "https://x.test"), await keys.public(tx))
    assert read.state == "sound"
    assert read.face is not None
    assert (read.face.kind, read.face.number, read.face.plate) == ("filing", made.number, "辽A12345")
    assert (read.face.origin, read.face.via, read.face.destination) == (SHENYANG, (YUSHU,), CHAOYANG)
    assert read.face.valid_until == made.valid_until == made.arrives_at + timedelta(hours=24)
    assert made.number == "220104260000001"
    assert (await road.file(plate="辽A12346")).number == "220104260000002"


@on_one
async def test_four_parties_are_named_and_those_at_the_end_are_told(road: Road) -> None:
    made = await road.file(firm_id=road.firm_id, consignee=None)
    assert made.locality_id == road.staff["属地"].department_id
    assert made.industry_id == road.staff["运输"].department_id
    assert made.driver_id == made.contact_id
    assert await road.heard("厂长") == ["trip.firm.filed"]
    assert await road.heard("属地") == ["trip.desk.filed"]
    assert await road.heard("厂里司机") == await road.heard("driver") == await road.heard("市卫健") == []


async def test_late_is_taken_and_marked_and_what_is_missing_is_said_at_once(road: Road) -> None:
    now = road.clock()
    late = await road.file(arrives_at=now + timedelta(hours=2), leaves_at=now + timedelta(hours=5))
    assert late.is_late
    assert not (await road.file(plate="辽A12346")).is_late
    bare = trip(now, plate="辽A12347", crew=(), goods=None)
    offer = offers.offer_at(CHAOYANG, offers.local_day(now))
    assert offer is not None
    assert filing.missing(offer, bare) == ["crew", "goods"]
    assert await refused(road.do(filing.file, await road.contact("driver"), bare)) == "trip.missing"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"destination": "999999"}, "trip.none"),
        ({"destination": SHENYANG}, "trip.none"),
        ({"origin": "220000999"}, "trip.route"),
        ({"plate": "吉B1234挂"}, "trip.plate"),
        ({"colour": "red"}, "trip.plate"),
        ({"trailer": "辽A12345"}, "trip.trailer"),
        ({"consignee": " "}, "trip.missing"),
        ({"consignee": "长" * 61}, "trip.too_long"),
        ({"crew": CREW * 7}, "trip.too_long"),
        ({"filed_by": "firm", "firm_id": 1}, "trip.firm"),
    ],
)
@on_one
async def test_what_cannot_be_filed_is_met_with_a_sentence(road: Road, changed: dict[str, Any], key: str) -> None:
    assert await refused(road.file(**changed)) == key


@on_one
async def test_times_that_cannot_be(road: Road) -> None:
    now, hour, day = road.clock(), timedelta(hours=1), timedelta(days=1)
    for arrives, leaves, key in (
        (now - hour, now + hour, "trip.arrives"),
        (now + 16 * day, now + 17 * day, "trip.arrives"),
        (now + hour, now + hour, "trip.leaves"),
        (now + hour, now + 17 * day, "trip.leaves"),
    ):
        assert await refused(road.file(arrives_at=arrives, leaves_at=leaves)) == key


async def test_one_truck_one_code_however_many_file_it_at_once(road: Road) -> None:
    drivers = [await road.contact(f"driver{n}") for n in range(4)]
    wanted = trip(road.clock())
    got = await asyncio.gather(*(road.do(filing.file, one, wanted) for one in drivers), return_exceptions=True)
    assert sum(isinstance(one, Filing) for one in got) == 1
    assert {one.key for one in got if isinstance(one, Refusal)} == {"trip.live"}
    assert await refused(road.file(destination="220102")) == "trip.live"  # the same city, another county of it
    [first] = [one for one in got if isinstance(one, Filing)]
    async with road.db.read() as tx:
        mine = await tx.get_one(Contact, first.contact_id)
    await road.do(filing.cancel, first.id, mine)
    assert (await road.file()).number == "220104260000002"  # what was refused took no number


@on_one
async def test_a_firm_files_and_the_driver_comes_to_it_with_the_code(road: Road) -> None:
    made = await road.file("厂长", filed_by="firm", firm_id=road.firm_id, consignee=None)
    assert made.driver_id is None
    assert await road.heard("厂长") == []  # he did it himself
    by_driver = {"filed_by": "firm", "firm_id": road.firm_id, "plate": "辽A54321"}
    assert await refused(road.file("厂里司机", **by_driver)) == "trip.firm"
    driver, other = await road.contact("driver"), await road.contact("other")
    assert await refused(road.do(filing.held, made.id, driver)) == "trip.unknown"
    await road.do(filing.join, made.code, driver)
    assert (await road.now(made)).driver_id == driver.id
    assert await road.heard("厂长") == ["trip.told.joined"]
    assert await refused(road.do(filing.join, made.code, other)) == "trip.driver.taken"
    assert await road.events(made) == ["filed", "joined"]


@on_one
async def test_what_the_form_asks_becomes_a_trip(road: Road) -> None:
    answers = {
        "origin": SHENYANG,
        "destination": CHAOYANG,
        "plate": "辽A12345/辽B1234挂",
        "goods": "蔬菜",
        "crew": CREW,
    }
    arrives, leaves = road.clock() + timedelta(hours=8), road.clock() + timedelta(hours=12)
    boss = await road.contact("厂长")
    async with road.db.read() as tx:
        assert await filing_a_trip.firms_of(tx, boss, {}, road.clock()) == [
            {"id": str(road.firm_id), "name": "长春某某食品有限公司"}
        ]
        assert await filing_a_trip.firms_of(tx, await road.contact("厂里司机"), {}, road.clock()) == []
        by_firm = await filing_a_trip.trip_of(tx, answers | {"as": str(road.firm_id)}, arrives, leaves, {})
        code = {
            "consignee": "收货的是 9135 0100 M000 100Y 43",
            "colour": "yellow",
            "tested": "2026-03-01T00:00:00+00:00",
        }
        by_driver = await filing_a_trip.trip_of(tx, answers | code, arrives, leaves, {})
        words = await filing_a_trip.trip_of(tx, answers | {"consignee": "某某超市"}, arrives, leaves, {})
    assert (by_firm.filed_by, by_firm.firm_id, by_firm.consignee) == ("firm", road.firm_id, None)
    assert (by_driver.filed_by, by_driver.firm_id, by_driver.trailer) == ("driver", road.firm_id, "辽B1234挂")
    assert [one["tested_at"] for one in by_driver.crew] == ["2026-03-01T00:00:00+00:00"]
    assert (words.firm_id, words.consignee) == (None, "某某超市")
    made = await road.do(filing.file, boss, by_firm)
    assert await refused(road.do(filing.file, await road.contact("driver"), by_driver)) == "trip.live"
    assert made.trailer == "辽B1234挂"


@on_one
async def test_what_a_pack_leaves_open_is_told_by_a_person(road: Road) -> None:
    road.clock.at = road.clock.at.replace(year=2022, month=5, day=19)
    made = await road.file(destination="410800", via=(), crew=())
    assert made.to_tell
    assert made.valid_until == made.leaves_at
    assert await refused(road.do(terms.tell, road.staff["坐席"], made.id, "三天")) == "trip.unknown"  # elsewhere's
    async with road.db.write() as tx:
        local = await _hire(tx, "焦作", "clerk", "410800", road.clock)
    assert await refused(road.do(terms.tell, local, made.id, " ")) == "desk.words_missing"
    await road.do(terms.tell, local, made.id, "提前一天报，码三天有效")
    told = await road.now(made)
    assert (told.to_tell, told.terms) == (False, "提前一天报，码三天有效")
    assert await road.heard("driver") == ["trip.told.terms"]


@on_one
async def test_the_code_is_drawn_for_the_chat(road: Road) -> None:
    made = await road.file()
    sheet = trips.sheet_of(made, "zh_CN", road.clock())
    assert (sheet.tone, sheet.title, sheet.word, sheet.plate) == ("green", "货车畅行码", "已报备", "辽A12345")
    assert sheet.code is not None
    assert sheet.code.endswith(made.payload)
    assert "张三" not in str(sheet)
    await road.do(filing.cancel, made.id, await road.contact("driver"))
    assert (trips.sheet_of(await road.now(made), "zh_CN", road.clock())).code is None
    if fonts.found() is not None:
        async with road.db.read() as tx:
            drawn = await draw(tx, {"kind": "filing", "filing": made.id}, "zh_CN", road.clock())
        assert drawn is not None
        assert drawn.startswith(b"\x89PNG")


# The closed loop


async def test_the_loop_closes_and_the_way_back_is_filed_once(road: Road) -> None:
    made = await road.file(origin="220102", via=(), firm_id=road.firm_id)
    driver = await road.contact("driver")
    road.clock.pass_(hours=10)
    for step, state in (("enter", "entered"), ("enter", "entered"), ("load", "loading"), ("leave", "left")):
        road.clock.pass_(minutes=30)
        assert (await road.step(step, made)).state == state
    assert await road.events(made) == ["filed", "entered", "loading", "left"]
    assert await road.heard("driver") == ["trip.told.entered", "trip.told.left"]
    assert await road.heard("厂长") == ["trip.firm.filed", "trip.firm.entered", "trip.firm.left"]
    assert await refused(road.step("load", made)) == "trip.state.otherwise"
    now = road.clock()
    back = filing.back_of(await road.now(made), now + timedelta(hours=8), now + timedelta(hours=9), {})
    home = await road.do(filing.file, driver, back)
    assert (home.origin, home.destination, home.return_of, home.plate) == (CHAOYANG, "220102", made.id, made.plate)
    assert home.crew == made.crew
    again = replace(back, plate="辽A99999")
    assert await refused(road.do(filing.file, driver, again)) == "trip.back.already"
    assert await refused(road.do(filing.file, await road.contact("other"), again)) == "trip.unknown"


async def test_a_scan_made_without_a_network_counts_when_it_was_made(road: Road) -> None:
    made = await road.file()
    road.clock.pass_(hours=20)
    async with road.db.write() as tx:
        then = road.clock() - timedelta(hours=9)
        entered = await moving.enter(tx, made, "staff:1", then, road.clock())
        assert (entered.entered_at, entered.alarm_at) == (then, then + timedelta(hours=8))  # as long as was planned
    async with road.db.write() as tx:
        assert (
            await refused(moving.leave(tx, made, "staff:1", road.clock() - timedelta(days=3), road.clock()))
            == "trip.moment"
        )


async def test_who_stays_too_long_is_reminded_then_it_climbs(road: Road) -> None:
    made = await road.file(firm_id=road.firm_id)
    await road.tick(hours=10)
    await road.step("enter", made)
    await road.tick(hours=7, minutes=59)
    assert (await road.now(made)).overstay == 0
    await road.tick(minutes=1)
    assert await road.heard("driver") == ["trip.told.entered", "trip.told.overstayed"]
    assert (await road.heard("厂长"))[-1] == "trip.firm.overstayed"
    await road.tick(hours=2)
    assert (await road.heard("属地"))[-1] == (await road.heard("运输"))[-1] == "trip.desk.overstayed"
    assert await road.alarms() == []
    await road.tick(hours=2)
    assert await road.alarms() == [("trip_overstay", CHAOYANG)]
    await road.tick(hours=20)
    assert (await road.now(made)).overstay == 3
    await road.step("leave", made)
    assert (await road.now(made)).alarm_at == NEVER


@on_one
async def test_the_packs_hours_end_a_stay_that_was_planned_longer(road: Road) -> None:
    made = await road.file(leaves_at=road.clock() + timedelta(hours=40))
    road.clock.pass_(hours=11)
    entered = await road.step("enter", made)
    assert entered.alarm_at == road.clock() + timedelta(hours=12)


async def test_a_code_that_nobody_used_expires_and_names_are_forgotten(road: Road) -> None:
    made = await road.file()
    await road.tick(hours=33, minutes=59)
    assert (await road.now(made)).state == "filed"
    await road.tick(minutes=1)
    gone = await road.now(made)
    assert (gone.state, gone.crew, await road.heard("driver")) == ("expired", list(CREW), ["trip.told.expired"])
    road.clock.pass_(days=31)
    assert (await road.do(watching.tidy))["crews_forgotten"] == 1
    assert (await road.now(made)).crew is None
    assert (await road.file()).state == "filed"


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["enter", "load", "leave", "cancel", "wait"]), max_size=7))
@on_one
async def test_whatever_is_done_in_whatever_order_a_trip_makes_sense(road: Road, deeds: list[str]) -> None:
    """States only move onward, each move is one event, and no code outlives its trip."""
    order = {"filed": 0, "entered": 1, "loading": 2, "left": 3, "cancelled": 3, "expired": 3}
    plate = f"辽B{road.clock().microsecond:05d}"
    road.clock.at += timedelta(microseconds=1)
    made = await road.file(plate=plate)
    driver, rank, moves = await road.contact("driver"), 0, 0
    for deed in deeds:
        try:
            if deed == "wait":
                await road.tick(hours=7)
            elif deed == "cancel":
                await road.do(filing.cancel, made.id, driver)
            else:
                await road.step(deed, made)
        except Refusal:
            pass
        now = await road.now(made)
        assert order[now.state] >= rank
        moves += order[now.state] != rank
        rank = order[now.state]
        async with road.db.read() as tx:
            assert (await ledger.live_for(tx, made.claim) is None) == (rank == 3)
    kinds = await road.events(made)
    assert sum(kind in order for kind in kinds) == moves + 1
    if rank < 3:
        await road.step("leave", made)


# The alert


async def test_those_ahead_are_told_and_it_climbs_until_they_answer(road: Road) -> None:
    made = await road.file()
    alerts = await road.do(alerting.raise_alert, road.staff["坐席"], made.id)
    assert [(one.function, one.division) for one in alerts] == [("health", YUSHU), ("locality", CHAOYANG)]
    for who in ("市卫健", "属地", "班长", "卡口"):
        assert (await road.heard(who))[-1] == "trip.desk.alert"
    assert await road.heard("省卫健") == await road.heard("外地") == await road.heard("driver") == []
    assert await refused(road.do(alerting.raise_alert, road.staff["坐席"], made.id)) == "trip.alert.already"
    assert await refused(road.do(alerting.acknowledge, road.staff["外地"], made.id)) == "trip.alert.none"
    assert await refused(road.do(alerting.acknowledge, road.staff["运输"], made.id)) == "trip.alert.none"
    assert len(await road.do(alerting.acknowledge, road.staff["属地"], made.id)) == 1
    assert await road.do(alerting.acknowledge, road.staff["属地"], made.id) == []
    await road.tick(minutes=15)
    assert (await road.heard("省卫健"))[-1] == "trip.desk.alert_again"
    assert "trip.desk.alert_again" not in await road.heard("属地")
    assert await road.alarms() == [("trip_alert", YUSHU)]
    await road.tick(minutes=15)
    await road.tick(minutes=15)
    await road.tick(minutes=15)
    assert [division for _, division in await road.alarms()] == [YUSHU, "220100", "220000"]
    assert len(await road.do(alerting.acknowledge, road.staff["省卫健"], made.id)) == 1
    heard = len(await road.heard("市卫健"))
    await road.tick(hours=3)
    assert len(await road.heard("市卫健")) == heard
    await road.do(alerting.stand_down, road.staff["坐席"], made.id, "复核后排除")
    for who in ("市卫健", "属地", "省卫健", "卡口"):
        assert (await road.heard(who))[-1] == "trip.desk.alert_ended"
    assert await road.events(made) == [
        "filed", "alerted", "alert_seen", *["alert_climbed"] * 3, "alert_seen", "alert_ended",
    ]  # fmt: skip
    assert len(await road.do(alerting.raise_alert, road.staff["坐席"], made.id)) == 2  # a new one may come


@on_one
async def test_where_nobody_is_named_the_supervisors_hear_at_once(road: Road) -> None:
    made = await road.file(origin="450100", via=("460100",))
    alerts = await road.do(alerting.raise_alert, road.staff["坐席"], made.id)
    assert [(one.division, one.department_id is None) for one in alerts] == [
        ("460100", True), (CHAOYANG, False), (CHAOYANG, False),
    ]  # fmt: skip
    assert await road.alarms() == [("trip_alert", "460100")]


@on_one
async def test_who_is_told_depends_on_where_the_truck_is(road: Road) -> None:
    made = await road.file()
    road.clock.pass_(hours=10)
    await road.step("enter", made)
    inside = await road.do(alerting.raise_alert, road.staff["坐席"], made.id)
    assert [one.division for one in inside] == [CHAOYANG, CHAOYANG]
    await road.do(alerting.stand_down, road.staff["坐席"], made.id, "复核")
    await road.step("leave", made)
    gone = await road.do(alerting.raise_alert, road.staff["坐席"], made.id)
    assert {one.division for one in gone} == {CHAOYANG, SHENYANG}
    await road.do(alerting.stand_down, road.staff["坐席"], made.id, "复核")
    road.clock.pass_(days=8)
    assert await refused(road.do(alerting.raise_alert, road.staff["坐席"], made.id)) == "trip.alert.over"


@on_one
async def test_no_message_of_an_alert_says_who_or_what(road: Road) -> None:
    made = await road.file()
    await road.do(alerting.raise_alert, road.staff["坐席"], made.id)
    async with road.db.read() as tx:
        rows = list(await tx.scalars(select(Outbox).where(col(Outbox.key) == "trip.desk.alert")))
    assert rows
    assert not any("张三" in str(row.facts) or "13800000001" in str(row.facts) for row in rows)


def test_who_may_do_what() -> None:
    assert "checkpoint" in VERBS["see_trips"] & VERBS["move_trip"]
    assert "checkpoint" not in VERBS["raise_alert"] | VERBS["stand_down"] | VERBS["tell_terms"]


# Crews from elsewhere


async def register(
    road: Road, by: str = "driver", *, days: int = 15, crew: Any = CREW, plate: str = "辽A12345"
) -> Crew:
    contact = await road.contact(by)
    row: Crew = await road.do(crews.register, contact, "220100", plate, "yellow", None, crew, days)
    return row


@on_one
async def test_a_crew_that_registered_once_need_not_be_named_again(road: Road) -> None:
    row = await register(road)
    assert (await road.file(crew=())).crew == list(CREW)
    assert await refused(road.file("other", plate="辽A00001", crew=())) == "trip.missing"
    assert await refused(register(road, "other")) == "crew.others"
    renewed = await register(road, days=30)
    async with road.db.read() as tx:
        old = await tx.get_one(Crew, row.id)
        assert (old.crew, old.ended_at is not None) == (None, True)
        assert await register_of.standing(tx, ("220100",), "辽A12345", "yellow") is not None
    assert await refused(road.do(crews.end, renewed.id, await road.contact("other"))) == "crew.unknown"
    await road.do(crews.end, renewed.id, await road.contact("driver"))
    assert await refused(road.do(crews.end, renewed.id, await road.contact("driver"))) == "crew.unknown"


async def test_a_registration_ends_by_itself_and_its_names_with_it(road: Road) -> None:
    row = await register(road, days=7)
    road.clock.pass_(days=7)
    assert (await road.do(watching.tidy))["crews_ended"] == 0  # its last day
    road.clock.pass_(days=1)
    assert (await road.do(watching.tidy))["crews_ended"] == 1
    async with road.db.read() as tx:
        assert (await tx.get_one(Crew, row.id)).crew is None
    for days, crew, key in ((31, CREW, "crew.days"), (7, (), "trip.crew.most"), (7, CREW * 7, "trip.crew.most")):
        assert await refused(register(road, days=days, crew=crew)) == key


# Words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("张三 13800000001", [("张三", "13800000001")]),
        ("司机：张三，电话 138-0000-0001；李四 13800000002", [("张三", "13800000001"), ("李四", "13800000002")]),
        ("张三13800000001\n阿卜杜拉·买买提 13800000002", [("张三", "13800000001"), ("阿卜杜拉·买买提", "13800000002")]),
    ],
)
def test_who_is_on_board_as_people_type_it(typed: str, found: list[tuple[str, str]]) -> None:
    assert [(one["name"], one["phone"]) for one in aboard.parse_aboard(typed)] == found


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_crew(text: str) -> None:
    with suppress(Refusal):
        assert all(one["name"] and len(one["phone"]) == 11 for one in aboard.parse_aboard(text))


def test_every_event_is_worded() -> None:
    for language in LANGUAGES:
        for kind, told in AUDIENCE.items():
            assert has(language, f"trips.event.{kind}")
            assert all(has(language, key) for key in (told.road, told.firm, told.desk) if key)
        assert all(has(language, key) for _, key in BUTTONS.values())
