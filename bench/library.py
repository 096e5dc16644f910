"""How often the library finds the right clause first, and how long a search takes on a shelf of 200 documents."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from bench.results import Result
from hotline.library import cleaning, search, shelf
from hotline.library.digest import digests
from hotline.library.reading import Published, read
from storage.database import Database
from storage.migrations import migrate
from tests.library.published import FILES, questions
from tests.library.recall import recall

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
DOCUMENTS = 200


async def library() -> list[Result]:
    """Recall at 1 and 3, of the questions that were tuned on and of those set aside, then times at 200 documents."""
    found: list[Result] = []
    async with _shelf() as db:
        found += await _recall(db, "digest")
        full = [read(cleaning.text_of(file.read_bytes()), file.stem) for file in FILES]
        for one in full:
            async with db.write() as tx:
                await shelf.take(tx, None, one, NOW)
        if full:
            found += await _recall(db, "full")
    return found + await _times(full or list(digests().values()))


async def _recall(db: Database, name: str) -> list[Result]:
    told = []
    async with db.read() as tx:
        for part, aside in (("tuned", False), ("aside", True)):
            some = [one for one in questions() if bool(one.get("aside")) is aside]
            share = await recall(tx, some)
            note = f"{len(some)} questions"
            told.append(Result(f"library.{name}.{part} recall@1", share.at_1, "of 1", note=note))
            told.append(Result(f"library.{name}.{part} recall@3", share.at_3, "of 1", note=note))
    return told


async def _times(texts: list[Published]) -> list[Result]:
    """Each document forty times over, as if forty places had issued it."""
    async with _shelf() as db:
        for copy in range(DOCUMENTS // len(texts)):
            async with db.write() as tx:
                for one in texts:
                    other = replace(one, title=f"{one.title}（{copy}）", slug=None, number=None, source="full")
                    await shelf.take(tx, None, other, NOW)
        spent = []
        async with db.read() as tx:
            for one in questions():
                begun = time.perf_counter()
                await search.find(tx, one["ask"], 3)
                spent.append((time.perf_counter() - begun) * 1000)
            clauses = await search.library.how_many(tx)
    note = f"{DOCUMENTS} documents, {clauses:,} clauses, sqlite"
    return [
        Result("library.search median", median(spent), "ms", note=note),
        Result("library.search p95", quantiles(spent, n=20)[-1], "ms", note=note),
    ]


@asynccontextmanager
async def _shelf() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'library.db'}")
        try:
            await migrate(db.engine)
            async with db.write() as tx:
                await shelf.put_up_digests(tx, NOW)
            yield db
        finally:
            await db.close()
