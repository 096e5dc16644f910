"""What the clock asks of us, beyond the clock itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers import jobs as our_jobs
from storage import attachments, budgets, turns
from storage.database import Database
from storage.models import Attachment, Contact, Inbox
from storage.turns import Arrived


async def test_what_is_no_longer_needed_is_forgotten(db: Database, clock: Any) -> None:
    async with db.write() as tx:
        await turns.accept(tx, Arrived("web", "main", "a", "old-one", "message", {"text": "x"}), clock())
        await attachments.want(tx, "web", "main", "a", "photo", clock())
        await budgets.allowance(tx, "code:contact:1", timedelta(minutes=10), 5, clock())
    clock.pass_(days=8)
    async with db.write() as tx:
        await turns.accept(tx, Arrived("web", "main", "a", "new-one", "message", {"text": "y"}), clock())
        first = await our_jobs.tidy(tx, clock())
    assert (first["photos_forgotten"], first["budgets_forgotten"], first["raw_forgotten"]) == (1, 1, 0)
    clock.pass_(days=23)
    async with db.write() as tx:
        assert (await our_jobs.tidy(tx, clock()))["raw_forgotten"] == 1
    async with db.write() as tx:
        raws = {row.external_id: row.raw for row in (await tx.scalars(select(Inbox))).all()}
        assert raws == {"old-one": None, "new-one": {"text": "y"}}
        again = Arrived("web", "main", "a", "old-one", "message", {"text": "x"})
        assert not await turns.accept(tx, again, clock()), "a redelivery stays harmless"
        assert (await tx.scalars(select(Attachment))).all() == []
        assert (await tx.scalars(select(Contact))).all() == []
