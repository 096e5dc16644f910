"""How fast what is owed leaves, through a channel that takes no time, and how long a claim takes at depth."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from statistics import quantiles
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlmodel import col

from bench.houses import folder, ledger
from bench.results import Result
from bot.channels import Bubble, Pace, Rejected
from bot.sender import IN_FLIGHT, Sender, by_account
from storage import outbox
from storage.database import Database
from storage.models import REPLY, Outbox

CLAIMS = 200
SECONDS = 12.0


class Quick:
    """A channel that takes everything at once."""

    name, account, pace = "quick", "main", Pace()

    async def send(self, address: str, bubble: Bubble) -> str:
        return str(bubble.row)

    async def fetch(self, ref: str) -> bytes:
        raise Rejected("no photos here")


async def sender() -> list[Result]:
    """100,000 rows to as many contacts, and 10,000 rows to one, on PostgreSQL."""
    found = []
    with folder() as at:
        for name, contacts, rows in (("distinct", 100_000, 100_000), ("one", 1, 10_000)):
            async with ledger("postgresql", at) as address:
                db = Database(address)
                await _owe(db, contacts, rows)
                claims = await _claims(db)
                rate, settled = await _send(db)
                found += [
                    Result(f"sender.{name}", rate, "sends/s", note=f"{settled:,} of {rows:,} rows sent"),
                    Result(f"sender.{name}.claim.p50", claims[49] * 1000, "ms", note=f"at {rows:,} rows"),
                    Result(f"sender.{name}.claim.p95", claims[94] * 1000, "ms"),
                ]
                await db.close()
    return found


_SEED = (
    "INSERT INTO contact (channel, account, address, language, created_at) "
    "SELECT 'quick', 'main', n::text, 'zh_CN', now() FROM generate_series(1, :contacts) n",
    "INSERT INTO outbox (contact_id, channel, account, address, lane, key, facts, choices, wants,"
    " status, attempts, unknown, due_at, created_at) "
    "SELECT 1 + n % :contacts, 'quick', 'main', (1 + n % :contacts)::text, 0, 'dialogue.help', '{}', '[]', '[]',"
    " 'queued', 0, 0, now(), now() FROM generate_series(1, :rows) n",
    "INSERT INTO line (contact_id, lane, channel, account, due_at, paced_until) "
    "SELECT id, 0, channel, account, now(), now() FROM contact",
)


async def _owe(db: Database, contacts: int, rows: int) -> None:
    async with db.write() as tx:
        for statement in _SEED:
            wanted = {"contacts": contacts, "rows": rows}
            await tx.execute(text(statement), {k: v for k, v in wanted.items() if f":{k}" in statement})
    async with db.engine.connect() as plain:
        await (await plain.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


async def _claims(db: Database) -> list[float]:
    """The hundred-quantiles of a claim's seconds; each is rolled back, so that the depth stays."""
    seconds = []
    for _ in range(CLAIMS):
        with suppress(_Undone):
            async with db.write() as tx:
                begun = time.perf_counter()
                claimed = await outbox.claim(tx, Quick.name, Quick.account, REPLY, datetime.now(UTC), IN_FLIGHT)
                await tx.flush()
                seconds.append(time.perf_counter() - begun)
                assert claimed
                raise _Undone
    return quantiles(seconds, n=100)


class _Undone(Exception):
    pass


async def _send(db: Database) -> tuple[float, int]:
    """Sends a second of the real sender, and how many were settled, in so many seconds or until all are."""
    sending = Sender(db, by_account([Quick()]), lambda: datetime.now(UTC), ZoneInfo("Asia/Shanghai"))
    begun, running = datetime.now(UTC), asyncio.create_task(sending.run())
    await asyncio.sleep(SECONDS)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await sending.close()
    async with db.read() as tx:
        sent = select(func.count(), func.max(col(Outbox.sent_at))).where(col(Outbox.status) == "sent")
        settled, last = (await tx.execute(sent)).one()
    assert last is not None
    return settled / (last - begun).total_seconds(), settled
