"""Passes are reviewed in a real browser: what comes in is announced, and what a colleague decides is said at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser, expect

from hotline.passes import applying, blocks, deciding
from storage import staff as people
from storage.models import Vehicle
from tests.browser.screen import PHONE
from tests.browser.test_console import desk, pytestmark, screen, signed_in, sound
from tests.staff.desk import Desk
from tests.support.passes import CITY, contact, firm, packs, wish

__all__ = ["desk", "packs", "pytestmark", "screen"]


async def submit(desk: Desk, *plates: str) -> list[int]:
    """Plain applications of one firm."""
    now = desk.clock()
    async with desk.db.write() as tx:
        who = await contact(tx, f"driver {plates[0]}", now)
        ours = await firm(tx, who, now, uscc=f"91220100MA{plates[0][-5:]:0>8}")
        made = []
        for n, plate in enumerate(plates):
            tx.add(Vehicle(firm_id=ours.id or 0, plate=plate, colour="yellow", added_at=now))
            asked = replace(wish(now, plate=plate), firm_id=ours.id, crew=({"name": f"{n}某"},))
            made.append((await applying.apply(tx, who, asked, now)).id or 0)
        return made


@pytest.mark.usefixtures("packs")
async def test_reviewing_while_others_do_it_too(desk: Desk, chromium: Browser) -> None:
    boss = await desk.hire("zong", "admin")
    async with desk.db.write() as tx:
        await blocks.allot(tx, boss, CITY, 1, 50, "测试〔2026〕1号", desk.clock())
    ids = await submit(desk, "吉A11111", "吉A22222", "吉A33333")
    page = await signed_in(await chromium.new_context(**PHONE), desk, "/staff/passes", "wang")  # type: ignore[arg-type]
    await expect(page.locator("#rows tr")).to_have_count(3)
    await expect(page.locator("#live")).to_have_text("实时更新")
    await submit(desk, "吉A44444")
    await page.get_by_role("button", name="有 1 份新的").click()
    await expect(page.locator("#rows tr")).to_have_count(4)
    for plate in ("吉A11111", "吉A22222"):
        await page.get_by_label(f"勾选 {plate}").check()
    await expect(page.locator("#chosen")).to_have_text("已勾选 2 份")
    await page.get_by_role("button", name="一起批准…").click()
    await page.get_by_role("button", name="批准这 2 份").click()
    await expect(page.locator(".flash")).to_contain_text("批准了 2 份")
    await page.get_by_role("link", name="吉A33333").click()
    async with desk.db.write() as tx:
        li = await people.by_login(tx, "li")
        assert li is not None
        await deciding.approve(tx, li, ids[2], desk.clock())
    await page.get_by_role("button", name="这份有了变化").click()
    await expect(page.get_by_text("220100000003", exact=True).first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sound(page)
    await page.context.close()
