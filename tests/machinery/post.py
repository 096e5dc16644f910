"""A channel that lives in memory and fails as it is told, and people who are owed something through it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.channels import Bubble, Pace, Rejected
from locales.words import Say, say
from storage import outbox, turns
from storage.database import Database
from storage.models import REPLY, Contact, Outbox
from storage.outbox import Owed


class Post:
    """`sent` is what the provider took, in order; `script` holds for each address what its next sends come to.

    A step of a script is an error to raise, an event to wait for, or None for a send that goes well. While `slow` is
    set, every send of an address that it names waits for its event.
    """

    name = "post"

    def __init__(self, account: str = "main", pace: Pace | None = None):
        self.account, self.pace = account, pace or Pace()
        self.sent: list[tuple[str, str]] = []
        self.rows: list[int] = []
        self.tried: list[str] = []
        self.script: dict[str, list[Exception | asyncio.Event | None]] = defaultdict(list)
        self.slow: dict[str, asyncio.Event] = {}
        self.names: dict[str, Any] = {}

    async def send(self, address: str, bubble: Bubble) -> str:
        """Take one bubble, or fail as the script says."""
        self.tried.append(address)
        await asyncio.sleep(0)
        if address in self.slow:
            await self.slow[address].wait()
        step = self.script[address].pop(0) if self.script[address] else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif step is not None:
            raise step
        self.sent.append((address, bubble.text))
        self.rows.append(bubble.row)
        return str(self.names.get(address, f"post-{bubble.row}"))

    async def fetch(self, ref: str) -> bytes:
        """This channel has no photos."""
        raise Rejected("no photos here")

    def to(self, address: str) -> list[str]:
        """What one address got."""
        return [text for where, text in self.sent if where == address]


def words(text: str) -> Say:
    """Words that need no catalogue."""
    return Say("", {"parts": [text], "gap": ""})


async def person(db: Database, post: Post, address: str, now: Any) -> Contact:
    """Somebody who can be reached through this channel."""
    async with db.write() as tx:
        return await turns.contact_at(tx, post.name, post.account, address, "zh_CN", now)


async def owe(db: Database, whom: Contact | Sequence[Contact], *texts: str | Say, now: Any, **more: Any) -> None:
    """Owe these bubbles, in this order; each in its own transaction, as turns do."""
    for text in texts:
        async with db.write() as tx:
            said = words(text) if isinstance(text, str) else text
            await outbox.owe(tx, [whom] if isinstance(whom, Contact) else whom, Owed(said, **more), now)


async def rows(db: Database, **where: Any) -> list[Outbox]:
    """Outbox rows, oldest first."""
    async with db.read() as tx:
        return list((await tx.scalars(select(Outbox).filter_by(**where).order_by(col(Outbox.id)))).all())


async def statuses(db: Database, **where: Any) -> list[str]:
    """What became of the rows, oldest first."""
    return [row.status for row in await rows(db, **where)]


__all__ = ["REPLY", "Post", "owe", "person", "rows", "say", "statuses", "words"]
