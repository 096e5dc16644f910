"""A whole house around the web chat: a ledger, the one way in, the one way out, and a small form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels import Incoming
from bot.channels.web import Web, add_routes
from bot.conversation import AT_ONCE, Form, Given, Moment, Question
from bot.dialogue import Dialogue
from bot.pictures import Draw
from bot.questions import choice, parsed, photos
from bot.receive import Receiver
from bot.sender import Sender, by_account
from locales.words import SHANGHAI, Refusal, Say, say
from storage import turns
from storage.database import Database
from storage.models import Contact
from storage.outbox import Owed, owe

SECRET = "not-a-secret-but-long-enough-for-tests"
ACCOUNT = "main"

Receive = Callable[[Incoming], Awaitable[bool]]


def _where(given: Given, _moment: Moment) -> Any:
    if given.position is None and not given.text:
        raise Refusal("question.text.empty")
    return [given.position.latitude, given.position.longitude] if given.position else given.text


def _questions() -> Generator[Question, Any, str | None]:
    yield choice("what", ["turned_back", "toll_closed", "congestion", "accident", "road_cut"])
    yield parsed("where", _where, wants=("position",))
    yield photos("photos", optional=True)
    return AT_ONCE


async def _submit(tx: Any, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
    return say("dialogue.language_set")


FORM = Form("blockage", _questions, _submit, steps=3, menu=1)
"""Three questions in the words of a real form: buttons, a position, photos."""


class House:
    """Everything behind the routes, and a way to say something unasked."""

    def __init__(self, db: Database, folder: Path):
        self.db, self.folder = db, folder
        self.public_url = "http://127.0.0.1"
        self.receiver = Receiver(db, Dialogue({FORM.name: FORM}, []), self.now, "zh_CN")
        self.draw: Draw | None = None
        self.sender = Sender(db, by_account([Web(ACCOUNT)]), self.now, SHANGHAI)

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def _drawn(self, *asked: Any) -> bytes | None:
        return await self.draw(*asked) if self.draw else None

    def app(self, receive: Receive | None = None) -> web.Application:
        """The web chat alone, as an application."""
        app = web.Application()
        add_routes(
            app,
            db=self.db,
            receive=receive or self.receiver.receive,
            secret=SECRET,
            files=self.folder / "files",
            public_url=self.public_url,
            default_language="zh_CN",
            account=ACCOUNT,
            draw=self._drawn,
        )
        return app

    async def tell(
        self, address: str, spoken: Say, *, choices: Sequence[tuple[str, Say]] = (), lane: int = 0,
        picture: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Owe a bubble to this address, as a clerk or a job would."""
        async with self.db.write() as tx:
            contact = await turns.contact_at(tx, Web.name, ACCOUNT, address, "zh_CN", self.now())
            await owe(tx, [contact], Owed(spoken, choices=choices, lane=lane, picture=picture), self.now())


@asynccontextmanager
async def living(db: Database, folder: Path) -> AsyncIterator[House]:
    """A house on an empty database, whose sender runs."""
    house = House(db, folder)
    await db.start()
    sending = asyncio.create_task(house.sender.run())
    try:
        yield house
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await house.sender.close()
