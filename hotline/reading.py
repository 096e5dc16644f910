"""Who may read a ticket: its reporter, its followers, and whoever holds its number and code."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import Say, say
from storage import budgets, staff, tickets
from storage.models import Contact, Department, Message, Ticket, TicketEvent

TRY_EVERY, TRIES = timedelta(minutes=10), 5
"""Wrong codes that one contact, or all together on one ticket, may try: five at once, then one each ten minutes."""


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with its ledger and the words that its reader may see; `owner` is the clerk's or department's name.

    What was gathered under a `master` is handled there: status, owner and due time are the master's.
    """

    ticket: Ticket
    events: list[TicketEvent]
    messages: list[Message]
    owner: str | None
    is_reporter: bool
    master: Ticket | None = None

    @property
    def handled(self) -> Ticket:
        """The ticket on which the work is done."""
        return self.master or self.ticket


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
    master = await tx.get(Ticket, ticket.master_id) if ticket.master_id else None
    ids = [ticket.id, *([master.id or 0] if master else [])]
    return Story(
        ticket,
        sorted([e for one in ids for e in await tickets.events(tx, one)], key=lambda e: e.id or 0),
        [m for one in ids for m in await tickets.messages(tx, one) if _may_see(m, ticket, contact, mine=mine)],
        await _owner(tx, master or ticket),
        ticket.contact_id == contact.id,
        master,
    )


async def _owner(tx: AsyncSession, ticket: Ticket) -> str | None:
    """Who has it in hand; before that, the department where it lies."""
    if ticket.assignee_id and ticket.status != "assigned":
        member = await staff.by_id(tx, ticket.assignee_id)
        return member.name if member else None
    department = await tx.get(Department, ticket.department_id) if ticket.department_id else None
    return department.name if department else None


def _may_see(message: Message, ticket: Ticket, reader: Contact, *, mine: bool) -> bool:
    """The desk's answers and one's own words; whoever was given the code sees the reporter's, no other driver's."""
    if message.direction != "in":
        return message.direction == "out"
    return message.contact_id == (reader.id if mine else ticket.contact_id)


async def _wait(tx: AsyncSession, names: tuple[str, ...], now: datetime) -> timedelta:
    """Zero when a try is allowed, otherwise how long until it is."""
    waits = [await budgets.allowance(tx, name, TRY_EVERY, TRIES, now) for name in names]
    return max((wait for allowed, wait in waits if not allowed), default=timedelta(0))
