"""The clock: each slot once, whoever looks and however late."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import clock as clocks
from bot.clock import Clock, Job
from locales.words import SHANGHAI
from storage import jobs
from storage.database import Database
from storage.models import Counter, JobRun
from storage.tickets import next_serial
from tests.conftest import NOON, StillClock


async def count(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Work that shows in the ledger how often it was done."""
    return {"done": await next_serial(tx, "000000", date(2026, 3, 1), "job")}


async def done(db: Database) -> int:
    async with db.read() as tx:
        return int(await tx.scalar(select(col(Counter.last))) or 0)


def clock_of(db: Database, now: StillClock, *todo: Job, zone: Any = SHANGHAI) -> Clock:
    return Clock(db, todo, now, zone)


async def test_ten_clocks_run_a_slot_once(db: Database, clock: StillClock) -> None:
    job = Job("every minute", "* * * * *", count)
    for minutes in range(3):
        clock.at = NOON + timedelta(minutes=minutes, seconds=7)
        ran = await asyncio.gather(*(clock_of(db, clock, job).tick(job) for _ in range(10)))
        assert sorted(ran) == [0] * 9 + [1]
    assert await done(db) == 3
    async with db.read() as tx:
        runs = (await tx.scalars(select(JobRun).order_by(col(JobRun.slot)))).all()
    assert [run.slot for run in runs] == [NOON + timedelta(minutes=n) for n in range(3)]
    assert runs[2].outcome == {"done": 3}
    assert runs[2].finished_at == clock.at


@pytest.mark.parametrize(("catch_up", "runs"), [("every", 6), ("latest", 2)])
async def test_slots_missed_while_nobody_ran(db: Database, clock: StillClock, catch_up: Any, runs: int) -> None:
    job = Job("hourly", "0 * * * *", count, catch_up)
    at = clock_of(db, clock, job)
    assert await at.tick(job) == 1, "a job never run before starts with its latest slot, not with all of history"
    clock.pass_(hours=5, minutes=10)
    assert await at.tick(job) == runs - 1
    assert await at.tick(job) == 0
    assert await done(db) == runs


async def test_catching_up_goes_in_turns(db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "MOST_CAUGHT_UP", 3)
    job = Job("hourly", "0 * * * *", count, "every")
    at = clock_of(db, clock, job)
    await at.tick(job)
    clock.pass_(hours=5)
    assert [await at.tick(job) for _ in range(3)] == [3, 2, 0]


async def test_a_slot_is_a_local_time(db: Database, clock: StillClock) -> None:
    job = Job("at three", "10 3 * * *", count)
    [slot] = await clock_of(db, clock, job).due(job)
    assert slot == datetime(2026, 2, 28, 19, 10, tzinfo=UTC), "ten past three in Shanghai"
    [elsewhere] = await clock_of(db, clock, job, zone=ZoneInfo("Europe/Berlin")).due(job)
    assert elsewhere == datetime(2026, 3, 1, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("crontab", ["30 4 * * *", "0 12 * * *"])
@pytest.mark.parametrize("month", [3, 10])
async def test_each_local_day_has_one_slot_when_the_clocks_change(
    db: Database, clock: StillClock, crontab: str, month: int
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    job, days = Job("daily", crontab, count, "every"), [date(2026, month, day) for day in range(26, 31)]
    at, slots = clock_of(db, clock, job, zone=berlin), list[datetime]()
    for day in days:
        clock.at = datetime.combine(day, time(23, 59), berlin).astimezone(UTC)
        slots += await at.due(job)
        await at.tick(job)
    assert [slot.astimezone(berlin).date() for slot in slots] == days
    assert {slot.astimezone(berlin).strftime("%-M %-H * * *") for slot in slots} == {crontab}


async def test_a_job_that_crashes_gives_its_slot_back(db: Database, clock: StillClock) -> None:
    crashes = True

    async def shaky(tx: AsyncSession, now: datetime) -> dict[str, Any]:
        found = await count(tx, now)
        if crashes:
            raise RuntimeError("half way")
        return found

    job = Job("shaky", "0 * * * *", shaky)
    at = clock_of(db, clock, job)
    assert await at.tick(job) == 0
    assert await done(db) == 0, "half of the work is none"
    async with db.read() as tx:
        assert await jobs.last_slot(tx, "shaky") is None
    crashes = False
    clock.pass_(minutes=clocks.AGAIN)
    assert await at.tick(job) == 1
    assert await done(db) == 1


async def test_a_crash_does_not_lose_the_slots_after_it(db: Database, clock: StillClock) -> None:
    seen: list[datetime] = []

    async def shaky(tx: AsyncSession, now: datetime) -> dict[str, Any]:
        seen.append(now)
        if len(seen) == 3:
            raise RuntimeError("the third time")
        return {}

    job = Job("shaky", "0 * * * *", shaky, "every")
    at = clock_of(db, clock, job)
    await at.tick(job)
    clock.pass_(hours=4)
    await at.tick(job)
    assert len(seen) == 3
    assert await at.tick(job) == 3
    async with db.read() as tx:
        slots = (await tx.scalars(select(col(JobRun.slot)).order_by(col(JobRun.slot)))).all()
    assert slots == [NOON + timedelta(hours=n) for n in range(5)]


async def test_a_database_that_is_away_loses_no_slot(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    job = Job("hourly", "0 * * * *", count)
    at = clock_of(db, clock, job)
    with monkeypatch.context() as patch:
        patch.setattr(clocks.jobs, "last_slot", away)
        assert await at.tick(job) == 0
    assert await at.tick(job) == 1


async def test_the_newest_slot_is_never_forgotten(db: Database, clock: StillClock) -> None:
    often, rarely = Job("often", "0 * * * *", count, "every"), Job("rarely", "0 3 * * *", count)
    at = clock_of(db, clock, often, rarely)
    for _ in range(3):
        for job in (often, rarely):
            await at.tick(job)
        clock.pass_(hours=1)
    clock.pass_(days=30)
    async with db.write() as tx:
        assert await jobs.forget(tx, clock() - timedelta(days=14)) == 2
    async with db.read() as tx:
        assert await jobs.last_slot(tx, "often") == NOON + timedelta(hours=2)
        assert await jobs.last_slot(tx, "rarely") is not None


async def test_starting_looks_at_once(db: Database, clock: StillClock) -> None:
    ran = asyncio.Event()

    async def run(tx: AsyncSession, now: datetime) -> dict[str, Any]:
        ran.set()
        return await count(tx, now)

    at = clock_of(db, clock, Job("hourly", "0 * * * *", run))
    at.start()
    try:
        async with asyncio.timeout(10):
            await ran.wait()
            while not await done(db):
                await asyncio.sleep(0.01)
        triggers = [type(job.trigger).__name__ for job in at._scheduler.get_jobs()]
        assert sorted(triggers) == ["CronTrigger", "IntervalTrigger"], "at its times, and in between for what failed"
    finally:
        at.close()
        at.close()
    assert await done(db) == 1
