"""A checkpoint that is not in the register becomes a report: one tap under the answer that did not find it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Begin, Form, Question
from handlers.questions import place
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Where it stands, which the button mostly knows."""
    yield place("where")
    return AT_ONCE


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Begin:
    """Go on as a report of a blockage, whose review tells what it holds and offers what else helps."""
    where = answers["where"]
    known = {"what": "illegal_checkpoint", "where": where}
    return Begin("blockage", {name: {"raw": where.get("text", ""), "value": value} for name, value in known.items()})


FORM = Form("unlisted", questions, submit, argument="where")
