"""接单 from a chat: a member of staff makes a ticket his own."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Question, Reply
from handlers import staff_chat as chat
from hotline import staff_chat, tickets
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket, which the button knows."""
    known = yield chat.about()
    if (yield chat.is_staff()) and not known:
        yield chat.which()
    return AT_ONCE


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    member = await chat.member(tx, contact)
    ticket = await staff_chat.within_reach(tx, member, "take", chat.number_of(answers))
    taken = await tickets.take(tx, ticket.id or 0, member, now)
    return chat.told("staff_chat.taken", taken, "answer", "hand_over")


FORM = Form("take", questions, submit, argument="about")
