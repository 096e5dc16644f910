"""Look at one ticket: by its number, and its code when somebody else reported it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import look_up, parsed
from handlers import desk
from hotline import numbers, reading
from locales.words import Refusal, Say, say
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    yield parsed("number", read_number)
    if (yield look_up("mine", is_mine)):
        return AT_ONCE
    yield parsed("code", read_code)
    return AT_ONCE


def read_number(given: Given, _moment: Moment) -> str:
    """A ticket number, or a refusal that shows what one looks like."""
    found = numbers.find_number(given.text)
    if found is None:
        raise Refusal("ticket.number.refused", typed=given.text[:40])
    return found


def read_code(given: Given, _moment: Moment) -> str:
    """The six digits that were given with the number."""
    found = numbers.find_code(given.text)
    if found is None:
        raise Refusal("ticket.code.refused")
    return found


async def is_mine(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
    """Whether this contact needs no code."""
    return await reading.may_read(tx, answers["number"], contact)


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """The ticket as its reporter sees it; a wrong code is answered, and tries are limited."""
    story = await reading.read(tx, answers["number"], contact, answers.get("code"), now)
    if isinstance(story, Say):
        return Reply(story, (Option(f"/ticket {answers['number']}", say("ticket.try_again")),))
    return desk.shown(story)


FORM = Form("ticket", questions, submit, menu=6, argument="number")
