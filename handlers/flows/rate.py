"""A reporter says whether he is satisfied with the result: one tap, and one sentence when he is not."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import look_up, text
from handlers import desk
from handlers.questions import verdict_on
from hotline import closing, tickets
from locales.words import render, say
from storage import tickets as ledger
from storage.models import Contact, Ticket


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket and how, which the button knows; why, when something is still wrong and can be put right."""
    verdict = yield verdict_on("verdict")
    counts = yield look_up("counts", still_counts)
    if counts and verdict["how"] == "unsatisfied":
        yield text("why", optional=True)
    return AT_ONCE


async def still_counts(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
    """Whether the ticket is settled and not struck off yet; an old button may come too late."""
    ticket = await _known(tx, contact, answers["verdict"]["number"])
    handled = await tx.get(Ticket, ticket.master_id) if ticket and ticket.master_id else ticket
    return handled is not None and handled.status == "resolved"


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """The reporter's word counts; a follower's, or that of one gathered with others, is more words for the ticket."""
    number, how, why = answers["verdict"]["number"], answers["verdict"]["how"], answers.get("why") or ""
    ticket = await _known(tx, contact, number)
    if ticket is None:
        return Reply(say("rate.not_yours"))
    about, see = f"ticket:{ticket.id}", (desk.see(ticket),)
    if not answers["counts"] and how == "unsatisfied":
        return too_late(ticket)
    is_anothers = ticket.contact_id != contact.id or ticket.master_id is not None
    if how != "unsatisfied" and (is_anothers or not answers["counts"]):
        return Reply(say("rate.thanks"), see, about=about)
    if is_anothers:
        words = why or render(contact.language, say(f"rate.how.{how}"))
        again = await tickets.add_words(tx, ticket.id or 0, contact, words, (), now)
        return desk.added(ticket, again=again)
    redone_before = ticket.redone
    await closing.rate(tx, ticket.id or 0, f"contact:{contact.id}", how, why, now)
    if how != "unsatisfied":
        return Reply(say("rate.thanks"), see, about=about)
    return Reply(say("rate.to_supervisor" if redone_before else "rate.redone", number=number), see, about=about)


def too_late(ticket: Ticket) -> Reply:
    """What is over begins anew as another ticket; what is still being handled needs no verdict yet."""
    over = ticket.status in ("struck_off", "declined")
    choices = (desk.see(ticket), *((Option("/menu", say("command.menu")),) if over else ()))
    words = say("rate.over" if over else "rate.not_now", number=ticket.number)
    return Reply(words, choices, about=f"ticket:{ticket.id}")


async def _known(tx: AsyncSession, contact: Contact, number: str) -> Ticket | None:
    ticket = await ledger.by_number(tx, number)
    return ticket if ticket is not None and await ledger.may_read(tx, ticket, contact.id or 0) else None


FORM = Form("rate", questions, submit, argument="verdict")
