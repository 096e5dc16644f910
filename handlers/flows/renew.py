"""The same pass once more, in two taps: the button under the old one, and yes."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import look_up, yes_no
from handlers import pass_finding, pass_words
from handlers import pass_offers as offer_
from handlers import pass_questions as ask
from hotline.passes import applying, wishes
from hotline.passes.offers import offer_of
from hotline.passes.telling import facts_of
from locales.words import Refusal, say
from storage.models import Contact

RENEWABLE = ("issued", "expired", "used")


def questions() -> Generator[Question, Any, str | None]:
    """Which; when everybody was tested, where the pack wants that; then yes."""
    code = yield from pass_finding.one_of_mine(RENEWABLE)
    if code is None:
        return AT_ONCE
    old = yield look_up("renewed", what_it_was)
    if old is None:
        return AT_ONCE
    yield from offer_.on_board(old["asks"], old.get("crew"))
    sure = ask.worded(yes_no("sure"))
    yield ask.asking(sure, say("renew.sure.ask", lines=pass_words.in_short(old)))
    return AT_ONCE


async def what_it_was(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """The old pass, as the question shows it; None when it cannot be renewed by this contact."""
    pass_ = await pass_finding.found(tx, contact, answers, now)
    if pass_ is None or pass_.number is None:
        return None
    offer = offer_of(pass_, now)
    asks = offer.issuing.asks if offer else ()
    crew = {"crew": [one["name"] for one in pass_.crew]} if pass_.crew else {}
    return {"id": pass_.id, **pass_words.kept_short(pass_), "asks": list(asks), **crew}


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    new = Option("/apply_pass", say("command.apply_pass"))
    if pass_finding.code_of(answers) is None:
        return Reply(say("renew.none"), (new,))
    pass_ = await pass_finding.found(tx, contact, answers, now)
    if pass_ is None or pass_.number is None:
        return pass_words.where_to_check()
    if not answers.get("sure"):
        return Reply(say("renew.left", **facts_of(pass_)), (pass_words.button("see", pass_),))
    wish = wishes.renewal_of(pass_, now, crew=offer_.crew_of(answers, pass_.crew or ()))
    try:
        async with tx.begin_nested():
            return pass_words.applied(await applying.apply(tx, contact, wish, now))
    except Refusal as no:
        return Reply(no.say, (new, pass_words.MY_PASSES))


FORM = Form("renew", questions, submit, argument="code")
