"""How long the console's pages take a clerk over HTTP, whole: session, rights, every read, and the page's words."""

from __future__ import annotations

import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import aiohttp
from sqlalchemy import func, select
from sqlmodel import col

from bench.houses import Process, program
from bench.tickets import COMMON, NOW, RARE, USUAL
from handlers.staff import passwords
from storage import staff as people
from storage.database import Database
from storage.models import Staff, Ticket

PASSWORD = "invented-for-a-measurement"
LOOKS, FIRST = 60, 6
_TOKEN = re.compile(r'name="form" value="([^"]+)"')

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
    """A house on this ledger whose clock stands still, and the supervisor's browser."""
    async with (
        program(("-m", "bot", "run"), at, address, SEND="false") as house,
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
    """The 95th percentile of each page in milliseconds, one request after the other."""
    dice = random.Random(11)
    async with db.read() as tx:
        most = await tx.scalar(select(func.max(col(Ticket.id)))) or 1
        wanted = sorted(dice.randint(1, most) for _ in range(LOOKS))
        numbers = list(await tx.scalars(select(col(Ticket.number)).where(col(Ticket.id).in_(wanted))))
    async with signed_in(address, at) as (_, browser):
        found = {name: await _p95(browser, [page] * LOOKS) for name, page in PAGES.items()}
        found["ticket"] = await _p95(browser, [f"/staff/tickets/{number}" for number in numbers])
    return found


async def _p95(browser: aiohttp.ClientSession, addresses: list[str]) -> float:
    taken = []
    for turn, address in enumerate(addresses):
        begun = time.perf_counter()
        async with browser.get(address) as answer:
            await answer.read()
        if turn >= FIRST:
            taken.append((time.perf_counter() - begun) * 1000)
    return quantiles(taken, n=20)[-1]
