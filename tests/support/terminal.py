"""The dialogue played in terminals: one per person, all in one house."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from bot.app import House, Rooms, build
from bot.channels import Channel, Photo, Pressed
from bot.channels.terminal import ADDRESS, Terminal
from bot.settings import Settings
from handlers.flows import FORMS
from handlers.replies import REPLIES
from storage import attachments, files, turns
from storage.database import Database
from tests.support import photo
from tests.support.dialogue import DRIVER, Heard, a_picture

PEOPLE = (DRIVER, "王", "赵")


class Terminals:
    """`twice`: each message is delivered two times. `restart`: the house is built anew before each.

    `press`: a choice that reads as the words is pressed, not typed.
    """

    def __init__(
        self,
        db: Database,
        clock: Any,
        var: Path,
        people: Sequence[str] = PEOPLE,
        *,
        twice: bool = False,
        restart: bool = False,
        press: bool = False,
    ):
        self.db, self.clock, self.var = db, clock, var
        self.twice, self.restart, self.press = twice, restart, press
        self.people = people
        self.printed = {who: StringIO() for who in people}
        self.last: dict[str, list[list[tuple[str, str]]]] = {who: [] for who in people}
        self.count = 0
        self.house = self._build()

    def _build(self) -> House:
        channels: list[Channel] = [Recording(who, self.printed[who], self.last[who]) for who in self.people]
        settings = Settings(
            _env_file=None,
            database_url=self.db.url.render_as_string(hide_password=False),
            var=self.var,
            secret_key="a secret for tests",
        )  # type: ignore[call-arg]
        house = build(settings, Rooms(FORMS, REPLIES, draw=a_picture), channels, self.clock)
        house.db = house.receiver.db = house.sender.db = self.db
        return house

    async def say(self, who: str, words: str, language: str) -> None:
        self.count += 1
        if self.restart:
            self.house = self._build()
        terminal = self.house.channels["terminal", who]
        assert isinstance(terminal, Terminal)
        kept = await self._photo(who) if words == "@photo" else None
        kind = "edited" if words.startswith("@edit ") else "message"
        incoming = terminal.parse(words.removeprefix("@edit "), f"m{self.count}", language, kept)
        object.__setattr__(incoming, "kind", kind)
        bubble = -2 if words.startswith("@old ") else -1
        wanted = words.removeprefix("@old ")
        shown = self.last[who][bubble] if len(self.last[who]) >= -bubble else []
        payload = next((p for p, label in shown if label == wanted), None)
        if payload and (self.press or bubble == -2):
            row, _, choice = payload.partition(":")
            object.__setattr__(incoming, "text", payload if payload.startswith("/") else None)
            object.__setattr__(incoming, "pressed", None if payload.startswith("/") else Pressed(int(row), choice))
        for again in range(2 if self.twice else 1):
            assert await self.house.receiver.receive(incoming) is (again == 0)

    async def _photo(self, who: str) -> Photo:
        stored = files.keep(self.var / "files", photo.png(self.count))
        async with self.db.write() as tx:
            number = await attachments.keep(tx, "terminal", who, ADDRESS, stored, self.clock())
            await turns.find_contact(tx, "terminal", who, ADDRESS)
        return Photo(stored.sha256, number)

    async def hear(self) -> list[Heard]:
        await self.house.sender.drain()
        heard = []
        for who in self.people:
            for line in self.printed[who].getvalue().splitlines():
                said = json.loads(line)
                heard.append(Heard(who, said["text"], tuple(said["choices"]), "picture" in said))
            self.printed[who].truncate(0)
            self.printed[who].seek(0)
        return heard


class Recording(Terminal):
    """A terminal that also remembers its buttons, so that they can be pressed."""

    def __init__(self, who: str, out: StringIO, last: list[list[tuple[str, str]]]):
        super().__init__(who, out, as_json=True)
        self._last = last

    async def send(self, address: str, bubble: Any) -> str:
        self._last.append([(c.payload, c.label) for c in bubble.choices])
        return await super().send(address, bubble)
