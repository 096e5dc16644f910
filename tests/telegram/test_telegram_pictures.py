"""Pictures that leave by Telegram: beside the words where they fit, ahead of them where not, never instead of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import Bubble, Choice, Gone, Later, Unknown
from bot.channels.telegram import Telegram
from tests.support import photo
from tests.telegram.conftest import of
from tests.telegram.strict import Fault, Strict

PASS = photo.png(9, 64)
BUTTONS = (Choice("/renew abc", "续办"), Choice("/mypasses abc", "查看"))


def bubble(text: str = "通行证办好了", content: bytes | None = PASS, **more: Any) -> Bubble:
    return Bubble(3, text, BUTTONS, picture=of(content), **more)


def shown(strict: Strict) -> list[tuple[bool, str, bool]]:
    """Each message: whether it has a photo, its words, whether it has buttons."""
    return [(m.photo is not None, m.text, bool(m.markup)) for m in strict.sent]


async def test_words_stand_beside_the_picture(strict: Strict, channel: Telegram) -> None:
    message = await channel.send("7", bubble())
    assert shown(strict) == [(True, "通行证办好了", True)]
    assert (strict.sent[0].photo, message) == (PASS, str(strict.sent[0].message_id))
    assert strict.sent[0].buttons == {"续办": "/renew abc", "查看": "/mypasses abc"}
    assert "parse_mode" not in strict.calls[-1].arguments


async def test_the_longest_caption_and_one_character_more(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble("路" * 1024))
    await channel.send("7", bubble("路" * 1025))
    assert shown(strict) == [(True, "路" * 1024, True), (True, "", False), (False, "路" * 1025, True)]


async def test_without_a_picture_the_words_go_alone(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble(content=None))
    assert shown(strict) == [(False, "通行证办好了", True)]


@pytest.mark.parametrize("text", ["短", "长" * 2000])
async def test_a_picture_that_telegram_refuses_costs_nobody_the_words(
    strict: Strict, channel: Telegram, text: str
) -> None:
    with capture_logs() as logs:
        await channel.send("7", bubble(text, b"no picture at all"))
    assert shown(strict) == [(False, text, True)]
    assert [log["event"] for log in logs] == ["telegram.photo_refused"]


async def test_a_position_is_asked_for_under_a_picture_too(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble(wants=frozenset({"position"})))
    assert strict.sent[0].photo and strict.sent[0].markup["keyboard"][0][0]["request_location"]


async def test_who_blocked_us_is_gone_and_a_flood_waits(strict: Strict, channel: Telegram) -> None:
    strict.fail("sendPhoto", Fault("flood", retry_after=9))
    with pytest.raises(Later):
        await channel.send("7", bubble())
    strict.blocked.add(7)
    with pytest.raises(Gone):
        await channel.send("7", bubble())
    assert not strict.sent


async def test_what_was_shown_before_an_error_is_not_shown_again(strict: Strict, channel: Telegram) -> None:
    long = bubble("甲" * 4096 + "\n" + "乙")
    strict.fail("sendMessage", Fault("flood"), after=1)
    with pytest.raises(Later):
        await channel.send("7", long)
    await channel.send("7", long)
    assert [(pictured, text[:1]) for pictured, text, _ in shown(strict)] == [(True, ""), (False, "甲"), (False, "乙")]


async def test_an_answer_that_was_lost_is_an_unknown_outcome(strict: Strict, channel: Telegram) -> None:
    strict.fail("sendPhoto", Fault("reset", accepted=True))
    with pytest.raises(Unknown):
        await channel.send("7", bubble())
    async with asyncio.timeout(5):
        await channel.send("7", bubble())
    assert len(strict.sent) == 2  # at least once, as for words
