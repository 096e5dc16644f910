"""A desk on each database, and a clerk at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from handlers.staff import passwords
from storage.database import Database
from tests.conftest import StillClock
from tests.staff.desk import Browser, Desk, assembled

ON_BOTH = frozenset(["test_ledger", "test_queue", "test_bulk", "test_ticket", "test_verbs", "test_outbox", "test_live"])
"""Pages whose reads and races differ by database; the rest ask the same of either, and their verbs have tests of
their own, so they are played on SQLite alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other pages' second round."""
    here = Path(__file__).parent
    alone = [
        item
        for item in items
        if item.path.parent == here and item.path.stem not in ON_BOTH and "postgresql" in item.name.partition("[")[2]
    ]
    if alone:
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in set(alone)]


@pytest.fixture(scope="package", autouse=True)
def quick_passwords() -> Iterator[None]:
    """The same argon2, with a cost that is right for tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)))
        passwords._nobody.cache_clear()
        yield


@pytest.fixture
async def desk(db: Database, clock: StillClock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk where 李 (clerk), 王 (supervisor) and 总 (admin) work."""
    made = assembled(db, clock, tmp_path / "var")
    for login, role in (("li", "clerk"), ("wang", "supervisor"), ("zong", "admin")):
        await made.hire(login, role)
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def clerk(desk: Desk) -> AsyncIterator[Browser]:
    """李's browser, signed in."""
    async with desk.browser("li") as browser:
        yield browser


@pytest.fixture
async def stranger(desk: Desk) -> AsyncIterator[Browser]:
    """A browser of nobody we know."""
    async with desk.browser() as browser:
        yield browser
