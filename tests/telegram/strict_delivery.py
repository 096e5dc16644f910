"""How the strict stand-in hands updates over: by long poll with offsets, or by webhook in order, with retries."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.telegram.strict_methods import Refused

if TYPE_CHECKING:
    from tests.telegram.strict import Strict

_UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
_NEVER_IN_REPLY = {"deletewebhook", "setwebhook", "close", "logout"}


class Delivery:
    """Updates that the bot has not confirmed, oldest first."""

    def __init__(self, telegram: Strict):
        self.telegram = telegram
        self.pending: dict[int, dict[str, Any]] = {}
        self.attempts: list[tuple[int, int]] = []
        self.url, self._secret = "", ""
        self._allowed: list[str] = []
        self._arrived = asyncio.Event()
        self._polls = 0
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def add(self, number: int, update: dict[str, Any]) -> None:
        """A new update; kinds that the bot did not ask for are not even kept."""
        kinds = set(update) - {"update_id"}
        if self._allowed and kinds and not kinds & set(self._allowed):
            return
        if not self._allowed and kinds & _UNASKED:
            return
        self.pending[number] = update
        self._arrived.set()
        if self.url:
            self._serve(_line(update))

    async def ask(self, offset: int, limit: int, wait: int, allowed: list[str] | None) -> list[dict[str, Any]]:
        """getUpdates: an offset confirms all before it; a second asker sends the first away with 409."""
        if self.url:
            known = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refused(409, f"Conflict: {known}")
        if allowed is not None:
            self._allowed = allowed
        if offset > 0:
            self.pending = {number: update for number, update in self.pending.items() if number >= offset}
        elif offset < 0:
            self.pending = dict(list(self.pending.items())[offset:])
        self._polls += 1
        mine = self._polls
        self._arrived.set()  # wakes whoever asked before
        self._arrived = asyncio.Event()
        try:
            async with asyncio.timeout(wait):
                while not self.pending and not self.telegram.closing.is_set():
                    await self._arrived.wait()
                    if self._polls != mine:
                        break
                    self._arrived = asyncio.Event()
        except TimeoutError:
            pass
        if self._polls != mine:
            words = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refused(409, f"Conflict: {words}")
        return list(self.pending.values())[:limit]

    async def set_webhook(self, url: str, secret: str, allowed: list[str] | None) -> None:
        """From now on updates go to this URL, those that wait included; an empty one ends that."""
        await self._stop_lines()
        self.url, self._secret = url, secret
        if allowed is not None:
            self._allowed = allowed
        if url:
            self._polls += 1
            self._arrived.set()
            for update in list(self.pending.values()):
                self._serve(_line(update))

    async def close(self) -> None:
        """Stop delivering."""
        self._arrived.set()
        await self._stop_lines()
        if self._session is not None:
            await self._session.close()

    async def _stop_lines(self) -> None:
        lines = list(self._lines.values())
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        self._lines.clear()

    def _serve(self, line: str) -> None:
        if line not in self._lines or self._lines[line].done():
            self._lines[line] = asyncio.create_task(self._deliver(line))

    async def _deliver(self, line: str) -> None:
        """In order, each until it is taken: again at once, then after 2, 4, 8 ... seconds, or Retry-After."""
        while waiting := [number for number, update in self.pending.items() if _line(update) == line]:
            number, delay, failures = waiting[0], 1.0, 0
            while True:
                status, asked = await self._post(number)
                self.attempts.append((number, status))
                if 200 <= status <= 299:
                    break
                if not asked and failures:
                    delay = min(delay * 2, 60.0)
                wait = asked or (delay if failures else 0.0)
                failures += 1
                await asyncio.sleep(wait * self.telegram.second)
            self.pending.pop(number, None)

    async def _post(self, number: int) -> tuple[int, float]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with self._session.post(self.url, json=self.pending[number], headers=headers) as answer:
                if 200 <= answer.status <= 299 and answer.content_type == "application/json":
                    await self._called_in_reply(await answer.json())
                return answer.status, min(float(answer.headers.get("Retry-After", 0)), 3600.0)
        except (aiohttp.ClientError, TimeoutError):
            return 0, 0.0

    async def _called_in_reply(self, call: dict[str, Any]) -> None:
        """A webhook may answer with a method to call; its result is never told."""
        method = str(call.pop("method", "")).lower()
        if not method or method in _NEVER_IN_REPLY or method.startswith("get"):
            return
        try:
            await self.telegram.methods.call(self.telegram.token, method, call)
        except Refused:
            return


def _line(update: dict[str, Any]) -> str:
    """Messages line up by chat and callbacks by user; the two are not ordered against each other."""
    for kind in ("message", "edited_message"):
        if isinstance(update.get(kind), dict):
            return f"chat {update[kind].get('chat', {}).get('id')}"
    for kind in ("callback_query", "my_chat_member"):
        if isinstance(update.get(kind), dict):
            return f"{kind} {update[kind].get('from', {}).get('id')}"
    return "other"
