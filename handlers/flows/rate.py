"""A reporter says whether he is satisfied with the result: one tap, and one sentence when he is not."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import parsed, text
from handlers import desk
from hotline import closing, numbers, tickets
from locales.words import Refusal, Say, say
from storage import tickets as ledger
from storage.models import Contact

HOW = ("satisfied", "mostly", "unsatisfied")


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket and how, which the button knows; why, when something is still wrong."""
    verdict = yield parsed("verdict", read_verdict, show_verdict)
    if verdict["how"] == "unsatisfied":
        yield text("why", longest=500)
    return AT_ONCE


def read_verdict(given: Given, _moment: Moment) -> dict[str, str]:
    """A ticket number, and how satisfied: by the word of the button or as people type it."""
    number, words = numbers.find_number(given.text), given.text.split()
    how = next((h for h in HOW if h in words), None) or _typed(given.text)
    if number is None or how is None:
        raise Refusal("rate.verdict.refused")
    return {"number": number, "how": how}


def _typed(said: str) -> str | None:
    for how, word in (("unsatisfied", "不满意"), ("mostly", "基本满意"), ("satisfied", "满意")):
        if word in said:
            return how
    return None


def show_verdict(value: dict[str, str]) -> Say:
    """How satisfied, in words."""
    return say(f"rate.how.{value['how']}")


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """The reporter's word counts; a follower's complaint is more words for the ticket."""
    number, how = answers["verdict"]["number"], answers["verdict"]["how"]
    why = answers.get("why") or ""
    ticket = await ledger.by_number(tx, number)
    if ticket is None or not await ledger.may_read(tx, ticket, contact.id or 0):
        return Reply(say("rate.not_yours"))
    if ticket.contact_id != contact.id or ticket.master_id is not None:
        if how != "unsatisfied":
            return Reply(say("rate.thanks"))
        return desk.added(await tickets.add_words(tx, ticket.id or 0, contact, why, (), now))
    redone_before = ticket.redone
    rated = await closing.rate(tx, ticket.id or 0, f"contact:{contact.id}", how, why, now)
    see = (Option(f"/ticket {number}", say("told.see")),)
    if how != "unsatisfied":
        return Reply(say("rate.thanks"), see, about=f"ticket:{rated.id}")
    key = "rate.to_supervisor" if redone_before else "rate.redone"
    return Reply(say(key, number=number), see, about=f"ticket:{rated.id}")


FORM = Form("rate", questions, submit, argument="verdict")
