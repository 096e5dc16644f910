"""The ledger's pages: what a supervisor looks for is there, under an address to keep, and leaves as a file."""

from __future__ import annotations

import asyncio
import csv
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from time import sleep
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from handlers.staff import asked, columns, export, ledger, sheets
from storage.ledger import CLOCK, OPENED
from storage.models import Audit
from tests.conftest import NOON
from tests.desk.rows import contact, member, settled, ticket
from tests.staff.desk import Browser, Desk

NUMBERS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def test_two_characters_find_the_ticket(desk: Desk, clerk: Browser) -> None:
    who = await contact(desk.db)
    hot = await ticket(desk.db, who, "服务区没有热水")
    cold = await ticket(desk.db, who, "前面都不让下")
    page = await clerk.get("/staff/ledger?q=热水")
    assert hot.number in page.text
    assert cold.number not in page.text
    assert "共 1" in page.text
    assert f"/staff/tickets/{hot.number}" in page.links
    assert "没有符合这些条件的工单" in (await clerk.get("/staff/ledger?q=冷水")).text


async def test_too_little_and_nonsense_are_told_and_harm_nothing(desk: Desk, clerk: Browser) -> None:
    await ticket(desk.db, await contact(desk.db))
    assert "至少两个连着的字" in (await clerk.get("/staff/ledger?q=水")).text
    assert "没有找到“月球”这个区划" in (await clerk.get("/staff/ledger?division=月球")).text
    assert "不是日期" in (await clerk.get("/staff/ledger?since=昨天")).text
    odd = "/staff/ledger?status=x&matter=y&after=1.2.3&before=9.9&department=-1&sort=z&assignee=９&overdue=maybe"
    page = await clerk.get(odd)
    assert page.status == 200
    assert "共 1" in page.text
    assert (await clerk.get("/staff/ledger?after=999999999999999999.1")).status == 200


async def test_a_whole_number_goes_straight_to_its_ticket(desk: Desk, clerk: Browser) -> None:
    made = await desk.report()
    assert (await clerk.get(f"/staff/ledger?q={made.number}")).address.path == f"/staff/tickets/{made.number}"


async def test_filters_stay_in_the_address_and_each_number_opens_its_rows(desk: Desk, clerk: Browser) -> None:
    who, li = await contact(desk.db), await member(desk.db, "closer")
    late = await ticket(desk.db, who, opened_at=NOON - timedelta(days=1), what="toll_closed")
    done = await ticket(desk.db, who, **settled(li))
    page = await clerk.get("/staff/ledger?matter=blockage&since=2026-02-01&until=2026-03-02&division=长春市")
    assert "共 2" in page.text
    overdue = next(link for link in page.links if "overdue=yes" in link)
    assert {"matter=blockage", "since=2026-02-01"} <= set(overdue.partition("?")[2].split("&"))
    there = await clerk.get(overdue)
    assert late.number in there.text
    assert done.number not in there.text
    for query, shown in (("status=resolved", done), ("matter=blockage.toll_closed", late), ("outcome=solved", done)):
        found = await clerk.get(f"/staff/ledger?{query}")
        assert shown.number in found.text
        assert "共 1" in found.text
    assert "共 0" in (await clerk.get("/staff/ledger?until=2026-02-01")).text


@pytest.mark.parametrize("query", ["", "sort=clock"])
async def test_older_and_newer_are_a_page_away(desk: Desk, clerk: Browser, monkeypatch: Any, query: str) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    who = await contact(desk.db)
    made = [(await ticket(desk.db, who, opened_at=NOON + timedelta(minutes=n))).number for n in range(5)]
    expected = made if query else made[::-1]
    page = await clerk.get(f"/staff/ledger?{query}")
    seen = [shown(page, made)]
    while older := next((link for link in page.links if "after=" in link), None):
        page = await clerk.get(older)
        seen.append(shown(page, made))
    assert [number for some in seen for number in some] == expected
    while newer := next((link for link in page.links if "before=" in link), None):
        page = await clerk.get(newer)
        seen.pop()
        assert shown(page, made) == seen[-1]
    assert len(seen) == 1


def shown(page: Any, numbers: list[str]) -> list[str]:
    links = [link.rpartition("/")[2] for link in page.links if link.startswith("/staff/tickets/")]
    return [link for link in links if link in numbers]


async def test_nobody_sees_another_city(desk: Desk, clerk: Browser) -> None:
    who = await contact(desk.db)
    ours, theirs = await ticket(desk.db, who, "热水"), await ticket(desk.db, who, "热水", division="210100")
    page = await clerk.get("/staff/ledger?q=热水")
    assert ours.number in page.text
    assert theirs.number not in page.html
    assert "共 0" in (await clerk.get("/staff/ledger?division=210100")).text
    async with desk.browser("wang") as lead, lead.client.get("/staff/ledger.csv") as answer:
        assert theirs.number not in await answer.text()


async def test_a_clerk_does_not_export(desk: Desk, clerk: Browser) -> None:
    await ticket(desk.db, await contact(desk.db))
    assert "ledger.csv" not in (await clerk.get("/staff/ledger")).html
    for ending in ("csv", "xlsx"):
        assert (await clerk.get(f"/staff/ledger.{ending}")).status == 403


