"""Somebody who talks to the machinery: each message is one turn, its answer is read from the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.channels import Incoming, Photo, Position, Pressed
from bot.conversation import Form
from bot.dialogue import Dialogue, FreeReply
from bot.receive import Receiver
from storage.database import Database
from storage.models import Contact, Conversation, Inbox, Outbox

_numbers = count(1)


@dataclass(frozen=True)
class Heard:
    """The bubble that a message was answered with."""

    row: int
    key: str
    facts: dict[str, Any]
    choices: tuple[str, ...]
    wants: tuple[str, ...]
    lane: int

    @property
    def keys(self) -> list[str]:
        """The key of the sentence, or of each of its parts, from the outside in."""
        return _keys({"say": self.key, "facts": self.facts})


def _keys(spoken: Any) -> list[str]:
    match spoken:
        case {"say": key, "facts": facts}:
            return ([key] if key else []) + [k for value in facts.values() for k in _keys(value)]
        case list():
            return [k for one in spoken for k in _keys(one)]
        case {"map": facts}:
            return _keys(list(facts.values()))
    return []


class Talk:
    """One person on one address of one account."""

    def __init__(
        self,
        db: Database,
        clock: Any,
        forms: Sequence[Form] | Mapping[str, Form],
        replies: Sequence[FreeReply] = (),
        *,
        address: str | None = None,
        channel: str = "test",
    ):
        self.db, self.clock = db, clock
        self.channel, self.account, self.address = channel, "main", address or f"somebody-{next(_numbers)}"
        known = forms if isinstance(forms, Mapping) else {form.name: form for form in forms}
        self.receiver = Receiver(db, Dialogue(known, replies), clock, "zh_CN")
        self.last: Heard | None = None

    def incoming(self, text: str | None = None, **more: Any) -> Incoming:
        """A message of this person; `press` is a choice of the last bubble, or (row, choice); `photo` a reference."""
        more.setdefault("external_id", f"message-{next(_numbers)}")
        press, photo, at = more.pop("press", None), more.pop("photo", None), more.pop("at", None)
        if isinstance(press, str) and press.startswith("/"):
            text, press = press, None
        if isinstance(press, str):
            assert self.last is not None
            press = (self.last.row, press)
        return Incoming(
            self.channel,
            self.account,
            self.address,
            raw={"text": text},
            text=text,
            pressed=Pressed(*press) if press else None,
            photos=tuple(Photo(ref) for ref in ([photo] if isinstance(photo, str) else photo or ())),
            position=Position(*at) if at else None,
            **more,
        )

    async def say(self, text: str | None = None, **more: Any) -> Heard:
        """Send one message; what is heard is the newest bubble owed to this person."""
        assert await self.receiver.receive(self.incoming(text, **more)), "seen before"
        self.last = await self.newest()
        return self.last

    async def says(self, *texts: str) -> Heard:
        """Send several messages; the answer to the last."""
        for text in texts:
            heard = await self.say(text)
        return heard

    async def press(self, *choices: str) -> Heard:
        """Press buttons of the bubble that came last, one after the other."""
        for choice in choices:
            heard = await self.say(press=choice)
        return heard

    async def newest(self) -> Heard:
        """The newest bubble owed to this person."""
        async with self.db.read() as tx:
            query = select(Outbox).filter_by(channel=self.channel, account=self.account, address=self.address)
            row = (await tx.scalars(query.order_by(col(Outbox.id).desc()).limit(1))).one()
        assert row.id is not None
        choices = tuple(choice["id"] for choice in row.choices)
        return Heard(row.id, row.key, row.facts, choices, tuple(row.wants), row.lane)

    async def stands(self) -> Conversation:
        """Where the conversation stands."""
        async with self.db.read() as tx:
            query = (
                select(Conversation)
                .join(Contact, col(Contact.id) == col(Conversation.contact_id))
                .where(
                    col(Contact.channel) == self.channel,
                    col(Contact.account) == self.account,
                    col(Contact.address) == self.address,
                )
            )
            return (await tx.scalars(query)).one()

    async def answers(self) -> dict[str, Any]:
        """The values given so far, by question."""
        return {name: answer["value"] for name, answer in ((await self.stands()).answers or {}).items()}

    async def count(self, table: Any, **where: Any) -> int:
        """How many rows a table has."""
        async with self.db.read() as tx:
            return int(await tx.scalar(select(func.count()).select_from(table).filter_by(**where)) or 0)

    async def crashes(self) -> int:
        """How many messages of this person ended in an apology."""
        return await self.count(Inbox, address=self.address, status="failed")
