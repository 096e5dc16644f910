"""POST /api/messages: taken once, understood strictly, refused in the caller's language."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.channels import Incoming, Unavailable
from storage.models import Contact, Conversation, Inbox
from tests.web.conftest import Client
from tests.web.house import ACCOUNT, House

ID = "a1b2c3d4-0001"


async def say(client: Client, **parts: Any) -> Any:
    answer = await client.post("/api/messages", json={"id": ID, **parts})
    return answer.status, await answer.json()


async def bubbles(client: Client, at_least: int) -> list[dict[str, Any]]:
    """What we have said, once there are so many bubbles of ours."""
    for _ in range(200):
        ours = [b for b in (await (await client.get("/api/history")).json())["bubbles"] if b["from"] == "us"]
        if len(ours) >= at_least:
            return ours
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited in vain for {at_least} bubbles")


async def test_taken_once(house: House, driver: Client) -> None:
    assert await say(driver, text="你好") == (200, {"accepted": True, "duplicate": False})
    assert await say(driver, text="你好") == (200, {"accepted": True, "duplicate": True})
    async with house.db.read() as tx:
        row = (await tx.scalars(select(Inbox))).one()
    assert (row.channel, row.account, row.external_id, row.raw) == ("web", ACCOUNT, ID, {"id": ID, "text": "你好"})
    assert len(await bubbles(driver, 1)) == 1


async def test_a_conversation_by_button_place_and_photo(house: House, driver: Client, jpeg: bytes) -> None:
    await say(driver, choice="/blockage", label="报告受阻")
    asked = (await bubbles(driver, 1))[-1]
    closed = next(choice for choice in asked["choices"] if choice["payload"].endswith(":toll_closed"))
    await say(driver, id="button-0001", choice=closed["payload"], label=closed["label"])
    assert (await bubbles(driver, 2))[-1]["wants"] == ["position"]
    await say(driver, id="place-00001", position={"latitude": 43.88, "longitude": 125.47, "accuracy": 12.5})
    assert (await bubbles(driver, 3))[-1]["wants"] == ["photos"]
    photo = (await (await driver.post("/api/photos", data={"photo": BytesIO(jpeg)})).json())["photo"]
    await say(driver, id="photo-00001", photos=[photo])
    await bubbles(driver, 4)
    async with house.db.read() as tx:
        standing = (await tx.scalars(select(Conversation))).one()
    assert standing.answers is not None
    assert standing.answers["what"]["value"] == "toll_closed"
    assert standing.answers["where"]["value"] == [43.88, 125.47]
    assert standing.answers["photos"]["value"] == [photo]


async def test_language_of_the_page_becomes_the_contacts(house: House, driver: Client) -> None:
    await driver.get("/?lang=en")
    await say(driver, text="hello")
    async with house.db.read() as tx:
        assert (await tx.scalars(select(Contact))).one().language == "en"
    await say(driver, id="language-01", choice="/language zh_CN", label="中文")
    async with house.db.read() as tx:
        assert (await tx.scalars(select(Contact))).one().language == "zh_CN"


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"label": "alone"},
        {"text": ""},
        {"text": " \n "},
        {"text": 5},
        {"text": "x", "id": "short"},
        {"text": "x", "id": "sp ace-12345"},
        {"text": "x", "id": "x" * 65},
        {"text": "x", "id": 12345678},
        {"choice": "12"},
        {"choice": "x:yes"},
        {"choice": "12:"},
        {"choice": "12:yes", "text": "and words"},
        {"choice": "9" * 201},
        {"position": [1, 2]},
        {"position": {"latitude": 91, "longitude": 0}},
        {"position": {"latitude": 0, "longitude": -180.5}},
        {"position": {"latitude": "43", "longitude": 125}},
        {"position": {"latitude": True, "longitude": 125}},
        {"position": {"latitude": 43}},
        {"position": {"latitude": 43, "longitude": 125, "accuracy": -1}},
        {"position": {"latitude": 10**400, "longitude": 125}},
        {"position": {"latitude": float("nan"), "longitude": 125}},
        {"position": {"latitude": 43, "longitude": 125, "accuracy": float("inf")}},
        {"photos": []},
        {"photos": ["1"]},
        {"photos": [True]},
        {"photos": [0]},
        {"photos": [2**63]},
        {"photos": list(range(1, 11))},
        {"photos": 1},
    ],
)
async def test_malformed(house: House, driver: Client, parts: dict[str, Any]) -> None:
    status, answer = await say(driver, **parts)
    assert (status, answer["error"]) == (400, "web.malformed")
    async with house.db.read() as tx:
        assert (await tx.scalars(select(Inbox))).all() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 60_000])
async def test_no_message_at_all(driver: Client, body: bytes) -> None:
    answer = await driver.post("/api/messages", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["error"]) == (400, "web.malformed")


async def test_too_long_is_said_with_the_limit(driver: Client) -> None:
    assert (await say(driver, text="长" * 2000))[0] == 200
    answer = await driver.post("/api/messages", json={"id": ID, "text": "x" * 2001}, headers={"Accept-Language": "en"})
    assert (answer.status, (await answer.json())["message"].split(";")[0]) == (
        400,
        "One message holds at most 2,000 characters",
    )
    whole = json.dumps({"id": "whole-emoji", "text": "🚛" * 2000})
    assert (await driver.post("/api/messages", data=whole, headers={"Content-Type": "application/json"})).status == 200
    assert (await driver.post("/api/messages", json={"id": ID, "text": "x", "else": "x" * 70_000})).status == 400


async def test_what_no_database_keeps_is_replaced(house: House, driver: Client) -> None:
    body = rb'{"id": "half-an-emoji", "text": "truck \ud83d and nul \u0000"}'
    answer = await driver.post("/api/messages", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 200
    async with house.db.read() as tx:
        assert (await tx.scalars(select(Inbox))).one().raw["text"] == "truck \ufffd and nul \ufffd"


async def test_needs_a_cookie_json_and_our_own_page(stranger: Client) -> None:
    status, answer = await say(stranger, text="hello")
    assert (status, answer["error"]) == (401, "web.no_session")
    await stranger.post("/api/session")
    form = await stranger.post(
        "/api/messages", data=b'{"id":"a1b2c3d4","text":"x"}', headers={"Content-Type": "text/plain"}
    )
    assert (form.status, (await form.json())["error"]) == (415, "web.not_json")
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        foreign = await stranger.post("/api/messages", json={"id": ID, "text": "x"}, headers={"Origin": origin})
        assert (foreign.status, (await foreign.json())["error"]) == (403, "web.foreign")
        assert (await stranger.post("/api/session", headers={"Origin": origin})).status == 403
    ours = str(stranger.make_url("/")).rstrip("/")
    for origin in (ours, "http://127.0.0.1"):
        assert (
            await stranger.post("/api/messages", json={"id": ID, "text": "x"}, headers={"Origin": origin})
        ).status == 200


async def test_database_away_means_try_again(house: House) -> None:
    async def away(_incoming: Incoming) -> bool:
        raise Unavailable

    async with TestClient(TestServer(house.app(away))) as client:
        await client.post("/api/session")
        answer = await client.post("/api/messages", json={"id": ID, "text": "x"})
        assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
        assert (await answer.json())["error"] == "web.unavailable"
