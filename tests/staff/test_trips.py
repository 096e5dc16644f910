"""The pages of filed trips, without JavaScript; and the code that a driver shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from handlers.staff import trips as pages
from hotline.filings import alerting, crews, filing
from storage import staff as people
from storage.models import Audit, Filing, Staff
from tests.staff.desk import Browser, Desk
from tests.support.trips import CREW, trip, trip_packs

__all__ = ["trip_packs"]
pytestmark = pytest.mark.usefixtures("trip_packs")


async def file(desk: Desk, **changed: Any) -> Filing:
    contact = await desk.contact()
    async with desk.db.write() as tx:
        return await filing.file(tx, contact, trip(desk.clock(), **changed), desk.clock())


async def audits(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        return [
            row.what for row in await tx.scalars(select(Audit).order_by(col(Audit.id))) if row.what.startswith("trip")
        ]


async def test_a_trip_is_seen_moved_and_told(desk: Desk, clerk: Browser) -> None:
    assert "现在没有在路上的车" in (await clerk.get("/staff/trips")).text
    made = await file(desk)
    page = await clerk.get("/staff/trips")
    assert "辽A12345" in page.text
    assert "辽宁省沈阳市和平区 → 吉林省长春市朝阳区" in page.text
    page = await clerk.get(f"/staff/trips/{made.id}")
    for words in (
        "四方责任",
        "属地",
        "值班台代管",
        "某某食品有限公司",
        "张* 138****0001",
        "蔬菜",
        "吉林省长春市榆树市",
    ):
        assert words in page.text, words
    assert "张三" not in page.text
    whole = await clerk.send(page, "/unmask")
    assert "张三 13800000001" in whole.text
    page = await clerk.send(page, "/step", do="enter", at="2030-01-01T00:00")
    assert "48小时以内" in page.text
    page = await clerk.send(page, "/step", do="enter", at="2026-03-01T11:30")
    assert "实际时间 11:30" in page.text
    assert "已登记。" in page.text
    page = await clerk.send(page, "/step", do="nothing")
    assert page.status == 422
    page = await clerk.send(page, "/tell", words="走东门")
    assert "已告知司机：走东门" in page.text
    assert "辽A12345" in (await clerk.get("/staff/trips?view=inside")).text
    page = await clerk.send(page, "/step", do="leave", at="")
    assert not page.has_form("/step")
    assert "辽A12345" in (await clerk.get("/staff/trips?view=over")).text
    assert await audits(desk) == ["trip.unmasked"]


async def test_an_alert_is_confirmed_counted_answered_and_taken_back(desk: Desk, clerk: Browser) -> None:
    made = await file(desk)
    page = await clerk.get(f"/staff/trips/{made.id}")
    page = await clerk.send(page, "/alert")
    assert "请先勾选确认" in page.text
    page = await clerk.send(page, "/alert", sure="yes")
    assert "提示已发出" in page.text
    assert "没有登记部门，已告诉值班长" in page.text
    assert "还没有确认" in page.text
    assert "辽A12345" in (await clerk.get("/staff/trips?view=alerts")).text
    assert "行程 1" in " ".join((await clerk.get("/staff/")).text.split())
    async with desk.browser("wang") as lead:
        assert made.number in (await lead.get("/staff/alarms")).text
        page = await lead.get(f"/staff/trips/{made.id}")
        assert "等您确认" in page.text
        page = await lead.send(page, "/seen")
        assert "坐席wang 已确认" in page.text
        assert not page.has_form("/seen")
    assert "没有等确认的提示" in (await clerk.get("/staff/trips?view=alerts")).text
    page = await clerk.get(f"/staff/trips/{made.id}")
    page = await clerk.send(page, "/stand_down", words="复核后排除")
    assert "已解除" in page.text
    assert await audits(desk) == ["trip.alerted", "trip.alert_ended"]


async def test_a_checkpoint_notes_arrivals_and_alerts_nobody(desk: Desk) -> None:
    made = await file(desk)
    await desk.hire("gate", "checkpoint")
    async with desk.browser("gate") as gate:
        page = await gate.get(f"/staff/trips/{made.id}")
        assert not any(page.has_form(one) for one in ("/alert", "/tell", "/unmask", "/stand_down"))
        assert "已登记。" in (await gate.send(page, "/step", do="enter", at="")).text
        fields = {"form": await gate.token(), "once": "0123456789abcdef", "sure": "yes"}
        assert (await gate.post(f"/staff/trips/{made.id}/alert", fields)).status == 403


async def test_whoever_has_nothing_to_do_with_it_does_not_see_it(desk: Desk, clerk: Browser) -> None:
    made = await file(desk)
    async with desk.db.write() as tx:
        away = await people.by_login(tx, "wang")
        assert away is not None
        away.division = "450000"
    async with desk.browser("wang") as lead:
        assert (await lead.get(f"/staff/trips/{made.id}")).status == 404
        assert "辽A12345" not in (await lead.get("/staff/trips")).text
        assert "没有找到" in (await lead.get("/staff/trips?q=辽A12345")).text
        assert "没有找到" in (await lead.get(f"/staff/trips?q={made.number}")).text
    assert (await clerk.get(f"/staff/trips?q={made.number}")).has_form("/step")
    assert "辽A12345" in (await clerk.get("/staff/trips?q=辽A12345")).text
    for odd in ("view=x", "after=x", "view=over&after=~", "q=%00", "view=inside&after=2026-03-01~1"):
        assert (await clerk.get(f"/staff/trips?{odd}")).status == 200
    assert (await clerk.get("/staff/trips/999")).status == 404


async def test_lists_are_paged_and_overstays_are_red(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for n in range(3):
        await file(desk, plate=f"辽A0000{n}", arrives_at=desk.clock() + timedelta(hours=1 + n))
    first = await clerk.get("/staff/trips")
    second = await clerk.get(next(link for link in first.links if "after=" in link))
    assert "回到开头" in second.text
    assert all(f"辽A0000{n}" in first.text + second.text for n in range(3))
    assert "辽A00002" not in first.text
    contact = await desk.contact()
    async with desk.db.write() as tx:
        for n in range(3):
            plate = f"辽A1000{n}"
            await crews.register(tx, contact, "220100", plate, "yellow", None, CREW, 15, desk.clock())
    listed = await clerk.get("/staff/trips/crews")
    assert "辽A10002" in listed.text
    assert "张三" not in listed.text
    assert "辽A10000" in (await clerk.get(next(link for link in listed.links if "after=" in link))).text


async def test_the_code_that_a_driver_shows(desk: Desk, stranger: Browser) -> None:
    made = await file(desk)
    page = await stranger.get(f"/trips/{made.code}")
    assert page.status == 200
    assert "<svg" in page.html
    assert "no-store" in page.headers["Cache-Control"]
    assert "张三" not in page.text
    assert made.number in page.text
    desk.clock.pass_(hours=40)
    assert "amber" in (await stranger.get(f"/trips/{made.code}")).html
    async with desk.db.write() as tx:
        (await tx.get_one(Filing, made.id)).state = "expired"
    page = await stranger.get(f"/trips/{made.code}")
    assert "码不再有效" in page.text
    assert "<svg" not in page.html
    assert (await stranger.get("/trips/ABCDEFGHJKMN")).status == 404


async def test_the_officers_phone_takes_along_which_trips_have_an_alert(desk: Desk, clerk: Browser) -> None:
    made = await file(desk)
    await desk.hire("gate", "checkpoint")
    far = await desk.hire("far", "checkpoint")
    async with desk.db.write() as tx:
        (await tx.get_one(Staff, far.id)).division = "220200"
        boss = await people.by_login(tx, "li")
        assert boss is not None
        await alerting.raise_alert(tx, boss, made.id or 0, desk.clock())

    async def taken_along(login: str) -> object:
        async with desk.browser(login) as officer:
            return (await (await officer.client.get("/staff/checkpoint/list")).json())["alerted"]

    assert await taken_along("gate") == {made.number: True}
    assert await taken_along("far") == {}
    async with desk.db.write() as tx:
        await alerting.acknowledge(tx, boss, made.id or 0, desk.clock())
    assert await taken_along("gate") == {made.number: False}
    async with desk.db.write() as tx:
        await alerting.stand_down(tx, boss, made.id or 0, "复核为阴性", desk.clock())
    assert await taken_along("gate") == {}
