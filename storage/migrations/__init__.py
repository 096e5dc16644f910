"""How the tables came to be what they are: Alembic's scripts, and the way to apply them without a config file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

HERE = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that there is one place for the database's address."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def head() -> str | None:
    """The newest revision that this checkout knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database to the newest revision; replicas that start together do it one after the other."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(7230114)"))
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "head"))
