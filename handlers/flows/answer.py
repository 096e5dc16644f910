"""回复 from a chat: words, and photos, for everybody who waits for a ticket."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Question, Reply
from bot.questions import parsed
from handlers import staff_chat as chat
from handlers.flows.add_words import read_words, show_words
from hotline import staff_chat
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket, which the button knows; and the answer."""
    known = yield chat.about()
    if not (yield chat.is_staff()):
        return AT_ONCE
    if not known:
        yield chat.which()
    if not (yield chat.can_answer()):
        return AT_ONCE
    yield parsed("words", read_words, show_words, wants=("photos",))
    return AT_ONCE


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    member = await chat.member(tx, contact)
    ticket = await staff_chat.within_reach(tx, member, "reply", chat.number_of(answers))
    said = answers.get("words") or {"text": "", "photos": []}
    is_told = await staff_chat.answer(tx, member, ticket, said["text"], said["photos"], now)
    return chat.told("staff_chat.answered" if is_told else "staff_chat.photo_kept", ticket, "answer")


FORM = Form("answer", questions, submit, argument="about")
