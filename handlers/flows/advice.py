"""Somebody knows how it could be done better."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Form, Question, Reply
from bot.questions import photos, text
from handlers import desk
from handlers.questions import sub_kind
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """About what, and the proposal."""
    yield sub_kind("advice")
    yield text("words")
    yield photos("photos", later=True)
    yield text("more", later=True)
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await desk.take_up(tx, contact, "advice", answers, now)


FORM = Form("advice", questions, submit, steps=2, menu=13, photos="photos")
