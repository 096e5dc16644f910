"""The pages of the register of service points, without JavaScript."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.staff import points as pages
from storage import staff as people
from storage.models import Audit, Point, PointChange
from tests.staff.desk import Browser, Desk

STATION = {
    "kind": "test", "name": "长春东核酸检测服务站", "division": "二道区", "road": "G12", "stake_m": "K20+300",
    "latitude": "43.88", "longitude": "125.40", "datum": "gcj02", "hours": "24小时", "phone": "0431-81230009",
    "source": "现场核对", "confirmed_on": "2026-03-01",
}  # fmt: skip
YARD = {
    "kind": "transfer", "name": "城东中转场地", "division": "二道区", "zones": "both", "capacity": "80",
    "source": "来函", "confirmed_on": "2026-02-20",
}  # fmt: skip
CHECKPOINT = {
    "kind": "checkpoint", "name": "米沙子超限检测站", "division": "德惠市", "purpose": "overload",
    "body": "吉林省人民政府", "body_level": "province", "document": "批复", "valid_from": "2019-01-01",
    "source": "来函", "confirmed_on": "2026-02-20",
}  # fmt: skip


async def rows(desk: Desk, table: Any = Point) -> list[Any]:
    async with desk.db.read() as tx:
        return list((await tx.scalars(select(table).order_by(table.id))).all())


async def enter(browser: Browser, fields: dict[str, str]) -> Any:
    page = await browser.get(f"/staff/points/new?kind={fields['kind']}")
    return await browser.send(page, "/staff/points/add", **fields)


async def test_a_point_is_entered_changed_confirmed_and_closed(desk: Desk, clerk: Browser) -> None:
    assert "这里还没有登记的点" in (await clerk.get("/staff/points")).text
    assert "先选类别" in (await clerk.get("/staff/points/new")).text
    page = await enter(clerk, STATION)
    assert "已登记。" in page.text
    assert "长春东核酸检测服务站 G12 K20+300" in page.text
    assert "24 小时" in page.text
    assert "吉林省长春市二道区" in page.text
    fields = {name: value for name, value in STATION.items() if name != "kind"} | {"hours": "08:00-20:00"}
    page = await clerk.send(page, "/change", **fields, reason="站里来电")
    assert "已保存修改" in page.text
    assert "08:00–20:00" in page.text
    assert "改了：开放时间" in page.text
    page = await clerk.send(page, "/change", **fields, reason="站里来电")
    assert "没有要改的" in page.text
    page = await clerk.send(page, "/confirm", reason=" ")
    assert "请写一句原因或依据" in page.text
    page = await clerk.send(page, "/confirm", reason="电话核实")
    assert "已记下今天核实" in page.text
    page = await clerk.send(page, "/close", reason="撤点")
    assert "已登记关闭" in page.text
    assert not page.has_form("/close")
    page = await clerk.send(page, "/activate", reason="恢复")
    assert "已登记启用" in page.text
    changes = await rows(desk, PointChange)
    assert [row.what for row in changes] == ["added", "changed", "confirmed", "closed", "opened"]
    assert [row.what for row in await rows(desk, Audit)] == [f"point.{row.what}" for row in changes]


async def test_a_transfer_site_is_put_to_use_only_after_its_three_checks(desk: Desk, clerk: Browser) -> None:
    page = await enter(clerk, YARD)
    assert "备用" in page.text
    page = await clerk.send(page, "/activate", reason="指挥部通知", **{"check-disinfected": "yes"})
    assert "启用前还要确认：人员不接触和作业不交叉" in page.text
    checks = {f"check-{one}": "yes" for one in ("disinfected", "apart", "uncrossed")}
    page = await clerk.send(page, "/activate", reason="指挥部通知", **checks)
    assert "使用中" in page.text
    page = await clerk.send(page, "/reserve", reason="预案结束")
    assert [row.state for row in await rows(desk)] == ["reserved"]


async def test_what_was_typed_is_kept_and_each_field_says_what_is_amiss(desk: Desk, clerk: Browser) -> None:
    page = await enter(clerk, CHECKPOINT | {"phone": "13812345678", "valid_from": "", "division": "无此地"})
    assert page.status == 422
    assert "这里不登记手机号" in page.text
    assert "“无此地”不是一个行政区划" in page.text
    assert 'value="吉林省人民政府"' in page.html
    page = await clerk.send(page, "/staff/points/add", **CHECKPOINT | {"valid_from": ""})
    assert "这一项要填" in page.text
    page = await clerk.send(page, "/staff/points/add", **CHECKPOINT)
    assert "在批准期内" in page.text
    page = await enter(clerk, CHECKPOINT)
    assert "已经登记过了" in page.text
    assert len(await rows(desk)) == 1


async def test_a_form_sent_twice_counts_once(desk: Desk, clerk: Browser) -> None:
    page = await clerk.get("/staff/points/new?kind=test")
    for _ in range(2):
        assert (await clerk.send(page, "/staff/points/add", **STATION)).status == 200
    assert len(await rows(desk)) == 1


async def test_a_point_elsewhere_is_seen_and_left_alone(desk: Desk, clerk: Browser) -> None:
    async with desk.browser("zong") as admin:
        async with desk.db.write() as tx:
            boss = await people.by_login(tx, "zong")
            assert boss is not None
            boss.division = "220000"
        await enter(admin, STATION | {"division": "四平市铁东区", "latitude": "43.16", "longitude": "124.39"})
    [row] = await rows(desk)
    page = await clerk.get(f"/staff/points/{row.id}")
    assert "由它所在地的值班台登记" in page.text
    assert not page.has_form("/close")
    fields = {"form": await clerk.token(), "once": "0123456789abcdef", "reason": "x"}
    assert "由它所在地的值班台登记" in (await clerk.post(f"/staff/points/{row.id}/close", fields)).text
    assert (await clerk.get("/staff/points/999")).status == 404


async def test_the_list_is_filtered_and_paged(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for n in "一二三":
        await enter(clerk, STATION | {"name": f"第{n}检测站"})
    await enter(clerk, CHECKPOINT)
    first = await clerk.get("/staff/points?where=长春")
    second = await clerk.get(next(link for link in first.links if "after=" in link))
    assert "回到开头" in second.text
    seen = first.text + second.text
    assert all(f"第{n}检测站" in seen for n in "一二三")
    assert "米沙子" in seen
    only = await clerk.get("/staff/points?kind=checkpoint")
    assert "米沙子超限检测站" in only.text
    assert "第一检测站" not in only.text
    assert "第一检测站" not in (await clerk.get("/staff/points?where=德惠市")).text
    for odd in ("where=无此地", "where=a%00", "kind=x", "after=x", "after=999999", "where=220"):
        assert (await clerk.get(f"/staff/points?{odd}")).status == 200, odd


async def test_a_sheet_is_exported_and_imported(desk: Desk, clerk: Browser) -> None:
    await enter(clerk, STATION)
    async with desk.browser("wang") as lead:
        page = await lead.get("/staff/points.csv")
        assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
        sheet = page.html.removeprefix("\ufeff")
        assert sheet.startswith("类别,名称,行政区划")
        listed = await lead.get("/staff/points")
        same = await lead.send(listed, "/import", sheet=sheet)
        assert "新增 0，修改 0，其余 1 条不变" in same.text
        amiss = await lead.send(await lead.get("/staff/points"), "/import", sheet=sheet + "充电站,某站,无此地\r\n")
        assert "有 1 行要改，什么也没有导入： 第 3 行：“行政区划”“无此地”不是一个行政区划" in amiss.text
        pasted = "类别\t名称\t行政区划\t来源\t核实日期\n充电站\t东站充电站\t二道区\t来函\t2026-02-01\n"
        done = await lead.send(amiss, "/import", sheet=pasted)
        assert "新增 1，修改 0，其余 0 条不变" in done.text
    assert [row.kind for row in await rows(desk)] == ["test", "charging"]
    assert not (await clerk.get("/staff/points")).has_form("/import")
