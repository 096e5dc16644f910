"""The invented day has a pass in every state, made by the verbs alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import House, Rooms, build
from bot.settings import Settings
from handlers.commands.demo import invent
from handlers.commands.run import DEMO_PACKS
from hotline.rules import shelf
from storage.database import Database
from storage.models import PASS_STATES, Filing, Firm, Pass, Scan
from tests.conftest import StillClock

TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_pass_in_every_state(db: Database, clock: StillClock, tmp_path: Path) -> None:
    clock.at = TODAY
    settings = Settings(
        _env_file=None, database_url=db.url.render_as_string(hide_password=False), var=tmp_path, secret_key="a secret"
    )  # type: ignore[call-arg]
    house: House = build(settings, Rooms(), (), clock)
    house.db = db
    shelf.use(DEMO_PACKS)
    try:
        await invent(house)
    finally:
        shelf.use(None)
    async with db.read() as tx:
        states = set((await tx.scalars(select(Pass.state))).all())
        assert states == set(PASS_STATES)
        assert set((await tx.scalars(select(Firm.state))).all()) == {"registered", "verified"}
        assert await tx.scalar(select(func.count()).select_from(Scan))
        assert set((await tx.scalars(select(Filing.state))).all()) == {"filed", "entered"}
