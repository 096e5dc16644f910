"""`kill -9` in the middle of everything: no message is lost or played twice, no reply is lost, few are said twice."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

from storage.database import Database
from tests.durability.reports import Drivers, assert_each_once, in_flight, sends, settings, until_all_is_said
from tests.support.process import Running, free_port, running
from tests.telegram.strict import Fault, Strict

CHATS = 120
STREAM = 6.0
"""Seconds over which the chats write their 240 messages: at each kill more of them wait than were answered."""

KILLS = 5
PATIENCE = 120.0
"""Seconds within which any machine sends one message."""


async def test_nothing_is_lost_or_done_twice(database_url: str, db: Database, tmp_path: Path) -> None:
    chance = random.Random(2026)
    flights: list[set[int]] = []
    async with Strict(paced=True, second=0.2) as telegram:
        drivers, house_settings = Drivers(telegram), settings(telegram, database_url, free_port())
        streaming = asyncio.create_task(_stream(drivers))
        for number in range(KILLS):
            async with running(tmp_path, **house_settings) as house:
                await asyncio.sleep(chance.uniform(0.3, 1.5))
                if number % 2:
                    await _a_send_without_answer(telegram)
                flights.append(await _kill(house, db))
            for taken in chance.sample(drivers.taken(), min(20, len(drivers.taken()))):
                drivers.bring_again(taken)
        async with running(tmp_path, **house_settings):
            await streaming
            await until_all_is_said(db, telegram)
        counted = await sends(db, telegram)
    await assert_each_once(db, drivers, CHATS)
    allowed = {row: 1 + sum(row in flight for flight in flights) for row in counted}
    assert {row: times for row, times in counted.items() if not 1 <= times <= allowed[row]} == {}
    assert sum(counted.values()) > len(counted), "a send that Telegram took and could not confirm is sent again"


async def _stream(drivers: Drivers) -> None:
    for chat in range(1, CHATS + 1):
        drivers.report(chat)
        await asyncio.sleep(STREAM / CHATS)


async def _a_send_without_answer(telegram: Strict) -> None:
    """Wait until Telegram has taken a message and says nothing; a 429 takes no message, so then once more."""
    while True:
        sent, calls = len(telegram.sent), len(telegram.calls)
        telegram.fail("sendMessage", Fault("silence", accepted=True))
        await telegram.until(lambda sent=sent: len(telegram.sent) > sent, PATIENCE)  # type: ignore[misc]
        if all(call.status == 200 for call in telegram.calls[calls:]):
            return


async def _kill(house: Running, db: Database) -> set[int]:
    """End the process as the kernel would; returns the rows that were on their way."""
    killed_at = datetime.now(UTC)
    house.process.kill()
    await house.process.wait()
    await asyncio.sleep(0.3)  # PostgreSQL may still be finishing a commit that was under way
    return await in_flight(db, killed_at)
