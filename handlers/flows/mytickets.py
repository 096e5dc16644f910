"""What I reported or follow, and how it stands."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from hotline.formats.describe import describe_place
from hotline.neighbours import place_of
from locales.words import say
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
    return say(
        "mytickets.line",
        place=place,
        number=ticket.number,
        what=say(f"blockage.what.{ticket.what}"),
        where=describe_place(place_of(ticket)),
        status=say(f"ticket.status.{ticket.status}"),
        at=ticket.opened_at,
    )


FORM = Form("mytickets", questions, submit, menu=2)
