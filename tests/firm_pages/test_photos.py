"""The same licence is shown for many trucks, and each keeps it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import attachments
from storage.database import Database
from storage.files import Kept
from tests.conftest import StillClock

KEPT = Kept("a" * 64, "image/jpeg", 1000)


async def kept(tx: AsyncSession, now: datetime) -> int:
    return await attachments.keep(tx, "web", "main", "somebody", KEPT, now)


async def test_a_photo_kept_for_one_pass_stays_when_another_keeps_it(db: Database, clock: StillClock) -> None:
    for about in ("pass:1", "pass:2", "pass:2", "pass:3"):
        async with db.write() as tx:
            await attachments.keep_for(tx, [await kept(tx, clock())], about)
    async with db.read() as tx:
        found = [await attachments.of_about(tx, f"pass:{one}") for one in (1, 2, 3)]
    assert [[one.sha256 for one in photos] for photos in found] == [[KEPT.sha256]] * 3
    assert len({photos[0].id for photos in found}) == 3


async def test_papers_of_an_invitation_go_with_whoever_joins(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        photo = await kept(tx, clock())
        await attachments.keep_for(tx, [photo], "invitation:1")
        await attachments.keep_for(tx, [photo], "member:7")
    async with db.read() as tx:
        assert await attachments.of_about(tx, "invitation:1") == []
        assert [one.id for one in await attachments.of_about(tx, "member:7")] == [photo]
