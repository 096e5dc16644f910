"""Our channel against a Telegram that we did not write: the npm package telegram-test-api."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels import Bubble, Choice, Incoming, Position, Pressed
from bot.channels.telegram import Telegram, listen, routes
from tests.support import photo
from tests.telegram.conftest import of
from tests.telegram.emulator import Emulator
from tests.telegram.ledger import Ledger

SECRET = "an-invented_secret-2"
QUESTION = Bubble(12, "遇到了什么情况？", (Choice("12:turned_back", "劝返"), Choice("12:closed", "收费站关闭")))
_tokens = count(1)


@pytest.fixture
def token() -> str:
    """A bot of its own for each test, since the emulator outlives them."""
    return f"{next(_tokens)}:invented"


@pytest.fixture
async def channel(emulator: Emulator, token: str) -> AsyncIterator[Telegram]:
    channel = Telegram("main", token, emulator.base)
    await channel.start()
    yield channel
    await channel.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def arrived(ledger: Ledger) -> list[Incoming]:
    return list(ledger.kept.values())


async def test_it_learns_its_name_and_says_a_question(emulator: Emulator, channel: Telegram, token: str) -> None:
    assert channel.username == "TestNameBot"
    assert int(await channel.send("7", QUESTION)) > 0
    (message,) = await emulator.said(token, 7)
    assert message["text"] == QUESTION.text
    buttons = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
    assert {button["callback_data"]: button["text"] for button in buttons} == {
        "12:turned_back": "劝返",
        "12:closed": "收费站关闭",
    }


async def test_a_picture_with_its_words_and_buttons(emulator: Emulator, channel: Telegram, token: str) -> None:
    drawn = photo.png(3)
    bubble = replace(QUESTION, picture=of(drawn))
    assert int(await channel.send("7", bubble)) > 0
    (message,) = await emulator.said(token, 7)
    assert (message["caption"], message["photo"][0]["file_size"]) == (QUESTION.text, len(drawn))
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "12:turned_back"
    await channel.send("7", replace(bubble, text="路" * 1025))
    assert [sorted(m.keys() & {"photo", "text"}) for m in await emulator.said(token, 7)] == [["photo"], ["text"]]


async def test_by_polling(emulator: Emulator, channel: Telegram, token: str) -> None:
    ledger = Ledger(away=1)
    task = asyncio.create_task(listen(channel, ledger, first_pause=timedelta(milliseconds=10)))
    await emulator.says(token, 7, "/start")
    await emulator.shares(token, 7, 43.88, 125.32)
    await emulator.presses(token, 7, "12:turned_back")
    await until(lambda: len(ledger.kept) == 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    start, place, press = arrived(ledger)
    assert (start.text, start.address, start.language) == ("/start", "7", "zh-hans")
    assert place.position == Position(43.88, 125.32)
    assert press.pressed == Pressed(12, "turned_back")


async def test_by_webhook_with_its_secret_and_after_a_failed_delivery(emulator: Emulator, token: str) -> None:
    ledger, app = Ledger(away=1), web.Application()
    channel = Telegram("main", token, emulator.base)
    app.add_routes(routes(channel, ledger, SECRET))
    async with TestServer(app) as server:
        hook = str(server.make_url("/telegram/main"))
        hooked = Telegram("main", token, emulator.base, webhook_url=hook, secret=SECRET)
        await hooked.start()
        for word in ("一", "二"):
            await emulator.says(token, 7, word)
        await until(lambda: len(ledger.kept) == 2)
        await emulator.presses(token, 7, "12:closed")
        await until(lambda: len(ledger.kept) == 3)
        await hooked.bot.delete_webhook()
        await hooked.close()
    assert ledger.texts == ["一", "二", None]
    assert len({incoming.external_id for incoming in arrived(ledger)}) == 3


async def test_a_failed_delivery_never_kills_the_emulator_nor_loses_the_message(
    emulator: Emulator, channel: Telegram, token: str
) -> None:
    app = web.Application()
    ledger = Ledger()
    app.add_routes(routes(channel, ledger, SECRET))
    async with TestServer(app) as server:
        await channel.bot.set_webhook(str(server.make_url("/telegram/main")), secret_token="mistaken")
        await emulator.says(token, 7, "一")
        await asyncio.sleep(0.3)
        assert not ledger.kept
        await channel.bot.delete_webhook()
    task = asyncio.create_task(listen(channel, ledger))
    await until(lambda: ledger.texts == ["一"])  # what no webhook took waits for whoever asks
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
