"""What the tests of this channel share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.channels.telegram import Telegram
from tests.telegram.emulator import emulator
from tests.telegram.strict import Strict

__all__ = ["emulator"]


def of(content: bytes | None) -> Callable[[], Awaitable[bytes | None]]:
    """What draws this picture for a bubble."""

    async def draw() -> bytes | None:
        return content

    return draw


@pytest.fixture
async def strict() -> AsyncIterator[Strict]:
    """A strict Telegram in which user 7 has written before; a second of its retries lasts 10 ms."""
    async with Strict(second=0.01) as telegram:
        telegram.chats.add(7)
        yield telegram


@pytest.fixture
async def channel(strict: Strict) -> AsyncIterator[Telegram]:
    """Our channel, started against the strict Telegram."""
    channel = Telegram("main", strict.token, strict.base)
    await channel.start()
    yield channel
    await channel.close()
