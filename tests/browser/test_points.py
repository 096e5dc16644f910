"""The register of service points in a real browser: a sheet that a spreadsheet saved is chosen, read and taken in."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.screen import PHONE
from tests.browser.test_console import desk, pytestmark, screen, signed_in, sound
from tests.staff.desk import Desk

__all__ = ["desk", "pytestmark", "screen"]

SHEET = "类别,名称,行政区划,来源,核实日期\r\n充电站,东站充电站,长春市二道区,来函,2026-02-01\r\n"


async def test_a_chosen_file_is_read_in_either_coding(desk: Desk, chromium: Browser, tmp_path: Path) -> None:
    page = await signed_in(await chromium.new_context(**PHONE), desk, "/staff/points", "wang")  # type: ignore[arg-type]
    await page.get_by_text("导入一张表", exact=True).click()
    for n, coding in enumerate(("utf-8-sig", "gb18030")):
        file = tmp_path / f"{n}.csv"
        file.write_bytes(SHEET.encode(coding))
        await page.get_by_label("选择 CSV 文件").set_input_files(file)
        await expect(page.get_by_label("表格内容")).to_have_value(SHEET.replace("\r\n", "\n"))
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 400_000)
    await page.get_by_label("选择 CSV 文件").set_input_files(large)
    await expect(page.get_by_text("请用命令行导入")).to_be_visible()
    await page.get_by_role("button", name="导入", exact=True).click()
    await expect(page.locator(".flash")).to_contain_text("新增 1")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sound(page)
    await page.context.close()
