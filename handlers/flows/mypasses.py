"""What passes I have or wait for; and one of them whole: how it stands, its picture, and what can be done."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from handlers import pass_words
from hotline.passes import reading
from hotline.passes.standing import may_act
from hotline.passes.telling import BUTTONS
from locales.words import Refusal, say, together
from storage import passes as ledger
from storage.models import Contact, Pass

MOST = 8
"""Of a page; the older ones are one tap away."""

_BEFORE = re.compile(r"<(\d{1,18})")


def questions() -> Generator[Question, Any, str | None]:
    """Nothing is asked: the button says which pass, or from where on the list goes on."""
    yield wanted()
    return AT_ONCE


def wanted() -> Question:
    """What the button carries: a pass, or where the page before ended; else None."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _at: Moment) -> dict[str, Any]:
        if (older := _BEFORE.fullmatch(given.text)) is not None:
            return {"before": int(older[1])}
        if reading.find(given.text) is None:
            raise Refusal("pass.unknown")
        return {"named": given.text}

    return Question("wanted", read, fetch=none)


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    asked = answers.get("wanted") or {}
    name = reading.find(asked["named"]) if "named" in asked else None
    if name is not None:
        return await told(tx, await reading.named(tx, name, contact, now, MOST), contact, now)
    found = await reading.mine(tx, contact, now, MOST + 1, before=asked.get("before"))
    if not found:
        new = Option("/apply_pass", say("command.apply_pass"))
        return Reply(say("mypasses.no_more" if asked else "mypasses.none"), (new,))
    older = Option(f"/mypasses <{found[MOST - 1].id}", say("mypasses.older")) if len(found) > MOST else None
    return listed(found[:MOST], older)


async def told(tx: AsyncSession, found: list[Pass], contact: Contact, now: datetime) -> Reply:
    """The one pass that was meant, or a list of several; nothing to read is a sentence that says where to check."""
    if not found:
        return pass_words.where_to_check()
    if len(found) > 1:
        return listed(found, None)
    events = await ledger.events(tx, found[0].id or 0)
    return pass_words.shown(found[0], events, now, may_act=await may_act(tx, found[0], contact, now))


def listed(found: list[Pass], older: Option | None) -> Reply:
    """Passes one under the other, each a button."""
    lines = [pass_words.line(one, place) for place, one in enumerate(found, 1)]
    command, _ = BUTTONS["see"]
    choices = [
        Option(command.format(code=one.code), say("pass_forms.option", plate=one.plate, words=pass_words.state_of(one)))
        for one in found
    ]
    return Reply(together(say("mypasses.list", lines=lines)), (*choices, *((older,) if older else ())))


FORM = Form("mypasses", questions, submit, menu=16, argument="wanted")
