"""收到: a member of staff acknowledges an alert of a trip from the chat that he linked."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Question, Reply
from handlers import staff_chat as chat
from hotline.filings import alerting
from locales.words import Refusal, say
from storage import filings as ledger
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which trip, which the button knows."""
    yield about()
    return AT_ONCE


def about() -> Question:
    """The number after the command, or None."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _moment: Moment) -> str | None:
        found = re.search(r"\d{15}", given.text)
        return found[0] if found else None

    return Question("about", read, fetch=none)


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    member = await chat.member(tx, contact)
    found = await ledger.by_number(tx, answers["about"]) if answers.get("about") else None
    if found is None:
        raise Refusal("trip.alert.none")
    fresh = await alerting.acknowledge(tx, member, found.id or 0, now)
    key = "trip_alert.thanks" if fresh else "trip_alert.already"
    return Reply(say(key, number=found.number, plate=found.plate, arrives=found.arrives_at))


FORM = Form("trip_alert", questions, submit, argument="about")
