"""The whole story of a ticket in one line of time: what was done, what was written, what was said to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.discretion import Discretion
from hotline.audience import AUDIENCE
from locales.words import Say, say
from storage import attachments, directory, extensions, told
from storage import staff as people
from storage import tickets as ledger
from storage.models import Attachment, Department, Extension, Message, Ticket, TicketEvent
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
    detail: list[Say] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with everything that hangs on it; `version` grows whenever something happened."""

    ticket: Ticket
    entries: list[Entry]
    photos: list[Attachment]
    followers: int
    owner: str | None
    events: Sequence[TicketEvent]
    words: dict[int | None, str | None]
    names: dict[int, str]
    extensions: list[Extension]

    @property
    def last(self) -> TicketEvent | None:
        """What happened last."""
        return self.events[-1] if self.events else None

    @property
    def version(self) -> int:
        """The id of what happened last; 0 before anything did."""
        return (self.last.id or 0) if self.last else 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the ids in events stand for, and what of the reporter the reader may know."""

    staff: dict[int, str]
    departments: dict[int, Department]
    numbers: dict[int, str]
    extensions: dict[int | None, Extension]
    shown: Discretion


async def tell(tx: AsyncSession, ticket: Ticket, shown: Discretion) -> Story:
    """Everything about a ticket that its page shows."""
    assert ticket.id is not None
    events = await ledger.events(tx, ticket.id)
    messages = await ledger.messages(tx, ticket.id)
    facts = [event.facts for event in events]
    asked = await extensions.of_ticket(tx, ticket.id)
    known = Known(
        await people.names(tx),
        await directory.of_ids(tx, {i for one in facts for i in (one.get("department"), one.get("left")) if i}),
        await ledger.numbers(tx, {i for one in facts for i in (one.get("master"), *one.get("tickets", ())) if i}),
        {one.id: one for one in asked},
        shown,
    )
    return Story(
        ticket,
        entries(ticket, events, messages, await told.about(tx, f"ticket:{ticket.id}"), known),
        await attachments.of_ticket(tx, ticket.id),
        await ledger.followers(tx, ticket.id),
        known.staff.get(ticket.assignee_id) if ticket.assignee_id else None,
        events,
        {message.id: message.text for message in messages},
        known.staff,
        asked,
    )


def entries(
    ticket: Ticket, events: Sequence[TicketEvent], messages: Sequence[Message], said: Sequence[Told], known: Known
) -> list[Entry]:
    """Events with their words and what was said because of them; then whatever else was written or said."""
    words = {message.id: message for message in messages}
    sentences = list(said)
    out = []
    for event in events:
        message = words.pop(event.facts.get("message"), None) or _first_words(event, words)
        out.append(_of_event(ticket, event, message, sentences, known))
    out += [_of_message(ticket, message, known) for message in words.values()]
    return _together(sorted([*out, *_of_told(sentences, known)], key=lambda entry: entry.at))


def _first_words(event: TicketEvent, words: dict[int | None, Message]) -> Message | None:
    """A report's own words came with it, though its event names no message."""
    if event.kind != "opened":
        return None
    first = next((m for m in words.values() if m.direction == "in" and m.at == event.at), None)
    return words.pop(first.id) if first else None


def _of_event(
    ticket: Ticket, event: TicketEvent, message: Message | None, sentences: list[Told], known: Known
) -> Entry:
    key = AUDIENCE[event.kind].key if event.kind in AUDIENCE else None
    because = [one for one in sentences if one.key == key and one.at == event.at]
    for one in because:
        sentences.remove(one)
    return Entry(
        event.at,
        event.kind,
        say(f"console.event.{event.kind}"),
        _actor(event.actor, ticket, known),
        _words(message, known),
        int(event.facts.get("photos", 0)),
        because,
        _detail(event, known),
    )


def _detail(event: TicketEvent, known: Known) -> list[Say]:
    """What an event's facts say: to which department, with which result, until when."""
    facts, out = event.facts, list[Say]()
    if department := known.departments.get(facts.get("department") or facts.get("left") or 0):
        out.append(say("page.detail.department", name=department.name))
    if event.kind in ("routed", "transferred", "handed_on") and (name := known.staff.get(facts.get("staff") or 0)):
        out.append(say("page.detail.staff", name=name))
    if number := known.numbers.get(facts.get("master") or 0):
        out.append(say("page.detail.number", number=number))
    if gathered := facts.get("tickets"):
        out.append(say("page.detail.reports", count=len(gathered)))
    for name, prefix in (("outcome", "ticket.outcome"), ("proof", "page.proof"), ("satisfaction", "rate.how")):
        if value := facts.get(name):
            out.append(say(f"{prefix}.{value}"))
    if attempt := facts.get("attempt"):
        out.append(say("page.detail.attempt", count=attempt))
    if level := facts.get("level"):
        out.append(say("page.detail.level", level=level))
    if extension := known.extensions.get(facts.get("extension")):
        out.append(say("page.detail.until", at=extension.until))
        if event.kind == "extension_asked":
            out.append(say("page.detail.reason", words=known.shown.ours(extension.reason) or ""))
    return out


def _words(message: Message | None, known: Known) -> str | None:
    """A reporter's words masked, the desk's own as they are, as far as the reader may know."""
    if message is None:
        return None
    return known.shown.words(message.text) if message.direction == "in" else known.shown.ours(message.text)


def _of_message(ticket: Ticket, message: Message, known: Known) -> Entry:
    kind = {"in": "added", "out": "answered", "note": "noted"}[message.direction]
    actor = f"staff:{message.staff_id}" if message.staff_id else f"contact:{message.contact_id}"
    what, who = say(f"console.event.{kind}"), _actor(actor, ticket, known)
    return Entry(message.at, kind, what, who, _words(message, known))


def _of_told(sentences: Iterable[Told], known: Known) -> list[Entry]:
    """What the desk said in the turn itself: a receipt with its words; mere look-ups as one line with the last."""
    out: list[Entry] = []
    desk = say("console.who.desk")
    for one in sentences:
        if not one.key.startswith(LOOKED_UP):
            said = known.shown.words(one.said)
            out.append(Entry(one.at, "said", say("console.event.said"), desk, said, told=[one]))
        elif out and out[-1].kind == "looked":
            out[-1].told.append(one)
        else:
            out.append(Entry(one.at, "looked", say("console.event.looked"), desk, told=[one]))
    return out


def _together(entries: list[Entry]) -> list[Entry]:
    """Drivers who report one place one after the other, or whom one clerk gathers, are one line, however many."""
    out: list[Entry] = []
    for kind, run in groupby(entries, key=lambda entry: entry.kind):
        same = list(run)
        if kind == "joined" and len(same) > 1:
            same = [replace(same[-1], who=say("console.who.drivers", count=len(same)))]
        if kind == "gathered" and len({entry.who for entry in same if isinstance(entry.who, str)}) == 1 < len(same):
            count = sum(part.facts["count"] for entry in same for part in entry.detail)
            same = [replace(same[-1], detail=[say("page.detail.reports", count=count)])]
        out += same
    return out


def _actor(actor: str, ticket: Ticket, known: Known) -> Say | str:
    who, _, which = actor.partition(":")
    if who == "staff":
        return known.staff.get(int(which)) or say("console.who.staff")
    if who == "contact":
        if which != str(ticket.contact_id):
            return say("console.who.follower")
        return say("console.who.reporter" if known.shown.sees else "page.who.secret")
    return say("console.who.clock")
