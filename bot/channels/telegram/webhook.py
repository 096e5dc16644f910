"""Where Telegram brings updates, for a bot that Telegram can call."""

from __future__ import annotations

import hmac
import json
from typing import Any

from aiohttp import web

from bot.channels import Unavailable
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.parse import callback_id, understand
from bot.channels.telegram.poll import Receive

MOST_BYTES = 10**6
SECONDS_UNTIL_NEXT_TRY = "5"


def routes(channel: Telegram, receive: Receive, secret: str) -> list[web.RouteDef]:
    """`POST /telegram/ACCOUNT`: 200 once the update is committed, 503 while the database is away.

    Anything but 2xx makes Telegram come again, with this chat's later updates behind it (tdlib/telegram-bot-api,
    WebhookActor.cpp); so only what is not from Telegram (401, 413, 400) is refused, and nothing of that is stored.
    """
    if not secret:
        raise ValueError("a webhook without a secret would believe anybody")
    expected = secret.encode()

    async def webhook(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=401)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        update = _json_object(body)
        if update is None:
            return web.Response(status=400)
        incoming = understand(update, channel.account, username=channel.username)
        if incoming is not None:
            try:
                await receive(incoming)
            except Unavailable:
                return web.Response(status=503, headers={"Retry-After": SECONDS_UNTIL_NEXT_TRY})
        return _done(update)

    return [web.post(f"/telegram/{channel.account}", webhook)]


def _done(update: dict[str, Any]) -> web.Response:
    """The answer to a committed update, which also stops a pressed button's spinner and so saves a call."""
    query = callback_id(update)
    if query is None:
        return web.Response()
    return web.json_response({"method": "answerCallbackQuery", "callback_query_id": query})


async def _body(request: web.Request) -> bytes | None:
    if (request.content_length or 0) > MOST_BYTES:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
