"""Somebody asks about a pass: whether one is needed, where it is, how to renew it, whether it is genuine."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Begin, Form, Question, Reply
from bot.questions import look_up, photos, text
from handlers import desk, pass_finding
from handlers.flows import mypasses
from handlers.questions import plate_or_pass, sub_kind
from hotline.formats.plates import find_plate
from storage.models import Contact

ABOUT_A_PASS = ("progress", "renew", "verify")
"""What can only be answered of one pass."""


def questions() -> Generator[Question, Any, str | None]:
    """What is wanted; then the pass, where there is one, or else the question itself."""
    what = yield sub_kind("pass_query")
    which = (yield plate_or_pass("which", optional=True)) if what in ABOUT_A_PASS else None
    if which is not None and (yield look_up("held", what_is_held)):
        return AT_ONCE
    yield text("words", later=which is not None)
    if what not in ABOUT_A_PASS:
        yield plate_or_pass("which", later=True)
    yield photos("photos", later=True)
    if which is None:
        yield text("more", later=True)
    return None


async def what_is_held(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[str]:
    """The codes of the passes that this names and this contact may read: then nobody need wait for a clerk."""
    found = await pass_finding.read_by(tx, answers["which"], contact, now)
    return [pass_.code for pass_ in found or ()]


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply | Begin:
    if answers.get("held"):
        if answers["what"] == "renew" and len(answers["held"]) == 1:
            return Begin("renew", {"code": {"raw": answers["which"], "value": answers["held"][0]}})
        found = await pass_finding.read_by(tx, answers["which"], contact, now)
        return await mypasses.told(tx, found or [], contact, now)
    plate = find_plate(answers.get("which") or "")
    known = answers | ({"plate": str(plate[0])} if plate else {})
    return await desk.take_up(tx, contact, "pass_query", known, now)


FORM = Form("pass_query", questions, submit, steps=2, menu=12, photos="photos")
