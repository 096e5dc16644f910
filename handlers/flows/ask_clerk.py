"""What the documents said was no answer: the question goes to a clerk, as it was asked."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Answers, Begin, Form, Question
from bot.questions import look_up
from handlers.policy_answers import ASKED
from hotline import matters
from storage import said
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    yield look_up("asked", what_was_asked)
    return AT_ONCE


async def what_was_asked(tx: AsyncSession, contact: Contact, _answers: dict[str, Any], _now: datetime) -> str | None:
    """The question that our documents answered last; None when there was none."""
    row = await said.newest_about(tx, f"{ASKED}{contact.id}")
    return row.facts.get("question") if row else None


async def submit(_tx: AsyncSession, _contact: Contact, answers: dict[str, Any], _now: datetime) -> Begin:
    asked = answers.get("asked")
    if not asked:
        return Begin("consult")
    known: Answers = {"words": {"raw": asked, "value": asked, "verbatim": True}}
    known["what"] = {"raw": asked, "value": matters.recognise_what("consult", asked) or "other"}
    return Begin("consult", known)


FORM = Form("ask_clerk", questions, submit)
