"""A house with two passes on its shelf, and a browser at its counter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.models import Firm
from tests.conftest import StillClock
from tests.firm_pages.counter import Visitor
from tests.staff.desk import Desk, assembled
from tests.support import passes
from tests.support.passes import packs

__all__ = ["packs"]


ON_BOTH = (
    "test_pressed_twice_at_once_each_row_is_applied_for_once",
    "test_a_photo_kept_for_one_pass_stays_when_another_keeps_it",
    "test_the_list_goes_on_after_fifty",
)
"""Where races differ by database; the rest ask the same of either, and their verbs have tests of their own."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other pages' second round."""
    here = Path(__file__).parent
    alone = [
        item
        for item in items
        if item.path.parent == here
        and item.name.partition("[")[0] not in ON_BOTH
        and "postgresql" in item.name.partition("[")[2]
    ]
    if alone:
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in set(alone)]


@pytest.fixture
async def desk(db: Database, clock: StillClock, tmp_path: Path, packs: None) -> AsyncIterator[Desk]:
    """A house whose cities have blocks of numbers."""
    made = assembled(db, clock, tmp_path / "var")
    async with db.write() as tx:
        await passes.hired(tx, clock(), serials=500)
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def driver(desk: Desk) -> AsyncIterator[Visitor]:
    """Somebody who opens the page for the first time."""
    async with desk.browser() as browser:
        yield Visitor(desk, browser)


@pytest.fixture
async def clerk(driver: Visitor) -> Visitor:
    """The same, and owner of a verified firm."""
    await driver.see("/firm")
    await driver.begin()
    return driver


@pytest.fixture
async def firm(clerk: Visitor) -> Firm:
    """His firm."""
    async with clerk.desk.db.write() as tx:
        contact = await clerk.contact(tx)
        assert contact is not None
        return await passes.firm(tx, contact, clerk.desk.clock())
