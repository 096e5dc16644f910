"""Axe, the accessibility engine, finds no serious or critical fault on any page that staff or drivers see."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from handlers.staff.routes import TABLE
from hotline.rules import shelf as rule_shelf
from storage.database import Database
from tests.browser.busy_day import ADMIN, CLERK, HANDLER, LEAD, SOME_DAY, Day, busy_day
from tests.browser.screen import PHONE, needs_chromium
from tests.conftest import StillClock
from tests.staff.desk import PASSWORD, Desk, assembled
from tests.web.house import living

pytestmark = needs_chromium

NO_PAGES = (
    "/checkpoint", "/checkpoint/list",
    "/live", "/static/{version}/{name}", "/photos/{id:[1-9][0-9]{0,17}}", "/ledger.csv", "/ledger.xlsx", "/points.csv",
    "/photos/{photo:[1-9][0-9]{0,17}}", "/dispatch.xlsx", "/papers/{paper:[1-9][0-9]{0,17}}",
)  # fmt: skip
"""Addresses that answer with something else than a page."""

PACK = "cn-truck-release-2022"
TRIED = "/staff/packs/try?scheme=truck_release&on=2022-05-20&fact_code=green&fact_test_age_hours=900"
PEOPLE = {"admin": ADMIN, "supervisor": LEAD, "clerk": CLERK, "handler": HANDLER}
GRAVE = ("serious", "critical")
SHAPES = (
    """() => [...document.querySelectorAll("body *")].map((e) => [e.tagName, e.getAttribute("class"), e.type].join())"""
)
"""Of what a page is made."""
PARTS = re.compile(r"""<([a-z]+)(?:[^>]*? class="([^"]*)")?(?:[^>]*? type="([^"]*)")?""")
"""The same as it is written, to know it without a browser."""

OPEN_ALL = """() => {
  for (const one of document.querySelectorAll("details:not(.me)")) Object.assign(one, { name: "", open: true });
}"""


def addresses(day: Day, role: str) -> list[str]:
    """Every page that this role may see, with something on it, and one that is not there."""
    ids = "&".join(f"ticket={one}" for one in day.ids)
    plain = "&".join(f"pass={one}" for one in (*day.passes.plain, day.passes.odd))
    every = [
        "/staff/", "/staff/?view=all&q=%E6%B2%A1%E6%9C%89", f"/staff/tickets/{day.full.number}",
        f"/staff/tickets/{day.complaint.number}",
        f"/staff/bulk?do=transfer&{ids}", f"/staff/bulk?do=resolve&{ids}", f"/staff/bulk?do=merge&{ids}",
        "/staff/callbacks", "/staff/alarms", "/staff/macros", "/staff/ledger?source=12328", "/staff/outbox",
        "/staff/facilities", "/staff/facilities/ledger", f"/staff/facilities/{day.facility}", "/staff/directory",
        "/staff/library", "/staff/library?q=%E9%80%9A%E8%A1%8C%E8%AF%81", "/staff/library/xunwu-logistics-2022",
        "/staff/scans", "/staff/trips", "/staff/trips/crews", f"/staff/trips/{day.passes.trip}",
        "/staff/firms", f"/staff/firms/{day.passes.firm}",
        "/staff/points", f"/staff/points/{day.point}", "/staff/points/new", "/staff/points/new?kind=checkpoint",
        f"/staff/tickets/{day.refused}", "/staff/packs?on=2022-05-20", f"/staff/packs/{PACK}?on=2022-05-20",
        f"/staff/packs/diff?one={PACK}&other=changchun-truck-release-2022", TRIED,
        f"/staff/directory/{day.department}", "/staff/roster", "/staff/people", f"/staff/people/{day.person}",
        "/staff/passes", "/staff/passes?tab=ended", "/staff/passes?q=%E5%86%B7%E9%93%BE", "/staff/passes/next",
        f"/staff/passes/{day.passes.odd}", f"/staff/passes/{day.passes.live}", f"/staff/passes/{day.passes.returned}",
        f"/staff/passes/bulk?{plain}", "/staff/passes/blocks?count=1", "/staff/passes/keys",
        "/staff/dispatch?day=2026-03-01", "/staff/dispatch?day=2020-01-01",
        "/staff/dispatch/rows?day=2026-03-01&measure=issued&division=220100",
        "/staff/intake", "/staff/intake?kind=blockage", "/staff/intake?kind=code_appeal", "/staff/audit", "/staff/chat",
        "/staff/help", "/staff/password",
    ]  # fmt: skip
    mine = pages(role)
    return [one for one in every if any(page.fullmatch(one.partition("?")[0]) for page in mine)] + ["/staff/nowhere"]


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
    rule_shelf.use(None)
    await desk.server.close()
    await db.close()


async def faults(page: Page) -> list[str]:
    """What axe finds: everything in light, and what dark can change, contrast, in dark."""
    await page.emulate_media(color_scheme="light")
    light = (await Axe().run(page, options={"resultTypes": ["violations"]})).response["violations"]
    await page.emulate_media(color_scheme="dark")
    dark = (await page.evaluate("axe.run({ runOnly: ['color-contrast'], resultTypes: ['violations'] })"))["violations"]
    return [
        f"{urlsplit(page.url).path} {rule['id']}: {node['html'][:160]} {node['any'] and node['any'][0]['message']}"
        for rule in [*light, *dark]
        if rule["impact"] in GRAVE
        for node in rule["nodes"][:4]
    ]


@pytest.mark.asyncio(loop_scope="module")
async def test_no_page_of_the_console_has_a_grave_fault(busy: tuple[Desk, Day], chromium: Browser) -> None:
    desk, day = busy
    context = await chromium.new_context(**PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(str(desk.server.make_url("/staff/sign-in")))
    found = await faults(page)
    seen, parts = set[str](), set[tuple[str, ...]]()
    for role, login in PEOPLE.items():
        await context.clear_cookies()
        await signed_in(page, desk, login)
        for address in addresses(day, role):
            written = await (await context.request.get(str(desk.server.make_url(address)))).text()
            if parts.issuperset(made := set(PARTS.findall(written))):
                continue  # of nothing but what another page was made of
            parts |= made
            await page.goto(str(desk.server.make_url(address)))
            await expect(page.locator("#live"), address).to_have_text("实时更新")
            await page.evaluate(OPEN_ALL)
            if (
                fresh := {address, *await page.evaluate(SHAPES)} - seen
            ):  # what another role's page showed is not looked at again
                seen |= fresh
                found += await faults(page)
    await context.close()
    assert found == []


async def signed_in(page: Page, desk: Desk, login: str) -> None:
    await page.goto(str(desk.server.make_url("/staff/sign-in")))
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"^http://[^/]+/staff/$"))


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_of_the_route_table_is_looked_at(role: str) -> None:
    seen = [address.partition("?")[0] for address in addresses(SOME_DAY, role)]
    assert [one.pattern for one in pages(role) if not any(one.fullmatch(address) for address in seen)] == []


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


@pytest.mark.asyncio(loop_scope="module")
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
