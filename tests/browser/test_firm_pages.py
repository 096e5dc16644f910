"""Pages for firms on a phone: no grave fault for axe, no scrolling sideways, a label on each field, and one heading."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page

from bot.channels.web.cookie import NAME, ContactCookie
from hotline.firms import fleet, inviting
from hotline.passes import applying, deciding
from storage import turns
from storage.database import Database
from tests.browser.screen import PHONE, needs_chromium
from tests.browser.test_axe import faults
from tests.conftest import StillClock
from tests.firm_pages.counter import workbook
from tests.firm_pages.test_batch import HEADS, row
from tests.staff.desk import SECRET, Desk, assembled
from tests.support import passes
from tests.support.passes import packs

__all__ = ["packs"]
pytestmark = needs_chromium

FIELDS = """() => [...document.querySelectorAll("input:not([type=hidden]), select")]
  .filter((e) => !e.labels.length).length"""
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
OPEN_ALL = "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
WAY = "from=210102&to=220104"
TRUCK = f"/apply?{WAY}&fact_controlled=yes&fact_goods=other"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[Desk]:
    """A house on SQLite."""
    folder = tmp_path_factory.mktemp("counter")
    shutil.copy(sqlite_template, folder / "house.db")
    db = Database(f"sqlite+aiosqlite:///{folder / 'house.db'}")
    made = assembled(db, StillClock(), folder / "var")
    await made.server.start_server()
    yield made
    await made.server.close()
    await db.close()


async def something(desk: Desk, address: str) -> dict[str, str]:
    """A firm with trucks and a code, and passes that wait, came back and were refused."""
    now = desk.clock()
    async with desk.db.write() as tx:
        staff = await passes.hired(tx, now)
        me = await turns.contact_at(tx, "web", "main", address, "zh_CN", now)
        firm = await passes.firm(tx, me, now)
        await fleet.add(tx, me, firm.id or 0, "吉A12345", "yellow", "吉A1234挂", now)
        await inviting.invite(tx, me, firm.id or 0, "driver", now, count=3)
        live = await passes.issued(tx, me, staff["li"], now, plate="吉A10001")
        back = await applying.apply(tx, me, passes.wish(now, plate="吉A10002", firm_id=firm.id), now)
        await deciding.send_back(tx, staff["li"], back.id or 0, ["plate", "crew", "window"], "请补", now)
        no = await applying.apply(tx, me, passes.wish(now, plate="吉A10003"), now)
        await deciding.refuse(tx, staff["li"], no.id or 0, "t#二", "这条路当天封闭", now)
        await applying.apply(tx, me, passes.wish(now, plate="吉A10004"), now)
    return {"firm": str(firm.id), "live": live.code, "back": back.code, "no": no.code}


@pytest.mark.asyncio(loop_scope="module")
async def test_every_page_is_sound_on_a_phone(desk: Desk, chromium: Browser, packs: None, tmp_path: Path) -> None:
    context = await chromium.new_context(**PHONE, java_script_enabled=True)  # type: ignore[arg-type]
    page = await context.new_page()
    home = str(desk.server.make_url("/"))[:-1]
    await page.goto(f"{home}/apply")
    signed = next(one["value"] for one in await context.cookies() if one["name"] == NAME)
    made = await something(desk, ContactCookie(SECRET, secure=False)._signer.unsign(signed).decode())
    found = await amiss(page)
    for address in (
        "/apply?from=210102&to=朝阳区", f"/apply?{WAY}", f"/apply?{WAY}&fact_controlled=no", "/passes",
        f"/passes/{made['no']}/about", f"/passes/{made['back']}/complete", "/firm", f"/firm/{made['firm']}",
    ):  # fmt: skip
        await page.goto(home + address)
        found += await amiss(page)
    await page.goto(home + TRUCK)
    await page.get_by_label("车牌号").fill("吉O9")
    await press(page, page.get_by_role("button", name="核对"))
    found += await amiss(page)
    await page.goto(f"{home}/passes/batch?{WAY}")
    sheet = tmp_path / "b.xlsx"
    sheet.write_bytes(workbook([row("吉A20001"), row("吉A2", 出发时间="乱写")], HEADS))
    await page.get_by_label("填好的表格").set_input_files(sheet)
    await press(page, page.get_by_role("button", name="上传"))
    found += await amiss(page)
    await press(page, page.get_by_role("button", name="提交这 1 份"))
    found += await amiss(page)
    await context.close()
    assert found == []


async def press(page: Page, button: Locator) -> None:
    async with page.expect_navigation():
        await button.tap()


async def amiss(page: Page) -> list[str]:
    await page.evaluate(OPEN_ALL)
    found = await faults(page)
    found += [f"{page.url} scrolls sideways"] if await page.evaluate(SIDEWAYS) else []
    found += [f"{page.url} has fields without a label"] if await page.evaluate(FIELDS) else []
    found += [f"{page.url} has not one h1"] if await page.locator("h1").count() != 1 else []
    return found
