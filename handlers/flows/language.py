"""Choose the language of the conversation."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question
from bot.questions import choice
from locales.words import LANGUAGES, Say, say
from storage import contacts
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    yield choice("to", [Option(tag, say(f"language.{tag}")) for tag in LANGUAGES])
    return AT_ONCE


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
    await contacts.set_language(tx, contact, answers["to"])
    return say("dialogue.language_set")


FORM = Form("language", questions, submit, menu=99)
