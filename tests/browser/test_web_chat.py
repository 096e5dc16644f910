"""The web chat in a real browser: a driver reports, loses the network, changes the language, and comes back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from locales.words import say
from storage.database import Database
from storage.models import NOTICE
from tests.browser.screen import PHONE, needs_chromium
from tests.web.house import House, living

CHANGCHUN = {"latitude": 43.88123, "longitude": 125.47012, "accuracy": 18}

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def address(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[House, str]]:
    """A house on SQLite that listens, and where."""
    shutil.copy(sqlite_template, tmp_path / "house.db")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'house.db'}")
    async with living(db, tmp_path) as house:
        runner = web.AppRunner(house.app())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield house, f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await runner.cleanup()
    await db.close()


@pytest_asyncio.fixture(loop_scope="module")
async def phone(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A cheap phone whose driver allows location."""
    context = await chromium.new_context(**PHONE, geolocation=CHANGCHUN, permissions=["geolocation"])  # type: ignore[arg-type]
    yield context
    await context.close()


async def visit(phone: BrowserContext, url: str) -> Page:
    """The page, open and connected; any error in it fails the test."""
    page = await phone.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.faults = faults  # type: ignore[attr-defined]
    await page.goto(url)
    await expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    return page


def alive(page: Page, label: str) -> Any:
    """A button that can still be pressed."""
    return page.locator(".turn:not(.spent) .choices button:enabled", has_text=label)


async def write(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def ours(page: Page, text: str) -> None:
    """Wait for a bubble of ours that holds this text."""
    await expect(page.locator("#bubbles .turn.us .bubble", has_text=text).last).to_be_visible()


def photo(width: int = 1200) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, width), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


