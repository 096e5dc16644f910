"""Who is asked: the nearest department that answers for a matter, and there whoever is on duty, A, or B."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from hotline import directory, organisation, people, roster
from hotline.directory import Entry
from hotline.people import Place
from locales.words import Refusal
from storage import audit
from storage import staff as members
from storage.database import Database
from storage.models import Department, Staff, Ticket
from tests.conftest import StillClock
from tests.tickets.desk import driver, report

CITY, COUNTY, PROVINCE = "220100", "220104", "220000"


class Office:
    """An office that is being set up, one verb at a time, each in its own transaction."""

    def __init__(self, db: Database, clock: StillClock, admin: Staff):
        self.db, self.clock, self.admin = db, clock, admin

    async def person(self, login: str, role: str = "clerk", division: str = CITY) -> Staff:
        async with self.db.write() as tx:
            return await members.add(
                tx,
                Staff(
                    login=login, name=login, password_hash="-", role=role, division=division, language="zh_CN",
                    created_at=self.clock(),
                ),
            )  # fmt: skip

    async def department(self, code: str, division: str = CITY, above: Department | None = None) -> Department:
        async with self.db.write() as tx:
            entry = Entry(code, f"{code}局", division, parent_id=above.id if above else None)
            return await directory.add(tx, self.admin, entry, self.clock())

    async def do(self, verb: Any, *facts: Any) -> Any:
        async with self.db.write() as tx:
            return await verb(tx, self.admin, *facts, self.clock())

    async def ask(self, question: Any, *facts: Any) -> Any:
        async with self.db.read() as tx:
            return await question(tx, *facts)

    async def holder(self, department: Department) -> str | None:
        found = await self.ask(organisation.holder, department.id, self.clock())
        return found.login if found else None

    async def responsible(self, function: str, division: str) -> str | None:
        found = await self.ask(organisation.responsible, function, division)
        return found.code if found else None

    async def away(self, member: Staff, **much: float) -> None:
        async with self.db.write() as tx:
            until = self.clock() + timedelta(**much) if much else None
            await organisation.away(tx, member, until, self.clock())

    async def trail(self) -> list[str]:
        return [row.what for row in reversed(await self.ask(audit.page))]


@pytest.fixture
async def office(db: Database, clock: StillClock) -> AsyncIterator[Office]:
    made = Office(db, clock, Staff(login="-", name="-", password_hash="", role="admin", division="0", language="en"))  # type: ignore[call-arg]
    made.admin = await made.person("zong", "admin", "000000")
    yield made


# Whose matter it is


async def test_a_matter_climbs_from_county_to_city_to_province(office: Office) -> None:
    county, city = await office.department("jiaotong-chaoyang", COUNTY), await office.department("jiaotong")
    province = await office.department("jiaotong-jilin", PROVINCE)
    for function, department in (("transport", county), ("transport", city), ("road", city), ("health", province)):
        await office.do(directory.answer_for, department.id, function, department.division)
    assert await office.responsible("transport", COUNTY) == "jiaotong-chaoyang"
    assert await office.responsible("transport", "220105") == "jiaotong"
    assert await office.responsible("road", COUNTY) == "jiaotong"
    assert await office.responsible("health", COUNTY) == "jiaotong-jilin"
    assert await office.responsible("health", "210102") is None
    assert await office.responsible("police", COUNTY) is None


async def test_a_closed_department_is_passed_over_until_it_opens_again(office: Office) -> None:
    county, city = await office.department("county", COUNTY), await office.department("city")
    for one in (county, city):
        await office.do(directory.answer_for, one.id, "road", one.division)
    await office.do(directory.disable, county.id)
    assert await office.responsible("road", COUNTY) == "city"
    assert await office.holder(county) is None
    await office.do(directory.enable, county.id)
    assert await office.responsible("road", COUNTY) == "county"


async def test_a_function_has_one_department_in_a_division_the_last_that_was_named(office: Office) -> None:
    old, new = await office.department("old"), await office.department("new")
    await office.do(directory.answer_for, old.id, "toll", CITY)
    await office.do(directory.answer_for, new.id, "toll", CITY)
    assert await office.responsible("toll", CITY) == "new"
    await office.do(directory.answer_no_more, old.id, "toll", CITY)
    assert await office.responsible("toll", CITY) == "new"
    await office.do(directory.answer_no_more, new.id, "toll", CITY)
    assert await office.responsible("toll", CITY) is None


# Who is there


async def test_b_stands_in_while_a_is_away_and_steps_back_by_himself(office: Office) -> None:
    a, b, department = await office.person("a"), await office.person("b"), await office.department("lu")
    await office.do(directory.set_post, department.id, "窗口", 1, a, b)
    assert await office.holder(department) == "a"
    await office.away(a, days=2)
    assert await office.holder(department) == "b"
    office.clock.pass_(days=2)
    assert await office.holder(department) == "a"
    await office.away(a, days=9)
    await office.away(b, days=9)
    assert await office.holder(department) is None
    await office.away(a)
    assert await office.holder(department) == "a"


async def test_the_next_post_is_asked_when_nobody_is_at_the_first(office: Office) -> None:
    a, b, c = [await office.person(login) for login in "abc"]
    department = await office.department("lu")
    await office.do(directory.set_post, department.id, "副岗", 2, c, None)
    await office.do(directory.set_post, department.id, "主岗", 1, a, b)
    assert await office.holder(department) == "a"
    async with office.db.write() as tx:
        for member in (a, b):
            await members.disable(tx, await tx.get_one(Staff, member.id), office.clock())
    assert await office.holder(department) == "c"


async def test_whose_shift_it_is_goes_before_the_posts_and_the_latest_started_wins(office: Office) -> None:
    post, early, late = [await office.person(login) for login in ("post", "early", "late")]
    department, now = await office.department("zhiban"), office.clock()
    await office.do(directory.set_post, department.id, "窗口", 1, post, None)
    hours = [now + timedelta(hours=h) for h in range(10)]
    await office.do(roster.add, department, early, hours[1], hours[5])
    await office.do(roster.add, department, late, hours[4], hours[8])
    seen = []
    for _ in range(9):
        seen.append(await office.holder(department))
        office.clock.pass_(hours=1)
    assert seen == ["post", "early", "early", "early", "late", "late", "late", "late", "post"]


async def test_a_shift_of_somebody_who_is_away_falls_to_the_other_then_to_the_post(office: Office) -> None:
    post, one, other = [await office.person(login) for login in ("post", "one", "other")]
    department, now = await office.department("zhiban"), office.clock()
    await office.do(directory.set_post, department.id, "窗口", 1, None, post)
    for member, hour in ((other, 2), (one, 1)):
        await office.do(roster.add, department, member, now - timedelta(hours=hour), now + timedelta(hours=9))
    assert await office.holder(department) == "one"
    await office.away(one, hours=1)
    assert await office.holder(department) == "other"
    await office.away(other, hours=1)
    assert await office.holder(department) == "post"


# The road


async def test_a_stake_has_its_chief_and_a_neighbouring_stake_the_next_one(office: Office) -> None:
    first, second, post = [await office.person(login) for login in ("first", "second", "post")]
    road, spur = await office.department("gonglu"), await office.department("shiqu")
    await office.do(directory.set_post, road.id, "窗口", 1, post, None)
    await office.do(directory.set_section, road.id, "G102", 1_000_000, 1_050_000, first)
    await office.do(directory.set_section, road.id, "G102", 1_050_000, 1_090_000, second)
    await office.do(directory.set_section, spur.id, "G102", 1_060_000, 1_062_000, None)

    async def chief(stake_m: int | None, road_: str = "G102") -> tuple[str, str | None] | None:
        found = await office.ask(organisation.chief, road_, stake_m, office.clock())
        return found and (found[0].code, found[1] and found[1].login)

    assert await chief(1_000_000) == ("gonglu", "first")
    assert await chief(1_049_999) == ("gonglu", "first")
    assert await chief(1_050_000) == ("gonglu", "second")
    assert await chief(1_060_500) == ("shiqu", None)
    assert [await chief(999_999), await chief(1_090_000), await chief(None), await chief(1_000_000, "G12")] == [
        None
    ] * 4
    await office.away(second, hours=1)
    assert await chief(1_050_000) == ("gonglu", "post")
    await office.do(directory.disable, spur.id)
    assert await chief(1_060_500) == ("gonglu", "post")


# Upwards


async def test_above_is_the_parent_or_who_answers_for_the_same_higher_up(office: Office) -> None:
    province = await office.department("sheng", PROVINCE)
    city = await office.department("shi", CITY)
    county = await office.department("xian", COUNTY, above=city)
    for one in (county, city, province):
        await office.do(directory.answer_for, one.id, "road", one.division)

    async def above(department: Department) -> str | None:
        found = await office.ask(organisation.above, department)
        return found and found.code

    assert [await above(one) for one in (county, city, province)] == ["shi", "sheng", None]
    await office.do(directory.disable, city.id)
    assert await above(county) == "sheng"


async def test_a_department_is_never_above_itself(office: Office) -> None:
    top = await office.department("top", PROVINCE)
    below = await office.department("below", CITY, above=top)
    with pytest.raises(Refusal, match="circle"):
        await office.do(directory.change, top.id, Entry("top", "上级", PROVINCE, parent_id=below.id))
    await office.do(directory.answer_for, top.id, "road", "000000")
    assert await office.ask(organisation.above, top) is None


async def test_supervisors_are_the_nearest_who_are_there(office: Office) -> None:
    city = await office.person("wang", "supervisor", CITY)
    await office.person("sheng", "supervisor", PROVINCE)
    await office.person("li", "clerk", COUNTY)

    async def supervisors(division: str) -> list[str]:
        return [one.login for one in await office.ask(organisation.supervisors, division, office.clock())]

    assert await supervisors(COUNTY) == ["wang"]
    assert await supervisors("220200") == ["sheng"]
    assert await supervisors("110000") == []
    await office.away(city, hours=1)
    assert await supervisors(COUNTY) == ["sheng"]


# Keeping it


async def test_every_change_is_on_the_audit_trail_and_no_change_is_not(office: Office) -> None:
    member = await office.person("a")
    for _ in range(2):
        await office.do(roster.add, (await _one(office)), member, office.clock(), office.clock() + timedelta(hours=8))
        await office.do(directory.answer_for, 1, "road", CITY)
        await office.do(directory.set_post, 1, "窗口", 1, member, None)
        await office.do(directory.change, 1, Entry("", "公路局", "长春市", outside=False))
    assert await office.trail() == [
        "department.added",
        "shift.set",
        "responsible.set",
        "post.set",
        "department.changed",
    ]
    rows = await office.ask(audit.page)
    older = [row.id for row in await office.ask(lambda tx: audit.page(tx, before=rows[1].id, limit=2))]
    assert older == [rows[2].id, rows[3].id]
    assert await office.ask(lambda tx: audit.page(tx, staff_id=member.id)) == []


async def _one(office: Office) -> Department:
    async with office.db.write() as tx:
        found = await tx.get(Department, 1)
    return found or await office.department("gonglu")


async def test_a_department_with_open_tickets_is_not_closed(office: Office) -> None:
    department = await office.department("gonglu")
    ticket_id = await report(office.db, office.clock, await driver(office.db, office.clock))
    async with office.db.write() as tx:
        (await tx.get_one(Ticket, ticket_id)).department_id = department.id
    with pytest.raises(Refusal, match="has_tickets"):
        await office.do(directory.disable, department.id)


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        (Entry("x y", "公路局", CITY), "directory.code.form"),
        (Entry("known", "公路局", CITY), "directory.code.taken"),
        (Entry("a", "  ", CITY), "directory.missing"),
        (Entry("a", "局" * 61, CITY), "directory.too_long"),
        (Entry("a", "公路局", "朝阳区"), "directory.division.form"),
        (Entry("a", "公路局", "999999"), "directory.division.form"),
        (Entry("a", "公路局", CITY, "village"), "directory.level.unknown"),
    ],
)
async def test_what_a_department_cannot_be(office: Office, entry: Entry, refused: str) -> None:
    await office.department("known")
    with pytest.raises(Refusal) as no:
        await office.do(directory.add, entry)
    assert no.value.key == refused


async def test_nobody_plans_or_changes_what_is_not_theirs(office: Office) -> None:
    county = await office.department("xian", COUNTY)
    lead, clerk, elsewhere = (
        await office.person("wang", "supervisor"),
        await office.person("li"),
        await office.person("da", "supervisor", "210200"),
    )
    roster.may_plan(lead, county)
    for by in (clerk, elsewhere):
        with pytest.raises(Refusal, match="not_yours"):
            roster.may_plan(by, county)
    with pytest.raises(Refusal, match="not_yours"):
        directory.may_change(lead, COUNTY)
    shift = await office.do(roster.add, county, clerk, office.clock(), office.clock() + timedelta(hours=8))
    async with office.db.write() as tx:
        assert (await roster.hand_over(tx, clerk, shift.id, "两车仍在等", office.clock())).handover == "两车仍在等"
        with pytest.raises(Refusal, match="not_yours"):
            await roster.hand_over(tx, elsewhere, shift.id, "", office.clock())
        with pytest.raises(Refusal, match="not_yours"):
            await roster.drop(tx, clerk, shift.id, office.clock())


async def test_an_absence_and_a_shift_have_their_measure(office: Office) -> None:
    member, department, now = await office.person("a"), await office.department("lu"), office.clock()
    for span in (timedelta(0), -timedelta(hours=1)):
        with pytest.raises(Refusal, match=r"shift\.order"):
            await office.do(roster.add, department, member, now, now + span)
    with pytest.raises(Refusal, match=r"shift\.long"):
        await office.do(roster.add, department, member, now, now + timedelta(days=32))
    for much in (-1, 400):
        with pytest.raises(Refusal, match=r"away\.when"):
            await office.away(member, days=much)


# People


async def test_there_is_always_an_administrator_left(office: Office) -> None:
    with pytest.raises(Refusal, match="yourself"):
        await office.do(people.disable, office.admin.id)
    other = await office.do(people.hire, "er", Place("二号", "admin", CITY), "-", "zh_CN")
    with pytest.raises(Refusal, match="not_yours"):  # a city's administrator does not reach the nation's
        async with office.db.write() as tx:
            await people.disable(tx, other, office.admin.id, office.clock())
    await office.do(people.change, other.id, Place("二号", "clerk", CITY))
    assert (await office.trail())[-2:] == ["staff.added", "staff.changed"]


async def test_who_handles_has_a_department(office: Office) -> None:
    department = await office.department("lu")
    with pytest.raises(Refusal, match=r"department\.needed"):
        await office.do(people.hire, "ban", Place("办", "handler", CITY), "-", "zh_CN")
    made = await office.do(people.hire, "ban", Place("办", "handler", "长春市", department.id), "-", "zh_CN")
    assert (made.department_id, made.division, made.must_change) == (department.id, CITY, True)
    with pytest.raises(Refusal, match=r"login\.taken"):
        await office.do(people.hire, "ban", Place("办", "clerk", CITY), "-", "zh_CN")


async def test_two_administrators_who_end_each_other_s_access_leave_one(office: Office) -> None:
    one, other = [await office.do(people.hire, x, Place(x, "admin", CITY), "-", "zh_CN") for x in ("yi", "er")]
    async with office.db.write() as tx:
        await members.disable(tx, await tx.get_one(Staff, office.admin.id), office.clock())

    async def end(by: Staff, whom: Staff) -> str:
        try:
            async with office.db.write() as tx:
                await people.disable(tx, by, whom.id or 0, office.clock())
        except Refusal as no:
            return no.key
        return "ended"

    ended = await asyncio.gather(end(one, other), end(other, one))
    assert sorted(ended) == ["ended", "people.last_admin"]
