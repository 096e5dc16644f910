"""An application is taken back while nobody has decided."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import look_up, yes_no
from handlers import pass_finding, pass_words
from handlers import pass_questions as ask
from hotline.passes import applying
from hotline.passes.telling import facts_of
from locales.words import Refusal, say
from storage.models import PENDING, Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which, and whether that is meant."""
    if (yield from pass_finding.one_of_mine(PENDING)) is None:
        return AT_ONCE
    it = yield look_up("application", what_it_is)
    if it is not None:
        yield ask.asking(ask.worded(yes_no("sure")), say("withdraw_pass.sure.ask", lines=pass_words.in_short(it)))
    return AT_ONCE


async def what_it_is(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """The application, as the question shows it; None when it is not this contact's."""
    pass_ = await pass_finding.found(tx, contact, answers, now)
    return pass_words.kept_short(pass_) if pass_ is not None and pass_.state in PENDING else None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    if pass_finding.code_of(answers) is None:
        return Reply(say("withdraw_pass.none"), (pass_words.MY_PASSES,))
    pass_ = await pass_finding.found(tx, contact, answers, now)
    if pass_ is None:
        return pass_words.where_to_check()
    if pass_.state in PENDING and not answers.get("sure"):
        return Reply(say("withdraw_pass.left", **facts_of(pass_)), (pass_words.button("see", pass_),))
    try:
        async with tx.begin_nested():
            done = await applying.withdraw(tx, pass_.id or 0, contact, now)
    except Refusal as no:
        return Reply(no.say, (pass_words.MY_PASSES,))
    return Reply(say("withdraw_pass.done", **facts_of(done)), (Option("/apply_pass", say("command.apply_pass")),))


FORM = Form("withdraw_pass", questions, submit, argument="code")
