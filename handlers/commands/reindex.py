"""`python -m bot reindex`: every ticket found by the words it has now."""

from __future__ import annotations

from bot.app import secret_of
from bot.settings import Settings
from hotline import indexing
from storage.database import Database
from storage.migrations import migrate

BATCH = 200
"""Tickets of one transaction; the desk goes on working between two."""


async def reindex(settings: Settings) -> int:
    """Walk all tickets; harmless at any time, and needed once after the search has come or its rules have changed."""
    secret_of(settings)
    db = Database(settings.database_url)
    last = done = 0
    try:
        await migrate(db.engine)
        while True:
            async with db.write() as tx:
                step = await indexing.index_all(tx, last, BATCH)
            if step is None:
                break
            last, done = step[0], done + step[1]
    finally:
        await db.close()
    print(f"{done} tickets indexed")
    return 0
