"""`python -m tests.browser.pictures [NAME ...]`: the pictures of docs/console.md, from an invented day.

Each shows a page on a desktop and, beside it, on a phone: once in light and once in dark.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from storage import sealed
from storage.database import Database
from storage.migrations import migrate
from tests.browser.busy_day import ADMIN, CLERK, HANDLER, LEAD, Day, busy_day
from tests.browser.screen import CHROMIUM, PHONE, QUIET
from tests.conftest import StillClock
from tests.staff.desk import PASSWORD, Desk, assembled

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDE = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}
GAP = 24
KNOWN = "fact_code=green&fact_temperature=normal&fact_test_age_hours=60&fact_sampled=yes"
COLOURS = 192
"""As many as keep text sharp, amber apart from red, and a photograph recognisable."""
SCHEMES: tuple[tuple[Literal["light", "dark"], str, str], ...] = (("light", "", "#d9ddd8"), ("dark", "-dark", "#000"))


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, who looks, where, and the part of the page at the top."""

    name: str
    who: str
    where: str
    top: str = ""


def shots(day: Day) -> list[Shot]:
    """Every page of the console."""
    full, complaint = f"/staff/tickets/{day.full.number}", f"/staff/tickets/{day.complaint.number}"
    ids = "&".join(f"ticket={one}" for one in day.ids)
    return [
        Shot("sign-in", "", "/staff/sign-in"),
        Shot("queue", LEAD, "/staff/"),
        Shot("bulk", LEAD, f"/staff/bulk?do=resolve&{ids}"),
        Shot("ticket", LEAD, full),
        Shot("ticket-story", CLERK, full, "#story"),
        Shot("ticket-acts", CLERK, full, "#acts"),
        Shot("ticket-handler", HANDLER, full, "#near"),
        Shot("review", LEAD, complaint, "#story"),
        Shot("intake", CLERK, "/staff/intake"),
        Shot("intake-form", CLERK, "/staff/intake?kind=blockage"),
        Shot("callbacks", CLERK, "/staff/callbacks"),
        Shot("alarms", LEAD, "/staff/alarms"),
        Shot("ledger", LEAD, "/staff/ledger"),
        Shot("passes", LEAD, "/staff/passes"),
        Shot("pass", LEAD, f"/staff/passes/{day.passes.odd}"),
        Shot("pass-bulk", LEAD, "/staff/passes/bulk?" + "&".join(f"pass={one}" for one in day.passes.plain)),
        Shot("pass-blocks", ADMIN, "/staff/passes/blocks?count=1"),
        Shot("pass-keys", ADMIN, "/staff/passes/keys"),
        Shot("firms", LEAD, "/staff/firms?state=all"),
        Shot("firm", LEAD, f"/staff/firms/{day.passes.firm}"),
        Shot("trips", LEAD, "/staff/trips"),
        Shot("trip", LEAD, f"/staff/trips/{day.passes.trip}"),
        Shot("scans", LEAD, "/staff/scans"),
        Shot("dispatch", LEAD, "/staff/dispatch?day=2026-03-01"),
        Shot("facilities", LEAD, "/staff/facilities"),
        Shot("facility", LEAD, f"/staff/facilities/{day.facility}"),
        Shot("closures", LEAD, "/staff/facilities/ledger"),
        Shot("points", LEAD, "/staff/points"),
        Shot("point", LEAD, f"/staff/points/{day.point}"),
        Shot("point-new", CLERK, "/staff/points/new?kind=checkpoint"),
        Shot("library", LEAD, "/staff/library?q=没有通行证能走吗"),
        Shot("library-document", LEAD, "/staff/library/xunwu-logistics-2022"),
        Shot("packs", CLERK, "/staff/packs?on=2022-05-20"),
        Shot("pack", CLERK, "/staff/packs/cn-truck-release-2022?on=2022-05-20"),
        Shot("packs-diff", CLERK, "/staff/packs/diff?one=cn-truck-release-2022&other=changchun-truck-release-2022"),
        Shot("packs-try", CLERK, f"/staff/packs/try?scheme=truck_release&on=2022-05-20&{KNOWN}"),
        Shot("packs-trace", CLERK, f"/staff/packs/try?scheme=truck_release&on=2022-05-20&{KNOWN}", "#verdict"),
        Shot("ticket-rules", CLERK, f"/staff/tickets/{day.refused}", "#applies"),
        Shot("directory", CLERK, "/staff/directory"),
        Shot("department", ADMIN, f"/staff/directory/{day.department}"),
        Shot("roster", LEAD, "/staff/roster"),
        Shot("people", ADMIN, "/staff/people"),
        Shot("person", ADMIN, f"/staff/people/{day.person}"),
        Shot("macros", LEAD, "/staff/macros"),
        Shot("outbox", LEAD, "/staff/outbox"),
        Shot("audit", LEAD, "/staff/audit"),
        Shot("chat", CLERK, "/staff/chat"),
        Shot("keys", CLERK, "/staff/help"),
        Shot("password", CLERK, "/staff/password"),
    ]


async def take(names: list[str]) -> None:
    """Live through the day, and take the pictures of these names, or all."""
    sealed.use_keys("a secret for pictures")
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        db = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
        await migrate(db.engine)
        desk = assembled(db, StillClock(), folder / "var")
        wanted = [one for one in shots(await busy_day(desk)) if not names or one.name in names]
        await desk.server.start_server()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--lang=zh-CN"])
            for who in dict.fromkeys(one.who for one in wanted):
                await _look(desk, browser, who, [one for one in wanted if one.who == who])
            await browser.close()
        await desk.server.close()
        await db.close()


async def _look(desk: Desk, browser: Browser, who: str, wanted: list[Shot]) -> None:
    pages = []
    for device in (WIDE, PHONE):
        context = await browser.new_context(**device)  # type: ignore[arg-type]
        pages.append(await context.new_page())
        if who:
            await _sign_in(desk, pages[-1], who)
    for one in wanted:
        for page in pages:
            await page.goto(str(desk.server.make_url(one.where)))
            if one.top:
                await page.locator(one.top).evaluate("(part) => part.scrollIntoView()")
            if who:
                await expect(page.locator("#live")).to_have_text("实时更新", timeout=15_000)
        for scheme, ending, ground in SCHEMES:
            taken = []
            for page in pages:
                await page.emulate_media(color_scheme=scheme)
                taken.append(Image.open(BytesIO(await page.screenshot())).convert("RGB"))
            _beside(taken, ground).save(FOLDER / f"console-{one.name}{ending}.png", optimize=True)
    for page in pages:
        await page.context.close()


async def _sign_in(desk: Desk, page: Page, who: str) -> None:
    await page.goto(str(desk.server.make_url("/staff/sign-in")))
    await page.get_by_label("登录名").fill(who)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/")


def _beside(taken: list[Image.Image], ground: str) -> Image.Image:
    """Two pictures beside each other, in few colours."""
    width, height = sum(one.width for one in taken) + GAP * (len(taken) - 1), max(one.height for one in taken)
    both = Image.new("RGB", (width, height), ground)
    left = 0
    for one in taken:
        both.paste(one, (left, 0))
        left += one.width + GAP
    return both.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1:]))
