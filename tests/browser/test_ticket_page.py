"""The ticket page in a real browser: who else writes, ready words, and what can still be taken back."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.browser.screen import DESK
from tests.browser.test_console import desk, live, pytestmark, screen, signed_in, sound
from tests.staff.desk import Desk

__all__ = ["desk", "pytestmark", "screen"]


async def test_two_clerks_at_one_ticket(desk: Desk, chromium: Browser) -> None:
    ticket = await desk.report()
    path = f"/staff/tickets/{ticket.number}"
    mine = await signed_in(await chromium.new_context(**DESK), desk, path)  # type: ignore[arg-type]
    his = await signed_in(await chromium.new_context(**DESK), desk, path, "wang")  # type: ignore[arg-type]
    await live(mine)
    await expect(mine.locator("#writing")).to_be_empty()
    await his.get_by_label("答复", exact=True).press_sequentially("请稍")
    await expect(mine.locator("#writing")).to_contain_text("坐席wang 正在答复这张工单", timeout=15_000)
    await his.get_by_label("答复", exact=True).fill("")
    await expect(mine.locator("#writing")).to_be_empty(timeout=15_000)
    await mine.locator("#macro").select_option(label="已放行")
    area = mine.get_by_label("答复", exact=True)
    await expect(area).to_have_value(re.compile("^已联系现场，G12"))
    await mine.locator("#macro").select_option(label="请拍照")
    await expect(area).to_have_value(re.compile("^方便的话"))
    await mine.get_by_role("button", name="发出答复").click()
    await mine.get_by_role("button", name="撤回").click()
    await expect(mine.locator(".flash")).to_contain_text("已撤回")
    await expect(mine.get_by_label("答复", exact=True)).to_have_value(re.compile("^方便的话"))
    for page in (mine, his):
        sound(page)
        await page.context.close()
