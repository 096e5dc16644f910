"""A whole house around the web chat: a ledger on SQLite, the one way in, the one way out, and a small form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlmodel import SQLModel

from bot.channels.web import Web, add_routes
from bot.conversation import AT_ONCE, Form, Given, Moment, Question, choice, parsed, photos
from bot.dialogue import Dialogue
from bot.receive import Receiver
from bot.sender import Sender, by_account
from locales.words import SHANGHAI, Refusal, Say, say
from storage import turns
from storage.database import Database
from storage.models import Contact
from storage.outbox import Owed, owe
from storage.sealed import use_keys

SECRET = "not-a-secret-but-long-enough-for-tests"
ACCOUNT = "main"


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

    def __init__(self, folder: Path, public_url: str = "http://127.0.0.1"):
        use_keys(SECRET)
        self.folder, self.public_url = folder, public_url
        self.db = Database(f"sqlite+aiosqlite:///{folder / 'house.db'}")
        self.receiver = Receiver(self.db, Dialogue({FORM.name: FORM}, []), self.now, "zh_CN")
        self.sender = Sender(self.db, by_account([Web(ACCOUNT)]), self.now, SHANGHAI)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def app(self) -> web.Application:
        """The web chat alone, as an application."""
        app = web.Application()
        add_routes(
            app,
            db=self.db,
            receive=self.receiver.receive,
            secret=SECRET,
            files=self.folder / "files",
            public_url=self.public_url,
            default_language="zh_CN",
            account=ACCOUNT,
        )
        return app

    async def tell(self, address: str, spoken: Say, *, choices: Sequence[tuple[str, Say]] = (), lane: int = 0) -> None:
        """Owe a bubble to this address, as a clerk or a job would."""
        async with self.db.write() as tx:
            contact = await turns.contact_at(tx, Web.name, ACCOUNT, address, "zh_CN", self.now())
            await owe(tx, [contact], Owed(spoken, choices=choices, lane=lane), self.now())


@asynccontextmanager
async def opened(folder: Path, public_url: str = "http://127.0.0.1") -> AsyncIterator[House]:
    """A house with empty tables whose sender runs."""
    house = House(folder, public_url)
    async with house.db.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await house.db.start()
    sending = asyncio.create_task(house.sender.run())
    try:
        yield house
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await house.sender.close()
        await house.db.close()
