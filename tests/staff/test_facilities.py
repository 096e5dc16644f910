"""The pages of the register and of the rectification ledger, without JavaScript."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.staff import facilities as pages
from hotline import facilities
from hotline.facilities import Entry
from storage import staff as people
from storage.models import Closure, Facility
from tests.staff.desk import Browser, Desk


async def enter(desk: Desk, name: str = "长春东收费站", road: str = "G12", division: str = "220104") -> int:
    async with desk.db.write() as tx:
        by = await people.by_login(tx, "li")
        assert by is not None
        by.division = "220000"
        found = await facilities.register(tx, by, Entry("toll", name, road, division, 20_300), desk.clock())
        by.division = "220100"
        return found.id or 0


async def closures(desk: Desk) -> list[Closure]:
    async with desk.db.read() as tx:
        return list((await tx.scalars(select(Closure).order_by(Closure.id))).all())


CLOSED = {"reason": "设备检修", "approval": "", "due": "2026-03-01T14:00", "since": "", "ticket": ""}


async def test_a_closure_is_confirmed_chased_and_put_right(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    facility = await enter(desk)
    page = await clerk.get("/staff/facilities")
    assert "长春东收费站 G12 K20+300" in page.text
    assert "没有待整改的关闭" in (await clerk.get("/staff/facilities/ledger")).text
    page = await clerk.get(f"/staff/facilities/{facility}")
    page = await clerk.send(page, "/close", **CLOSED | {"ticket": ticket.number})
    assert "已登记关闭，进入整改台账" in page.text
    assert "没有批准文件" in page.text
    assert ticket.number in page.text
    ledger = await clerk.get("/staff/facilities/ledger")
    assert "14:00 前整改" in ledger.text
    desk.clock.pass_(hours=3)
    assert "已超时，原定 14:00" in (await clerk.get("/staff/facilities/ledger")).text
    page = await clerk.get(f"/staff/facilities/{facility}")
    page = await clerk.send(page, "/reopen", proof=" ")
    assert "恢复开放要有依据" in page.text
    page = await clerk.send(page, "/reopen", proof="现场看到已放行")
    assert "已登记恢复开放" in page.text
    done = await clerk.get("/staff/facilities/ledger?view=done")
    assert "恢复依据: 现场看到已放行" in done.text
    [row] = await closures(desk)
    assert (row.ticket_id, row.reopened_at) == (ticket.id, desk.clock())


async def test_what_was_typed_is_kept_when_something_is_missing(desk: Desk, clerk: Browser) -> None:
    facility = await enter(desk)
    page = await clerk.get(f"/staff/facilities/{facility}")
    for wrong, told in (
        ({"reason": ""}, "请写关闭的原因"),
        ({"due": "tomorrow"}, "请写整改时限"),
        ({"due": "2026-02-01T10:00"}, "请写整改时限"),
        ({"since": "0001-01-01T00:00"}, "请写关闭的时间"),
        ({"ticket": "无此工单"}, "没有找到工单 无此工单"),
        ({"owner": "999"}, "请从名单里选一位责任人"),
    ):
        page = await clerk.send(page, "/close", **CLOSED | {"approval": "吉交发1号"} | wrong)
        assert told in page.text, wrong
        assert 'value="吉交发1号"' in page.html
    assert await closures(desk) == []


async def test_a_form_sent_twice_counts_once(desk: Desk, clerk: Browser) -> None:
    facility = await enter(desk)
    page = await clerk.get(f"/staff/facilities/{facility}")
    await clerk.send(page, "/close", **CLOSED)
    again = await clerk.send(page, "/close", **CLOSED)
    assert "已登记关闭" in again.text
    assert len(await closures(desk)) == 1


async def test_a_facility_elsewhere_is_seen_and_left_alone(desk: Desk, clerk: Browser) -> None:
    facility = await enter(desk, "四平东收费站", "G1", "220302")
    page = await clerk.get(f"/staff/facilities/{facility}")
    assert "由它的值班台或责任部门登记" in page.text
    assert not page.has_form("/close")
    fields = CLOSED | {"form": await clerk.token(), "once": "0123456789abcdef"}
    assert "由它的值班台或责任部门登记" in (await clerk.post(f"/staff/facilities/{facility}/close", fields)).text
    assert await closures(desk) == []
    assert (await clerk.get("/staff/facilities/999")).status == 404


async def test_the_lists_are_filtered_and_paged(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for name in "一二三":
        facility = await enter(desk, f"第{name}收费站")
        await clerk.send(await clerk.get(f"/staff/facilities/{facility}"), "/close", **CLOSED)
    await enter(desk, "第四收费站", "S1")
    for address in ("/staff/facilities", "/staff/facilities?road=G12&state=shut", "/staff/facilities/ledger"):
        first = await clerk.get(address)
        following = next(link for link in first.links if "after=" in link)
        second = await clerk.get(following)
        assert "回到开头" in second.text
        seen = [f"第{name}收费站" for name in "一二三" if f"第{name}收费站" in first.text + second.text]
        assert len(seen) == 3, address
    only = await clerk.get("/staff/facilities?road=S1&state=open")
    assert "第四收费站" in only.text
    assert "第一收费站" not in only.text
    assert "第四收费站" not in (await clerk.get("/staff/facilities?road=珲乌高速")).text
    for odd in (
        "ledger?after=x",
        "ledger?after=0001-01-01T00:00:00%2B14:00~1",
        "ledger?view=done&after=9x",
        "?after=a&name=b%00",
    ):
        address = f"/staff/facilities{'' if odd.startswith('?') else '/'}{odd}"
        assert (await clerk.get(address)).status == 200, odd
    async with desk.db.read() as tx:
        assert {f.state for f in (await tx.scalars(select(Facility))).all()} == {"closed", "open"}