async def test_a_driver_reports_with_one_thumb(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await ours(page, "您好，我是畅行")
    await alive(page, "开始").tap()
    await alive(page, "报告受阻").tap()
    await alive(page, "收费站关闭").tap()
    await expect(page.locator("#place")).to_have_class("wanted")
    await expect(page.locator(".turn.us:has(.pressed)").last.locator("button:enabled")).to_have_count(0)
    await page.locator("#place").tap()
    await expect(page.locator(".turn.you", has_text="我的位置")).to_contain_text("43.88123, 125.47012")
    await expect(page.locator("#photo")).to_have_class("wanted")
    await page.locator("#files").set_input_files({"name": "toll.jpg", "mimeType": "image/jpeg", "buffer": photo(400)})
    await expect(page.locator(".turn.you img")).to_be_visible()
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(5)
    await alive(page, "完成").tap()
    await expect(page.locator("#typing")).to_be_hidden()
    assert page.faults == []  # type: ignore[attr-defined]


async def test_after_a_reload_everything_is_there(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await alive(page, "开始").tap()
    await alive(page, "报告受阻").tap()
    await alive(page, "收费站关闭").wait_for()
    await page.reload()
    await expect(page.locator(".turn.you")).to_have_count(2)
    await expect(page.locator("#bubbles .turn.us")).to_have_count(2)
    await expect(page.locator(".turn.us.spent button.pressed")).to_have_text("报告受阻")
    await alive(page, "收费站关闭").tap()
    await expect(page.locator("#place")).to_have_class("wanted")


async def test_without_network_nothing_is_lost(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await phone.set_offline(True)
    await write(page, "第一条")
    await page.locator("#files").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo(300)})
    await write(page, "第三条")
    await expect(page.locator(".turn.you .mark.waiting")).to_have_count(3)
    await expect(page.locator("#notice")).to_contain_text("网络一恢复就自动发出")
    await page.reload()
    await expect(page.locator(".turn.you .mark.waiting")).to_have_count(3)
    await expect(page.locator(".turn.you img")).to_be_visible()
    await phone.set_offline(False)
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(3, timeout=15_000)
    await expect(page.locator("#notice")).to_be_hidden()
    history = await (await phone.request.get(address[1] + "api/history")).json()
    mine = [entry.get("text", "photo") for entry in history["bubbles"] if entry["from"] == "you"]
    assert mine == ["第一条", "photo", "第三条"]


async def test_a_lost_answer_is_harmless(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/api/messages", lose)
    await write(page, "只要一次")
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(1)
    history = await (await phone.request.get(address[1] + "api/history")).json()
    assert lost == 2
    assert [entry["text"] for entry in history["bubbles"] if entry["from"] == "you"] == ["只要一次"]


async def test_nobody_is_shown_typing_who_has_answered_already(
    address: tuple[House, str], phone: BrowserContext
) -> None:
    page = await visit(phone, address[1])

    async def outrun(route: Route) -> None:
        answer = await route.fetch()
        await expect(page.locator("#bubbles .turn.us")).to_have_count(2)  # by the stream
        await route.fulfill(response=answer)

    await page.route("**/api/messages", outrun)
    await alive(page, "开始").tap()
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(1)
    await expect(page.locator("#typing")).to_be_hidden(timeout=2_000)


async def test_a_message_that_is_refused_says_why(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await page.locator("#files").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"})
    await expect(page.locator(".turn.you .mark.refused")).to_have_count(1)
    await expect(page.locator(".turn.you .problem")).not_to_be_empty()
    await write(page, "然后这条")
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(1)


async def test_a_large_photo_is_made_smaller(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    large = photo(3000)
    assert len(large) > 5 * 1024 * 1024
    await page.locator("#files").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": large})
    await expect(page.locator(".turn.you .mark.sent")).to_have_count(1, timeout=30_000)
    history = await (await phone.request.get(address[1] + "api/history")).json()
    number = next(entry["photos"][0] for entry in history["bubbles"] if entry["from"] == "you")
    kept = await (await phone.request.get(f"{address[1]}api/photos/{number}")).body()
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (2048, 2048)


async def test_the_language_switch_changes_page_and_conversation(
    address: tuple[House, str], phone: BrowserContext
) -> None:
    page = await visit(phone, address[1])
    await alive(page, "开始").tap()
    await alive(page, "报告受阻").tap()
    await alive(page, "劝返").wait_for()
    await page.locator(".languages [data-language=en]").tap()
    await expect(page.locator("#menu")).to_have_text("Menu")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await ours(page, "What")
    await expect(page.locator(".turn.you").last).to_contain_text("English")
    await page.reload()
    await expect(page.locator("#menu")).to_have_text("Menu")
    await expect(page.locator(".languages [aria-pressed=true]")).to_have_text("English")


async def test_location_that_is_denied_asks_for_words(address: tuple[House, str], chromium: Browser) -> None:
    context = await chromium.new_context(**PHONE)  # type: ignore[arg-type]
    page = await visit(context, address[1])
    await page.locator("#place").tap()
    await expect(page.locator("#notice")).to_contain_text("请直接打字告诉我在哪儿")
    await expect(page.locator("#text")).to_be_focused()
    await context.close()


async def test_words_are_words_and_only_web_links_are_links(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await write(page, "<img src=x onerror=alert(1)> 看https://example.com/a?b=1。 javascript:alert(1) http://例.cn")
    bubble = page.locator(".turn.you .bubble").first
    await expect(bubble).to_contain_text("<img src=x onerror=alert(1)>")
    assert await bubble.locator("a").evaluate_all("all => all.map(one => one.href)") == ["https://example.com/a?b=1"]
    assert await bubble.locator("img").count() == 0
    await page.locator("#text").fill("第一行")
    await page.locator("#text").press("Shift+Enter")
    await page.locator("#text").press_sequentially("第二行")
    await page.locator("#send").tap()
    assert await page.locator(".turn.you .bubble").last.evaluate("one => one.innerText.endsWith('第一行\\n第二行')")


async def test_a_slip_on_the_menu_does_not_lose_the_form(address: tuple[House, str], phone: BrowserContext) -> None:
    page = await visit(phone, address[1])
    await alive(page, "开始").tap()
    await alive(page, "报告受阻").tap()
    await alive(page, "劝返").wait_for()
    await page.locator("#menu").tap()
    await expect(page.locator("#notice")).to_contain_text("再点一次")
    await expect(page.locator(".turn.you")).to_have_count(2)
    await page.locator("#menu").tap()
    await expect(page.locator(".turn.you")).to_have_count(3)


async def test_an_unasked_bubble_arrives_and_long_talks_scroll_back(
    address: tuple[House, str], phone: BrowserContext
) -> None:
    house, url = address
    page = await visit(phone, url)
    for number in range(40):
        answer = await phone.request.post(
            url + "api/messages", data={"id": f"message-{number:03}", "text": f"第{number}条"}
        )
        assert answer.ok
    await page.reload()
    await expect(page.locator(".turn.you", has_text="第39条")).to_be_visible()
    await page.locator("#log").evaluate("log => { log.scrollTop = 0; }")
    await expect(page.locator(".turn.you", has_text="第0条")).to_be_attached()
    cookies = {cookie["name"]: cookie["value"] for cookie in await phone.cookies()}  # type: ignore[typeddict-item]
    mine = cookies["changxing_contact"].split(".")[0]
    await page.locator("#log").evaluate("log => { log.scrollTop = 0; }")
    await house.tell(mine, say("web.page.kept"), lane=NOTICE)
    await expect(page.locator("#latest")).to_be_visible()
    await page.locator("#latest").tap()
    await expect(page.locator("#bubbles .turn.us .bubble").last).to_be_in_viewport()
    await expect(page.locator("#latest")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_everything_to_touch_is_large_enough(
    address: tuple[House, str], chromium: Browser, language: str
) -> None:
    context = await chromium.new_context(**{**PHONE, "viewport": {"width": 320, "height": 560}, "locale": language})  # type: ignore[arg-type]
    page = await visit(context, address[1])
    await page.locator(".choices button").tap()
    await page.locator(".turn:nth-child(n+3) .choices button:enabled").first.wait_for()
    small = await page.locator("button:visible, textarea:visible").evaluate_all(
        "all => all.filter(one => one.offsetWidth < 44 || one.offsetHeight < 44).map(one => one.outerHTML)"
    )
    assert small == []
    clipped = await page.locator(".tools button, .languages button").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.outerHTML)"
    )
    assert clipped == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await context.close()
