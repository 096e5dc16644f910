"""Who may read a ticket: its reporter, its followers, and whoever holds its number and code."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import Say, say
from storage import budgets, staff, tickets
from storage.models import Contact, Message, Ticket, TicketEvent

TRY_EVERY, TRIES = timedelta(minutes=10), 5
"""Wrong codes that one contact, or all together on one ticket, may try: five at once, then one each ten minutes."""


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with its ledger and the words that its reader may see; `owner` is the clerk's name."""

    ticket: Ticket
    events: list[TicketEvent]
    messages: list[Message]
    owner: str | None
    is_reporter: bool


async def may_read(tx: AsyncSession, number: str, contact: Contact) -> bool:
    """Whether this contact reported or follows the ticket of this number."""
    assert contact.id is not None
    ticket = await tickets.by_number(tx, number)
    return ticket is not None and await tickets.may_read(tx, ticket, contact.id)


async def read(tx: AsyncSession, number: str, contact: Contact, code: str | None, now: datetime) -> Story | Say:
    """The ticket's story, or the sentence that says why not: a wrong code, an unknown number, too many tries.

    A wrong number and a wrong code read the same, so that nobody can find out which numbers exist. The answer is a
    value, not a Refusal, because a try must stay paid for, and a Refusal would roll it back. A right code costs
    nothing, so that whoever was given it may look as often as he likes.
    """
    ticket = await tickets.by_number(tx, number)
    mine = await may_read(tx, number, contact)
    if not mine:
        tries = (f"code:contact:{contact.id}", f"code:ticket:{number}")
        if wait := await _wait(tx, tries, now):
            return say("ticket.code.too_many", wait=wait)
        if ticket is None or not hmac.compare_digest(ticket.code.encode(), (code or "").encode()):
            for name in tries:
                await budgets.pay(tx, name, TRY_EVERY, 1, now)
            return say("ticket.code.wrong")
    assert ticket is not None and ticket.id is not None
    owner = await staff.by_id(tx, ticket.assignee_id) if ticket.assignee_id else None
    return Story(
        ticket,
        await tickets.events(tx, ticket.id),
        [m for m in await tickets.messages(tx, ticket.id) if _may_see(m, ticket, contact, mine=mine)],
        owner.name if owner else None,
        ticket.contact_id == contact.id,
    )


def _may_see(message: Message, ticket: Ticket, reader: Contact, *, mine: bool) -> bool:
    """The desk's answers and one's own words; whoever was given the code sees the reporter's, no other driver's."""
    if message.direction != "in":
        return message.direction == "out"
    return message.contact_id == (reader.id if mine else ticket.contact_id)


async def _wait(tx: AsyncSession, names: tuple[str, ...], now: datetime) -> timedelta:
    """Zero when a try is allowed, otherwise how long until it is."""
    waits = [await budgets.allowance(tx, name, TRY_EVERY, TRIES, now) for name in names]
    return max((wait for allowed, wait in waits if not allowed), default=timedelta(0))
