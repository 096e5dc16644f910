"""How long the console's pages take a clerk over HTTP, whole: session, rights, every read, and the page's words.

`server` is what the house itself says it took (`Server-Timing`); `http` is until a browser on the same machine, which
has to share its processors, has read the last byte. Run as a module it serves that house.
"""

from __future__ import annotations

import asyncio
import gc
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

import aiohttp
from aiohttp import web
from sqlalchemy import func, select
from sqlmodel import col

from bench.houses import Process, program
from bench.tickets import COMMON, NOW, RARE, USUAL
from bot.app import application, build, channels_of
from bot.settings import Settings
from handlers import desk
from handlers.pages import add_pages
from handlers.rooms import ROOMS
from handlers.staff import passwords
from storage import staff as people
from storage.database import Database
from storage.models import Staff, Ticket

PASSWORD = "invented-for-a-measurement"
LOOKS, FIRST = 100, 20
"""Looks at each page, and how many of them only warm up."""

_TOKEN = re.compile(r'name="form" value="([^"]+)"')
_TOOK = re.compile(r"\bdur=([0-9.]+)")

PAGES = {
    "open": "/staff/?view=open",
    "accepted": "/staff/?view=accepted",
    "late": "/staff/?view=late",
    "soon": "/staff/?view=soon",
    "raised": "/staff/?view=raised",
    "review": "/staff/?view=review",
    "all": "/staff/?view=all",
    "callbacks": "/staff/callbacks",
    "ledger": "/staff/ledger",
    "search.common": f"/staff/ledger?q={COMMON}",
    "search.usual": f"/staff/ledger?q={USUAL}",
    "search.rare": f"/staff/ledger?q={RARE}",
    "search.queue": f"/staff/?q={USUAL}",
}


async def hire(db: Database, login: str = "lead") -> None:
    """A supervisor of the whole province."""
    async with db.write() as tx:
        lead = Staff(
            login=login, name="值班长", password_hash=passwords.seal(PASSWORD), role="supervisor", division="220000",
            language="zh_CN", created_at=NOW,
        )  # fmt: skip
        lead.id = await tx.scalar(select(func.max(Staff.id) + 1))
        await people.add(tx, lead)


@asynccontextmanager
async def signed_in(address: str, at: Path) -> AsyncIterator[tuple[Process, aiohttp.ClientSession]]:
    """A house on this ledger at the moment for which it was made, and the supervisor's browser."""
    async with (
        program(("-m", "bench.console"), at, address, SEND="false") as house,
        aiohttp.ClientSession(
            f"http://127.0.0.1:{house.port}",
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            raise_for_status=True,
            timeout=aiohttp.ClientTimeout(total=None),
        ) as browser,
    ):
        form = _TOKEN.search(await (await browser.get("/staff/sign-in")).text())
        assert form is not None
        await browser.post("/staff/sign-in", data={"form": form[1], "login": "lead", "password": PASSWORD})
        yield house, browser


async def looks(address: str, at: Path, db: Database) -> dict[str, float]:
    """The 95th percentile of each page in milliseconds by the house and by the browser, one request after the other."""
    dice = random.Random(11)
    async with db.read() as tx:
        most = await tx.scalar(select(func.max(col(Ticket.id)))) or 1
        wanted = sorted(dice.randint(1, most) for _ in range(LOOKS))
        numbers = list(await tx.scalars(select(col(Ticket.number)).where(col(Ticket.id).in_(wanted))))
    async with signed_in(address, at) as (_, browser):
        found = {}
        for name, pages in {name: [page] * LOOKS for name, page in PAGES.items()}.items():
            found[f"server.{name}"], found[f"http.{name}"] = await _p95(browser, pages)
        pages = [f"/staff/tickets/{number}" for number in numbers]
        found["server.ticket"], found["http.ticket"] = await _p95(browser, pages)
    return found


async def _p95(browser: aiohttp.ClientSession, addresses: list[str]) -> tuple[float, float]:
    by_house, by_browser = [], []
    for turn, address in enumerate(addresses):
        begun = time.perf_counter()
        async with browser.get(address) as answer:
            await answer.read()
            told = _TOOK.search(answer.headers["Server-Timing"])
        assert told is not None
        if turn >= FIRST:
            by_house.append(float(told[1]))
            by_browser.append((time.perf_counter() - begun) * 1000)
    return quantiles(by_house, n=20)[-1], quantiles(by_browser, n=20)[-1]


async def _serve() -> None:
    """The house of `python -m bot run` at the moment of the ledger; by today's clock all that is open were late."""
    begun = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - begun)

    settings, made = Settings(), replace(ROOMS, pages=add_pages)
    desk.use(settings)
    house = build(settings, made, channels_of(settings, made.forms), now)
    runner = web.AppRunner(application(house, made), access_log=None, shutdown_timeout=10)
    await runner.setup()
    gc.freeze()
    await web.TCPSite(runner, settings.host, settings.port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
