"""Pictures beside our words: their reader sees them, nobody else does, and what cannot be drawn leaves the words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from locales.words import say
from storage.models import Outbox
from tests.support import photo
from tests.web.conftest import Client
from tests.web.house import House

PASS = {"kind": "pass", "pass": 30}


async def draw(_tx: Any, picture: Mapping[str, Any], language: str, _now: datetime) -> bytes | None:
    match picture["kind"]:
        case "pass":
            return photo.png(len(language), 64)
        case "away":
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        case "faulty":
            raise ZeroDivisionError
    return None


@pytest_asyncio.fixture
async def driver(house: House) -> AsyncIterator[Client]:
    """A client whose house can draw."""
    house.draw = draw
    async with TestClient(TestServer(house.app())) as client:
        assert (await client.post("/api/session")).status == 204
        await client.post("/api/messages", json={"id": "first-0001", "text": "我的通行证"})
        await bubbles(client, 1)
        yield client


async def bubbles(client: Client, count: int) -> list[dict[str, Any]]:
    """Our bubbles, once there are so many."""
    for _ in range(300):
        page = await (await client.get("/api/history")).json()
        ours = [bubble for bubble in page["bubbles"] if bubble["from"] == "us"]
        if len(ours) >= count:
            return ours
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited in vain for {count} bubbles")


async def shown(house: House, client: Client, picture: dict[str, Any] | None = None) -> dict[str, Any]:
    """A bubble with this picture, as the browser has it."""
    address = await addressed(house)
    before = len(await bubbles(client, 0))
    await house.tell(address, say("web.page.start"), picture=picture)
    return (await bubbles(client, before + 1))[-1]


async def addressed(house: House) -> str:
    async with house.db.read() as tx:
        return (await tx.get_one(Outbox, 1)).address


async def test_a_bubble_names_its_picture_and_its_reader_sees_it(house: House, driver: Client) -> None:
    bubble = await shown(house, driver, PASS)
    assert bubble["picture"] == f"/api/pictures/{bubble['id']}"
    answer = await driver.get(bubble["picture"])
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert await answer.read() == photo.png(len("zh_CN"), 64), "in the language of the talk"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = await driver.get(bubble["picture"], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert "picture" not in await shown(house, driver)
    async with TestClient(TestServer(house.app())) as other:
        assert (await other.get(bubble["picture"])).status == 401
        await other.post("/api/session")
        assert (await other.get(bubble["picture"])).status == 404


@pytest.mark.parametrize(("kind", "status"), [("unknown", 404), ("faulty", 404), ("away", 503)])
async def test_what_cannot_be_drawn(house: House, driver: Client, kind: str, status: int) -> None:
    bubble = await shown(house, driver, {"kind": kind})
    answer = await driver.get(bubble["picture"])
    assert answer.status == status
    assert (await answer.json())["message"]


async def test_what_is_not_there_or_not_said_yet(house: House, driver: Client) -> None:
    bubble = await shown(house, driver, PASS)
    for row in (bubble["id"] - 1, bubble["id"] + 1, 10**17):
        assert (await driver.get(f"/api/pictures/{row}")).status == 404
    async with house.db.write() as tx:
        await tx.execute(update(Outbox).where(col(Outbox.id) == bubble["id"]).values(status="dead"))
    assert (await driver.get(bubble["picture"])).status == 404
