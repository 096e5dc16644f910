"""A driver appeals against what his health code or itinerary card shows; these are answered first."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Form, Question, Reply
from bot.questions import photos, text
from handlers import desk
from handlers.questions import place, plate, sub_kind
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """What is wrong with the code, and where the truck stands meanwhile."""
    yield sub_kind("code_appeal")
    yield place("where")
    yield photos("photos", later=True)
    yield plate("plate", later=True)
    yield text("words", later=True)
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await desk.take_up(tx, contact, "code_appeal", answers, now)


FORM = Form("code_appeal", questions, submit, steps=2, menu=11, photos="photos")
