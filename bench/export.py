"""What it costs to export a hundred thousand rows from the console of a running house."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import func, select
from sqlmodel import col

from bench.houses import Process, program
from bench.results import Result
from bench.tickets import NOW
from handlers.staff import passwords
from storage import staff as people
from storage.database import Database
from storage.models import Staff, Ticket

ROWS = 100_000
PASSWORD = "invented-for-a-measurement"
_TOKEN = re.compile(r'name="form" value="([^"]+)"')


async def export(address: str, at: Path) -> list[Result]:
    """Seconds for as many rows as CSV and as xlsx, over HTTP, and how much the house weighed at its heaviest."""
    db = Database(address)
    since = await _prepare(db)
    await db.close()
    found = []
    for ending in ("csv", "xlsx"):
        async with program(("-m", "bot", "run"), at, address) as house:
            async with aiohttp.ClientSession(
                f"http://127.0.0.1:{house.port}",
                cookie_jar=aiohttp.CookieJar(unsafe=True),
                raise_for_status=True,
                timeout=aiohttp.ClientTimeout(total=None),
            ) as browser:
                form = _TOKEN.search(await (await browser.get("/staff/sign-in")).text())
                assert form is not None
                await browser.post("/staff/sign-in", data={"form": form[1], "login": "lead", "password": PASSWORD})
                await browser.get("/staff/ledger")
                idle, begun, size = _peak(house), time.perf_counter(), 0
                async with browser.get(f"/staff/ledger.{ending}?since={since}") as answer:
                    async for chunk in answer.content.iter_any():
                        size += len(chunk)
                seconds = time.perf_counter() - begun
            note = f"{ROWS:,} rows, {size / 2**20:.0f} MiB"
            found += [
                Result(f"export.{ending}", seconds, "s", note=note),
                Result(f"export.{ending}.peak", _peak(house), "MiB", note=f"{idle:.0f} before"),
            ]
    return found


async def _prepare(db: Database) -> str:
    """A supervisor, and the day since when there are as many tickets as shall be exported."""
    async with db.write() as tx:
        lead = Staff(
            login="lead", name="值班长", password_hash=passwords.seal(PASSWORD), role="supervisor", division="220000",
            language="zh_CN", created_at=NOW,
        )  # fmt: skip
        lead.id = await tx.scalar(select(func.max(Staff.id) + 1))
        await people.add(tx, lead)
        newest = select(col(Ticket.opened_at)).order_by(col(Ticket.opened_at).desc()).offset(ROWS).limit(1)
        since = await tx.scalar(newest)
    assert since is not None
    return f"{since + timedelta(hours=8):%Y-%m-%d}"


def _peak(house: Process) -> float:
    """The most resident memory it ever had, in MiB."""
    status = Path(f"/proc/{house.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
