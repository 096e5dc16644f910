"""GET /api/history: both sides, in order, page by page, nothing twice and nothing lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from storage import inbox, outbox
from tests.web.conftest import Client
from tests.web.house import House


async def history(client: Client, before: str | None = None) -> dict[str, Any]:
    answer = await client.get("/api/history", params={"before": before} if before else {})
    assert answer.status == 200
    page: dict[str, Any] = await answer.json()
    return page


async def answered(client: Client, count: int) -> dict[str, Any]:
    """The newest page once so many bubbles of ours are readable."""
    for _ in range(300):
        page = await history(client)
        if sum(bubble["from"] == "us" for bubble in page["bubbles"]) >= count:
            return page
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited in vain for {count} bubbles")


async def test_nothing_yet(driver: Client) -> None:
    assert await history(driver) == {"bubbles": [], "before": None}


async def test_both_sides_in_order(driver: Client) -> None:
    await driver.post("/api/messages", json={"id": "first-0001", "choice": "/blockage", "label": "报告受阻"})
    await answered(driver, 1)
    await driver.post("/api/messages", json={"id": "second-001", "text": "劝返"})
    page = await answered(driver, 2)
    shown = [(b["from"], b.get("label") or b["text"].split("？")[0]) for b in page["bubbles"]]
    assert shown == [("you", "报告受阻"), ("us", "遇到了什么情况"), ("you", "劝返"), ("us", "在哪里")]
    first, question = page["bubbles"][:2]
    assert set(first) == {"from", "id", "choice", "label", "at"}
    assert set(question) == {"from", "id", "text", "choices", "wants", "at"}
    assert set(question["choices"][0]) == {"payload", "label"}
    assert datetime.fromisoformat(first["at"]).tzinfo is not None
    assert page["before"] is None


async def _all_sent(house: House) -> None:
    for _ in range(500):
        async with house.db.read() as tx:
            waiting, _since = await outbox.depth(tx)
        if not waiting:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain for the sender")


async def test_pages_join_without_gap_or_overlap(house: House, driver: Client) -> None:
    for number in range(110):
        await driver.post("/api/messages", json={"id": f"message-{number:03}", "text": f"{number}"})
    await _all_sent(house)
    pages, before = [], None
    while True:
        page = await history(driver, before)
        pages.append(page["bubbles"])
        before = page["before"]
        if before is None:
            break
    assert [len(page) for page in pages] == [50, 50, 50, 50, 20]
    whole = [bubble for page in reversed(pages) for bubble in page]
    mine = [bubble["text"] for bubble in whole if bubble["from"] == "you"]
    ours = [bubble["id"] for bubble in whole if bubble["from"] == "us"]
    assert mine == [str(number) for number in range(110)]
    assert ours == sorted(set(ours))
    assert len(ours) == 110


async def test_a_stranger_sees_nothing_of_it(house: House, driver: Client) -> None:
    await driver.post("/api/messages", json={"id": "private-01", "text": "吉A12345"})
    await answered(driver, 1)
    async with TestClient(TestServer(house.app())) as other:
        await other.post("/api/session")
        assert (await history(other))["bubbles"] == []


async def test_words_deleted_in_due_time_leave_an_empty_bubble(house: House, driver: Client) -> None:
    await driver.post("/api/messages", json={"id": "long-ago-1", "text": "吉A12345"})
    await answered(driver, 1)
    async with house.db.write() as tx:
        await inbox.forget_raw(tx, datetime.now(UTC) + timedelta(minutes=1))
    mine = (await history(driver))["bubbles"][0]
    assert (mine["id"], mine["forgotten"], "text" in mine) == ("long-ago-1", True, False)


@pytest.mark.parametrize(
    "before", ["x", "1", "1.2", "-1", "1-", "0.1-", "1.1-1.1-1.1", "9" * 30 + ".1-", f"1.{'9' * 18}-"]
)
async def test_a_cursor_that_is_not_ours(driver: Client, before: str) -> None:
    answer = await driver.get("/api/history", params={"before": before})
    assert (answer.status, (await answer.json())["error"]) == (400, "web.malformed")
