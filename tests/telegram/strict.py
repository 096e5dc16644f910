"""A stand-in for Telegram's server that refuses what the real one refuses, for faults, kills and load.

It is a local Bot API server (`--local`: webhooks over http on any port) as far as a text bot can tell; every rule was
read in Bot API 10.0 or in tdlib/telegram-bot-api. `strict_methods.py` is the side that bots call,
`strict_delivery.py` brings updates.

    async with Strict() as telegram:
        telegram.says(7, "/start")                      # a user acts; the update waits for the bot
        await telegram.until(lambda: telegram.sent)     # what the bot said, recorded
        telegram.fail("sendMessage", Fault("silence"))  # the next call misbehaves
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.telegram.strict_delivery import Delivery
from tests.telegram.strict_methods import Methods, Refused, Sent, arguments

TOKEN = "100200300:Invented-token-of-35-characters-000"
USERNAME = "changxing_test_bot"


@dataclass(frozen=True)
class Fault:
    """How one call goes wrong, and whether Telegram had done it by then."""

    how: Literal["status", "flood", "silence", "reset", "garbage"]
    accepted: bool = False
    status: int = 502
    retry_after: int = 1


@dataclass(frozen=True)
class Call:
    """One request that a bot made, as it was answered."""

    method: str
    arguments: dict[str, Any]
    status: int
    description: str = ""


@dataclass
class Strict:
    """One bot's Telegram. `paced`: 429 when the bot is faster than 1 s per chat (3 at once) or 30 a second.

    `second` is how long a second of webhook retries lasts, so that tests need not wait for real ones.
    """

    token: str = TOKEN
    username: str = USERNAME
    paced: bool = False
    second: float = 1.0
    port: int = 0
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    chats: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, tuple[bytes, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._ids = {"update": 700_000, "message": 0, "callback": 40_000, "file": 0}
        self.delivery = Delivery(self)
        self.methods = Methods(self)
        self.closing = asyncio.Event()

    async def __aenter__(self) -> Strict:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._bot)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.set()
        await self.delivery.close()
        await self._runner.cleanup()

    @property
    def base(self) -> str:
        """What a bot takes for api.telegram.org."""
        return f"http://127.0.0.1:{self.port}"

    # What users do

    def says(self, chat: int, text: str, **more: Any) -> int:
        """A private message, or one in the group when `chat` is negative; returns its update id."""
        return self.message(chat, text=text, **more)

    def shares(self, chat: int, latitude: float, longitude: float, **more: Any) -> int:
        """A location."""
        return self.message(chat, location={"latitude": latitude, "longitude": longitude}, **more)

    def shows(self, chat: int, content: bytes, *, size: int | None = None, **more: Any) -> int:
        """A photo in two sizes; `size` is what Telegram says of the large one if not the truth."""
        return self.message(chat, **self.sizes(content, size), **more)

    def sizes(self, content: bytes, size: int | None = None) -> dict[str, Any]:
        """The fields of a message with this photo."""
        small, large = self.keep(content[:100]), self.keep(content, size)
        return {"photo": [self._size(small, 90), self._size(large, 1280)]}

    def presses(self, chat: int, label: str) -> int:
        """The newest button with this label that stands in the chat."""
        message = next(m for m in reversed(self.sent) if m.chat == chat and label in m.buttons)
        query: dict[str, Any] = {
            "id": str(self.next_id("callback")),
            "from": _user(chat),
            "message": {"message_id": message.message_id, "date": int(message.at), "chat": _chat(chat)},
            "chat_instance": "1",
            "data": message.buttons[label],
        }
        self.methods.queries.add(query["id"])
        return self.push({"callback_query": query})

    def edits(self, chat: int, text: str) -> int:
        """An earlier message is changed."""
        return self.message(chat, "edited_message", text=text, edit_date=int(time.time()))

    def blocks(self, chat: int, blocked: bool = True) -> int:
        """The user blocks the bot, or takes it back."""
        (self.blocked.add if blocked else self.blocked.discard)(chat)
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        bot = {"id": 100200300, "is_bot": True, "first_name": "Changxing", "username": self.username}
        old, new = ({"user": bot, "status": status, "until_date": 0} for status in (was, now))
        change = {"chat": _chat(chat), "from": _user(chat), "date": int(time.time())}
        return self.push({"my_chat_member": {**change, "old_chat_member": old, "new_chat_member": new}})

    def message(self, chat: int, kind: str = "message", **content: Any) -> int:
        """Any message with these fields of the Bot API."""
        self.chats.add(chat)
        base = {"message_id": self.next_id("message"), "date": int(time.time()), "chat": _chat(chat)}
        return self.push({kind: {**base, "from": _user(abs(chat)), **content}})

    def push(self, update: dict[str, Any], *, numbered: bool = True) -> int:
        """Any update at all, malformed ones too; it waits for getUpdates or goes to the webhook."""
        number = self.next_id("update")
        self.delivery.add(number, {"update_id": number, **update} if numbered else update)
        return number

    # What tests want

    def fail(self, method: str, fault: Fault, times: int = 1, *, after: int = 0) -> None:
        """The next calls of this method, `after` so many good ones, go wrong; "file" is the download of a file."""
        self._faults[method.lower()].extend([None] * after + [fault] * times)

    def said(self, chat: int) -> list[str]:
        """What this user reads, in order."""
        return [message.text for message in self.sent if message.chat == chat]

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Wait for something to become true; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not condition():
                await asyncio.sleep(0.005)

    # Inside

    def next_id(self, kind: str) -> int:
        """Ids of each kind rise by one."""
        self._ids[kind] += 1
        return self._ids[kind]

    def keep(self, content: bytes, size: int | None = None) -> str:
        """Store a file; returns its file id."""
        file_id = f"AgACAgIAAx-{self.next_id('file')}"
        self.files[file_id] = (content, len(content) if size is None else size)
        return file_id

    def _size(self, file_id: str, width: int) -> dict[str, Any]:
        size = self.files[file_id][1]
        known = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": size}
        return {**known, "width": width, "height": width * 3 // 4}

    async def _bot(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], await arguments(request)
        fault = self._faults[method.lower()].popleft() if self._faults[method.lower()] else None
        if fault is not None and not fault.accepted:
            return await self._misbehave(request, fault)
        try:
            result = await self.methods.call(request.match_info["token"], method, given)
        except Refused as refused:
            self.calls.append(Call(method, given, refused.status, refused.description))
            answer: dict[str, Any] = {"ok": False, "error_code": refused.status, "description": refused.description}
            if refused.parameters:
                answer["parameters"] = refused.parameters
            return web.json_response(answer, status=refused.status)
        self.calls.append(Call(method, given, 200))
        if fault is not None:
            return await self._misbehave(request, fault)
        return web.json_response({"ok": True, "result": result})

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault.how:
            case "silence":
                await self.closing.wait()
            case "reset" if request.transport is not None:
                request.transport.abort()
            case "garbage":
                return web.Response(text="<html>not what you asked for</html>", content_type="text/html")
            case "flood":
                wait = fault.retry_after
                words = f"Too Many Requests: retry after {wait}"
                flood = {"ok": False, "error_code": 429, "description": words, "parameters": {"retry_after": wait}}
                return web.json_response(flood, status=429)
        return web.Response(status=fault.status, text="<html>Bad Gateway</html>", content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults["file"].popleft() if self._faults["file"] else None
        if fault is not None:
            return await self._misbehave(request, fault)
        kept = self.files.get(request.match_info["path"].removeprefix("photos/").removesuffix(".jpg"))
        if request.match_info["token"] != self.token or kept is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=kept[0], content_type="application/octet-stream")


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Invented", "language_code": "zh-hans"}


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "Invented"}
