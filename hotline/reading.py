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
"""Codes that one contact, or everybody together on one ticket, may try: five at once, then one each ten minutes."""


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with its ledger and words; `owner` is the clerk's name, `is_mine`: the reader reported or follows it."""

    ticket: Ticket
    events: list[TicketEvent]
    messages: list[Message]
    owner: str | None
    is_mine: bool


async def may_read(tx: AsyncSession, number: str, contact: Contact) -> bool:
    """Whether this contact reported or follows the ticket of this number."""
    assert contact.id is not None
    ticket = await tickets.by_number(tx, number)
    return ticket is not None and await tickets.may_read(tx, ticket, contact.id)


async def read(tx: AsyncSession, number: str, contact: Contact, code: str | None, now: datetime) -> Story | Say:
    """The ticket's story, or the sentence that says why not: a wrong code, an unknown number, too many tries.

    A wrong number and a wrong code read the same, so that nobody can find out which numbers exist. The answer is a
    value, not a Refusal, because a try must stay paid for, and a Refusal would roll it back.
    """
    ticket = await tickets.by_number(tx, number)
    mine = await may_read(tx, number, contact)
    if not mine:
        wait = await _pay_for_a_try(tx, (f"code:contact:{contact.id}", f"code:ticket:{number}"), now)
        if wait:
            return say("ticket.code.too_many", wait=wait)
        if ticket is None or not hmac.compare_digest(ticket.code.encode(), (code or "").encode()):
            return say("ticket.code.wrong")
    assert ticket is not None and ticket.id is not None
    owner = await staff.by_id(tx, ticket.assignee_id) if ticket.assignee_id else None
    return Story(
        ticket,
        await tickets.events(tx, ticket.id),
        await tickets.messages(tx, ticket.id),
        owner.name if owner else None,
        mine,
    )


async def _pay_for_a_try(tx: AsyncSession, names: tuple[str, ...], now: datetime) -> timedelta:
    """Zero when the try is allowed and paid for, otherwise how long to wait."""
    for name in names:
        allowed, wait = await budgets.allowance(tx, name, TRY_EVERY, TRIES, now)
        if not allowed:
            return wait
    for name in names:
        await budgets.pay(tx, name, TRY_EVERY, 1, now)
    return timedelta(0)
