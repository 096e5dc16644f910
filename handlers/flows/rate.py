"""A reporter says whether he is satisfied with the result: one tap, and one sentence when he is not."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply, said_as
from bot.questions import look_up, parsed, text
from handlers import desk
from hotline import closing, numbers, tickets
from locales.words import Refusal, Say, say
from storage import tickets as ledger
from storage.models import Contact, Ticket

HOW = ("satisfied", "mostly", "unsatisfied")


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket and how, which the button knows; why, when something is still wrong and it can still be put right."""
    verdict = yield parsed("verdict", read_verdict, show_verdict)
    counts = yield look_up("counts", still_counts)
    if counts and verdict["how"] == "unsatisfied":
        yield text("why", optional=True)
    return AT_ONCE


def read_verdict(given: Given, _moment: Moment) -> dict[str, str]:
    """A ticket number, and how satisfied: by the word of the button or as people type it."""
    number, words = numbers.find_number(given.text), re.sub(r"[0-9０-９-]{12,}", " ", given.text).split()
    how = next((how for how in HOW if how in words), None) or how_said(" ".join(words))
    if number is None or how is None:
        raise Refusal("rate.verdict.refused")
    return {"number": number, "how": how}


def how_said(words: str) -> str | None:
    """How satisfied somebody is who begins with saying so: 不满意，还是不让走."""
    first = re.split(r"[，,。；;\n]", words.strip(" ，,。"), maxsplit=1)[0]
    key = said_as(first, *(f"rate.how.{how}" for how in HOW))
    return key.rpartition(".")[2] if key else None


def show_verdict(value: dict[str, str]) -> Say:
    """How satisfied, in words."""
    return say(f"rate.how.{value['how']}")


async def still_counts(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
    """Whether the ticket is settled, is not struck off, and is the writer's to rate; an old button may be none of it."""
    ticket = await _known(tx, contact, answers["verdict"]["number"])
    handled = await tx.get(Ticket, ticket.master_id) if ticket and ticket.master_id else ticket
    return handled is not None and handled.status == "resolved"


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """The reporter's word counts; a follower's, or that of one gathered with others, is more words for the ticket."""
    (number, how), why = answers["verdict"].values(), answers.get("why") or ""
    ticket = await _known(tx, contact, number)
    if ticket is None:
        return Reply(say("rate.not_yours"))
    about, see = f"ticket:{ticket.id}", (desk.see(ticket),)
    if not answers["counts"]:
        return Reply(say("rate.not_now", number=number), (*see, Option("/menu", say("command.menu"))), about=about)
    if ticket.contact_id != contact.id or ticket.master_id is not None:
        if how != "unsatisfied":
            return Reply(say("rate.thanks"))
        return desk.added(await tickets.add_words(tx, ticket.id or 0, contact, why or "不满意", (), now))
    redone_before = ticket.redone
    await closing.rate(tx, ticket.id or 0, f"contact:{contact.id}", how, why, now)
    if how != "unsatisfied":
        return Reply(say("rate.thanks"), see, about=about)
    return Reply(say("rate.to_supervisor" if redone_before else "rate.redone", number=number), see, about=about)


async def _known(tx: AsyncSession, contact: Contact, number: str) -> Ticket | None:
    ticket = await ledger.by_number(tx, number)
    return ticket if ticket is not None and await ledger.may_read(tx, ticket, contact.id or 0) else None


FORM = Form("rate", questions, submit, argument="verdict")
