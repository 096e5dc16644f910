"""Twenty trucks at once: a template, a sheet read row by row, and one press for the good rows."""

from __future__ import annotations

import asyncio
from datetime import datetime
from io import BytesIO
from urllib.parse import quote

import openpyxl
from sqlalchemy import select

from storage.models import Firm, Pass
from tests.firm_pages.counter import Visitor, workbook
from tests.staff.desk import Page

WAY = f"from={quote('沈阳市和平区')}&to={quote('长春市朝阳区')}&scheme=pass_need"
HEADS = (
    "车牌号 *",
    "车牌颜色 *",
    "挂车号",
    "出发地",
    "目的地",
    "货物类别 *",
    "货物名称",
    "出发时间",
    "司乘人员 *",
    "经过管控路段 *",
    "备注",
)
GOOD = ("吉A10001", "黄", "", "", "", "农业生产物资", "", "", "张三", "是", "")


def row(plate: str, **changed: object) -> list[object]:
    values = dict(zip(HEADS, GOOD, strict=True)) | {"车牌号 *": plate}
    heads = {head.removesuffix(" *"): head for head in HEADS}
    return list((values | {heads[name]: value for name, value in changed.items()}).values())


async def read(visitor: Visitor, content: bytes, **fields: str) -> Page:
    page = await visitor.see(f"/passes/batch?{WAY}")
    return await visitor.upload(page, "/read", [("sheet", "表.xlsx", content)], **{"firm": "0", **fields})


async def made(visitor: Visitor) -> list[Pass]:
    async with visitor.desk.db.read() as tx:
        return list((await tx.scalars(select(Pass).order_by(Pass.id))).all())  # type: ignore[arg-type]


async def test_rows_are_read_told_and_sent_once(clerk: Visitor, firm: Firm) -> None:
    rows = [
        *(row(f"吉A1000{n}") for n in range(1, 5)),
        row("吉A2000", 车牌颜色="紫"),
        row("吉A10001"),
        row("吉A10006", 经过管控路段="否"),
        row("吉A10007", 经过管控路段=""),
        row("吉A10008", 货物类别="金条"),
        row("吉A10009", 货物类别="其他"),
        row("吉A10010", 出发地="朝阳区"),
        row("吉A10011", 出发时间="后天吧", 司乘人员=""),
        row("吉A10012", 出发时间=datetime(2026, 3, 2, 8), 挂车号="吉A1234挂"),  # noqa: DTZ001 - a cell has no zone
        row("吉A10013", 司乘人员="", 出发时间="3月2日 8:00"),
        row("", 司乘人员="李四"),
        row("吉A10015", 目的地="吉林市昌邑区"),
        row("吉A10016", 货物类别="生活必需品"),
    ]
    page = await read(clerk, workbook(rows, HEADS), firm=str(firm.id))
    assert page.status == 200
    assert "6 行可以提交，11 行要改" in page.text
    assert "我们不认识，没有看：备注" in page.text
    for said in (
        "和第 2 行是同一辆车", "不走管控路段", "经过管控路段：这一列要填", "货物类别：", "货物名称",
        "叫“朝阳区”的有几处", "出发时间：“后天吧”没看懂", "还差一点：司乘人员姓名", "车牌号：",
    ):  # fmt: skip
        assert said in page.text, said
    assert await made(clerk) == []
    sent = await clerk.send(page, "/send")
    assert "6 份里收下了 6 份" in sent.text
    done = await made(clerk)
    assert {one.plate: one.state for one in done} == {
        "吉A10001": "applied", "吉A10002": "applied", "吉A10003": "applied", "吉A10004": "applied",
        "吉A10012": "applied", "吉A10016": "issued",
    }  # fmt: skip
    again = await clerk.send(page, "/send")
    assert "6 份里收下了 6 份" in again.text
    assert len(await made(clerk)) == 6
    [batch] = {one.batch for one in done}
    assert (await clerk.see(f"/passes?batch={batch}")).html.count('class="card row"') == 6
    [timed] = [one for one in done if one.plate == "吉A10012"]
    assert timed.from_wished.isoformat() == "2026-03-02T00:00:00+00:00"
    assert "已经有一份申请在办了" in (await read(clerk, workbook(rows[:1], HEADS))).text


async def test_pressed_twice_at_once_each_row_is_applied_for_once(clerk: Visitor, firm: Firm) -> None:
    page = await read(clerk, workbook([row(f"吉A3000{n}") for n in range(5)], HEADS), firm=str(firm.id))
    one, two = await asyncio.gather(clerk.send(page, "/send"), clerk.send(page, "/send"))
    assert one.status == two.status == 200
    assert len(await made(clerk)) == 5
    assert "5 份里收下了 5 份" in one.text
    assert "5 份里收下了 5 份" in two.text


async def test_the_template_reads_back(driver: Visitor) -> None:
    async with driver.browser.client.get(f"/passes/batch/empty.xlsx?{WAY}") as answer:
        book = openpyxl.load_workbook(BytesIO(await answer.read()))
    heads = [str(cell.value) for cell in book.worksheets[0][1]]
    assert {head.removesuffix(" *") for head in heads} >= {"车牌号", "车牌颜色", "货物类别", "司乘人员", "经过管控路段"}
    assert "货物" not in heads
    assert len(book.worksheets[0].data_validations.dataValidation) == 3
    guide = {str(line[0].value): str(line[1].value) for line in book.worksheets[1].iter_rows()}
    assert "这趟要走正在管控的路段吗？" in guide["经过管控路段"]
    sheet = book.worksheets[0]
    for place, head in enumerate(heads, start=1):
        sheet.cell(2, place, dict(zip(HEADS, row("吉A40001"), strict=True)).get(head, ""))
    out = BytesIO()
    book.save(out)
    assert "1 行可以提交，0 行要改" in (await read(driver, out.getvalue())).text


async def test_a_live_pass_is_renewed_where_that_was_ticked(clerk: Visitor, firm: Firm) -> None:
    sheet = workbook([row("吉A50001", 货物类别="生活必需品")], HEADS)
    page = await read(clerk, sheet, firm=str(firm.id))
    await clerk.send(page, "/send")
    assert "已有通行证" in (await read(clerk, sheet, firm=str(firm.id))).text
    clerk.desk.clock.pass_(days=2)
    page = await read(clerk, sheet, firm=str(firm.id), renew="yes")
    await clerk.send(page, "/send")
    assert [one.state for one in await made(clerk)] == ["superseded", "issued"]
