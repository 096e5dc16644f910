"""The day in the console: its numbers, the rows behind each, the workbook, and whether it comes by chat."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from hotline import dispatch, facilities
from hotline.facilities import Entry, Order
from storage.database import Database
from storage.models import Audit, Pass, PassEvent, Push, Staff, Unread
from tests.conftest import StillClock
from tests.staff.desk import Browser, Desk, Page
from tests.support import days as invented

DAY = date(2026, 2, 28)
ROW = re.compile(r'<td role="cell" class="matter">')
MORE = re.compile(r'rel="next" href="([^"]+after=[^"]+)"')


@pytest.fixture
async def busy(desk: Desk, db: Database) -> None:
    """Two busy days; the second is yesterday, and not frozen yet."""
    dice, (start, _) = Random(11), dispatch.bounds_of(DAY - timedelta(days=1))
    async with db.write() as tx:
        await invented.live(tx, dice, start, 60, 90)


async def freeze(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await dispatch.freeze(tx, DAY, clock())


def numbers(page: Page) -> dict[str, int]:
    """The numbers that open something, by the address they open."""
    found = re.findall(r'<a (?:class="count" )?href="(/staff/dispatch/rows[^"]+)">([\d,]+)</a>', page.html)
    return {address.replace("&amp;", "&"): int(count.replace(",", "")) for address, count in found}


async def count_rows(browser: Browser, address: str) -> int:
    """The rows of all pages."""
    count, where = 0, address
    while True:
        page = await browser.get(where)
        assert page.status == 200, where
        count += len(ROW.findall(page.html))
        following = MORE.search(page.html)
        if following is None:
            return count
        where = following[1].replace("&amp;", "&")


@pytest.mark.usefixtures("busy")
async def test_every_number_opens_as_many_rows(desk: Desk, db: Database, clock: StillClock, clerk: Browser) -> None:
    live = await clerk.get("/staff/dispatch")
    assert "长春市通行证日调度" in live.text
    assert "2026年2月28日" in live.text
    assert "还没存成定稿" in live.text
    await freeze(db, clock)
    final = await clerk.get("/staff/dispatch")
    assert "已定稿" in final.text
    assert [*numbers(final).values()] == [*numbers(live).values()], "the day was over, so freezing it changes no number"
    some = sorted(numbers(final).items(), key=lambda one: -one[1])
    for address, count in some[:3] + some[8::12]:
        assert await count_rows(clerk, address) == count, address
    for address, count in some[-3:]:
        page = await clerk.get(address)
        assert f"共 {count} 条" in page.text
        day, measure = (parse_qs(urlsplit(address).query)[name][0] for name in ("day", "measure"))
        assert (day, measure in dispatch.MEASURES) == (str(DAY), True)


@pytest.mark.usefixtures("busy")
async def test_a_row_says_what_was_asked_for_and_which_ticket(desk: Desk, db: Database, clerk: Browser) -> None:
    ticket = await desk.report()
    at = dispatch.bounds_of(DAY)[1] - timedelta(minutes=1)
    noted: dict[str, dict[str, Any]] = {
        "returned": {"missing": ["crew", "photos"]},
        "issued": {"automatic": True},
        "obstructed": {"ticket": ticket.id},
    }
    async with db.write() as tx:
        one = (await tx.scalars(select(Pass).where(col(Pass.division) == "220104").limit(1))).one()
        for kind, facts in noted.items():
            tx.add(
                PassEvent(
                    pass_id=one.id or 0, kind=kind, division="220104", goods=one.goods, actor="x", at=at, facts=facts
                )
            )
    told = {
        kind: (await clerk.get(f"/staff/dispatch/rows?day={DAY}&measure={kind}&division=220104")).text for kind in noted
    }
    assert "请补：" in told["returned"]
    assert "即时发证" in told["issued"]
    assert f"工单 {ticket.number}" in told["obstructed"]


@pytest.mark.usefixtures("busy")
async def test_a_day_that_lasts_is_counted_up_to_the_look(desk: Desk, clock: StillClock, clerk: Browser) -> None:
    clock.at = dispatch.bounds_of(DAY)[0] + timedelta(hours=8)
    page = await clerk.get(f"/staff/dispatch?day={DAY}")
    assert "未定稿：截至 08:00" in page.text
    address, count = max(numbers(page).items(), key=lambda one: one[1])
    clock.pass_(hours=6)
    assert await count_rows(clerk, address) == count, "what has come in since is not in the number, nor among its rows"


@pytest.mark.usefixtures("busy")
async def test_a_county_is_looked_at_and_another_province_is_not(desk: Desk, db: Database, clerk: Browser) -> None:
    page = await clerk.get("/staff/dispatch")
    assert "朝阳区" in page.text
    assert "吉林市" not in page.text
    [county] = [link for link in page.links if "division=220104" in link and "rows" not in link]
    inside = await clerk.get(county)
    assert "朝阳区通行证日调度" in inside.text
    assert "回到吉林省长春市" in inside.text
    outside = await clerk.get("/staff/dispatch?division=360734")
    assert "不在您的范围里" in outside.text
    assert "长春市通行证日调度" in outside.text
    for wrong in ("division=360734&measure=issued", "measure=issued&day=x", "measure=sold", "measure=issued&until=1"):
        assert (await clerk.get(f"/staff/dispatch/rows?day={DAY}&{wrong}")).status == 404, wrong
    for odd in ("day=x", "day=0001-01-01", "day=9999-12-31", "day=2026-12-31", "division=吉林"):
        assert (await clerk.get(f"/staff/dispatch?{odd}")).status == 200, odd
    async with db.write() as tx:
        await tx.execute(update(Staff).values(division="220000"))
    assert "吉林市" in (await clerk.get("/staff/dispatch")).text


@pytest.mark.usefixtures("busy")
async def test_the_office_takes_a_workbook_without_a_plate(
    desk: Desk, db: Database, clock: StillClock, clerk: Browser
) -> None:
    await freeze(db, clock)
    page = await clerk.get("/staff/dispatch")
    [link] = [one for one in page.links if "dispatch.xlsx" in one]
    async with clerk.client.get(link) as answer:
        assert (answer.status, answer.headers["Content-Disposition"]) == (
            200,
            'attachment; filename="dispatch-220100-20260228.xlsx"',
        )
        book = openpyxl.load_workbook(BytesIO(await answer.read()))
    assert book.sheetnames == ["汇总", "按区划", "按货类", "全部数据"]
    totals = {row[0]: row[1:] for row in book["汇总"].iter_rows(min_row=5, values_only=True)}
    async with db.read() as tx:
        found = await dispatch.report(tx, "220100", DAY, clock())
    assert totals["发证"][:2] == found.total.numbers["issued"]
    assert totals["发证"][2] == totals["发证"][0] - totals["发证"][1]
    for name in ("按区划", "按货类"):
        rows = [*book[name].iter_rows(min_row=5, values_only=True)]
        assert sum(row[1] for row in rows[:-1]) == rows[-1][1] == totals["申请"][0]
    assert sum(row[4] for row in book["全部数据"].iter_rows(min_row=5, values_only=True)) == sum(
        now for now, _ in found.total.numbers.values()
    )
    assert not any("吉A" in str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    async with db.read() as tx:
        noted = (await tx.scalars(select(Audit).where(col(Audit.what) == "dispatch.exported"))).one()
    assert noted.facts == {"day": str(DAY), "division": "220100"}
    assert (await clerk.get("/staff/dispatch.xlsx?day=2030-01-01")).status == 404


async def test_a_leader_turns_the_chat_off_and_on(desk: Desk, db: Database) -> None:
    async def unread() -> int:
        async with db.read() as tx:
            return len((await tx.scalars(select(Unread))).all())

    async with desk.browser("wang") as wang:
        page = await wang.get("/staff/dispatch")
        assert "您还没有绑定聊天" in page.text
        page = await wang.send(page, "/dispatch/mail", wanted="no")
        assert "不再每天发给您" in page.text
        assert await unread() == 1
        page = await wang.send(page, "/dispatch/mail", wanted="yes")
        assert "以后每天早上发给您" in page.text
        assert await unread() == 0
    async with desk.browser("li") as clerk:
        page = await clerk.get("/staff/dispatch")
        assert not page.has_form("/dispatch/mail")
        hidden = {"form": await clerk.token(), "once": "x" * 20, "wanted": "no"}
        assert (await clerk.post("/staff/dispatch/mail", hidden)).status == 403


async def test_who_checks_at_the_roadside_sees_no_day(desk: Desk) -> None:
    await desk.hire("gate", "checkpoint")
    async with desk.browser("gate") as gate:
        for where in ("", ".xlsx", "/rows?day=2026-02-28&measure=issued"):
            assert (await gate.get(f"/staff/dispatch{where}")).status == 403


async def test_an_empty_day_says_so_in_both_languages(desk: Desk) -> None:
    await desk.hire("smith", language="en")
    async with desk.browser("smith") as smith:
        page = await smith.get("/staff/dispatch?day=2026-01-02")
        assert "Nothing was applied for" in page.text
        assert "第" not in page.text


async def test_the_ledger_of_closures_says_how_many_holders_were_told(
    desk: Desk, db: Database, clock: StillClock
) -> None:
    async with db.write() as tx:
        wang = (await tx.scalars(select(Staff).where(col(Staff.login) == "wang"))).one()
        toll = await facilities.register(tx, wang, Entry("toll", "长春东收费站", "G12", "220104"), clock())
        row = await facilities.report_closed(
            tx, wang, toll.id or 0, Order("设备检修", clock() + timedelta(days=1)), clock()
        )
        tx.add(Push(closure_id=row.id or 0, contact_id=7, told=3, begun_at=clock(), done_at=clock()))
    async with desk.browser("wang") as browser:
        for where in (f"/staff/facilities/{toll.id}", "/staff/facilities/ledger"):
            assert "已通知 3 位持证人" in (await browser.get(where)).text
