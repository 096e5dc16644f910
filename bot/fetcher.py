"""Fetches the photos that turns have noted: a leased worker, so that no turn waits for a provider's file server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.channels import Channels, Later, SendError, Unknown
from locales.words import Refusal
from storage import attachments, files
from storage.database import Database, is_passing
from storage.models import Attachment

log = structlog.get_logger()

POLL = 5.0
"""Seconds between looks when nobody calls."""

WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600))
"""Waits after each failure whose cause may pass; after the last the photo is given up."""


SWEEP_EVERY, SWEEP_AGE = timedelta(hours=6), timedelta(days=1)
"""How often files are looked for that nobody holds any more, and how old they must be."""


class Fetcher:
    """Fetches for the accounts that this process serves, and sweeps away files whose photo was forgotten."""

    def __init__(self, db: Database, channels: Channels, folder: Path, now: Callable[[], datetime]):
        self.db, self.channels, self.folder, self.now = db, channels, folder, now
        self._sweep_at = now() + SWEEP_EVERY

    async def run(self) -> None:
        """Fetch for ever."""
        with self.db.listen("attachments") as wake:
            while True:
                try:
                    fetched = await self.fetch_due()
                    if self.now() >= self._sweep_at:
                        await self.sweep()
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("fetcher waits for the database", error=type(error).__name__)
                    fetched = 0
                if not fetched:
                    await wake.wait(POLL)

    async def sweep(self) -> int:
        """Remove files that no photo holds; returns how many."""
        self._sweep_at = self.now() + SWEEP_EVERY
        old = await asyncio.to_thread(files.old_ones, self.folder, (self.now() - SWEEP_AGE).timestamp())
        gone = []
        for start in range(0, len(old), 500):
            some = old[start : start + 500]
            async with self.db.read() as tx:
                gone += sorted(set(some) - await attachments.known(tx, some))
        for sha256 in gone:
            await asyncio.to_thread(files.drop, self.folder, sha256)
        return len(gone)

    async def fetch_due(self) -> int:
        """Fetch what is wanted now; returns how many were tried."""
        async with self.db.write() as tx:
            wanted = await attachments.claim(tx, list(self.channels), self.now())
        await asyncio.gather(*(self._fetch(one) for one in wanted))
        return len(wanted)

    async def _fetch(self, wanted: Attachment) -> None:
        again: timedelta | None = None
        assert wanted.id is not None
        try:
            content = await self.channels[wanted.channel, wanted.account].fetch(wanted.ref)
            kept = await asyncio.to_thread(files.keep, self.folder, content)
        except (Later, Unknown, TimeoutError) as busy:
            again = WAITS[wanted.attempts - 1] if wanted.attempts <= len(WAITS) else None
            log.warning("photo not fetched", attachment=wanted.id, error=type(busy).__name__)
        except (SendError, Refusal) as no:
            log.warning("photo refused", attachment=wanted.id, error=type(no).__name__)
        except Exception as bug:
            again = WAITS[wanted.attempts - 1] if wanted.attempts <= len(WAITS) else None
            log.error("photo crashed", attachment=wanted.id, exc_info=bug)
        else:
            async with self.db.write() as tx:
                await attachments.fetched(tx, wanted.id, kept)
            return
        async with self.db.write() as tx:
            await attachments.not_fetched(tx, wanted.id, self.now() + again if again else None)
