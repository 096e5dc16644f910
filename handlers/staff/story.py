"""The whole story of a ticket in one line of time: what was done, what was written, what was said to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.audience import AUDIENCE
from locales.words import Say, say
from storage import attachments, told
from storage import staff as people
from storage import tickets as ledger
from storage.models import Attachment, Message, Ticket, TicketEvent
from storage.told import Told

LOOKED_UP = "ticket.shown"
"""What a reporter hears who asks how it stands: it repeats this story, so it is counted and not told again."""


@dataclass(slots=True)
class Entry:
    """One thing that happened: when, of what kind, by whom, with which words, photos and sentences to people."""

    at: datetime
    kind: str
    what: Say
    who: Say | str
    words: str | None = None
    photos: int = 0
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with everything that hangs on it; `version` grows whenever something happened."""

    ticket: Ticket
    entries: list[Entry]
    photos: list[Attachment]
    followers: int
    owner: str | None
    version: int


async def tell(tx: AsyncSession, ticket: Ticket) -> Story:
    """Everything about a ticket that its page shows."""
    assert ticket.id is not None
    events = await ledger.events(tx, ticket.id)
    messages = await ledger.messages(tx, ticket.id)
    names = await people.names(tx)
    return Story(
        ticket,
        entries(ticket, events, messages, await told.about(tx, f"ticket:{ticket.id}"), names),
        await attachments.of_ticket(tx, ticket.id),
        await ledger.followers(tx, ticket.id),
        names.get(ticket.assignee_id) if ticket.assignee_id else None,
        events[-1].id or 0 if events else 0,
    )


def entries(
    ticket: Ticket,
    events: Sequence[TicketEvent],
    messages: Sequence[Message],
    said: Sequence[Told],
    names: dict[int, str],
) -> list[Entry]:
    """Events with their words and what was said because of them; then whatever else was written or said."""
    words = {message.id: message for message in messages}
    sentences = list(said)
    out = []
    for event in events:
        message = words.pop(event.facts.get("message"), None) or _first_words(event, words)
        out.append(_of_event(ticket, event, message, sentences, names))
    out += [_of_message(ticket, message, names) for message in words.values()]
    return _together(sorted([*out, *_of_told(sentences)], key=lambda entry: entry.at))


def _first_words(event: TicketEvent, words: dict[int | None, Message]) -> Message | None:
    """A report's own words came with it, though its event names no message."""
    if event.kind != "opened":
        return None
    first = next((m for m in words.values() if m.direction == "in" and m.at == event.at), None)
    return words.pop(first.id) if first else None


def _of_event(
    ticket: Ticket, event: TicketEvent, message: Message | None, sentences: list[Told], names: dict[int, str]
) -> Entry:
    key = AUDIENCE[event.kind].key if event.kind in AUDIENCE else None
    because = [one for one in sentences if one.key == key and one.at == event.at]
    for one in because:
        sentences.remove(one)
    return Entry(
        event.at,
        event.kind,
        say(f"console.event.{event.kind}"),
        _actor(event.actor, ticket, names),
        message.text if message else None,
        int(event.facts.get("photos", 0)),
        because,
    )


def _of_message(ticket: Ticket, message: Message, names: dict[int, str]) -> Entry:
    kind = {"in": "added", "out": "answered", "note": "noted"}[message.direction]
    actor = f"staff:{message.staff_id}" if message.staff_id else f"contact:{message.contact_id}"
    return Entry(message.at, kind, say(f"console.event.{kind}"), _actor(actor, ticket, names), message.text)


def _of_told(sentences: Iterable[Told]) -> list[Entry]:
    """What the desk said in the turn itself: a receipt with its words; mere look-ups as one line with the last."""
    out: list[Entry] = []
    desk = say("console.who.desk")
    for one in sentences:
        if one.key != LOOKED_UP:
            out.append(Entry(one.at, "said", say("console.event.said"), desk, one.said, told=[one]))
        elif out and out[-1].kind == "looked":
            out[-1].told.append(one)
        else:
            out.append(Entry(one.at, "looked", say("console.event.looked"), desk, told=[one]))
    return out


def _together(entries: list[Entry]) -> list[Entry]:
    """Drivers who report the same place one after the other are one line, however many they are."""
    out: list[Entry] = []
    for kind, run in groupby(entries, key=lambda entry: entry.kind):
        same = list(run)
        if kind == "joined" and len(same) > 1:
            same = [replace(same[-1], who=say("console.who.drivers", count=len(same)))]
        out += same
    return out


def _actor(actor: str, ticket: Ticket, names: dict[int, str]) -> Say | str:
    who, _, which = actor.partition(":")
    if who == "staff":
        return names.get(int(which)) or say("console.who.staff")
    if who == "contact":
        return say("console.who.reporter" if which == str(ticket.contact_id) else "console.who.follower")
    return say("console.who.clock")
