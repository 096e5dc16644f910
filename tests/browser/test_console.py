"""The console in a real browser: a clerk works by keyboard, hears what arrives, and loses nothing that was written."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from hotline import closing, tickets, timing
from storage import callbacks
from storage import staff as people
from storage import tickets as ledger
from storage.database import Database
from storage.models import Outbox, Ticket
from tests.browser.screen import DESK, PHONE, needs_chromium
from tests.conftest import StillClock
from tests.staff.desk import PASSWORD, Desk, assembled, deliver

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def desk(sqlite_template: Path, tmp_path: Path, clock: StillClock) -> AsyncIterator[Desk]:
    """A desk on SQLite, where 李 works."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    made = assembled(db, clock, tmp_path / "var")
    await made.hire("li")
    await made.hire("wang", "supervisor")
    await made.server.start_server()
    yield made
    await made.server.close()
    await db.close()


@pytest_asyncio.fixture(loop_scope="module")
async def screen(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """The screen on a clerk's desk."""
    context = await chromium.new_context(**DESK)  # type: ignore[arg-type]
    yield context
    await context.close()


async def opened(context: BrowserContext, desk: Desk, path: str = "/staff/") -> Page:
    """A page; any fault of script or policy on it fails the test that asks `sound`."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.faults = faults  # type: ignore[attr-defined]
    await page.goto(str(desk.server.make_url(path)))
    return page


def sound(page: Page) -> None:
    assert page.faults == []  # type: ignore[attr-defined]


async def signed_in(context: BrowserContext, desk: Desk, path: str = "/staff/", login: str = "li") -> Page:
    page = await opened(context, desk, path)
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"^http://[^/]+/staff/(?!sign-in)"))
    return page


async def live(page: Page) -> None:
    await expect(page.locator("#live")).to_have_text("实时更新")


async def take(desk: Desk, ticket: Ticket, login: str = "wang") -> None:
    async with desk.db.write() as tx:
        member = await people.by_login(tx, login)
        assert member is not None
        await tickets.take(tx, ticket.id or 0, member, desk.clock())


async def told(desk: Desk, key: str) -> int:
    async with desk.db.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(Outbox).filter_by(key=key)) or 0)


async def test_a_ticket_is_worked_by_keyboard_alone(desk: Desk, screen: BrowserContext) -> None:
    made = [await desk.report(by=f"d{n}", note=f"第 {n} 位") for n in range(4)]
    page = await signed_in(screen, desk)
    await live(page)
    for key in "jjjk":
        await page.keyboard.press(key)
    await expect(page.locator(f"#t{made[1].id} a.to")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{made[1].number}")
    await live(page)
    await page.keyboard.press("t")
    await expect(page.locator(".flash")).to_contain_text("由您办理了")
    await live(page)
    await page.keyboard.press("r")
    area = page.get_by_label("答复", exact=True)
    await expect(area).to_be_focused()
    await page.keyboard.type("jk tn/?u. 请走 3 号车道")
    await expect(area).to_have_value("jk tn/?u. 请走 3 号车道")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".story")).to_contain_text("请走 3 号车道")
    await live(page)
    await page.keyboard.press("n")
    await expect(page.get_by_label("内部备注", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await expect(page.locator(f"#t{made[1].id}")).to_contain_text("办理中")
    await expect(page.locator(f"#t{made[1].id} a.to")).to_be_focused()
    await page.keyboard.press("k")  # taken, it has more time than the others and stands below them
    await expect(page.locator(f"#t{made[3].id} a.to")).to_be_focused()
    assert await told(desk, "told.answered") == 1
    sound(page)


async def test_t_takes_the_chosen_row_and_slash_searches(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk)
    await live(page)
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("t长春东")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("长春东")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("q="))
    await live(page)
    await page.keyboard.press("j")
    await page.keyboard.press("t")
    await page.wait_for_url(f"**/staff/tickets/{ticket.number}")
    await expect(page.locator(".head")).to_contain_text("经办：坐席li（我）")


async def test_g_and_a_letter_lead_anywhere_and_x_selects(desk: Desk, screen: BrowserContext) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(3)]
    page = await signed_in(screen, desk, login="wang")
    await live(page)
    bar = page.locator("#bulk")
    await expect(bar).to_be_hidden()
    for key in ("j", "x", "ArrowDown", "x"):
        await page.keyboard.press(key)
    await expect(bar).to_contain_text("已选 2 张")
    await desk.report("G1 京哈高速 拉林河收费站", by="new")
    await page.get_by_role("button", name="1 条新工单").click()
    await expect(bar).to_contain_text("已选 2 张")
    await bar.get_by_role("button", name="一并办结").click()
    await expect(page.locator("h1")).to_have_text("2 张工单一并办结")
    await page.get_by_label("已解决").check()
    await page.get_by_label("办结结果").fill("卡点已撤")
    await page.get_by_role("button", name="确认办结 2 张").click()
    await expect(page.locator(".flash")).to_contain_text("2 张工单已办结")
    await live(page)
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await page.wait_for_url("**/staff/?view=mine")
    await live(page)
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await page.wait_for_url("**/staff/callbacks")
    assert [(await desk.ticket(one.id)).status for one in made] == ["resolved", "resolved", "accepted"]
    sound(page)


async def test_help_opens_over_the_page_and_keys_can_be_switched_off(desk: Desk, screen: BrowserContext) -> None:
    await desk.report()
    page = await signed_in(screen, desk)
    await live(page)
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("#keys")).to_be_visible()
    await page.locator("#keys .keys-on").uncheck()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()
    await page.keyboard.press("j")
    await expect(page.locator("#rows a.to")).not_to_be_focused()
    await page.reload()
    await live(page)
    await page.keyboard.press("/")
    await expect(page.locator("#q")).not_to_be_focused()
    sound(page)


async def test_new_tickets_wait_behind_a_button_and_rows_change_in_place(desk: Desk, screen: BrowserContext) -> None:
    known = [await desk.report(by=f"d{n}") for n in range(30)]
    page = await signed_in(screen, desk)
    await live(page)
    row = page.locator(f"#t{known[10].id}")
    await row.locator("a.to").focus()
    await row.scroll_into_view_if_needed()
    where = await row.bounding_box()
    for n in range(3):
        await desk.report("G1 京哈高速 拉林河收费站", by=f"new{n}")
    await take(desk, known[10])
    await expect(page.locator("#news")).to_have_text("3 条新工单，点击显示")
    await expect(page).to_have_title(re.compile(r"^\(3\) 在办"))
    await expect(row).to_contain_text("坐席wang")
    await expect(row).to_contain_text("办理中")
    await expect(row.locator("a.to")).to_be_focused()
    assert await row.bounding_box() == where
    assert await page.locator("#rows tr").count() == 30
    await expect(page.locator("#views")).to_contain_text("33")
    await page.keyboard.press(".")
    await expect(page.locator("#rows tr")).to_have_count(33)
    await expect(page.locator("#rows tr", has_text="拉林河")).to_have_count(3)
    await expect(row.locator("a.to")).to_be_focused()
    await expect(page.locator("#news")).to_be_empty()
    sound(page)


async def test_the_first_ticket_of_the_day_arrives_on_an_empty_page(desk: Desk, screen: BrowserContext) -> None:
    page = await signed_in(screen, desk)
    await live(page)
    await expect(page.locator("#queue")).to_contain_text("没有在办的工单")
    await desk.report()
    await page.get_by_role("button", name="1 条新工单").click()
    await expect(page.locator("#rows tr")).to_have_count(1)


async def test_what_left_the_list_stays_until_somebody_looks(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk, "/staff/?view=accepted")
    await live(page)
    await take(desk, ticket)
    await expect(page.locator(f"#t{ticket.id}")).to_have_class(re.compile("gone"))
    assert await page.locator(f"#t{ticket.id}").get_attribute("title") == "已不在此列表"


async def test_a_draft_outlives_what_arrives(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk, f"/staff/tickets/{ticket.number}")
    await live(page)
    area = page.get_by_label("答复", exact=True)
    await area.fill("正在联系收费站")
    await take(desk, ticket)
    await page.get_by_role("button", name="这张工单有新进展").click()
    await expect(page.locator(".story")).to_contain_text("坐席wang 开始办理")
    await expect(page.locator(".head")).to_contain_text("经办：坐席wang")
    await expect(area).to_have_value("正在联系收费站")
    await page.get_by_role("button", name="发出答复").click()
    await expect(page.locator(".story")).to_contain_text("正在联系收费站")
    sound(page)


async def test_a_reply_is_followed_until_it_is_out(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk, f"/staff/tickets/{ticket.number}")
    await page.get_by_label("答复", exact=True).fill("请稍等")
    await page.get_by_role("button", name="发出答复").click()
    await expect(page.locator(".told")).to_contain_text("等待发送")
    desk.clock.pass_(seconds=11)
    await deliver(desk, None)
    await expect(page.locator(".told")).to_contain_text("已发出")
    await expect(page.locator("#hint")).to_be_empty()


async def test_the_way_back_leads_to_the_list_as_it_was(desk: Desk, screen: BrowserContext) -> None:
    await desk.report()
    page = await signed_in(screen, desk, "/staff/?view=all&matter=blockage.turned_back")
    await page.locator("#rows a.to").click()
    await page.locator(".head .take").click()
    await expect(page.locator(".flash")).to_contain_text("由您办理了")
    await live(page)
    await page.keyboard.press("u")
    await page.wait_for_url("**/staff/?view=all&matter=blockage.turned_back")
    await expect(page.locator("#rows a.to")).to_be_focused()


async def test_leaving_with_a_draft_asks_first(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk, f"/staff/tickets/{ticket.number}")
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.get_by_label("答复", exact=True).click()
    await page.keyboard.type("写了一半")
    await page.locator("#up").click(no_wait_after=True)
    await expect(page.get_by_label("答复", exact=True)).to_have_value("写了一半")
    assert asked == ["beforeunload"]


async def test_a_double_click_sends_once(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report()
    page = await signed_in(screen, desk, f"/staff/tickets/{ticket.number}")
    await page.get_by_label("答复", exact=True).fill("请稍等")
    await page.get_by_role("button", name="发出答复").dblclick()
    await expect(page.locator(".flash")).to_contain_text("答复已提交")
    assert await told(desk, "told.answered") == 1


async def test_all_tabs_share_one_stream(desk: Desk, screen: BrowserContext) -> None:
    streams: list[str] = []
    screen.on("request", lambda request: streams.append(request.url) if request.url.endswith("/live") else None)
    first = await signed_in(screen, desk)
    await live(first)
    second = await opened(screen, desk)
    await live(second)
    await desk.report()
    for page in (first, second):
        await expect(page.locator("#news")).to_have_text("1 条新工单，点击显示")
    assert len(streams) == 1
    await first.close()
    await desk.report(by="b")
    await expect(second.locator("#news")).to_have_text("2 条新工单，点击显示", timeout=15_000)


async def test_when_the_session_is_over_the_page_says_so(desk: Desk, screen: BrowserContext) -> None:
    page = await signed_in(screen, desk, "/staff/?view=mine")
    await live(page)
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "li")
        assert member is not None
        member.epoch += 1
    await expect(page.locator("#live")).to_have_text("登录已过期，请重新登录", timeout=15_000)
    await page.locator("#live a").click()
    await page.get_by_label("登录名").fill("li")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/?view=mine")


async def test_everything_works_without_javascript(desk: Desk, chromium: Browser) -> None:
    ticket = await desk.report()
    context = await chromium.new_context(**DESK, java_script_enabled=False)  # type: ignore[arg-type]
    page = await signed_in(context, desk)
    await page.locator("#rows").get_by_role("button", name="我来办").click()
    await expect(page.locator(".flash")).to_contain_text("由您办理了")
    await page.get_by_label("答复", exact=True).fill("请稍等")
    await page.get_by_role("button", name="发出答复").click()
    await expect(page.locator(".story")).to_contain_text("请稍等")
    await page.locator("#resolve summary").click()
    await page.locator("#resolve").get_by_label("已解决").check()
    await page.locator("#words-resolve").fill("卡点已撤")
    await page.get_by_role("button", name="办结并告知").click()
    await expect(page.locator(".facts")).to_contain_text("已办结")
    await page.locator("#help-link").click()
    await expect(page.locator("h1")).to_have_text("快捷键")
    for menu in await page.locator(".me summary:visible").all():
        await menu.click()
    await page.get_by_role("button", name="退出登录").click()
    await expect(page.locator(".flash")).to_contain_text("已退出")
    assert (await desk.ticket(ticket.id)).result == "卡点已撤"
    await context.close()


OPEN_ALL = """() => {
  for (const one of document.querySelectorAll("details:not(.me)")) Object.assign(one, { name: "", open: true });
}"""
FAULTS = Path(__file__).with_name("faults.js").read_text("utf-8")


async def a_full_desk(desk: Desk) -> list[str]:
    """Pages with something of everything on them."""
    ticket = await desk.report("G102 K123+400 往长春方向", note="这里有一段很长的话，" * 20)
    await desk.report("G12 珲乌高速 长春东收费站", by="b", what="other")
    desk.clock.pass_(minutes=22)
    await desk.report(by="c")
    late = await desk.report("G1 京哈高速 拉林河收费站", by="d")
    desk.clock.pass_(minutes=9)
    await take(desk, late, "li")
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "li")
        assert member is not None
        await tickets.note(tx, ticket.id or 0, member, "值班室电话占线", desk.clock())
        await tickets.reply(tx, ticket.id or 0, member, "已联系收费站", desk.clock())
        await closing.resolve(tx, ticket.id or 0, member, "卡点已撤", desk.clock())
        if await callbacks.live(tx, ticket.id or 0) is None:
            await callbacks.add(tx, ticket.id or 0, desk.clock())
        for one in await ledger.ringing(tx, desk.clock()):
            await timing.ring(tx, one, desk.clock())
    async with desk.db.write() as tx:
        for row in (await tx.scalars(select(Outbox).limit(2))).all():
            row.status, row.problem, row.attempts = "dead", "BadRequest: chat not found", 3
    number = ticket.number
    several = f"ticket={late.id}&ticket={late.id - 1}" if late.id else ""
    return ["/staff/", "/staff/?view=all", "/staff/callbacks", "/staff/alarms",
            *(f"/staff/bulk?do={verb}&{several}" for verb in ("transfer", "merge", "resolve")),
            f"/staff/tickets/{number}", f"/staff/tickets/{late.number}", "/staff/outbox",
            "/staff/help", "/staff/password", "/staff/nowhere"]  # fmt: skip


@pytest.mark.parametrize(("device", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"])
async def test_every_page_can_be_read_touched_and_heard(
    desk: Desk, chromium: Browser, device: dict[str, Any], scheme: Any
) -> None:
    pages = await a_full_desk(desk)
    context = await chromium.new_context(**device, color_scheme=scheme)
    page = await opened(context, desk, "/staff/sign-in")
    await checked(page, device)
    await page.close()
    page = await signed_in(context, desk, login="wang")
    for path in pages:
        await page.goto(str(desk.server.make_url(path)))
        await page.evaluate(OPEN_ALL)
        await checked(page, device)
    for menu in await page.locator(".me summary:visible").all():
        await menu.click()
    await checked(page, device)
    sound(page)
    await context.close()


async def checked(page: Page, device: dict[str, Any]) -> None:
    for kind in ("faded", "nameless", "wide", *(["small"] if device is PHONE else [])):
        assert await faults(page, kind) == [], (page.url, kind)


async def faults(page: Page, kind: str) -> list[str]:
    return list(await page.evaluate(f"{FAULTS}.{kind}()"))


async def test_english_fits_too(desk: Desk, chromium: Browser) -> None:
    pages = await a_full_desk(desk)
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "wang")
        assert member is not None
        member.language = "en"
    context = await chromium.new_context(**PHONE)  # type: ignore[arg-type]  # where it does not fit first
    page = await signed_in(context, desk, login="wang")
    for path in pages:
        await page.goto(str(desk.server.make_url(path)))
        assert await faults(page, "wide") == [], path
        assert await page.locator("html").get_attribute("lang") == "en"
    await context.close()
