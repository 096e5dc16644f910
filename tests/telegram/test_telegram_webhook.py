"""Where Telegram brings updates: strangers are turned away unread, and 200 means committed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels import Bubble, Choice, Incoming
from bot.channels.telegram import Telegram, routes
from tests.telegram.ledger import Ledger
from tests.telegram.strict import Strict

SECRET = "an-invented_secret-1"
KNOWN = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE: dict[str, Any] = {
    "update_id": 880102,
    "message": {"message_id": 2, "date": 1763700000, "chat": {"id": 7, "type": "private"}, "text": "您好"},
}
PRESSED: dict[str, Any] = {
    "update_id": 880103,
    "callback_query": {
        "id": "3006",
        "from": {"id": 7, "is_bot": False, "first_name": "x"},
        "chat_instance": "1",
        "message": {"message_id": 2, "date": 0, "chat": {"id": 7, "type": "private"}},
        "data": "3:turned_back",
    },
}


@asynccontextmanager
async def door(
    receive: Callable[[Incoming], Awaitable[bool]], account: str = "main"
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(client_max_size=50 * 2**20)
    app.add_routes(routes(Telegram(account, "1:invented"), receive, SECRET))
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_a_committed_update_is_answered_with_an_empty_200() -> None:
    ledger = Ledger()
    async with door(ledger) as client:
        for _ in range(2):  # the second is a redelivery
            answer = await client.post("/telegram/main", json=UPDATE, headers=KNOWN)
            assert (answer.status, await answer.read()) == (200, b"")
    assert ledger.texts == ["您好"] and ledger.seen_again == ["880102"]
    assert next(iter(ledger.kept.values())).raw == UPDATE


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET[:-1], SECRET + "1", "密"])
async def test_strangers_are_turned_away_before_anything_is_read(given: str | None) -> None:
    ledger = Ledger()
    headers = {} if given is None else {"X-Telegram-Bot-Api-Secret-Token": given}
    async with door(ledger) as client:
        assert (await client.post("/telegram/main", json=UPDATE, headers=headers)).status == 401
        assert (await client.post("/telegram/main", data=b"not even JSON", headers=headers)).status == 401
    assert not ledger.kept


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"null", b"\xff", b"[" * 100_000])
async def test_what_is_no_update_is_refused_and_not_stored(body: bytes) -> None:
    ledger = Ledger()
    async with door(ledger) as client:
        assert (await client.post("/telegram/main", data=body, headers=KNOWN)).status == 400
    assert not ledger.kept


@pytest.mark.parametrize("told", [True, False])
async def test_too_much_is_refused_whether_it_is_announced_or_not(told: bool) -> None:
    ledger = Ledger()
    large = json.dumps({**UPDATE, "padding": "x" * 1_000_001}).encode()

    async def trickle() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 100_000):
            yield large[start : start + 100_000]

    async with door(ledger) as client:
        answer = await client.post("/telegram/main", data=large if told else trickle(), headers=KNOWN)
        assert answer.status == 413
    assert not ledger.kept


async def test_an_unreadable_update_is_kept_so_that_it_does_not_come_for_ever() -> None:
    ledger = Ledger()
    async with door(ledger) as client:
        answer = await client.post("/telegram/main", json={"update_id": 1, "message": 5}, headers=KNOWN)
        assert answer.status == 200
        assert (await client.post("/telegram/main", json={"update_id": 2, "poll": {}}, headers=KNOWN)).status == 200
    assert [incoming.kind for incoming in ledger.kept.values()] == ["unreadable", "unreadable"]


async def test_while_the_database_is_away_telegram_is_asked_to_come_again() -> None:
    ledger = Ledger(away=1)
    async with door(ledger) as client:
        answer = await client.post("/telegram/main", json=UPDATE, headers=KNOWN)
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
        assert (await client.post("/telegram/main", json=UPDATE, headers=KNOWN)).status == 200
    assert ledger.texts == ["您好"]


async def test_a_pressed_button_is_acknowledged_in_the_answer_itself() -> None:
    async with door(Ledger()) as client:
        answer = await client.post("/telegram/main", json=PRESSED, headers=KNOWN)
        assert await answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "3006"}


async def test_an_account_has_its_own_address() -> None:
    async with door(Ledger(), account="吉林 二号") as client:
        assert (await client.post("/telegram/吉林 二号", json=UPDATE, headers=KNOWN)).status == 200
        assert (await client.post("/telegram/main", json=UPDATE, headers=KNOWN)).status == 404


def test_routes_need_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        routes(Telegram("main", "1:invented"), Ledger(), "")


async def test_telegram_brings_each_chat_in_order_until_all_is_taken(strict: Strict) -> None:
    ledger = Ledger(away=3)
    async with door(ledger) as client:
        hook = str(client.make_url("/telegram/main"))
        channel = Telegram("main", strict.token, strict.base, webhook_url=hook, secret=SECRET)
        await channel.start()
        await channel.send("7", Bubble(3, "?", (Choice("3:turned_back", "劝返"),)))
        for word in "一二三":
            strict.says(7, word)
        strict.presses(7, "劝返")
        await strict.until(lambda: not strict.delivery.pending)
        await channel.close()
    assert [text for text in ledger.texts if text] == ["一", "二", "三"]
    assert [status for _, status in strict.delivery.attempts].count(503) == 3
    assert len(strict.acknowledged) == 1
    assert not [call for call in strict.calls if call.method == "answerCallbackQuery"]


async def test_an_error_of_the_turn_is_not_hidden() -> None:
    async def receive(_: Incoming) -> bool:
        raise ZeroDivisionError

    async with door(receive) as client:
        assert (await client.post("/telegram/main", json=UPDATE, headers=KNOWN)).status == 500
