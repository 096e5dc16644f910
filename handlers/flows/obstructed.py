"""A truck with a valid pass is stopped: one tap under the pass reports it, with pass, clause and place."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Question, Reply
from bot.questions import look_up, parsed
from handlers import desk, obstruction
from handlers.questions import place
from handlers.ruling_words import REPORT
from hotline.formats.places import Place
from hotline.formats.tidy import tidy
from locales.words import Refusal, say
from storage.models import Contact

LONGEST = 600


def questions() -> Generator[Question, Any, str | None]:
    """Which pass, which the button knows; and where, unless an officer of ours has just held the truck."""
    yield parsed("code", read_code)
    shown = yield look_up("shown", what_is_held)
    if shown is not None and not shown["where"]:
        yield place("where")
    return AT_ONCE


def read_code(given: Given, _moment: Moment) -> str:
    """The code of a pass, or what its QR code holds."""
    plain = tidy(given.text).replace(" ", "").upper()
    if not 12 <= len(plain) <= LONGEST or not plain.isascii():
        raise Refusal("obstructed.code.refused")
    return plain


async def what_is_held(
    tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """Where the truck was held, if one of ours held it; None when there is no such pass, or it does not hold now."""
    pass_ = await obstruction.found(tx, answers["code"])
    if pass_ is None or not await obstruction.holds(tx, pass_, now):
        return None
    where = await obstruction.stopped_at(tx, pass_, now)
    return {"where": where.to_json() if where else None}


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """A report of a blockage with the pass in it; whose pass does not hold reports without it."""
    pass_ = await obstruction.found(tx, answers["code"])
    if pass_ is None:
        return Reply(say("checkpoint.obstructed.unknown"), (REPORT,))
    if answers.get("shown") is None:
        return Reply(say("checkpoint.obstructed.not_valid", number=pass_.number or ""), (REPORT,))
    where = Place.from_json(answers["shown"]["where"] or answers["where"])
    ticket, how = await obstruction.report(tx, contact, pass_, where, desk.division(), now)
    if how == "opened":
        return await desk.opened(tx, ticket)
    return desk.joined(ticket) if how == "joined" else desk.added(ticket)


FORM = Form("obstructed", questions, submit, steps=1, argument="code")
