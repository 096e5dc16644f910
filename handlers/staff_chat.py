"""What the staff's flows share: who asks, about which ticket, and what anybody else is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Given, Moment, Option, Question, Reply
from bot.questions import look_up, parsed
from handlers import desk
from hotline import numbers, staff_chat
from hotline.formats.describe import describe_place
from hotline.neighbours import has_place, place_of
from locales.words import Refusal, say
from storage.models import OPEN, Contact, Staff, Ticket
from storage.staff_chat import in_a_form

BUTTONS = {"take": "summons.take", "answer": "summons.answer", "hand_over": "summons.pass"}
"""What a button under a summons reads; other words than the command's own, so that typing it means this ticket."""


def about() -> Question:
    """The number after the command, or None; nothing is asked before it is known who asks."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    return Question("about", lambda _question, given, moment: read_number(given, moment), fetch=none)


def is_staff() -> Question:
    """Whether this chat is linked to somebody who works here."""

    async def fetch(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
        return await staff_chat.member_at(tx, contact) is not None

    return look_up("is_staff", fetch)


def can_answer() -> Question:
    """Whether this member may answer this ticket now; if not, nothing more is asked, and `submit` says why."""

    async def fetch(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
        try:
            found = await staff_chat.within_reach(tx, await member(tx, contact), "reply", number_of(answers))
        except Refusal:
            return False
        return found.status in OPEN

    return look_up("can_answer", fetch)


def which() -> Question:
    """The ticket, when the command came without it."""
    return parsed("which", read_number)


def read_number(given: Given, _moment: Moment) -> str:
    """A ticket number, or a refusal that shows what one looks like."""
    found = numbers.find_number(given.text)
    if found is None:
        raise Refusal("ticket.number.refused", typed=given.text[:40])
    return found


def number_of(answers: dict[str, Any]) -> str | None:
    """The number that was given with the command, or asked for."""
    return answers.get("about") or answers.get("which")


async def member(tx: AsyncSession, contact: Contact) -> Staff:
    """Who of the staff asks; anybody else hears what he would hear of a command that does not exist."""
    found = await staff_chat.member_at(tx, contact)
    if found is None:
        busy = await in_a_form(tx, contact.id or 0)
        raise Refusal("dialogue.no_such_command" if busy else "dialogue.nothing_to_do")
    return found


def told(key: str, ticket: Ticket, *commands: str) -> Reply:
    """What was done with a ticket, what it is about, and what may be done next; a reply to it answers the ticket."""
    place = describe_place(place_of(ticket)) if has_place(ticket) else ""
    words = say(key, number=ticket.number, what=desk.what_of(ticket), place=place)
    options = tuple(Option(f"/{name} {ticket.number}", say(BUTTONS[name])) for name in commands)
    return Reply(words, options, about=f"desk:{ticket.id}")
