"""The directory and the roster as pages: who sees them, who changes them, and what they say of who is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hotline import directory, roster
from hotline.directory import Entry
from storage import directory as rows
from storage import organisation
from storage import staff as people
from storage.models import Department, Staff
from tests.staff.desk import Browser, Desk, Page


async def member(desk: Desk, login: str) -> Staff:
    async with desk.db.read() as tx:
        found = await people.by_login(tx, login)
    assert found is not None
    return found


async def office(desk: Desk, code: str = "gonglu", division: str = "220100", **more: Any) -> Department:
    """A department that 总 added."""
    async with desk.db.write() as tx:
        entry = Entry(code, f"{code}处", division, **more)
        return await directory.add(tx, await member(desk, "zong"), entry, desk.clock())


async def does(browser: Browser, page: Page, ending: str, **fields: str) -> Page:
    """Send one of the page's forms; its button may carry a value of its own."""
    return await browser.send(page, ending, **fields)


async def test_an_administrator_sets_up_a_department_and_everybody_sees_who_is_there(
    desk: Desk, clerk: Browser
) -> None:
    async with desk.browser("zong") as admin:
        page = await does(
            admin, await admin.get("/staff/directory"), "/directory/add",
            code="yunshu", name="运输保障处", division="长春市", level="", parent="", reached_by="",
        )  # fmt: skip
        assert "运输保障处已加入通讯录" in page.text
        assert "吉林省长春市 · 市级" in page.text
        page = await does(admin, page, "/posts", post="热线岗", place="1", a="li", b="wang")
        page = await does(admin, page, "/functions", **{"does-transport": "yes", "does-pass": "yes"})
        page = await does(admin, page, "/answers", function="road", division="220104")
        page = await does(admin, page, "/sections", road="G102", chief="wang", **{"from": "K1000", "to": "K1050+300"})
        assert "朝阳区：公路管养" in page.text
        assert "G102 K1000+000 – K1050+300 路长 坐席wang" in page.text
    listed = await clerk.get("/staff/directory")
    assert "运输保障处 市级 现由 坐席li 接办 运输保障 公路管养 通行证" in listed.text.replace(
        " 通行证 公路管养", " 公路管养 通行证"
    )
    assert not listed.has_form("/directory/add")
    shown = await clerk.get("/staff/directory/1")
    assert "热线岗 ： A 坐席li · B 坐席wang" in shown.text
    assert [address for address, _ in shown.forms if "/staff/directory" in address] == []


async def test_what_was_taken_away_is_gone(desk: Desk) -> None:
    await office(desk)
    async with desk.browser("zong") as admin:
        page = await admin.get("/staff/directory/1")
        page = await does(admin, page, "/posts", post="热线岗", place="1", a="li", b="")
        page = await does(admin, page, "/answers", function="road", division="220104")
        page = await does(admin, page, "/sections", road="G102", chief="", **{"from": "K1", "to": "K2"})
        page = await does(admin, page, "/drop-post", row="1")
        page = await does(admin, page, "/answer-no-more", row="road-220104")
        page = await does(admin, page, "/drop-section", row="1")
        page = await does(admin, page, "/disable")
        assert "gonglu处已停用，不再分派工单" in page.text
        page = await does(admin, page, "/enable")
        assert page.has_form("/disable")
    async with desk.db.read() as tx:
        assert (await rows.answers(tx), await rows.all_posts(tx), await rows.sections(tx)) == ([], [], [])


async def test_a_refused_form_says_why_and_keeps_what_was_typed(desk: Desk) -> None:
    await office(desk)
    async with desk.browser("zong") as admin:
        page = await does(
            admin, await admin.get("/staff/directory"), "/directory/add",
            code="gonglu", name="又一个", division="长春市", level="", parent="", reached_by="",
        )  # fmt: skip
        assert (page.status, "编码“gonglu”已有机构在用" in page.text, 'value="又一个"' in page.html) == (
            422,
            True,
            True,
        )
        page = await does(
            admin, await admin.get("/staff/directory/1"), "/posts", post="热线岗", place="1", a="li", b="li"
        )
        assert (page.status, "请为B岗另选一人" in page.text, 'value="热线岗"' in page.html) == (422, True, True)
        page = await does(
            admin,
            await admin.get("/staff/directory/1"),
            "/sections",
            road="G12",
            chief="",
            **{"from": "K9", "to": "K1"},
        )
        assert "终点桩号要大于起点桩号" in page.text
        assert (await admin.get("/staff/directory/99")).status == 404


async def test_a_form_sent_twice_counts_once(desk: Desk) -> None:
    async with desk.browser("zong") as admin:
        action, hidden = (await admin.get("/staff/directory")).form("/directory/add")
        fields = hidden | {"code": "a", "name": "甲处", "division": "220100"}
        assert (await admin.post(action, fields)).address.path == "/staff/directory/1"
        assert (await admin.post(action, fields)).address.path == "/staff/directory/1"


async def test_an_administrator_changes_only_his_own_divisions(desk: Desk) -> None:
    await office(desk, "sheng", "220000")
    async with desk.browser("zong") as admin:
        page = await admin.get("/staff/directory/1")
        assert not page.has_form("/disable")
        fields = {"form": await admin.token(), "once": "0123456789abcdef"}
        page = await admin.post("/staff/directory/1/disable", fields)
        assert (page.status, "不在您的管理范围内" in page.text) == (422, True)


