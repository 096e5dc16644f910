"""Staff in a chat of their own: linked with a one-time code from the console, with the same rights as there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import rights, tickets
from hotline.audience import record
from locales.typed import normalise
from locales.words import Refusal, Say, say
from storage import attachments, audit, budgets, staff_chat, summons
from storage import tickets as ledger
from storage.models import Contact, Staff, Ticket

CODE_LASTS = timedelta(minutes=10)
CODE_LENGTH = 8
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No letter that reads like a digit: codes are typed from one screen into another. 31 signs make 8 of them 39 bits."""

TRY_EVERY, TRIES = timedelta(minutes=10), 5
"""Wrong codes that one chat may try: five at once, then one each ten minutes."""


def new_code() -> str:
    """A fresh code; it is shown once and kept nowhere but as its hash."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


async def offer(tx: AsyncSession, member: Staff, code: str, now: datetime) -> None:
    """From now on, and for ten minutes, this code links a chat; an earlier one is void."""
    held = await staff_chat.held(tx, member.id or 0)
    held.link_code, held.link_until = _sealed(code), now + CODE_LASTS
    await staff_chat.keep(tx, held)
    await audit.record(tx, held.id or 0, "staff.chat_code", now)


async def link(tx: AsyncSession, contact: Contact, code: str, now: datetime) -> Staff | Say:
    """Who showed this code at the console has this chat; or the sentence that says why not.

    The sentence is a value, not a Refusal, because a try must stay paid for, and a Refusal would roll it back.
    """
    tries = f"link:contact:{contact.id}"
    allowed, wait = await budgets.allowance(tx, tries, TRY_EVERY, TRIES, now)
    if not allowed:
        return say("staff_chat.link.too_many", wait=wait)
    member = await staff_chat.of_code(tx, _sealed(code), now)
    if member is None:
        await budgets.pay(tx, tries, TRY_EVERY, 1, now)
        return say("staff_chat.link.wrong")
    await staff_chat.leave(tx, contact.id or 0)
    member.contact_id, member.link_code, member.link_until = contact.id, None, None
    await staff_chat.keep(tx, member)
    await audit.record(tx, member.id or 0, "staff.chat_linked", now, channel=contact.channel)
    return member


async def unlink(tx: AsyncSession, member: Staff, now: datetime) -> None:
    """No chat is this member's any more, and no code waits for one."""
    held = await staff_chat.held(tx, member.id or 0)
    was = held.contact_id
    held.contact_id = held.link_code = held.link_until = None
    await staff_chat.keep(tx, held)
    if was is not None:
        await audit.record(tx, held.id or 0, "staff.chat_unlinked", now)


async def member_at(tx: AsyncSession, contact: Contact) -> Staff | None:
    """Who of the staff sits at this chat; somebody who must choose a password first does so at the console."""
    member = await summons.member_at(tx, contact.id or 0)
    return member if member is not None and not member.must_change else None


async def within_reach(tx: AsyncSession, member: Staff, verb: str, number: str | None) -> Ticket:
    """The ticket of this number, if this member may do this with it; raises Refusal, as the console would."""
    ticket = await ledger.by_number(tx, number) if number else None
    if ticket is None or not await rights.may_see(tx, member, ticket):
        raise Refusal("staff_chat.no_ticket", number=number or "")
    if not rights.may(member, verb):
        raise Refusal("staff_chat.not_yours")
    return ticket


async def answer(
    tx: AsyncSession, member: Staff, ticket: Ticket, words: str, photos: Sequence[int], now: datetime
) -> bool:
    """Words go to everybody who waits; photos hang on the ticket. False when there were photos alone: nobody is told.

    An album comes as several messages, and only its first has words.
    """
    await tickets.at_work(tx, ticket.id or 0)
    if words.strip():
        answered = await tickets.reply(tx, ticket.id or 0, member, words, now)
        await attachments.attach(tx, photos, answered.id or 0, None)
        return True
    if not photos:
        raise Refusal("desk.words_missing")
    await attachments.attach(tx, photos, ticket.id or 0, None)
    await record(tx, ticket, "noted", f"staff:{member.id}", now, photos=len(photos))
    return False


def _sealed(code: str) -> str:
    return hashlib.sha256(normalise(code).upper().replace(" ", "").replace("-", "").encode()).hexdigest()
