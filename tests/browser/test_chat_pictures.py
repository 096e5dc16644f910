"""A picture in the web chat: whole inside its bubble, there again without a network, gone where none is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from handlers.pictures.sheet import Sheet, png
from locales.words import say
from storage.models import Outbox
from tests.browser.test_web_chat import address, phone, pytestmark, visit
from tests.support import photo
from tests.web.house import House

__all__ = ["address", "phone", "pytestmark"]


PASS = Sheet(
    tone="green", title="保供通行证（测试）", word="有效", until="到 2026年3月11日 12:00 为止",
    plate="吉A12345", colour="yellow", way="辽宁省沈阳市和平区 → 吉林省长春市朝阳区",
    rows=(("证号", "220100 000017"), ("货物", "生活必需品")),
    code="HTTPS://CHANGXING.EXAMPLE.ORG/V/" + "A" * 190, foot=("扫码当场核验",),
)  # fmt: skip


async def draw(_tx: Any, picture: Mapping[str, Any], _language: str, _now: datetime) -> bytes | None:
    return (png(PASS) or photo.png(9, 400)) if picture["kind"] == "pass" else None


async def said(house: House, page: Page, kind: str) -> None:
    """A bubble with words and a picture of this kind."""
    async with house.db.read() as tx:
        reader = (await tx.get_one(Outbox, 1)).address
    words = say("pass.told.issued", plate="吉A12345", origin="沈阳市和平区", destination="长春市朝阳区",
                number="220100000017", until=house.now())  # fmt: skip
    await house.tell(reader, words, choices=[("/mypasses X", say("pass.button.see"))], picture={"kind": kind})


async def test_it_stands_in_its_bubble(address: tuple[House, str], phone: BrowserContext) -> None:
    house, url = address
    house.draw = draw
    page = await visit(phone, url)
    await page.locator("#text").fill("你好")
    await page.locator("#send").click()
    await expect(page.locator(".choices").get_by_text("报告受阻")).to_be_visible()
    await said(house, page, "pass")
    image = page.locator(".bubble .ours img")
    await expect(image).to_have_js_property("complete", True)
    assert await image.get_attribute("alt")
    box = await image.bounding_box()
    assert box is not None and 250 < box["width"] <= 360 and box["height"] > box["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390

    await said(house, page, "of old")
    await expect(page.locator(".turn.us .bubble").filter(has_text="通行证办好了")).to_have_count(2)
    await expect(page.locator(".bubble .ours")).to_have_count(1)

    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.reload()
    await expect(image).to_have_js_property("complete", True)
    await phone.set_offline(True)
    await page.reload()
    await expect(page.locator(".bubble", has=page.locator(".ours img"))).to_contain_text("220100000017")
    await page.wait_for_function("document.querySelector('.bubble .ours img').naturalWidth > 0")
    assert page.faults == []  # type: ignore[attr-defined]
