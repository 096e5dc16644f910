"""Scheduled jobs: each slot once, whoever runs; what was missed is caught up from the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import Clock, Job
from handlers import jobs as our_jobs
from locales.words import SHANGHAI
from storage import attachments, budgets, turns
from storage.database import Database
from storage.models import Attachment, Budget, Contact, Inbox, JobRun
from storage.turns import Arrived


class Counted:
    """A job that counts its runs in the database, so that a rolled-back run counts for nothing."""

    def __init__(self, crontab: str, *, every: bool = False, crashes: int = 0):
        self.crashes = crashes
        self.job = Job("counted", crontab, self.run, "every" if every else "latest")

    async def run(self, tx: Any, now: datetime) -> dict[str, Any]:
        row = await tx.get(Budget, "count")
        tx.add(row or Budget(name="count", until=datetime(2000, 1, 1, tzinfo=UTC)))
        if row:
            row.until += timedelta(days=1)
        await tx.flush()
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("power cut")
        return {}

    async def count(self, db: Database) -> int:
        async with db.read() as tx:
            row = await tx.get(Budget, "count")
        return (row.until - datetime(2000, 1, 1, tzinfo=UTC)).days + 1 if row else 0


async def test_ten_clocks_run_a_slot_once(db: Database, clock: Any) -> None:
    counted = Counted("* * * * *")
    clocks = [Clock(db, [counted.job], clock, SHANGHAI) for _ in range(10)]
    await asyncio.gather(*(one.tick(counted.job) for one in clocks))
    assert await counted.count(db) == 1
    clock.pass_(minutes=1)
    await asyncio.gather(*(one.tick(counted.job) for one in clocks))
    assert await counted.count(db) == 2


async def test_the_latest_slot_stands_for_those_missed(db: Database, clock: Any) -> None:
    counted = Counted("*/10 * * * *")
    runner = Clock(db, [counted.job], clock, SHANGHAI)
    await runner.tick(counted.job)
    clock.pass_(hours=3)
    assert await runner.tick(counted.job) == 1
    assert await runner.tick(counted.job) == 0
    assert await counted.count(db) == 2


async def test_every_missed_slot_is_caught_up_in_turn(db: Database, clock: Any) -> None:
    counted = Counted("*/10 * * * *", every=True)
    runner = Clock(db, [counted.job], clock, SHANGHAI)
    await runner.tick(counted.job)
    clock.pass_(hours=3)
    assert await runner.tick(counted.job) == 18
    assert await counted.count(db) == 19


async def test_slots_are_local(db: Database, clock: Any) -> None:
    counted = Counted("10 3 * * *")
    runner = Clock(db, [counted.job], clock, SHANGHAI)
    (slot,) = await runner.due(counted.job)
    assert slot.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "03-01 03:10"


async def test_a_job_that_crashes_leaves_its_slot_to_the_next_tick(db: Database, clock: Any) -> None:
    counted = Counted("* * * * *", crashes=1)
    runner = Clock(db, [counted.job], clock, SHANGHAI)
    assert await runner.tick(counted.job) == 0
    assert await counted.count(db) == 0
    assert await runner.tick(counted.job) == 1
    async with db.read() as tx:
        (run,) = (await tx.scalars(select(JobRun))).all()
    assert run.finished_at == clock()


async def test_what_is_no_longer_needed_is_forgotten(db: Database, clock: Any) -> None:
    async with db.write() as tx:
        await turns.accept(tx, Arrived("web", "main", "a", "old-one", "message", {"text": "x"}), clock())
        await attachments.want(tx, "web", "main", "a", "photo", clock())
        await budgets.allowance(tx, "code:contact:1", timedelta(minutes=10), 5, clock())
    clock.pass_(days=8)
    async with db.write() as tx:
        await turns.accept(tx, Arrived("web", "main", "a", "new-one", "message", {"text": "y"}), clock())
        first = await our_jobs.tidy(tx, clock())
    assert (first["photos_forgotten"], first["budgets_forgotten"], first["raw_forgotten"]) == (1, 1, 0)
    clock.pass_(days=23)
    async with db.write() as tx:
        assert (await our_jobs.tidy(tx, clock()))["raw_forgotten"] == 1
    async with db.write() as tx:
        raws = {row.external_id: row.raw for row in (await tx.scalars(select(Inbox))).all()}
        assert raws == {"old-one": None, "new-one": {"text": "y"}}
        again = Arrived("web", "main", "a", "old-one", "message", {"text": "x"})
        assert not await turns.accept(tx, again, clock()), "a redelivery stays harmless"
        assert (await tx.scalars(select(Attachment))).all() == []
        assert (await tx.scalars(select(Contact))).all() == []
