"""The pass in a real browser: on a phone by day and night, and on one sheet of paper, however much stands on it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import zxingcpp
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page, expect

from handlers import desk as house_desk
from hotline.passes import deciding, wishes
from hotline.rules import shelf
from storage.database import Database
from tests.browser.screen import DESK, PHONE, needs_chromium
from tests.conftest import StillClock
from tests.staff.desk import assembled
from tests.support import camera, passes

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

HERE = "https://changxing.example.org"
LONGEST = "152224"  # 内蒙古自治区兴安盟突泉县
PAPER = DESK | {"viewport": {"width": 794, "height": 1123}}
A4 = (594, 841)
"""Points."""


@dataclass(frozen=True)
class Truck:
    """Where its passes are shown."""

    at: str
    usual: str
    full: str
    ended: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def truck(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[Truck]:
    """A plain pass, one that holds as much as a pass can, and one that was revoked."""
    folder = tmp_path_factory.mktemp("passes")
    shutil.copy(sqlite_template, folder / "house.db")
    clock, db = StillClock(), Database(f"sqlite+aiosqlite:///{folder / 'house.db'}")
    with pytest.MonkeyPatch.context() as patch:
        usual = shelf.folders
        patch.setattr(shelf, "folders", lambda: (*usual(), passes.FOLDER))
        patch.setattr(house_desk, "_address", HERE)
        shelf.load()
        desk = assembled(db, clock, folder)
        async with db.write() as tx:
            staff = await passes.hired(tx, clock())
            driver = await passes.contact(tx, "driver", clock())
            firm = await passes.firm(tx, driver, clock())
            firm.name = "某某国际货运代理与供应链管理（集团）股份有限公司长春市朝阳区第一分公司"
            plain = await passes.issued(tx, driver, staff["li"], clock())
            full = await passes.issued(
                tx, driver, staff["li"], clock(), plate="吉AD12345", via=(LONGEST,) * wishes.MOST_VIA,
                trailer="吉B1234挂", firm_id=firm.id, from_wished=clock() + timedelta(days=1),
            )  # fmt: skip
            ended = await passes.issued(tx, driver, staff["li"], clock(), plate="吉A54321")
            await deciding.revoke(tx, staff["zhou"], ended.id or 0, "t#二", "换了车", clock())
        await desk.server.start_server()
        at = str(desk.server.make_url("/passes/"))
        yield Truck(at, *(at + one.code for one in (plain, full, ended)))
        await desk.server.close()
        await db.close()
    shelf.load()


async def opened(chromium: Browser, address: str, **how: Any) -> Page:
    page = await (await chromium.new_context(**how)).new_page()
    page.faults = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda line: page.faults.append(line.text) if "Security" in line.text else None)  # type: ignore[attr-defined]
    await page.goto(address)
    return page


def read(picture: bytes, **how: Any) -> str | None:
    """What a camera reads off a screen or a sheet."""
    image = Image.open(BytesIO(picture))
    found = zxingcpp.read_barcodes(camera.seen(image, **how) if how else image, zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if found else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_held_up_on_a_phone(chromium: Browser, truck: Truck, scheme: str) -> None:
    page = await opened(chromium, truck.usual, **PHONE, color_scheme=scheme)
    code = await page.locator("svg.qr").bounding_box()
    assert code is not None and code["y"] + code["height"] <= 844, "the officer sees it without scrolling"
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    seen = read(await page.screenshot(), width=480, blur=1.2, turn=8.0, tilt=0.08)
    assert seen is not None and seen.startswith(f"{HERE.upper()}/V/")
    await expect(page.get_by_role("button", name="打印")).to_be_visible()
    faults = (await Axe().run(page)).response["violations"]
    assert [one["id"] for one in faults if one["impact"] in ("serious", "critical")] == []
    assert page.faults == []  # type: ignore[attr-defined]
    await page.context.close()


async def test_one_sheet_of_paper(chromium: Browser, truck: Truck) -> None:
    page = await opened(chromium, truck.usual, **PAPER, color_scheme="dark")
    await page.emulate_media(media="print")
    for address in (truck.usual, truck.full, truck.ended):
        await page.goto(address)
        printed = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        box = [float(side) for side in re.findall(rb"/MediaBox \[([^\]]+)\]", printed)[0].split()]
        assert (int(box[2]), int(box[3])) == A4
        sheet, last = await page.locator(".pass").bounding_box(), await page.locator(".seen-at").bounding_box()
        assert sheet is not None and last is not None
        assert last["y"] + last["height"] <= sheet["y"] + sheet["height"] - 38, "nothing runs over the border"
        is_live = address != truck.ended
        for hidden in ("#print", ".word", ".amber .next", "header"):
            assert not await page.locator(hidden).is_visible() or not is_live
        assert (read(await page.screenshot(), width=640) is not None) == is_live
    await page.context.close()


async def test_without_javascript_and_looked_at_anew(chromium: Browser, truck: Truck) -> None:
    page = await opened(chromium, truck.usual, **PHONE, java_script_enabled=False)
    await expect(page.locator("svg.qr")).to_be_visible()
    await expect(page.locator("#print")).to_be_hidden()
    await page.context.close()
    page = await opened(chromium, truck.usual, **PHONE)
    await page.clock.install()
    await page.goto(truck.usual)
    await page.context.set_offline(True)
    await page.clock.fast_forward(120_000)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("svg.qr")).to_be_visible()
    await page.context.set_offline(False)
    async with page.expect_response(truck.usual):
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_role("button", name="打印")).to_be_visible()
    assert page.faults == []  # type: ignore[attr-defined]
    await page.context.close()
