from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from handlers.staff import listeners
from hotline import tickets
from storage import staff as people
from storage.models import Message, TicketEvent
from tests.staff.desk import Browser, Desk

STREAM = {"Accept": "text/event-stream"}


@asynccontextmanager
async def listening(browser: Browser) -> AsyncIterator[Any]:
    async with browser.client.get("/staff/live", headers=STREAM) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        assert await block(answer) == ["retry: 3000"]
        yield answer


async def block(answer: Any) -> list[str]:
    """The next lines up to an empty one."""
    lines: list[str] = []
    async with asyncio.timeout(8):
        while line := (await answer.content.readline()).decode().strip():
            lines.append(line)
    return lines


async def test_a_browser_hears_of_each_change_when_it_is_committed(desk: Desk, clerk: Browser) -> None:
    async with listening(clerk) as answer:
        ticket = await desk.report()
        assert await block(answer) == ["event: tickets", "data: 1"]
        async with desk.db.write() as tx:
            member = await people.by_login(tx, "wang")
            assert member is not None
            await tickets.take(tx, ticket.id or 0, member, desk.clock())
        assert await block(answer) == ["event: tickets", "data: 2"]


async def test_a_change_by_another_process_is_seen_without_a_call(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "LOOK", 0.05)
    ticket = await desk.report()
    async with listening(clerk) as answer:
        async with desk.db.write() as tx:
            tx.add(Message(ticket_id=ticket.id or 0, direction="note", text="x", at=desk.clock()))
            event = {"ticket_id": ticket.id or 0, "contact_id": 1, "kind": "noted", "actor": "staff:1", "facts": {}}
            tx.add(TicketEvent(**event, at=desk.clock()))
        while (heard := await block(answer)) == [": here"]:
            pass
        assert heard == ["event: tickets", "data: 2"]


@pytest.mark.parametrize("how", ["disabled", "over"])
async def test_the_stream_ends_with_the_session(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(listeners, "LOOK", 0.05)
    async with listening(clerk) as answer:
        if how == "over":
            desk.clock.pass_(hours=12)
        else:
            async with desk.db.write() as tx:
                member = await people.by_login(tx, "li")
                assert member is not None
                await people.disable(tx, member, desk.clock())
        while (heard := await block(answer)) == [": here"]:
            pass
        assert heard == ["event: over", "data: {}"]
        assert await answer.content.read() == b""


async def test_a_house_that_closes_waits_for_no_browser(desk: Desk, clerk: Browser) -> None:
    async with listening(clerk) as answer:
        async with asyncio.timeout(4):
            await desk.server.close()
        assert await answer.content.read() == b""
