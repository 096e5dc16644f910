"""How the tables came to be what they are: Alembic's scripts, and the way to apply them without a config file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that there is one place for the database's address."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The newest revision that this checkout knows: revisions are numbered, and lead their files' names."""
    return max(file.name.partition("_")[0] for file in (HERE / "versions").glob("*.py"))


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database to the newest revision; replicas that start together do it one after the other.

    Alembic is loaded only when there is something to do: most starts find the database as it should be.
    """
    async with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # a table that is built anew is dropped for a moment, and its children must bear it
            await _pragma(connection, "foreign_keys=OFF")
        try:
            async with connection.begin():
                if not is_sqlite:
                    await connection.execute(text("SELECT pg_advisory_xact_lock(7230114)"))
                await connection.run_sync(_upgrade)
        finally:
            if is_sqlite:
                await _pragma(connection, "foreign_keys=ON")


async def _pragma(connection: AsyncConnection, setting: str) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    await raw.execute(f"PRAGMA {setting}")


def _upgrade(connection: Connection) -> None:
    known = inspect(connection).has_table("alembic_version")
    if known and connection.scalar(text("SELECT version_num FROM alembic_version")) == head():
        return
    from alembic import command

    command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite":
        assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
