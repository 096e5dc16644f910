"""Applications that nobody decides in time reach the supervisors, once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.staff.alarms import _said
from hotline import divisions
from hotline.passes import applying, lateness
from locales.words import render
from storage import alarms
from storage.database import Database
from tests.conftest import StillClock
from tests.support import passes as support
from tests.support.passes import CITY, wish

pytestmark = pytest.mark.usefixtures("packs")


async def test_one_alarm_a_day_for_a_bureau(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        driver = await support.contact(tx, "driver", clock())
        for plate in ("吉A12345", "吉A54321"):
            await applying.apply(tx, driver, wish(clock(), plate=plate), clock())
        assert await lateness.watch(tx, clock()) == {"divisions": 0}
        later = clock() + timedelta(hours=3)
        assert await lateness.watch(tx, later) == {"divisions": 1}
        assert await lateness.watch(tx, later + timedelta(minutes=5)) == {"divisions": 0}
        assert await lateness.watch(tx, later + timedelta(days=1)) == {"divisions": 1}
        [_, first] = await alarms.unseen(tx, *divisions.bounds(CITY))
    said, where = _said(first)
    assert "2 份" in render("zh_CN", said)
    assert where == "/staff/passes"
