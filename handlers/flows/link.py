"""Somebody of the staff links this chat to the account at the console, with a code that the console showed."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Question, Reply
from bot.questions import parsed
from hotline import staff_chat
from locales.words import Say, say
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """The code; whether it is one, only the ledger knows."""
    yield parsed("code", read_code, lambda _code: say("staff_chat.code.hidden"))
    return AT_ONCE


def read_code(given: Given, _moment: Moment) -> str:
    """What was typed, no longer than a code with spaces in it."""
    return given.text.strip()[:20]


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    linked = await staff_chat.link(tx, contact, answers["code"], now)
    return Reply(linked if isinstance(linked, Say) else say("staff_chat.linked", name=linked.name))


FORM = Form("link", questions, submit, argument="code")
