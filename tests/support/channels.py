"""The dialogue played through real channel adapters: a browser's API calls, and Telegram's webhook calls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Rooms, build
from bot.channels import Channel, Pace, telegram
from bot.channels.telegram import Telegram
from bot.channels.web import Web, add_routes
from bot.settings import Settings
from handlers.flows import FORMS
from handlers.replies import REPLIES
from locales.words import negotiate
from storage.database import Database
from tests.support import photo
from tests.support.dialogue import Heard, a_picture
from tests.support.terminal import PEOPLE
from tests.telegram.strict import TOKEN, Strict

SECRET = "an-invented_secret"
CHATS = {who: number for number, who in enumerate(PEOPLE, 7001)}


def _house(db: Database, clock: Any, var: Path, channel: Channel) -> Any:
    address = db.url.render_as_string(hide_password=False)
    settings = Settings(_env_file=None, database_url=address, var=var, secret_key="a secret for tests")  # type: ignore[call-arg]
    house = build(settings, Rooms(FORMS, REPLIES, draw=a_picture), [channel], clock)
    house.db = house.receiver.db = house.sender.db = house.fetcher.db = db
    return house


class ByTelegram:
    """Each line becomes an update as Telegram would post it; what is heard is what Telegram was asked to show."""

    def __init__(self, provider: Strict, house: Any, client: TestClient[Any, Any]):
        self.provider, self.house, self.client = provider, house, client
        self.seen = 0

    async def say(self, who: str, words: str, language: str) -> None:
        update = self._update(CHATS[who], words, language)
        answer = await self.client.post(
            "/telegram/main", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}
        )
        assert answer.status == 200
        await self.house.fetcher.fetch_due()

    def _update(self, chat: int, words: str, language: str) -> dict[str, Any]:
        if words.startswith("@location "):
            latitude, longitude = map(float, words.removeprefix("@location ").split(","))
            self.provider.shares(chat, latitude, longitude)
        elif words == "@photo":
            self.provider.shows(chat, photo.png(self.provider.next_id("update")))
        elif words.startswith("@edit "):
            self.provider.edits(chat, words.removeprefix("@edit "))
        elif words.startswith("@reply "):
            answered = next(m for m in reversed(self.provider.sent) if m.chat == chat)
            message = {
                "message_id": answered.message_id,
                "date": int(answered.at),
                "chat": {"id": chat, "type": "private"},
            }
            self.provider.says(chat, words.removeprefix("@reply "), reply_to_message=message)
        elif words.startswith("@old "):
            self._press_old(chat, words.removeprefix("@old "))
        elif (shown := [m for m in self.provider.sent if m.chat == chat]) and words in shown[-1].buttons:
            self.provider.presses(chat, words)
        else:
            self.provider.says(chat, words)
        update = json.loads(json.dumps(self.provider.delivery.pending.popitem()[1]))
        for part in update.values():
            if isinstance(part, dict) and "from" in part:
                part["from"]["language_code"] = language
        return update

    def _press_old(self, chat: int, label: str) -> None:
        shown = [m for m in self.provider.sent if m.chat == chat]
        newest = shown[-1]
        self.provider.sent.remove(newest)
        self.provider.presses(chat, label)
        self.provider.sent.append(newest)

    async def hear(self) -> list[Heard]:
        await self.house.sender.drain()
        fresh, self.seen = self.provider.sent[self.seen :], len(self.provider.sent)
        names = {chat: who for who, chat in CHATS.items()}
        heard = [Heard(names[m.chat], m.text, _labels(m.markup), m.photo is not None) for m in fresh]
        return sorted(heard, key=lambda h: PEOPLE.index(h.who))


@asynccontextmanager
async def by_telegram(db: Database, clock: Any, var: Path) -> AsyncIterator[ByTelegram]:
    """A house whose only door is Telegram's webhook."""
    async with Strict() as provider:
        provider.chats |= set(CHATS.values())
        channel = Telegram("main", TOKEN, provider.base)
        channel.pace = Pace()
        await channel.start()
        house = _house(db, clock, var, channel)
        app = web.Application()
        app.add_routes(telegram.routes(channel, house.receiver.receive, SECRET))
        async with TestClient(TestServer(app)) as client:
            yield ByTelegram(provider, house, client)
        await channel.close()


class ByWeb:
    """Each line is what the page would post; what is heard is what the page would show."""

    def __init__(self, house: Any, opened: Callable[[], Awaitable[TestClient[Any, Any]]]):
        self.house, self.opened = house, opened
        self.clients: dict[str, TestClient[Any, Any]] = {}
        self.after = dict.fromkeys(PEOPLE, 0)
        self.shown: dict[str, list[list[dict[str, str]]]] = {who: [] for who in PEOPLE}
        self.count = 0

    async def say(self, who: str, words: str, language: str) -> None:
        self.count += 1
        if who not in self.clients:  # nobody hears anything before he has said something
            self.clients[who] = await self.opened()
        client, body = self.clients[who], {"id": f"message-{self.count:05d}"}
        bubble = -2 if words.startswith("@old ") else -1
        shown = self.shown[who][bubble] if len(self.shown[who]) >= -bubble else []
        payload = next((c["payload"] for c in shown if c["label"] == words.removeprefix("@old ")), None)
        if words.startswith("@location "):
            latitude, longitude = map(float, words.removeprefix("@location ").split(","))
            content: dict[str, Any] = {"position": {"latitude": latitude, "longitude": longitude}}
        elif words == "@photo":
            content = {"photos": [await self._photo(client)]}
        elif payload:
            content = {"choice": payload}
        else:
            content = {"text": words}
        answer = await client.post("/api/messages", json={**body, **content}, headers={"Accept-Language": language})
        assert answer.status == 200, await answer.text()

    async def _photo(self, client: TestClient[Any, Any]) -> int:
        form = aiohttp.FormData()
        form.add_field("photo", photo.png(self.count), filename="a.png", content_type="image/png")
        answer = await client.post("/api/photos", data=form)
        assert answer.status == 200, await answer.text()
        return int((await answer.json())["photo"])

    async def hear(self) -> list[Heard]:
        await self.house.sender.drain()
        heard = []
        for who in (who for who in PEOPLE if who in self.clients):
            client = self.clients[who]
            history = await (await client.get("/api/history")).json()
            for bubble in history["bubbles"]:
                if bubble["from"] != "us" or bubble["id"] <= self.after[who]:
                    continue
                self.after[who] = bubble["id"]
                self.shown[who].append(bubble["choices"])
                pictured = "picture" in bubble and (await client.get(bubble["picture"])).status == 200
                heard.append(Heard(who, bubble["text"], tuple(c["label"] for c in bubble["choices"]), pictured))
        return heard


@asynccontextmanager
async def by_web(db: Database, clock: Any, var: Path) -> AsyncIterator[ByWeb]:
    """A house whose only door is the web chat."""
    house = _house(db, clock, var, Web("main"))
    async with AsyncExitStack() as stack:

        async def opened() -> TestClient[Any, Any]:
            app = web.Application()
            add_routes(
                app, db=db, receive=house.receiver.receive, secret=house.secret, files=house.files,
                public_url="", default_language=negotiate("zh"), account="main", draw=a_picture,
            )  # fmt: skip
            client = await stack.enter_async_context(TestClient(TestServer(app)))
            assert (await client.post("/api/session")).status == 204
            return client

        yield ByWeb(house, opened)


def _labels(markup: dict[str, Any]) -> tuple[str, ...]:
    """What the buttons read, without the one that sends the position, which every client names in its own way."""
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return tuple(button["text"] for row in rows for button in row if not button.get("request_location"))
