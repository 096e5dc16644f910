"""The stand-in is as strict as it says: what the real server refuses, it refuses."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.telegram.strict import TOKEN, Fault, Strict


async def ask(strict: Strict, method: str, token: str = TOKEN, **arguments: Any) -> tuple[int, dict[str, Any]]:
    async with aiohttp.request("POST", f"{strict.base}/bot{token}/{method}", json=arguments) as answer:
        return answer.status, await answer.json()


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "empty": ("sendMessage", {"text": " \n"}, "message text is empty"),
    "too long": ("sendMessage", {"text": "路" * 4097}, "message is too long"),
    "stranger": ("sendMessage", {"text": "x", "chat_id": 999}, "chat not found"),
    "no chat": ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
    "long data": (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard(callback_data="长" * 22)},
        "BUTTON_DATA_INVALID",
    ),
    "no data": ("sendMessage", {"text": "x", "reply_markup": keyboard()}, "Text buttons are unallowed"),
    "blank button": ("sendMessage", {"text": "x", "reply_markup": keyboard(text=" ", callback_data="1")}, "non-empty"),
    "shouted command": ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "COMMAND_INVALID"),
    "undescribed": ("setMyCommands", {"commands": [{"command": "help", "description": ""}]}, "DESCRIPTION_INVALID"),
    "three letters": ("setMyCommands", {"commands": [], "language_code": "zho"}, "language code"),
    "old query": ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    "no file": ("getFile", {"file_id": "x"}, "invalid file_id"),
    "bad secret": ("setWebhook", {"url": "http://a/", "secret_token": "a b"}, "unallowed characters"),
    "bad url": ("setWebhook", {"url": "a"}, "invalid webhook URL"),
    "no photo": ("sendPhoto", {"photo": "AgACAgIAAx-1"}, "there is no photo in the request"),
    "bad json": ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse"),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_refused(strict: Strict, what: str) -> None:
    method, arguments, words = REFUSED[what]
    status, answer = await ask(strict, method, **{"chat_id": 7, **arguments})
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert words in answer["description"]
    assert not strict.sent


async def test_tokens_and_methods(strict: Strict) -> None:
    assert (await ask(strict, "GETME"))[0] == 200
    assert (await ask(strict, "getMe", token=TOKEN[:-1] + "x"))[0] == 401
    assert (await ask(strict, "getMe", token="short"))[0] == 404
    assert (await ask(strict, "makeCoffee"))[0] == 404


def upload(content: bytes, caption: str = "") -> aiohttp.FormData:
    form = aiohttp.FormData({"chat_id": "7", "caption": caption})
    form.add_field("photo", BytesIO(content), filename="x.png")
    return form


def blank(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


PHOTOS_REFUSED: dict[str, tuple[bytes, str, str]] = {
    "too large": (blank(9_999, 2), "", "PHOTO_INVALID_DIMENSIONS"),
    "too long": (blank(210, 10), "", "PHOTO_INVALID_DIMENSIONS"),
    "long caption": (blank(90, 90), "路" * 1025, "message caption is too long"),
    "no picture": (b"no picture", "", "IMAGE_PROCESS_FAILED"),
    "heavy": (bytes(10 * 2**20 + 1), "", "file is too big"),
}


@pytest.mark.parametrize("what", sorted(PHOTOS_REFUSED))
async def test_photos_that_telegram_refuses(strict: Strict, what: str) -> None:
    content, caption, words = PHOTOS_REFUSED[what]
    address = f"{strict.base}/bot{TOKEN}/sendPhoto"
    async with aiohttp.request("POST", address, data=upload(content, caption)) as answer:
        assert (answer.status, words in (await answer.json())["description"]) == (400, True)
    async with aiohttp.request("POST", address, data=upload(blank(200, 10), "路" * 1024)) as answer:
        assert answer.status == 200
    assert [(m.text, len(m.photo or b"")) for m in strict.sent] == [("路" * 1024, len(blank(200, 10)))]


async def test_the_longest_words_and_data_pass(strict: Strict) -> None:
    markup = json.dumps(keyboard(callback_data="1" * 64))
    assert (await ask(strict, "sendMessage", chat_id="7", text="😀" * 4096, reply_markup=markup))[0] == 200
    assert strict.sent[-1].buttons == {"x": "1" * 64}


async def test_who_is_too_fast_is_told_how_long_to_wait(strict: Strict) -> None:
    strict.paced = True
    strict.chats.update(range(100, 140))
    answers = [await ask(strict, "sendMessage", chat_id=7, text="x") for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[3][1]["parameters"] == {"retry_after": 1}
    statuses = [(await ask(strict, "sendMessage", chat_id=chat, text="x"))[0] for chat in range(100, 140)]
    assert 27 <= statuses.count(200) < 40


async def test_an_offset_confirms_and_a_second_asker_wins(strict: Strict) -> None:
    first, second = strict.says(7, "一"), strict.says(7, "二")
    assert len((await ask(strict, "getUpdates"))[1]["result"]) == 2
    assert len((await ask(strict, "getUpdates", limit=1))[1]["result"]) == 1
    (left,) = (await ask(strict, "getUpdates", offset=first + 1))[1]["result"]
    assert left["update_id"] == second
    slow = asyncio.create_task(ask(strict, "getUpdates", offset=second + 1, timeout=30))
    await asyncio.sleep(0.05)
    assert (await ask(strict, "getUpdates", timeout=0))[0] == 200
    assert (await slow)[0] == 409


async def test_a_fault_happens_once_before_or_after_the_deed(strict: Strict) -> None:
    strict.fail("sendMessage", Fault("flood", retry_after=9))
    assert (await ask(strict, "sendMessage", chat_id=7, text="x"))[1]["parameters"] == {"retry_after": 9}
    assert not strict.sent
    strict.fail("sendMessage", Fault("reset", accepted=True))
    with pytest.raises(aiohttp.ClientError):
        await ask(strict, "sendMessage", chat_id=7, text="x")
    assert len(strict.sent) == 1
    assert (await ask(strict, "sendMessage", chat_id=7, text="x"))[0] == 200


async def test_kinds_that_were_not_asked_for_are_not_kept(strict: Strict) -> None:
    await ask(strict, "getUpdates", allowed_updates=["callback_query"])
    strict.says(7, "x")
    assert not strict.delivery.pending
