"""python-telegram-bot over aiohttp: what arrives, and which failures say that nothing did."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram import request as transport
from bot.channels.telegram.request import AiohttpRequest, AnswerLost, NeverSent, NeverSentInTime, TooLarge
from tests.telegram.strict import TOKEN, Fault, Strict

ME = {"id": 1, "is_bot": True, "first_name": "x", "username": "y"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", handler)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def bot(base: str, **options: Any) -> Bot:
    request = AiohttpRequest(**options)
    return Bot(TOKEN, f"{base}/bot", f"{base}/file/bot", request=request, get_updates_request=request)


@pytest.fixture
async def reachable(strict: Strict) -> AsyncIterator[Bot]:
    async with bot(strict.base, read_timeout=0.3) as reachable:
        yield reachable


async def test_parameters_arrive_as_they_were_given(strict: Strict, reachable: Bot) -> None:
    message = await reachable.send_message(7, "通行证 😀", disable_notification=True)
    assert message.text == "通行证 😀"
    arguments = strict.calls[-1].arguments
    assert (arguments["chat_id"], arguments["text"], arguments["disable_notification"]) == (7, "通行证 😀", True)


async def test_files_go_as_multipart_and_get_more_time() -> None:
    seen: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        if request.path.endswith("getMe"):
            return web.json_response({"ok": True, "result": ME})
        await asyncio.sleep(0.3)  # longer than the usual time to read
        form = await request.post()
        file = form["document"]
        assert isinstance(file, web.FileField)
        seen.update(kind=request.content_type, chat=form["chat_id"], name=file.filename, content=file.file.read())
        chat = {"id": 7, "type": "private"}
        return web.json_response({"ok": True, "result": {"message_id": 1, "date": 0, "chat": chat}})

    async with serving(take) as base, bot(base, read_timeout=0.2) as sender:
        await sender.send_document(7, b"%PDF", filename="通行证.pdf")
    assert seen == {"kind": "multipart/form-data", "chat": "7", "name": "通行证.pdf", "content": b"%PDF"}


async def silence(request: web.Request) -> web.Response:
    await asyncio.sleep(2)
    return web.Response()


async def reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def half(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "100"})
    await answer.prepare(request)
    await answer.write(b'{"ok":')
    assert request.transport is not None
    request.transport.close()
    return answer


async def elsewhere(request: web.Request) -> web.Response:
    if request.path == "/elsewhere":
        return web.json_response({"ok": True, "result": ME})
    return web.Response(status=302, headers={"Location": "/elsewhere"})


async def endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(b"x" * 100)
    return answer


async def announced(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 10_000)


@pytest.mark.parametrize(
    ("handler", "raised"),
    [
        (silence, TimedOut),
        (reset, AnswerLost),
        (half, AnswerLost),
        (elsewhere, NetworkError),
        (endless, TooLarge),
        (announced, TooLarge),
    ],
)
async def test_each_failure_has_its_class_and_never_says_the_token(
    handler: Handler, raised: type[TelegramError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 5_000)
    async with serving(handler) as base:
        sender = bot(base, read_timeout=0.2)
        with pytest.raises(TelegramError) as failure:
            await sender.initialize()
        await sender.shutdown()
    assert type(failure.value) is raised
    assert TOKEN not in "".join(traceback.format_exception(failure.value))


async def test_a_refused_connection_is_known_to_have_sent_nothing() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but not listening
        sender = bot(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(NeverSent) as failure:
            await sender.initialize()
        await sender.shutdown()
    assert TOKEN not in "".join(traceback.format_exception(failure.value))


async def test_no_free_connection_in_time_is_known_to_have_sent_nothing(strict: Strict) -> None:
    async with bot(strict.base, connections=1, connect_timeout=0.1, pool_timeout=0.1) as sender:
        strict.fail("sendMessage", Fault("silence"))
        occupying = asyncio.create_task(sender.send_message(7, "first"))
        await asyncio.sleep(0.05)
        with pytest.raises(NeverSentInTime):
            await sender.send_message(7, "second")
        occupying.cancel()
        await asyncio.gather(occupying, return_exceptions=True)
    assert not strict.sent


async def test_the_time_to_read_can_be_said_per_call(strict: Strict, reachable: Bot) -> None:
    answer = await reachable.do_api_request("getupdates", {"timeout": 1}, read_timeout=5)  # default: 0.3 s
    assert answer == []


async def test_unreadable_answers_are_errors_and_are_not_logged(
    strict: Strict, reachable: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    strict.fail("sendMessage", Fault("garbage", accepted=True))
    with pytest.raises(TelegramError, match="Invalid server response"):
        await reachable.send_message(7, "吉A12345")
    assert "not what you asked for" not in caplog.text


async def test_it_can_be_opened_and_closed_again(strict: Strict) -> None:
    request = AiohttpRequest()
    with pytest.raises(RuntimeError):
        await request.do_request(f"{strict.base}/bot{TOKEN}/getMe", "POST")
    for _ in range(2):
        async with request:
            await request.initialize()
            status, _ = await request.do_request(f"{strict.base}/bot{TOKEN}/getMe", "POST")
            assert status == 200
    await request.shutdown()
