"""What it costs to export a hundred thousand rows from the console of a running house."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from bench.console import signed_in
from bench.houses import Process
from bench.results import Result
from storage.database import Database
from storage.models import Ticket

ROWS = 100_000


async def export(address: str, at: Path, db: Database) -> list[Result]:
    """Seconds for as many rows as CSV and as xlsx, over HTTP, and how much the house weighed at its heaviest."""
    since = await _since(db)
    found = []
    for ending in ("csv", "xlsx"):
        async with signed_in(address, at) as (house, browser):
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


async def _since(db: Database) -> str:
    """The day since when there are as many tickets as shall be exported."""
    async with db.read() as tx:
        newest = select(col(Ticket.opened_at)).order_by(col(Ticket.opened_at).desc()).offset(ROWS).limit(1)
        since = await tx.scalar(newest)
    assert since is not None
    return f"{since + timedelta(hours=8):%Y-%m-%d}"


def _peak(house: Process) -> float:
    """The most resident memory it ever had, in MiB."""
    status = Path(f"/proc/{house.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
