"""Axe, the accessibility engine, finds no serious or critical fault on any page that staff or drivers see."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from handlers.staff.routes import TABLE
from storage.database import Database
from tests.browser.busy_day import ADMIN, CLERK, HANDLER, LEAD, Day, busy_day
from tests.browser.hands import PHONE, needs_chromium
from tests.conftest import StillClock
from tests.staff.desk import PASSWORD, Desk, assembled
from tests.web.house import living

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

NO_PAGES = ("/live", "/static/{version}/{name}", "/photos/{id:[1-9][0-9]{0,17}}", "/ledger.csv", "/ledger.xlsx")
"""Addresses that answer with something else than a page."""

PEOPLE = {"admin": ADMIN, "supervisor": LEAD, "clerk": CLERK, "handler": HANDLER}
GRAVE = ("serious", "critical")
OPEN_ALL = """() => {
  for (const one of document.querySelectorAll("details:not(.me)")) Object.assign(one, { name: "", open: true });
}"""


def addresses(day: Day) -> list[str]:
    """Every page of the console, with something on it."""
    ids = "&".join(f"ticket={one}" for one in day.ids)
    return [
        "/staff/", "/staff/?view=all", "/staff/?view=all&q=%E6%B2%A1%E6%9C%89", f"/staff/tickets/{day.full.number}",
        f"/staff/tickets/{day.complaint.number}", f"/staff/tickets/{day.full.number}?departments=all",
        f"/staff/bulk?do=transfer&{ids}", f"/staff/bulk?do=resolve&{ids}", f"/staff/bulk?do=merge&{ids}",
        "/staff/callbacks", "/staff/alarms", "/staff/macros", "/staff/ledger", "/staff/outbox", "/staff/facilities",
        "/staff/facilities/ledger", f"/staff/facilities/{day.facility}", "/staff/directory",
        f"/staff/directory/{day.department}", "/staff/roster", "/staff/people", f"/staff/people/{day.person}",
        "/staff/help", "/staff/password", "/staff/nowhere",
    ]  # fmt: skip


def pages(role: str) -> list[re.Pattern[str]]:
    """The addresses of the pages that this role may see, as the route table has them."""
    return [
        re.compile(re.sub(r"{\w+:((?:[^{}]|{[^}]*})*)}", r"\1", route.path))
        for route in TABLE
        if route.method == "GET" and role in route.roles and not route.path.endswith(NO_PAGES)
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[tuple[Desk, Day]]:
    """A desk on SQLite after half a day's work."""
    folder = tmp_path_factory.mktemp("busy")
    shutil.copy(sqlite_template, folder / "desk.db")
    db = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
    desk = assembled(db, StillClock(), folder / "var")
    day = await busy_day(desk)
    await desk.server.start_server()
    yield desk, day
    await desk.server.close()
    await db.close()


async def faults(page: Page) -> list[str]:
    """What axe finds, in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = (await Axe().run(page)).response
        for rule in results["violations"]:
            nodes = [f"{node['target']} {node['html'][:160]} {node['failureSummary']}" for node in rule["nodes"][:4]]
            if rule["impact"] in GRAVE:
                found.append(f"{page.url} {scheme} {rule['id']} ({rule['impact']}): {nodes}")
    return found


@pytest.mark.parametrize("role", PEOPLE)
async def test_no_page_of_the_console_has_a_grave_fault(busy: tuple[Desk, Day], chromium: Browser, role: str) -> None:
    desk, day = busy
    context = await chromium.new_context(**PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(str(desk.server.make_url("/staff/sign-in")))
    found = await faults(page)
    await page.get_by_label("登录名").fill(PEOPLE[role])
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"^http://[^/]+/staff/$"))
    unseen = pages(role)
    for address in addresses(day):
        known = [one for one in pages(role) if one.fullmatch(address.partition("?")[0])]
        if not known and address != "/staff/nowhere":
            continue
        await page.goto(str(desk.server.make_url(address)))
        await page.evaluate(OPEN_ALL)
        found += await faults(page)
        unseen = [one for one in unseen if one not in known]
    await context.close()
    assert found == []
    assert [one.pattern for one in unseen] == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[str]:
    """Where the web chat of a house listens."""
    folder = tmp_path_factory.mktemp("chat")
    shutil.copy(sqlite_template, folder / "house.db")
    db = Database(f"sqlite+aiosqlite:///{folder / 'house.db'}")
    async with living(db, folder) as house:
        runner = web.AppRunner(house.app())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await runner.cleanup()
    await db.close()


async def test_the_web_chat_has_no_grave_fault(chat: str, chromium: Browser) -> None:
    context = await chromium.new_context(**PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(chat)
    await expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    found = await faults(page)
    button: Any = page.locator(".turn:not(.spent) .choices button:enabled")
    await button.filter(has_text="开始").tap()
    await button.filter(has_text="报告受阻").tap()
    await button.filter(has_text="收费站关闭").tap()
    await expect(page.locator("#place")).to_have_class("wanted")
    found += await faults(page)
    await context.close()
    assert found == []
