"""What leaves by Telegram, what its refusals mean, and how the bot introduces itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import Bubble, Choice, Gone, Later, Rejected, SendError, Unknown
from bot.channels.telegram import COMMANDS, Telegram
from bot.channels.telegram.parse import MOST_PHOTO_BYTES
from locales.words import translate
from tests.telegram.strict import TOKEN, Fault, Strict

SHORT = (Choice("3:turned_back", "劝返"), Choice("3:closed", "收费站关闭"), Choice("3:other", "其他"))
LONG = (Choice("3:a", "要求司机就地隔离十四天"), Choice("3:b", "劝返"))


def bubble(text: str = "您好", row: int = 3, **more: Any) -> Bubble:
    return Bubble(row, text, **more)


def rows(strict: Strict, kind: str = "inline_keyboard") -> list[list[str]]:
    return [[button["text"] for button in row] for row in strict.sent[-1].markup[kind]]


async def test_words_arrive_plain_and_without_previews(strict: Strict, channel: Telegram) -> None:
    message_id = await channel.send("7", bubble("<b>*G12*</b> https://example.org"))
    assert (strict.said(7), message_id) == (["<b>*G12*</b> https://example.org"], str(strict.sent[-1].message_id))
    arguments = strict.calls[-1].arguments
    assert "parse_mode" not in arguments and "reply_markup" not in arguments
    assert arguments["link_preview_options"] == {"is_disabled": True}


async def test_short_choices_stand_in_two_columns_long_ones_in_one(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble(choices=SHORT))
    assert rows(strict) == [["劝返", "收费站关闭"], ["其他"]]
    assert strict.sent[-1].buttons["劝返"] == "3:turned_back"
    await channel.send("7", bubble(choices=LONG))
    assert rows(strict) == [["要求司机就地隔离十四天"], ["劝返"]]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_wanted_place_can_be_sent_by_the_phone(strict: Strict, channel: Telegram, language: str) -> None:
    back = (Choice("/back", "返回"), Choice("/cancel", "取消"))
    await channel.send("7", bubble("在哪里？", choices=back, wants=frozenset({"position"}), language=language))
    where = translate(language, "telegram.position")
    assert rows(strict, "keyboard") == [[where], ["返回", "取消"]]
    markup = strict.sent[-1].markup
    assert markup["keyboard"][0][0]["request_location"] is True
    assert markup["one_time_keyboard"] and markup["resize_keyboard"]


async def test_long_words_are_cut_at_line_ends_and_the_buttons_come_last(strict: Strict, channel: Telegram) -> None:
    lines = [f"{number:04d} " + "路" * 95 for number in range(100)]
    message_id = await channel.send("7", bubble("\n".join(lines), choices=SHORT))
    assert [line for text in strict.said(7) for line in text.split("\n")] == lines
    assert [bool(message.markup) for message in strict.sent] == [False, False, True]
    assert message_id == str(strict.sent[-1].message_id)


async def test_one_endless_line_is_cut_where_it_must_be(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble("😀" * 5000 + "\n" * 5000))
    assert [len(text) for text in strict.said(7)] == [4096, 904]


async def test_a_long_bubble_goes_on_where_it_was_stopped(strict: Strict, channel: Telegram) -> None:
    long = bubble("甲" * 4096 + "\n" + "乙" * 4096 + "\n丙", choices=SHORT)
    strict.fail("sendMessage", Fault("flood"), after=1)
    strict.fail("sendMessage", Fault("silence"))
    with pytest.raises(Later):
        await channel.send("7", long)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):  # as the sender gives a send up
            await channel.send("7", long)
    await channel.send("7", long)
    assert [text[0] for text in strict.said(7)] == ["甲", "乙", "丙"]


def blocked(strict: Strict) -> None:
    strict.blocked.add(7)


def failing(*faults: Fault) -> Callable[[Strict], None]:
    def set_up(strict: Strict) -> None:
        for fault in faults:
            strict.fail("sendMessage", fault)

    return set_up


def forgotten(strict: Strict) -> None:
    strict.chats.clear()


def token_changed(strict: Strict) -> None:
    strict.token = TOKEN[::-1].replace(":", "x", 1)


REFUSALS: dict[str, tuple[Callable[[Strict], None], type[SendError], timedelta | None, bool]] = {
    "blocked": (blocked, Gone, None, False),
    "chat not found": (forgotten, Gone, None, False),
    "flood": (failing(Fault("flood", retry_after=17)), Later, timedelta(seconds=17), False),
    "bad gateway": (failing(Fault("status", status=502)), Later, timedelta(seconds=5), False),
    "token changed": (token_changed, Later, timedelta(minutes=10), True),
    "reset after it arrived": (failing(Fault("reset", accepted=True)), Unknown, None, False),
    "reset before it arrived": (failing(Fault("reset")), Unknown, None, False),
    "nonsense": (failing(Fault("garbage", accepted=True)), Unknown, None, False),
}


@pytest.mark.parametrize("what", sorted(REFUSALS))
async def test_what_a_refusal_means(strict: Strict, channel: Telegram, what: str) -> None:
    set_up, expected, wait, everyone = REFUSALS[what]
    set_up(strict)
    with capture_logs() as logs, pytest.raises(SendError) as refusal:
        await channel.send("7", bubble("吉A12345"))
    assert type(refusal.value) is expected
    if isinstance(refusal.value, Later):
        assert (refusal.value.wait, refusal.value.everyone) == (wait, everyone)
    assert "吉A12345" not in f"{refusal.value} {logs}" and TOKEN not in f"{refusal.value} {logs}"


async def test_silence_is_an_unknown_outcome(strict: Strict) -> None:
    channel = Telegram("main", strict.token, strict.base)
    channel._request._read = 0.2
    await channel.start()
    strict.fail("sendMessage", Fault("silence", accepted=True))
    with pytest.raises(Unknown):
        await channel.send("7", bubble())
    assert len(strict.sent) == 1
    await channel.close()


async def test_a_server_that_is_not_there_holds_up_everyone() -> None:
    async with Strict() as strict:
        channel = Telegram("main", strict.token, strict.base)
        await channel.start()
    await asyncio.sleep(0.05)  # until the connection that was kept open is seen to be closed
    with pytest.raises(Later) as refusal:
        await channel.send("7", bubble())
    assert refusal.value.everyone
    await channel.close()


@pytest.mark.parametrize(
    "impossible", [bubble(" "), bubble(choices=(Choice("3:" + "长" * 21, "x"),)), bubble(choices=(Choice("", "x"),))]
)
async def test_what_telegram_will_never_take(strict: Strict, channel: Telegram, impossible: Bubble) -> None:
    with pytest.raises(Rejected) as refusal:
        await channel.send("7", impossible)
    assert type(refusal.value) is Rejected
    assert strict.calls[-1].status == 400 and not strict.sent


async def test_a_photo_is_fetched_by_its_file_id(strict: Strict, channel: Telegram) -> None:
    assert await channel.fetch(strict.keep(b"\xff\xd8 a photo")) == b"\xff\xd8 a photo"


async def test_photos_that_we_do_not_take(strict: Strict, channel: Telegram) -> None:
    said_large, too_large_for_bots = strict.keep(b"x", MOST_PHOTO_BYTES + 1), strict.keep(b"x", 21 * 2**20)
    secretly_large = strict.keep(b"x" * (MOST_PHOTO_BYTES + 1), 5)
    for ref in (said_large, too_large_for_bots, secretly_large, "no-such-file"):
        with pytest.raises(Rejected):
            await channel.fetch(ref)


@pytest.mark.parametrize("fault", [Fault("status", status=404), Fault("status", status=502)])
async def test_a_download_that_failed_is_tried_again(strict: Strict, channel: Telegram, fault: Fault) -> None:
    ref = strict.keep(b"photo")
    strict.fail("file", fault)
    with pytest.raises(Later) as refusal:
        await channel.fetch(ref)
    assert not refusal.value.everyone
    assert await channel.fetch(ref) == b"photo"


async def test_acknowledging_stops_the_spinner_and_never_raises(strict: Strict, channel: Telegram) -> None:
    await channel.send("7", bubble(choices=SHORT))
    number = strict.presses(7, "劝返")
    update = strict.delivery.pending[number]
    await channel.acknowledge(update)
    assert strict.acknowledged == [update["callback_query"]["id"]]
    await channel.acknowledge(update)  # too old by now
    await channel.acknowledge({"callback_query": "nonsense"})
    assert len(strict.acknowledged) == 1


async def test_it_introduces_itself_in_every_language(strict: Strict, channel: Telegram) -> None:
    assert channel.username == strict.username
    assert set(strict.commands) == {"", "zh", "en"}
    assert strict.commands[""] == strict.commands["zh"] != strict.commands["en"]
    names = [command["command"] for command in strict.commands["en"]]
    assert names == list(COMMANDS)
    assert strict.commands["zh"][0]["description"] == translate("zh_CN", "telegram.command.menu")
    assert strict.delivery.url == ""


async def test_a_webhook_is_set_with_its_secret_and_only_the_updates_we_read(strict: Strict) -> None:
    hook = f"{strict.base}/telegram/main"
    channel = Telegram("main", strict.token, strict.base, webhook_url=hook, secret="a-secret_1")
    await channel.start()
    arguments = next(call.arguments for call in strict.calls if call.method == "setWebhook")
    assert (strict.delivery.url, arguments["secret_token"]) == (hook, "a-secret_1")
    assert arguments["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    await channel.close()


def test_a_webhook_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Telegram("main", TOKEN, webhook_url="https://example.org/telegram/main")


async def test_starting_survives_an_absent_telegram_and_goes_on_when_it_is_back(strict: Strict) -> None:
    strict.fail("getMe", Fault("status"), times=2)
    strict.fail("setMyCommands", Fault("garbage"))
    channel = Telegram("main", strict.token, strict.base, first_wait=timedelta(milliseconds=10))
    with capture_logs() as logs:
        await channel.start()
        await strict.until(lambda: set(strict.commands) == {"", "zh", "en"})
        await asyncio.sleep(0.05)
    assert [log["event"] for log in logs] == ["telegram.not_introduced"] * 3 + ["telegram.introduced"]
    await channel.close()


async def test_a_refused_token_is_logged_without_the_token(strict: Strict, caplog: pytest.LogCaptureFixture) -> None:
    wrong = TOKEN.replace("Invented", "Mistaken")
    channel = Telegram("main", wrong, strict.base)
    with capture_logs() as logs:
        await channel.start()
        with pytest.raises(Later):
            await channel.send("7", bubble())
        await channel.close()
    assert [log["event"] for log in logs] == ["telegram.not_introduced", "telegram.token_refused"]
    assert wrong not in f"{logs} {caplog.text} {channel!r}"
