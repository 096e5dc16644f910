"""APScheduler as a clock and nothing else: it says when to look; what is due or was missed is asked of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any, Literal

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from storage import jobs
from storage.database import Database, is_passing

log = structlog.get_logger()

AGAIN = 5
"""Minutes until a job that failed is tried again; looking at one that did not costs a query."""

MOST_CAUGHT_UP = 400
"""Slots of one job that are caught up at one time; the next tick takes the rest."""


LOOKS_BACK = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=8))
"""How far the latest slot is looked for, a little at first: a job of each minute has had 2,880 in two days."""


@dataclass(frozen=True)
class Job:
    """One scheduled job: crontab (minute hour day month weekday, local time), and what a slot does in its transaction.

    `catch_up` says what happens to slots missed while nobody ran: each in turn, or only the latest.
    """

    name: str
    crontab: str
    run: Callable[[AsyncSession, datetime], Awaitable[dict[str, Any]]]
    catch_up: Literal["every", "latest"] = "latest"


class Clock:
    """Runs each slot of each job once, whatever the number of replicas."""

    def __init__(self, db: Database, todo: Sequence[Job], now: Callable[[], datetime], zone: tzinfo):
        self.db, self.jobs, self.now, self.zone = db, todo, now, zone
        self._scheduler = AsyncIOScheduler(timezone=zone)

    def start(self) -> None:
        """Look at each job now, for what was missed, at each of its times, and in between for what failed."""
        for job in self.jobs:
            for trigger in (CronTrigger.from_crontab(job.crontab, self.zone), IntervalTrigger(minutes=AGAIN), None):
                self._scheduler.add_job(
                    self.tick, trigger, [job], misfire_grace_time=None, coalesce=True, max_instances=1
                )
        self._scheduler.start()

    def close(self) -> None:
        """Look no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def tick(self, job: Job) -> int:
        """Run what is due of one job; returns the number of slots run here."""
        try:
            return sum([await self._run(job, slot) for slot in await self.due(job)])
        except Exception as error:
            if not is_passing(error):
                metrics.JOBS.labels(job.name, "crashed").inc()
                log.error("job crashed", job=job.name, exc_info=error)
            else:
                log.warning("job waits for the database", job=job.name, error=type(error).__name__)
            return 0

    async def due(self, job: Job) -> list[datetime]:
        """The slots not yet claimed by anybody, oldest first; a job never run before starts with its latest."""
        now = self.now()
        async with self.db.read() as tx:
            last = await jobs.last_slot(tx, job.name)
        trigger = CronTrigger.from_crontab(job.crontab, self.zone)
        since = max(last or now - timedelta(days=2), now - timedelta(days=8))
        if last is not None and job.catch_up == "every":
            return list(islice(_slots(trigger, since, now), MOST_CAUGHT_UP))
        for back in LOOKS_BACK:
            if found := list(_slots(trigger, max(since, now - back), now)):
                return found[-1:]
        return []

    async def _run(self, job: Job, slot: datetime) -> bool:
        async with self.db.write() as tx:
            now = self.now()
            if not await jobs.claim(tx, job.name, slot, now):
                return False
            outcome = await job.run(tx, now)
            await jobs.finish(tx, job.name, slot, outcome, now)
        metrics.JOBS.labels(job.name, "done").inc()
        log.info("job done", job=job.name, slot=slot.isoformat(), outcome=outcome)
        return True


def _slots(trigger: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    """The times of a trigger after `since`, up to and with `until`, in UTC."""
    slot = trigger.get_next_fire_time(None, since + timedelta(microseconds=1))
    while slot is not None and slot <= until:
        yield slot.astimezone(UTC)
        slot = trigger.get_next_fire_time(slot, slot + timedelta(microseconds=1))
