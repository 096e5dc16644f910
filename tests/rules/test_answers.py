"""An answer is kept without a name, shown to an officer by its code, and replayed as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.jobs import tidy
from hotline import decisions
from hotline.rules import shelf
from hotline.rules.rulings import rule_on
from storage import decisions as kept_ones
from storage.database import Database
from tests.conftest import StillClock
from tests.staff.desk import Desk, assembled

DAY = date(2022, 5, 1)
AT = datetime(2022, 5, 1, 4, tzinfo=UTC)
GREEN = {"code": "green", "temperature": "normal", "test_age_hours": 30, "pass_held": False}


@pytest.fixture
def clock() -> StillClock:
    return StillClock(AT)


@pytest_asyncio.fixture
async def desk(db: Database, clock: StillClock, tmp_path: Path) -> AsyncIterator[Desk]:
    standing = assembled(db, clock, tmp_path)
    yield standing
    await standing.server.close()


async def kept(db: Database) -> str:
    ruling = rule_on(shelf.current(), "truck_release", "220100", DAY, GREEN)
    async with db.write() as tx:
        return (await decisions.keep(tx, ruling, GREEN, None, AT)).code


async def test_the_same_answer_comes_out_again(db: Database) -> None:
    code = await kept(db)
    async with db.read() as tx:
        found = await kept_ones.by_code(tx, code)
    assert found is not None
    again = decisions.replay(found, shelf.current())
    assert again is not None
    assert (again[0].verdict, again[1]) == ("ALLOW", True)
    found.packs = [{"id": found.packs[0]["id"], "version": "another"}]
    again = decisions.replay(found, shelf.current())
    assert again is not None
    assert again[1] is False
    found.facts = {"a fact that no pack knows any more": True}
    assert decisions.replay(found, shelf.current()) is None


async def test_a_code_is_read_from_whatever_holds_it(db: Database) -> None:
    code = await kept(db)
    assert decisions.find_code(f"https://example.org/rules/{code.lower()} 师傅您看") == code
    assert decisions.find_code("没有") is None
    assert decisions.find_code(code + "A") is None


async def test_it_is_forgotten_in_time(db: Database) -> None:
    code = await kept(db)
    async with db.write() as tx:
        await tidy(tx, AT + decisions.KEPT - timedelta(days=1))
        assert await kept_ones.by_code(tx, code)
        await tidy(tx, AT + decisions.KEPT + timedelta(days=1))
        assert await kept_ones.by_code(tx, code) is None


async def test_an_officer_opens_the_card(desk: Desk, db: Database) -> None:
    code = await kept(db)
    async with desk.browser() as browser:
        page = (await browser.get(f"/rules/{code}")).text
        assert "可以通行" in page
        assert "2022-05-01" in page
        assert "转载" in page
        assert (await browser.get("/rules/NOSUCHCODE22")).status == 404
        assert "You may pass" in (await browser.get(f"/rules/{code}?lang=en")).text


async def test_what_no_longer_holds_says_so(desk: Desk, db: Database, clock: StillClock) -> None:
    code = await kept(db)
    clock.at = datetime(2026, 11, 22, tzinfo=UTC)
    async with desk.browser() as browser:
        assert "今天已不适用" in (await browser.get(f"/rules/{code}")).text
