"""Asking Telegram for updates, for a bot that Telegram cannot call.

python-telegram-bot's own poller keeps updates in memory and stands still for ever at one that it cannot parse.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.channels import Incoming, Unavailable
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.failures import NONSENSE
from bot.channels.telegram.parse import ALLOWED_UPDATES, callback_id, understand, update_id

log = structlog.get_logger()

Receive = Callable[[Incoming], Awaitable[bool]]
"""Commits one message: True for a new turn, False for one seen already; raises Unavailable when nothing was stored."""

LONGEST_PAUSE = timedelta(minutes=1)
READ_SLACK = 10.0
"""Seconds that the network may add to a long poll before we take the connection for dead."""
BREATH = 0.2
"""Seconds between questions to a server that says "nothing" at once instead of waiting."""


async def listen(
    channel: Telegram,
    receive: Receive,
    *,
    wait: timedelta = timedelta(seconds=50),
    at_once: int = 8,
    first_pause: timedelta = timedelta(seconds=1),
) -> None:
    """Ask until cancelled; a batch is confirmed to Telegram once every update in it is committed.

    Updates of one chat are received in order, those of at most `at_once` chats at the same time. While Telegram or the
    database is away we pause, up to a minute, and ask again; any other error of `receive` ends the loop.
    """
    acknowledging: set[asyncio.Task[None]] = set()

    def acknowledge(update: Any) -> None:
        if callback_id(update) is not None:
            task = asyncio.create_task(channel.acknowledge(update))
            acknowledging.add(task)
            task.add_done_callback(acknowledging.discard)

    offset, pause = None, first_pause
    try:
        while True:
            try:
                updates = await _ask(channel, offset, wait)
            except (TelegramError, *NONSENSE) as away:
                pause = await _rest(channel, away, pause)
                continue
            try:
                await _commit(channel, receive, updates, at_once, acknowledge)
            except Unavailable as away:
                pause = await _rest(channel, away, pause)
                continue
            pause = first_pause
            # An offset is sent only until Telegram has answered it: after a week of silence ids start anew at a random
            # number, and one from before could then confirm what we never saw.
            offset = max((number + 1 for number in map(update_id, updates) if number is not None), default=None)
            if updates and offset is None:  # nothing to confirm them by, so they will come again at once
                await asyncio.sleep(first_pause.total_seconds())
    finally:
        for task in acknowledging:
            task.cancel()
        await asyncio.gather(*acknowledging, return_exceptions=True)


async def _ask(channel: Telegram, offset: int | None, wait: timedelta) -> list[Any]:
    seconds, asked_at = int(wait.total_seconds()), time.monotonic()
    question: dict[str, Any] = {"timeout": seconds, "allowed_updates": ALLOWED_UPDATES}
    if offset is not None:
        question["offset"] = offset
    # In small letters, as the Bot API allows: under the usual spelling PTB warns that it has a method for that.
    updates = await channel.bot.do_api_request("getupdates", question, read_timeout=seconds + READ_SLACK)
    if not isinstance(updates, list):
        raise TypeError("updates that are no list")
    if not updates and time.monotonic() - asked_at < BREATH:
        await asyncio.sleep(BREATH)
    return updates


async def _commit(
    channel: Telegram,
    receive: Receive,
    updates: Sequence[Any],
    at_once: int,
    acknowledge: Callable[[Any], None],
) -> None:
    lines: dict[str, list[Incoming]] = {}
    for update in updates:
        incoming = understand(update, channel.account, username=channel.username)
        if incoming is None:
            acknowledge(update)
        else:
            lines.setdefault(incoming.address, []).append(incoming)
    places = asyncio.Semaphore(at_once)

    async def play(line: Sequence[Incoming]) -> None:
        async with places:
            for incoming in line:
                await receive(incoming)
                acknowledge(incoming.raw)

    # Every line is played to its end, so that no turn is cut short because another chat's failed.
    outcomes = await asyncio.gather(*map(play, lines.values()), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if failures:
        raise min(failures, key=lambda failure: isinstance(failure, Unavailable))


async def _rest(channel: Telegram, away: Exception, pause: timedelta) -> timedelta:
    """Sleep for this pause, or as long as Telegram asks for; returns the next, twice as long."""
    now = pause
    if isinstance(away, RetryAfter):
        asked = away.retry_after
        now = asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
    log.warning("telegram.pause", account=channel.account, error=type(away).__name__, seconds=now.total_seconds())
    await asyncio.sleep(now.total_seconds())
    return min(pause * 2, LONGEST_PAUSE)
