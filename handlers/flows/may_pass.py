"""May I pass: what the rules in force say to this truck at this checkpoint, today."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Question, Reply
from bot.questions import look_up
from handlers import rulings
from handlers.questions import place
from handlers.rule_questions import facts, put
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Where; then what the rules that hold there need to know."""
    yield place("where")
    asked = yield look_up("rules", put("passage"))
    yield from facts(asked)
    return AT_ONCE


async def submit(tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await rulings.answer(tx, "truck_release", answers, now)


FORM = Form("may_pass", questions, submit, menu=2)
