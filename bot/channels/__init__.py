"""What every channel is: it parses what came in and sends what goes out, and does nothing else.

A reply is words and choices. Each channel renders them in its own way, so that a form never knows its channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

Kind = Literal["message", "edited", "blocked", "unblocked", "group", "unreadable"]


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the earth as a device gave it, in degrees, with the datum that it is taken to be in."""

    latitude: float
    longitude: float
    datum: str = "wgs84"
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo by the reference under which its channel can fetch it, or by the file that we hold already."""

    ref: str
    attachment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed: the outbox row that carried it, and which of its choices."""

    row: int
    choice: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel understood it; `raw` is what the provider sent, and is kept in the inbox.

    `external_id` is unique within (channel, account, address): a redelivery carries the same one.
    A choice that begins with '/' is a command and arrives as `text`; `language` is what the client says it prefers.
    """

    channel: str
    account: str
    address: str
    external_id: str
    raw: Any
    kind: Kind = "message"
    text: str | None = None
    pressed: Pressed | None = None
    position: Position | None = None
    photos: tuple[Photo, ...] = ()
    reply_to: str | None = None
    language: str | None = None
    name: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: `payload` comes back when it is pressed, `label` is what the user reads."""

    payload: str
    label: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message to one address, in words already. `wants` may hold "position" and "photos".

    `picture` draws what goes beside the words, a PNG; None from it: the words go alone. It may raise SendError.
    """

    row: int
    text: str
    choices: tuple[Choice, ...] = ()
    wants: frozenset[str] = frozenset()
    language: str = "zh_CN"
    picture: Callable[[], Awaitable[bytes | None]] | None = None


class SendError(Exception):
    """The channel did not take the message."""


class Later(SendError):
    """The channel is busy or away; try again after `wait`. `everyone`: the whole account must slow down."""

    def __init__(self, wait: timedelta, why: str, *, everyone: bool = False):
        super().__init__(why)
        self.wait, self.everyone = wait, everyone


class Unknown(SendError):
    """No answer came: the message may have arrived or not. It is sent again, and the row says so."""


class Rejected(SendError):
    """The channel will never take this message."""


class Gone(Rejected):
    """The contact has blocked us or left; nothing more is sent until it writes again."""


class Unavailable(Exception):
    """The database is away for now: nothing was stored, the provider must send it again."""


class Unreadable(ValueError):
    """What the provider sent cannot be understood; the raw form is kept, nobody is answered."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a provider lets us send: a bucket per chat and one per account. None: no limit."""

    per_chat: timedelta | None = None
    chat_burst: int = 1
    per_account: timedelta | None = None
    account_burst: int = 1


class Channel(Protocol):
    """One account of one messenger."""

    name: str
    account: str
    pace: Pace

    async def send(self, address: str, bubble: Bubble) -> str:
        """Hand over one bubble and return the provider's id of it; raises SendError."""
        ...

    async def fetch(self, ref: str) -> bytes:
        """The bytes of a photo that came in under this reference; raises SendError."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """Which bot of which messenger, for the tables that must not hold a live channel."""

    channel: str
    account: str


Channels = Mapping[tuple[str, str], Channel]
"""Every channel this process serves, by (channel, account)."""


def numbered(text: str, choices: Sequence[Choice]) -> str:
    """Words and choices as text alone, for channels that have no buttons: the user answers by number."""
    if not choices:
        return text
    return text + "\n" + "\n".join(f"{place} {choice.label}" for place, choice in enumerate(choices, 1))


def pressed_or_text(payload: str) -> tuple[Pressed | None, str | None]:
    """What a button's payload means: `ROW:CHOICE` answers the question of that row, `/command` is typed text."""
    if payload.startswith("/"):
        return None, payload
    row, _, choice = payload.partition(":")
    if not row.isascii() or not row.isdecimal() or len(row) > 18 or not choice:
        raise Unreadable("a payload that no button of ours carries")
    return Pressed(int(row), choice), None
