"""A complaint or a report of misconduct, named or anonymous; who reported is kept within the desk."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Form, Question, Reply
from bot.questions import photos, text
from handlers import desk
from handlers.questions import phone_or_none, place, sub_kind
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """What happened, and a number to call back on; without one it is anonymous, and handled all the same."""
    yield sub_kind("complaint")
    yield text("words")
    yield phone_or_none("phone")
    yield place("where", later=True)
    yield photos("photos", later=True)
    yield text("more", later=True)
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await desk.take_up(tx, contact, "complaint", answers, now)


FORM = Form("complaint", questions, submit, steps=3, menu=10, photos="photos")
