"""Which class of oversize load: which authority decides, in how many days, on which documents."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Question, Reply
from bot.questions import look_up
from handlers import rulings
from handlers.rule_questions import facts, put
from storage.models import Contact

SCHEME = "oversize"


def questions() -> Generator[Question, Any, str | None]:
    """Sizes and masses, as far as they decide."""
    asked = yield look_up("rules", put("need", SCHEME))
    yield from facts(asked)
    return AT_ONCE


async def submit(tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return await rulings.answer(tx, SCHEME, answers, now)


FORM = Form("oversize", questions, submit, menu=14)