async def year(desk: Desk) -> list[Any]:
    """A settled and an open ticket, one of them confidential, with words that a spreadsheet might run."""
    phone, closer = await contact(desk.db, "telegram", "13812345678"), await member(desk.db, "closer")
    done = settled(closer, NOON, "struck_off", result="=HYPERLINK(1)")
    return [
        await ticket(desk.db, phone, plate="吉A12345", named=True, **done),
        await ticket(desk.db, phone, plate="吉A54321", confidential=True, opened_at=NOON + timedelta(hours=1)),
    ]


async def test_the_csv_is_what_excel_reads(desk: Desk, monkeypatch: Any) -> None:
    made = await year(desk)
    async with desk.browser("wang") as lead, lead.client.get("/staff/ledger.csv?matter=blockage") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger-20260301-1200.csv"'
        raw = await answer.read()
    assert raw.startswith("\ufeff工单编号,来源,".encode())
    first, second = csv.DictReader(StringIO(raw.decode("utf-8-sig")))
    assert [first["工单编号"], second["工单编号"]] == [one.number for one in made]
    assert first["反映人（已脱敏）"] == "138****5678"
    assert first["车牌（已脱敏）"] == "吉A***45"
    assert first["热线分类"] == "投诉举报"
    assert first["区划"] == "吉林省长春市"
    assert "长春东收费站" in first["地点"]
    assert first["受理时间"] == "2026-03-01 12:00:00"
    assert first["办理结果"] == "'=HYPERLINK(1)"
    assert (first["办结人"], first["销号佐证"], first["状态"]) == ("closer", "照片", "已销号")
    assert (second["反映人（已脱敏）"], second["车牌（已脱敏）"], second["办结时间"]) == ("保密", "保密", "")
    assert b"12345678" not in raw


async def test_the_workbook_holds_the_same(desk: Desk) -> None:
    made = await year(desk)
    async with desk.browser("zong") as lead, lead.client.get("/staff/ledger.xlsx") as answer:
        assert answer.headers["Content-Type"] == export.XLSX
        raw = await answer.read()
    with zipfile.ZipFile(BytesIO(raw)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = [[text_of(cell) for cell in row] for row in sheet.iter(f"{NUMBERS}row")]
    assert [row[0] for row in rows] == ["工单编号", *(one.number for one in made)]
    assert rows[0] == [columns_word(name) for name in columns.COLUMNS]
    assert "=HYPERLINK(1)" in rows[1]
    assert not list(sheet.iter(f"{NUMBERS}f"))
    opened = list(columns.COLUMNS).index("opened")
    assert float(rows[1][opened]) == pytest.approx(46082.5)
    assert not list(desk.house.settings.var.glob("export-*"))


def text_of(cell: Any) -> str:
    return "".join(cell.itertext())


def columns_word(name: str) -> str:
    from locales.words import translate

    return translate("zh_CN", f"ledger.column.{name}")


async def test_two_workbooks_are_written_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await year(desk)
    now: list[str] = []
    most: list[int] = []

    class Watched(sheets.Workbook):
        def __init__(self, *known: Any) -> None:
            super().__init__(*known)
            now.append("open")
            most.append(len(now))

        def close(self) -> None:
            sleep(0.5)
            now.pop()
            super().close()

    monkeypatch.setattr(sheets, "Workbook", Watched)

    async with desk.browser("zong") as lead:

        async def export() -> int:
            async with lead.client.get("/staff/ledger.xlsx") as answer:
                return len(await answer.read())

        sizes = await asyncio.gather(*(export() for _ in range(5)))
    assert min(sizes) > 1000
    assert (len(most), max(most)) == (5, 2)


async def test_each_export_is_noted(desk: Desk) -> None:
    await year(desk)
    async with desk.browser("wang") as lead:
        await lead.get("/staff/ledger.csv?matter=blockage&status=open")
        await lead.get("/staff/ledger.xlsx")
        assert (await lead.get("/staff/ledger.csv?q=水")).status == 400
    async with desk.db.read() as tx:
        noted = [(a.what, a.facts["format"], a.facts["filter"]) for a in await tx.scalars(select(Audit))]
    assert [one[:2] for one in noted if one[0] == "exported"] == [("exported", "csv"), ("exported", "xlsx")]
    assert "blockage" in str(noted[0][2])


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@SUM", "\tx", "\rx"])
def test_no_cell_of_a_csv_is_a_formula(cell: str) -> None:
    assert sheets.guarded(cell) == f"'{cell}"
    assert sheets.guarded("K123+400") == "K123+400"
    assert sheets.guarded(-5) == -5


def test_what_does_not_fit_one_sheet_goes_on_in_the_next(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sheets, "ROWS_OF_A_SHEET", 2)
    book = sheets.Workbook(tmp_path / "x.xlsx", "台账", ["a", "b"])
    book.write([[str(n), n] for n in range(5)])
    book.close()
    with zipfile.ZipFile(tmp_path / "x.xlsx") as made:
        assert sum("worksheets/sheet" in name for name in made.namelist()) == 3


def test_a_cursor_comes_back_as_it_was() -> None:
    at = NOON + timedelta(microseconds=123456)
    for order, values in ((OPENED, (at, 7)), (CLOCK, (0, at, 7))):
        assert asked.place_of(order, asked.cursor(order, values)) == values
        for broken in ("", "x", "1.2.3.4", "-1.2", "１.2", "9" * 18 + ".1" * (len(values) - 1)):
            assert asked.place_of(order, broken) is None
