"""What I reported or follow, and how it stands."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from handlers import desk
from hotline.formats.describe import describe_place
from hotline.neighbours import has_place, place_of
from locales.words import Say, say
from storage import tickets
from storage.models import Contact, Ticket

MOST = 8
"""The newest ones; older ones are found by number."""


def questions() -> Generator[Question, Any, str | None]:
    yield from ()
    return AT_ONCE


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    assert contact.id is not None
    mine = await tickets.of_contact(tx, contact.id, MOST)
    if not mine:
        return Reply(say("mytickets.none"), (Option("/blockage", say("command.blockage")),))
    choices = tuple(Option(f"/ticket {t.number}", say("mytickets.option", number=t.number)) for t in mine)
    return Reply(say("mytickets.list", lines=[line(t, place) for place, t in enumerate(mine, 1)]), choices)


def line(ticket: Ticket, place: int) -> Any:
    """One ticket in the list."""
    facts: dict[str, Any] = {
        "place": place,
        "number": ticket.number,
        "what": desk.what_of(ticket),
        "status": say(f"ticket.status.{ticket.status}"),
        "at": ticket.opened_at,
    }
    if not has_place(ticket):
        return Say("mytickets.line.placeless", facts)
    return Say("mytickets.line", facts | {"where": describe_place(place_of(ticket))})


FORM = Form("mytickets", questions, submit, menu=5)
