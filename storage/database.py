"""The database: one address, one way to write, one way to read, and what to wake when something was committed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

log = structlog.get_logger()

BUSY = 15.0
"""Seconds that a SQLite writer waits for another process before it gives up."""

READERS = 4
"""Connections that only read, so that neither a page nor a health check waits behind a flood of messages."""

_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "25P03"})
"""PostgreSQL error codes that say "again", not "wrong": serialization, deadlock, lock, shutdown, too many clients."""


def is_passing(error: BaseException) -> bool:
    """Whether a database error is a state of the database (locked, away, deadlocked), not a bug of ours."""
    if isinstance(error, PoolTimeout | OSError | InterfaceError):
        return True
    if isinstance(error, sqlite3.OperationalError):  # from statements that go to the driver itself
        return "no such" not in str(error)
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _PASSING_STATES:
        return True
    return isinstance(error, OperationalError) and "no such" not in str(error.orig)


class Wake:
    """Something to wait on until a topic is called."""

    def __init__(self) -> None:
        self._called = asyncio.Event()

    def call(self) -> None:
        """Wake whoever waits."""
        self._called.set()

    async def wait(self, seconds: float) -> bool:
        """Return True when called, False when the time is over; either way the next wait starts anew."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()
        called = self._called.is_set()
        self._called.clear()
        return called


def wake(tx: AsyncSession, topic: str, *, everywhere: bool = False) -> None:
    """Call this topic once `tx` has committed; `everywhere` reaches the other processes on PostgreSQL too."""
    topics = tx.info.setdefault("wake", {})
    topics[topic] = topics.get(topic, False) or everywhere


def insert_into(tx: AsyncSession, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect that `tx` speaks."""
    dialect = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


class Database:
    """SQLite (one writer at a time, readers beside it) or PostgreSQL, chosen by the address alone."""

    def __init__(self, address: str, *, connections: int = 16):
        self.url = make_url(address)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._me = uuid4().hex
        self._wakes: dict[str, set[Wake]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self._writer = _writing(_sqlite(address, size=1))
            self._reader = _sqlite(address, "query_only=ON", size=READERS, **LOOKS)
        else:
            self._writer = _postgresql(address, size=connections)
            self._reader = _postgresql(address, size=READERS, settings=PLANS, **LOOKS)

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes; for migrations and measurements."""
        return self._writer

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises; then topics are called."""
        async with AsyncSession(self._writer, expire_on_commit=False) as tx, tx.begin():
            yield tx
            topics: dict[str, bool] = tx.info.get("wake", {})
            if not self.is_sqlite and (far := [t for t, everywhere in topics.items() if everywhere]):
                await tx.execute(_NOTIFY, [{"note": json.dumps([self._me, t])} for t in far])
        for topic in topics:
            self.call(topic)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A look that changes nothing; on SQLite it does not wait for a writer."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as tx:
            yield tx

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Wake]:
        """Be called whenever a transaction that woke one of these topics has committed."""
        heard = Wake()
        for topic in topics:
            self._wakes[topic].add(heard)
        try:
            yield heard
        finally:
            for topic in topics:
                self._wakes[topic].discard(heard)
                if not self._wakes[topic]:
                    del self._wakes[topic]

    def call(self, topic: str) -> None:
        """Wake whoever listens in this process."""
        for heard in self._wakes.get(topic, ()):
            heard.call()

    async def start(self) -> None:
        """Hear the other processes too (PostgreSQL's LISTEN); a lost connection only makes wake-ups later."""
        if not self.is_sqlite:
            self._listening = asyncio.create_task(self._hear(), name="database wake-ups")

    async def close(self) -> None:
        """Let go of every connection."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._writer.dispose()
        await self._reader.dispose()

    async def _hear(self) -> None:
        import asyncpg

        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            connection = None
            try:
                connection = await asyncpg.connect(plain)
                await connection.add_listener("changxing", self._heard)
                while not connection.is_closed():
                    await asyncio.sleep(5)
                    await connection.execute("SELECT 1")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("wake-ups interrupted", error=type(error).__name__)
                await asyncio.sleep(2)
            finally:
                if connection is not None:
                    connection.terminate()

    def _heard(self, _connection: Any, _pid: int, _channel: str, note: Any) -> None:
        sender, topic = json.loads(note)
        if sender != self._me:
            self.call(topic)


_NOTIFY = text("SELECT pg_notify('changxing', :note)")


PLANS = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_custom_plan",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""How PostgreSQL reads: changing nothing, planned for the values at hand, pages in memory, and no second process.

What suits a rare division is ruin for a common one; and machine code or helpers cost more than a page takes.
"""


LOOKS: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
"""A look is no transaction: each statement sees what is committed when it begins, as PostgreSQL has it anyway.

A transaction around it would cost two more trips to the database, as long as a page of one row takes altogether.
Nothing would be rolled back, so whoever looks cannot write at all.
"""


def _postgresql(address: str, *, size: int, settings: Mapping[str, str] | None = None, **more: Any) -> AsyncEngine:
    return create_async_engine(
        address,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={"server_settings": dict(settings or {})},
        **more,
    )


def _sqlite(address: str, *also: str, size: int, **more: Any) -> AsyncEngine:
    engine = create_async_engine(
        address,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": BUSY},
        **more,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY * 1000)}",
            *also,
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _writing(engine: AsyncEngine) -> AsyncEngine:
    """A transaction on SQLite takes its turn as it begins: one that only found out at its first change would fail."""

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.connection.run_async(lambda driver: driver.execute_fetchall("BEGIN IMMEDIATE"))

    return engine
