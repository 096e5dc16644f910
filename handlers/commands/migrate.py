"""`python -m bot migrate`: the database in its newest shape."""

from __future__ import annotations

from bot.app import secret_of
from bot.settings import Settings
from storage.database import Database
from storage.migrations import head
from storage.migrations import migrate as apply


async def migrate(settings: Settings) -> int:
    """Apply what is missing; says at which revision the database is."""
    secret_of(settings)
    db = Database(settings.database_url)
    try:
        await apply(db.engine)
    finally:
        await db.close()
    print(f"database at revision {head()}")
    return 0
