"""What the desk says about a ticket in chat, and which desk this is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from bot.settings import Settings
from handlers.questions import ANONYMOUS
from hotline import catalogue, tickets
from hotline.formats.describe import describe_place
from hotline.formats.places import Place, find_place
from hotline.neighbours import has_place, place_of
from hotline.reading import Story
from hotline.rules import shelf
from locales.words import Say, say, together
from storage.models import Contact, Department, Message, Ticket, TicketEvent

_division, _address = "220100", ""


def use(settings: Settings, *more_packs: Path) -> None:
    """Which desk this process is, where people reach it, and its own rule packs; set once at the start.

    `more_packs` are folders beside that of the settings. Raises BadPack, so that a wrong pack stops the start and not
    a driver.
    """
    global _division, _address
    _division, _address = settings.default_division, settings.address
    shelf.use(settings.packs, *more_packs)
    shelf.load()


def division() -> str:
    """The division (GB/T 2260, six digits) whose desk takes new tickets."""
    return _division


def address() -> str:
    """Where people reach us, without a final slash."""
    return _address


def see(ticket: Ticket) -> Option:
    """The button that shows a ticket."""
    return Option(f"/ticket {ticket.number}", say("told.see"))


async def take_up(tx: AsyncSession, contact: Contact, kind: str, answers: dict[str, Any], now: datetime) -> Reply:
    """What a form asked becomes a ticket; the names of the answers are those that the forms share.

    A place that only the words name counts too: it decides which department is responsible.
    """
    note = "\n".join(words for name in ("words", "more") if (words := answers.get(name))) or None
    place = Place.from_json(answers["where"]) if answers.get("where") else find_place(note or "")
    plate, _, trailer = (answers.get("plate") or "").partition("/")
    kept = answers | {"phone": _mobile(answers.get("phone"))} | ({"where": place.to_json()} if place else {})
    matter = tickets.Matter(
        kind=kind,
        what=answers["what"],
        happened_at=now,
        place=place,
        plate=plate or None,
        trailer=trailer or None,
        note=note,
        photos=answers.get("photos") or (),
        named=kept["phone"] is not None,
        on_site=place is not None and place.position is not None,
        answers={name: value for name, value in kept.items() if value is not None},
    )
    return await opened(tx, await tickets.open(tx, contact, matter, division(), now))


def _mobile(given: str | dict[str, str] | None) -> str | None:
    """The number that was given, if one was: some forms ask for it, others let one stay anonymous."""
    return given["mobile"] if isinstance(given, dict) else None if given == ANONYMOUS else given


async def opened(tx: AsyncSession, ticket: Ticket) -> Reply:
    """A fresh ticket: its number and code, who owes the answer and by when, and what is kept from whom."""
    department = await tx.get(Department, ticket.department_id) if ticket.department_id else None
    rule = catalogue.load().rule(ticket.kind, ticket.what)
    words = say(
        "ticket.opened.express" if rule.express else "ticket.opened",
        number=ticket.number,
        code=ticket.code,
        owner=department.name if department else say("ticket.owner.desk"),
        first=ticket.first_response_due_at,
        due=ticket.resolution_due_at,
    )
    kept = [say("ticket.opened.confidential")] if rule.confidential else []
    return Reply(together(words, *kept, gap="\n"), (see(ticket),), about=f"ticket:{ticket.id}")


def joined(ticket: Ticket) -> Reply:
    """A driver stands where others stand."""
    words = say("ticket.joined", number=ticket.number, count=ticket.reports, due=ticket.resolution_due_at)
    return Reply(words, (see(ticket),), about=f"ticket:{ticket.id}")


def added(ticket: Ticket, *, again: bool = False) -> Reply:
    """More words for a ticket, which opened it `again`; whoever meant something new has the way to say so."""
    new = Option("/blockage", say("command.blockage"))
    return Reply(
        say("ticket.added.again" if again else "ticket.added", number=ticket.number),
        (see(ticket), new),
        about=f"ticket:{ticket.id}",
    )


def shown(story: Story) -> Reply:
    """Status, owner, due time and timeline of a ticket, as its reader may see it; the code is its reporter's."""
    ticket = story.ticket
    own = [event for event in story.events if event.kind != "opened" or event.ticket_id == ticket.id]
    facts: dict[str, Any] = {
        "number": ticket.number,
        "what": what_of(ticket),
        "status": say(f"ticket.status.{story.handled.status}"),
        "owner": story.owner or say("ticket.owner.desk"),
        "due": _due(story.handled),
        "timeline": _timeline(own, story.messages),
    }
    words = Say("ticket.shown.placeless", facts)
    if has_place(ticket):
        words = Say("ticket.shown", facts | {"place": describe_place(place_of(ticket))})
    if story.master is not None:
        words = together(words, say("ticket.due.merged", number=story.master.number))
    code = [say("ticket.code", code=ticket.code)] if story.is_reporter else []
    return Reply(together(words, *code), about=f"ticket:{ticket.id}")


def _due(ticket: Ticket) -> Say:
    if ticket.resolved_at is not None:
        return say("ticket.due.resolved", at=ticket.resolved_at)
    if ticket.status == "declined":
        return say("ticket.due.declined", at=ticket.changed_at)
    if ticket.status == "waiting":
        return say("ticket.due.waiting")
    return say("ticket.due.open", at=ticket.resolution_due_at)


def what_of(ticket: Ticket) -> Say:
    """What a ticket is about; beside a blockage its kind is said too, since 其他 alone says little."""
    what = say(f"{ticket.kind}.what.{ticket.what}")
    return what if ticket.kind == "blockage" else say("ticket.what.of_kind", kind=say(f"kind.{ticket.kind}"), what=what)


def _timeline(events: Sequence[TicketEvent], messages: Sequence[Message]) -> list[Say]:
    words = {m.id: m.text for m in messages}
    lines = []
    for event in [e for e in events if e.kind in PUBLIC][-MOST_LINES:]:
        said = words.get(event.facts.get("message"))
        key = "ticket.line.words" if said else "ticket.line"
        facts: dict[str, str | datetime | Say | None] = {"at": event.at, "event": say(f"event.{event.kind}")}
        lines.append(Say(key, facts | ({"words": said} if said else {})))
    return lines


MOST_LINES = 20
"""Lines of a timeline that fit into one bubble; the console shows all."""

PUBLIC = frozenset({
    "opened", "joined", "added", "routed", "transferred", "taken", "answered", "asked", "resolved", "rated", "reopened",
    "breached", "overdue", "escalated", "extended", "struck_off", "declined", "merged", "split",
})  # fmt: skip
"""Events that a reporter may see."""
