"""One way to read and one way to write: whoever looks changes nothing, and sees what was committed meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.models import JobRun
from tests.conftest import NOON


async def test_a_look_cannot_write(db: Database) -> None:
    for statement in ("INSERT INTO budget (name) VALUES ('x')", "DELETE FROM contact", "UPDATE staff SET login = 'x'"):
        with pytest.raises(DBAPIError, match=r"read-?only"):
            async with db.read() as tx:
                await tx.execute(text(statement))
    async with db.write() as tx:
        await tx.execute(text("DELETE FROM contact"))


async def test_a_look_sees_what_was_committed_since_it_began(db: Database) -> None:
    async with db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(JobRun)) == 0
        async with db.write() as other:
            other.add(JobRun(job="x", slot=NOON, claimed_at=NOON))
        assert await tx.scalar(select(func.count()).select_from(JobRun)) == 1
