"""Asking for updates: nothing is confirmed before it is committed, and nothing stops the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import Bubble, Choice, Incoming, Unavailable
from bot.channels.telegram import Telegram, listen
from tests.telegram.ledger import Ledger
from tests.telegram.strict import Fault, Strict

MOMENT = timedelta(milliseconds=10)


@asynccontextmanager
async def listening(channel: Telegram, receive: Any, **more: Any) -> AsyncIterator[asyncio.Task[None]]:
    options = {"wait": timedelta(seconds=5), "first_pause": MOMENT, **more}
    task = asyncio.create_task(listen(channel, receive, **options))
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def offsets(strict: Strict) -> list[int | None]:
    return [call.arguments.get("offset") for call in strict.calls if call.method == "getupdates"]


async def test_updates_are_confirmed_after_they_are_committed(strict: Strict, channel: Telegram) -> None:
    ledger = Ledger()
    strict.says(7, "一")
    last = strict.says(7, "二")
    async with listening(channel, ledger):
        await strict.until(lambda: not strict.delivery.pending)
        strict.says(7, "三")  # arrives in the middle of a long poll
        await strict.until(lambda: len(ledger.kept) == 3 and not strict.delivery.pending)
    assert ledger.texts == ["一", "二", "三"]
    assert offsets(strict)[:2] == [None, last + 1]
    allowed = {tuple(call.arguments["allowed_updates"]) for call in strict.calls if call.method == "getupdates"}
    assert allowed == {("message", "edited_message", "callback_query", "my_chat_member")}


async def test_nothing_is_confirmed_while_the_database_is_away(strict: Strict, channel: Telegram) -> None:
    ledger, pending_when_kept = Ledger(away=2), []
    numbers = [strict.says(7, "一"), strict.says(8, "二"), strict.says(7, "三")]

    async def receive(incoming: Incoming) -> bool:
        kept = await ledger(incoming)
        pending_when_kept.append(sorted(strict.delivery.pending))
        return kept

    async with listening(channel, receive):
        await strict.until(lambda: not strict.delivery.pending)
    assert sorted(text or "" for text in ledger.texts) == ["一", "三", "二"]
    assert all(pending == numbers for pending in pending_when_kept)


async def test_a_committed_neighbour_comes_again_and_is_known(strict: Strict, channel: Telegram) -> None:
    ledger = Ledger()
    failed: set[str] = set()
    strict.says(7, "一")
    strict.says(8, "二")

    async def receive(incoming: Incoming) -> bool:
        if incoming.address == "8" and not failed:
            failed.add(incoming.external_id)
            raise Unavailable
        return await ledger(incoming)

    async with listening(channel, receive):
        await strict.until(lambda: not strict.delivery.pending)
    assert ledger.texts == ["一", "二"] and len(ledger.seen_again) == 1


@pytest.mark.parametrize("numbered", [True, False])
async def test_a_malformed_update_never_stops_the_rest(strict: Strict, channel: Telegram, numbered: bool) -> None:
    ledger = Ledger()
    strict.push({"message": {"message_id": "?"}}, numbered=numbered)
    strict.says(7, "还在吗")
    async with listening(channel, ledger):
        await strict.until(lambda: not strict.delivery.pending)
    unreadable, good = ledger.kept.values()
    assert (unreadable.kind, unreadable.address, good.text) == ("unreadable", "", "还在吗")


async def test_an_update_without_any_number_does_not_make_us_ask_without_rest(
    strict: Strict, channel: Telegram
) -> None:
    ledger = Ledger()
    strict.push({"message": 1}, numbered=False)
    async with listening(channel, ledger, first_pause=timedelta(milliseconds=100)):
        await asyncio.sleep(0.35)
    assert len(ledger.kept) == 1 and 2 <= len(offsets(strict)) <= 5


async def test_a_server_that_does_not_wait_is_not_asked_without_rest(strict: Strict, channel: Telegram) -> None:
    async with listening(channel, Ledger(), wait=timedelta(0)):
        await asyncio.sleep(0.5)
    assert 2 <= len(offsets(strict)) <= 4


async def test_each_chat_is_in_order_and_chats_do_not_wait_for_each_other(strict: Strict, channel: Telegram) -> None:
    running: set[str] = set()
    together, order = 0, []

    async def receive(incoming: Incoming) -> bool:
        nonlocal together
        assert incoming.address not in running
        running.add(incoming.address)
        together = max(together, len(running))
        await asyncio.sleep(0.01)
        order.append((incoming.address, incoming.text))
        running.discard(incoming.address)
        return True

    for number in range(4):
        for chat in range(1, 7):
            strict.says(chat, str(number))
    async with listening(channel, receive, at_once=3):
        await strict.until(lambda: len(order) == 24)
    assert together == 3
    for chat in range(1, 7):
        assert [text for address, text in order if address == str(chat)] == ["0", "1", "2", "3"]


TROUBLES: dict[str, Callable[[Strict], None]] = {
    "bad gateway": lambda strict: strict.fail("getUpdates", Fault("status"), 2),
    "reset with the answer lost": lambda strict: strict.fail("getUpdates", Fault("reset", accepted=True), 2),
    "flood": lambda strict: strict.fail("getUpdates", Fault("flood", retry_after=1)),
    "garbage": lambda strict: strict.fail("getUpdates", Fault("garbage"), 2),
}


@pytest.mark.parametrize("what", sorted(TROUBLES))
async def test_trouble_with_telegram_passes(strict: Strict, channel: Telegram, what: str) -> None:
    ledger = Ledger()
    TROUBLES[what](strict)
    strict.says(7, "一")
    with capture_logs() as logs:
        async with listening(channel, ledger):
            await strict.until(lambda: not strict.delivery.pending)
    assert ledger.texts == ["一"] and logs[0]["event"] == "telegram.pause"


async def test_another_poller_or_a_webhook_only_makes_us_wait(strict: Strict, channel: Telegram) -> None:
    ledger = Ledger()
    await channel.bot.set_webhook("http://127.0.0.1:9/")
    with capture_logs() as logs:
        async with listening(channel, ledger):
            await strict.until(lambda: any(log.get("error") == "Conflict" for log in logs))
            await channel.bot.delete_webhook()
            strict.says(7, "一")
            await strict.until(lambda: ledger.texts == ["一"])


async def test_an_offset_is_not_sent_again_once_answered(strict: Strict, channel: Telegram) -> None:
    ledger = Ledger()
    strict.says(7, "一")
    async with listening(channel, ledger, wait=timedelta(seconds=1)):
        await strict.until(lambda: len(offsets(strict)) >= 3, timeout=6)
        strict._ids["update"] = 5  # a week of silence later, ids start anew anywhere
        strict.says(7, "二")
        await strict.until(lambda: ledger.texts == ["一", "二"])
    assert [offset is None for offset in offsets(strict)[:3]] == [True, False, True]


async def test_a_pressed_button_is_acknowledged_after_the_commit(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", Bubble(3, "?", (Choice("3:turned_back", "劝返"),)))
    at_commit: list[tuple[bool, list[str]]] = []

    async def receive(incoming: Incoming) -> bool:
        await asyncio.sleep(0.05)
        at_commit.append((incoming.pressed is not None, list(strict.acknowledged)))
        return True

    async with listening(channel, receive):
        strict.presses(7, "劝返")
        await strict.until(lambda: strict.acknowledged)
    assert at_commit == [(True, [])]


async def test_a_bug_in_the_turn_ends_the_loop_for_all_to_see(strict: Strict, channel: Telegram) -> None:
    async def receive(incoming: Incoming) -> bool:
        raise ZeroDivisionError if incoming.text == "bug" else Unavailable

    strict.says(7, "away")
    strict.says(8, "bug")
    async with listening(channel, receive) as task:
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(task, 5)
    assert len(strict.delivery.pending) == 2


async def test_it_stops_cleanly_in_the_middle_of_anything(strict: Strict, channel: Telegram) -> None:
    entered = asyncio.Event()

    async def receive(_: Incoming) -> bool:
        entered.set()
        await asyncio.sleep(60)
        return True

    before = asyncio.all_tasks()
    strict.says(7, "一")
    async with listening(channel, receive):
        await asyncio.wait_for(entered.wait(), 5)
    async with listening(channel, receive):
        await asyncio.sleep(0.02)
    mine = {task for task in asyncio.all_tasks() - before if "listen" in repr(task) or "play" in repr(task)}
    assert not mine and len(strict.delivery.pending) == 1
