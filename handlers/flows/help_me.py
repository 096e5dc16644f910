"""A driver needs help himself: stranded, hungry, ill, tired, broken down."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Form, Question, Reply
from bot.questions import photos, text
from handlers import desk
from handlers.questions import phone, place, sub_kind
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """What is needed and where; nothing else stands between him and help."""
    yield sub_kind("help")
    yield place("where")
    yield phone("phone", later=True)
    yield photos("photos", later=True)
    yield text("words", later=True)
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await desk.take_up(tx, contact, "help", answers, now)


FORM = Form("help_me", questions, submit, steps=2, menu=7, photos="photos")
