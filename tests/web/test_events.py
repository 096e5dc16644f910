"""GET /api/events: at once, in order, resumable, alive, bounded, and gone at a shutdown."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientTimeout, web
from sqlalchemy import select
from sqlmodel import col

from bot.channels.web import events as events_module
from locales.words import say
from storage.models import NOTICE, Contact, Outbox
from storage.outbox import Owed, owe
from tests.web.conftest import Client
from tests.web.house import House

HELLO = say("web.page.start")


class Heard:
    """A stream as a browser reads it, block by block."""

    def __init__(self, answer: Any):
        self.answer = answer

    async def block(self, seconds: float = 5) -> dict[str, str]:
        """The next block: its fields, or {"": comment}."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            while True:
                line = (await self.answer.content.readline()).decode()
                if not line:
                    raise EOFError
                if line == "\n":
                    return fields
                name, _, value = line.rstrip("\n").partition(":")
                fields[name] = value.strip()

    async def bubble(self) -> dict[str, Any]:
        """The next bubble, heartbeats passed over."""
        while True:
            block = await self.block()
            if "data" in block and "event" not in block:
                return {"cursor": int(block["id"]), **json.loads(block["data"])}


@asynccontextmanager
async def listening(client: Client, cursor: int | None = None, **params: str) -> AsyncIterator[Heard]:
    headers = {"Last-Event-ID": str(cursor)} if cursor is not None else {}
    forever = ClientTimeout(total=None)
    async with client.get("/api/events", params=params, headers=headers, timeout=forever) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        heard = Heard(answer)
        assert await heard.block() == {"retry": "3000"}
        yield heard


async def write(client: Client, name: str) -> None:
    await client.post("/api/messages", json={"id": f"message-{name}", "text": "你好"})


async def address(house: House) -> str:
    async with house.db.read() as tx:
        return (await tx.scalars(select(Contact))).one().address


async def test_a_bubble_comes_at_once(house: House, driver: Client) -> None:
    async with listening(driver) as stream:
        await write(driver, "1")
        bubble = await stream.bubble()
        assert set(bubble) == {"cursor", "id", "text", "choices", "wants", "at"}
        assert bubble["cursor"] == bubble["id"]
        assert bubble["choices"][0]["payload"] == "/blockage"
        began = time.monotonic()
        await house.tell(await address(house), HELLO, choices=[("yes", HELLO)])
        second = await stream.bubble()
        assert time.monotonic() - began < 1, "woken, not polled"
        assert second["choices"] == [{"payload": f"{second['id']}:yes", "label": "开始"}]


async def test_resumes_where_it_stopped(house: House, driver: Client) -> None:
    for name in "123":
        await write(driver, name)
    async with listening(driver) as stream:
        rows = [(await stream.bubble())["id"] for _ in range(3)]
    async with house.db.write() as tx:
        for age, row in enumerate(reversed((await tx.scalars(select(Outbox).order_by(col(Outbox.id)))).all()), 1):
            row.sent_at = house.now() - timedelta(minutes=age)
    async with listening(driver, cursor=rows[0]) as stream:
        assert [(await stream.bubble())["id"] for _ in range(2)] == rows[1:]
    async with listening(driver, after=str(rows[1])) as stream:
        assert (await stream.bubble())["id"] == rows[2]
    async with listening(driver, cursor=rows[2], after="0") as stream:
        await write(driver, "4")
        assert (await stream.bubble())["id"] > rows[2], "Last-Event-ID is the newer of the two"


async def test_a_bubble_sent_late_is_heard_though_newer_ones_were(
    house: House, driver: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "LOOK", 0.1)
    await write(driver, "1")
    async with listening(driver) as stream:
        await stream.bubble()
        async with house.db.write() as tx:
            contact = (await tx.scalars(select(Contact))).one()
            tomorrow = house.now() + timedelta(days=1)
            await owe(tx, [contact], Owed(HELLO, lane=NOTICE, due_at=tomorrow), house.now())
        await write(driver, "2")
        newest = (await stream.bubble())["id"]
        await _send_now(house)
        late = await stream.bubble()
        assert (late["id"] < newest, late["cursor"]) == (True, newest)
    async with listening(driver, cursor=newest) as stream:
        await write(driver, "3")
        again = {(await stream.bubble())["id"], (await stream.bubble())["id"]}
        assert late["id"] in again, "sent after the cursor's own bubble"


async def _send_now(house: House) -> None:
    """What the sender does when the hour has come."""
    async with house.db.write() as tx:
        row = (await tx.scalars(select(Outbox).where(col(Outbox.status) == "queued"))).one()
        row.status, row.said, row.choices_said, row.sent_at = "sent", "notice", [], house.now()


async def test_heartbeat(driver: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "HEARTBEAT", 0.2)
    async with listening(driver) as stream:
        assert [await stream.block(), await stream.block()] == [{"": "beat"}, {"": "beat"}]


async def test_the_sixth_page_takes_the_place_of_the_first(driver: Client) -> None:
    async with listening(driver) as oldest:
        others = [listening(driver) for _ in range(events_module.STREAMS_PER_CONTACT)]
        heard = [await other.__aenter__() for other in others]
        assert await oldest.block() == {"event": "displaced", "data": "{}"}
        with pytest.raises(EOFError):
            await oldest.block()
        await write(driver, "1")
        for stream in heard:
            await stream.bubble()
        for other in others:
            await other.__aexit__(None, None, None)


async def test_shutdown_does_not_wait_for_browsers(house: House) -> None:
    runner = web.AppRunner(house.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    cookie = head.split("Set-Cookie: ")[1].split(";")[0]
    writer.write(f"GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b"retry: 3000\n\n")
    began = time.monotonic()
    await runner.cleanup()
    assert time.monotonic() - began < 2
    writer.close()


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 19, "²"])
async def test_a_cursor_that_is_not_ours(driver: Client, cursor: str) -> None:
    answer = await driver.get("/api/events", params={"after": cursor})
    assert (answer.status, (await answer.json())["error"]) == (400, "web.malformed")


async def test_needs_a_cookie(stranger: Client) -> None:
    assert (await stranger.get("/api/events")).status == 401
