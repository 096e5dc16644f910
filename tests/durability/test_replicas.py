"""Two processes on one PostgreSQL serve the same bot: whatever reaches both is done by one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from storage.database import Database
from tests.durability.reports import SECRET, Drivers, assert_each_once, sends, settings, until_all_is_said
from tests.support.process import Running, free_port, running
from tests.telegram.strict import Strict

CHATS = 60


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_same_update_at_both_is_one_turn(database_url: str, db: Database, tmp_path: Path) -> None:
    async with Strict(paced=True) as telegram:
        async with (
            running(_made(tmp_path / "one"), **settings(telegram, database_url, free_port())) as one,
            running(_made(tmp_path / "two"), **settings(telegram, database_url, free_port())) as two,
            aiohttp.ClientSession(headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as session,
        ):
            drivers = Drivers(telegram)

            async def at_both(chat: int) -> None:
                for number in drivers.report(chat):  # Telegram itself brings each to the one that started last
                    answers = await asyncio.gather(
                        *(_post(session, house, drivers.updates[number]) for house in (one, two))
                    )
                    assert answers == [200, 200]

            await asyncio.gather(*map(at_both, range(1, CHATS + 1)))
            await until_all_is_said(db, telegram)
        counted = await sends(db, telegram)
    await assert_each_once(db, drivers, CHATS)
    assert set(counted.values()) == {1}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _post(session: aiohttp.ClientSession, house: Running, update: dict[str, object]) -> int:
    async with session.post(f"{house.address}/telegram/main", json=update) as answer:
        return answer.status
