"""Photos are fetched beside the turns, each once, and one bad photo harms no other."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot import fetcher as fetchers
from bot.channels import Later, Rejected, Unknown
from bot.fetcher import SWEEP_AGE, SWEEP_EVERY, WAITS, Fetcher
from storage import attachments, files
from storage.attachments import LEASE
from storage.database import Database
from storage.models import Attachment
from tests.conftest import StillClock
from tests.machinery.post import Post
from tests.support.photo import png

MS = timedelta(milliseconds=1)


class Album(Post):
    """A channel with photos: bytes to give, or errors to raise, by reference, each answer once, the last for ever."""

    def __init__(self, account: str = "main"):
        super().__init__(account)
        self.photos: dict[str, list[bytes | Exception]] = {}
        self.asked: list[str] = []

    async def fetch(self, ref: str) -> bytes:
        """The photo, or what became of it."""
        self.asked.append(ref)
        await asyncio.sleep(0)
        answers = self.photos[ref]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def album() -> Album:
    return Album()


@pytest.fixture
def fetcher(db: Database, clock: StillClock, album: Album, tmp_path: Path) -> Fetcher:
    return fetching(db, clock, tmp_path, album)


def fetching(db: Database, clock: StillClock, folder: Path, *albums: Album) -> Fetcher:
    return Fetcher(db, {(a.name, a.account): a for a in albums}, folder / "files", clock)


async def want(db: Database, clock: StillClock, *refs: str, account: str = "main", channel: str = "post") -> None:
    async with db.write() as tx:
        for ref in refs:
            await attachments.want(tx, channel, account, "driver", ref, clock())


async def all_of(db: Database) -> list[Attachment]:
    async with db.read() as tx:
        return list((await tx.scalars(select(Attachment).order_by(col(Attachment.id)))).all())


async def test_a_photo_is_fetched_once(db: Database, clock: StillClock, album: Album, fetcher: Fetcher) -> None:
    album.photos = {"one": [png(1)], "two": [png(2)]}
    await want(db, clock, "one", "two", "one")
    assert await fetcher.fetch_due() == 2
    assert await fetcher.fetch_due() == 0
    one, two = await all_of(db)
    assert (one.status, one.media_type, one.size) == ("stored", "image/png", len(png(1)))
    assert files.path(fetcher.folder, one.sha256 or "").read_bytes() == png(1)
    assert two.sha256 != one.sha256
    assert sorted(album.asked) == ["one", "two"]


@pytest.mark.parametrize(
    "trouble", [Later(timedelta(0), "busy"), Unknown("lost"), TimeoutError(), RuntimeError("a bug")]
)
async def test_what_may_pass_is_tried_again_and_then_given_up(
    db: Database, clock: StillClock, album: Album, fetcher: Fetcher, trouble: Exception
) -> None:
    album.photos = {"one": [trouble]}
    await want(db, clock, "one")
    for wait in WAITS:
        assert await fetcher.fetch_due() == 1
        assert [a.status for a in await all_of(db)] == ["wanted"]
        clock.at += wait - MS
        assert await fetcher.fetch_due() == 0
        clock.at += MS
    assert await fetcher.fetch_due() == 1
    assert [a.status for a in await all_of(db)] == ["refused"]
    clock.pass_(days=1)
    assert await fetcher.fetch_due() == 0


@pytest.mark.parametrize("answer", [Rejected("gone"), b"<html>not found</html>", b"", png(1)[:20]])
async def test_what_will_never_be_a_photo_is_refused_at_once(
    db: Database, clock: StillClock, album: Album, fetcher: Fetcher, answer: bytes | Exception
) -> None:
    album.photos = {"bad": [answer], "good": [png(1)]}
    await want(db, clock, "bad", "good")
    await fetcher.fetch_due()
    assert [a.status for a in await all_of(db)] == ["refused", "stored"]


async def test_a_photo_that_comes_at_the_second_try(
    db: Database, clock: StillClock, album: Album, fetcher: Fetcher
) -> None:
    album.photos = {"one": [Later(timedelta(0), "busy"), png(1)]}
    await want(db, clock, "one")
    await fetcher.fetch_due()
    clock.at += WAITS[0]
    await fetcher.fetch_due()
    assert [(a.status, a.attempts) for a in await all_of(db)] == [("stored", 2)]


async def test_only_photos_of_accounts_served_here(db: Database, clock: StillClock, tmp_path: Path) -> None:
    here, there = Album("here"), Album("there")
    there.name = "pigeons"
    here.photos = {"one": [png(1)]}
    await want(db, clock, "one", account="here")
    await want(db, clock, "two", account="there")
    await want(db, clock, "three", account="here", channel="pigeons")
    assert await fetching(db, clock, tmp_path, here, there).fetch_due() == 1, (
        "neither channel nor account alone will do"
    )
    assert [a.status for a in await all_of(db)] == ["stored", "wanted", "wanted"]


async def test_a_fetcher_without_accounts_has_nothing_to_do(db: Database, clock: StillClock, tmp_path: Path) -> None:
    await want(db, clock, "one")
    assert await fetching(db, clock, tmp_path).fetch_due() == 0


async def test_two_fetchers_share_the_work(db: Database, clock: StillClock, album: Album, tmp_path: Path) -> None:
    refs = [f"photo {n}" for n in range(12)]
    album.photos = {ref: [png(n)] for n, ref in enumerate(refs)}
    await want(db, clock, *refs)
    two = fetching(db, clock, tmp_path, album), fetching(db, clock, tmp_path, album)
    while sum(await asyncio.gather(*(f.fetch_due() for f in two))):
        pass
    assert sorted(album.asked) == sorted(refs)
    assert {a.status for a in await all_of(db)} == {"stored"}


async def test_a_dead_fetchers_lease_runs_out(db: Database, clock: StillClock, album: Album, fetcher: Fetcher) -> None:
    album.photos = {"one": [png(1)]}
    await want(db, clock, "one")
    async with db.write() as tx:
        assert len(await attachments.claim(tx, [("post", "main")], clock())) == 1
    clock.at += LEASE - MS
    assert await fetcher.fetch_due() == 0
    clock.at += MS
    assert await fetcher.fetch_due() == 1


async def test_a_wanted_photo_wakes_the_fetcher_and_an_absent_database_does_not_end_it(
    db: Database, clock: StillClock, album: Album, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, away = attachments.claim, 1

    async def shaky(*args: Any) -> Any:
        nonlocal away
        away -= 1
        if away == 0:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return await claim(*args)

    monkeypatch.setattr(fetchers, "POLL", 0.2)
    monkeypatch.setattr(attachments, "claim", shaky)
    album.photos = {"one": [png(1)]}
    running = asyncio.create_task(fetcher.run())
    await asyncio.sleep(0.02)
    await want(db, clock, "one")
    async with asyncio.timeout(10):
        while [a.status for a in await all_of(db)] != ["stored"]:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_files_that_nobody_holds_are_swept_away(
    db: Database, clock: StillClock, album: Album, fetcher: Fetcher
) -> None:
    album.photos = {ref: [png(n)] for n, ref in enumerate(("kept", "forgotten", "young"))}
    await want(db, clock, "kept", "forgotten", "young")
    await fetcher.fetch_due()
    kept, forgotten, young = [files.path(fetcher.folder, a.sha256 or "") for a in await all_of(db)]
    clock.at += SWEEP_AGE
    now = clock().timestamp()
    for file, age in ((kept, 2 * SWEEP_AGE), (forgotten, 2 * SWEEP_AGE), (young, SWEEP_AGE / 2)):
        os.utime(file, (now - age.total_seconds(),) * 2)
    async with db.write() as tx:
        await tx.execute(update(Attachment).where(col(Attachment.ref) != "kept").values(sha256=None, status="refused"))
    assert await fetcher.sweep() == 1
    assert (kept.exists(), forgotten.exists(), young.exists()) == (True, False, True)


async def test_a_content_that_comes_again_is_young_again(fetcher: Fetcher, clock: StillClock) -> None:
    kept = files.keep(fetcher.folder, png(1))
    file = files.path(fetcher.folder, kept.sha256)
    old = clock().timestamp()
    os.utime(file, (old, old))
    files.keep(fetcher.folder, png(1))
    assert file.stat().st_mtime > old
    assert SWEEP_EVERY < SWEEP_AGE
