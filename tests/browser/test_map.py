"""The map in a real browser: Leaflet from its package, our policy, tiles from this test; the sketch without them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import BrowserContext, expect

from hotline.formats.places import from_position
from storage.database import Database
from tests.browser.test_console import opened, pytestmark, screen, signed_in, sound
from tests.conftest import StillClock
from tests.staff.desk import Desk, assembled

__all__ = ["pytestmark", "screen"]

ROOT = Path(__file__).parents[2]
SECONDS_TO_FETCH = 120
AS_NEWS = """async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  document.getElementById("ticket").replaceChildren(...page.getElementById("ticket").childNodes);
}"""


@pytest.fixture(scope="module")
def leaflet() -> None:
    """Leaflet, as `make assets` brings it."""
    if shutil.which("npm") is None or shutil.which("make") is None:
        pytest.skip("the map needs npm and make to fetch Leaflet, and they are not here")
    try:
        subprocess.run(
            ["make", "assets"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=SECONDS_TO_FETCH
        )
    except subprocess.CalledProcessError as failure:
        pytest.skip(f"`make assets` did not fetch Leaflet: {failure.stderr[-400:]}")
    except subprocess.TimeoutExpired:
        pytest.skip("`make assets` did not fetch Leaflet in time")


@pytest_asyncio.fixture(loop_scope="module")
async def desk(sqlite_template: Path, tmp_path: Path, clock: StillClock, leaflet: None) -> AsyncIterator[Desk]:
    """A desk with a map, whose tiles this house serves itself until /tiles/lose."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    made = assembled(db, clock, tmp_path / "var", map_tiles="/tiles/{z}/{x}/{y}.png", map_credit="© 测试地图 <b>")
    picture = BytesIO()
    Image.new("RGB", (256, 256), "#dfe6d8").save(picture, "PNG")
    there = {"tiles": True}

    async def tile(_request: web.Request) -> web.Response:
        if not there["tiles"]:
            raise web.HTTPNotFound
        return web.Response(body=picture.getvalue(), content_type="image/png")

    async def lose(_request: web.Request) -> web.Response:
        there["tiles"] = False
        return web.Response()

    made.app.router.add_get(r"/tiles/{z:\d+}/{x:\d+}/{y:\d+}.png", tile)
    made.app.router.add_get("/tiles/lose", lose)
    await made.hire("li")
    await made.server.start_server()
    yield made
    await made.server.close()
    await db.close()


async def test_a_map_takes_the_place_of_the_sketch(desk: Desk, screen: BrowserContext) -> None:
    ticket = await desk.report(from_position(43.88, 125.32, "wgs84"))
    other = await desk.report(from_position(43.884, 125.326, "wgs84"), by="b")
    path = f"/staff/tickets/{ticket.number}"
    page = await signed_in(screen, desk, path)
    seen = page.locator(".sketch .map")
    await expect(seen.locator("img.leaflet-tile-loaded").first).to_be_visible()
    await expect(page.locator(".sketch svg")).to_have_count(0)
    await expect(seen.locator(".here").get_by_title(ticket.number)).to_be_visible()
    await expect(seen.locator(".leaflet-control-attribution")).to_have_text("© 测试地图 <b>")
    await expect(seen.locator(".leaflet-control-attribution b")).to_have_count(0)

    await seen.focus()
    for key in ("ArrowRight", "+", "-", "-"):
        await page.keyboard.press(key)
    beside = seen.get_by_role("link", name=f"A {other.number}")
    for _ in range(4):
        await page.keyboard.press("Tab")
        if await beside.evaluate("link => link === document.activeElement"):
            break
    await expect(beside).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{other.number}")
    await expect(page.locator(".map img.leaflet-tile-loaded").first).to_be_visible()

    await page.evaluate(AS_NEWS)
    await expect(page.locator(".map img.leaflet-tile-loaded").first).to_be_visible()
    sound(page)
    await page.request.get(str(desk.server.make_url("/tiles/lose")))
    bare = await opened(screen, desk, path)
    await expect(bare.locator(".sketch svg")).to_be_visible()
    await expect(bare.locator(".map")).to_have_count(0)
    sound(bare)