async def test_counterparts_outside_have_a_list_of_their_own(desk: Desk, clerk: Browser) -> None:
    await office(desk)
    await office(desk, "tielu", outside=True, reached_by="调度电话，24 小时")
    ours, outside = await clerk.get("/staff/directory"), await clerk.get("/staff/directory?who=outside")
    assert ("tielu处" in ours.text, "gonglu处" in ours.text) == (False, True)
    assert "联系方式：调度电话，24 小时" in outside.text
    assert "tielu处" in (await clerk.get("/staff/directory?who=all&q=tielu")).text
    assert "没有找到相符的机构" in (await clerk.get("/staff/directory?q=%25")).text


async def test_long_lists_have_pages(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr("handlers.staff.directory.PAGE", 2)
    for code, division in (("c", "220104"), ("a", "220000"), ("b", "220100")):
        await office(desk, code, division)
    first = await clerk.get("/staff/directory")
    assert [one for one in ("a处", "b处", "c处") if one in first.text] == ["a处", "b处"]
    last = await clerk.get(next(link for link in first.links if "after=" in link))
    assert [one for one in ("a处", "b处", "c处") if one in last.text] == ["c处"]


# The roster


async def test_a_supervisor_plans_a_shift_and_the_next_one_reads_what_it_hands_over(desk: Desk, clerk: Browser) -> None:
    await office(desk)
    li = await member(desk, "li")
    async with desk.browser("wang") as lead:
        page = await does(
            lead, await lead.get("/staff/roster"), "/roster/add",
            department="1", member=str(li.id), starts="2026-03-01T08:00", ends="2026-03-01T20:00", handover="",
        )  # fmt: skip
        assert "坐席li gonglu处 正在值班 08:00 – 20:00" in page.text
    page = await clerk.get("/staff/roster?of=1")
    assert not page.has_form("/remove")
    page = await does(clerk, page, "/handover", handover="长春东两车仍在等\n已联系站长")
    assert "长春东两车仍在等 已联系站长" in page.text
    desk.clock.pass_(hours=20)
    async with desk.browser("wang") as lead:
        page = await lead.get("/staff/roster")
        assert "已下班" in page.text
        page = await does(lead, page, "/remove")
        assert "近期没有排班" in page.text


async def test_a_shift_that_cannot_be_says_why(desk: Desk) -> None:
    await office(desk)
    async with desk.browser("wang") as lead:
        page = await lead.get("/staff/roster")
        for starts, ends, why in (
            ("2026-03-01T20:00", "2026-03-01T08:00", "结束时间要晚于开始时间"),
            ("2026-03-01T08:00", "2026-05-01T08:00", "一班最长"),
            ("soon", "2026-03-01T08:00", "时间“soon”请写成"),
        ):
            page = await does(
                lead, page, "/roster/add", department="1", member="1", starts=starts, ends=ends, handover=""
            )
            assert (page.status, why in page.text) == (422, True)
        page = await does(lead, page, "/roster/add", department="7", member="1", starts="", ends="", handover="")
        assert "请选择部门和值班人员" in page.text


async def test_nobody_writes_another_s_handover(desk: Desk, clerk: Browser) -> None:
    department, now = await office(desk), desk.clock()
    wang = await member(desk, "wang")
    async with desk.db.write() as tx:
        await roster.add(tx, wang, department, wang, now, now + timedelta(hours=8), now)
    fields = {"form": await clerk.token(), "once": "0123456789abcdef", "handover": "x"}
    page = await clerk.post("/staff/roster/1/handover", fields)
    assert (page.status, "不在您的管理范围内" in page.text) == (422, True)


# Away


async def test_somebody_is_away_until_a_time_and_back_sooner(desk: Desk, clerk: Browser) -> None:
    page = await does(clerk, await clerk.get("/staff/roster"), "/away", until="2026-03-03T08:00")
    assert "您离开至 3月3日 08:00，期间由B岗接替" in page.text
    assert not organisation.is_there(await member(desk, "li"), desk.clock())
    page = await does(clerk, page, "/away", back="yes")
    assert "您现在在岗" in page.text
    page = await does(clerk, page, "/away", until="2026-02-01T08:00")
    assert (page.status, "返岗时间要晚于现在" in page.text) == (422, True)


async def test_a_supervisor_says_so_for_who_is_ill_and_a_clerk_does_not(desk: Desk, clerk: Browser) -> None:
    wang, li = await member(desk, "wang"), await member(desk, "li")
    async with desk.browser("wang") as lead:
        page = await lead.get("/staff/roster")
        await does(lead, page, "/away", member=str(li.id), until="2026-03-03T08:00")
    assert not organisation.is_there(await member(desk, "li"), desk.clock())
    page = await does(clerk, await clerk.get("/staff/roster"), "/away", member=str(wang.id), until="2026-03-03T08:00")
    assert (page.status, "不在您的管理范围内" in page.text) == (422, True)
    assert organisation.is_there(await member(desk, "wang"), desk.clock())
