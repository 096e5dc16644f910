"""More words for a ticket, when several are open and only the writer knows which is meant."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, parsed
from handlers import desk
from hotline import tickets
from locales.words import Refusal, Say, say
from storage import tickets as ledger
from storage.models import Contact, Ticket


def questions() -> Generator[Question, Any, str | None]:
    """What to add, which is mostly there before the form begins, and to which ticket."""
    yield parsed("words", read_words, show_words, wants=("photos",))
    waiting = yield look_up("waiting", open_ones)
    if waiting:
        yield choice("to", [Option(w["id"], brief(w)) for w in waiting])
    return AT_ONCE


def read_words(given: Given, _moment: Moment) -> dict[str, Any]:
    """Words, photos, or both."""
    if not given.words and not given.photos:
        raise Refusal("question.text.empty")
    return {"text": given.words, "photos": list(given.photos)}


def show_words(value: dict[str, Any]) -> Say | str:
    """The words, or how many photos there are."""
    return value["text"] or say("question.photos.count", count=len(value["photos"]))


async def open_ones(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The writer's open tickets, small enough to be kept with the answers."""
    found = await ledger.of_contact(tx, contact.id or 0, 5, open_only=True)
    return [{"id": str(t.id), "number": t.number, "kind": t.kind, "what": t.what} for t in found]


def brief(known: dict[str, Any]) -> Say:
    """A ticket on a button."""
    return say("add_words.to.option", number=known["number"], what=say(f"{known['kind']}.what.{known['what']}"))


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """Add the words to the ticket that was chosen."""
    if "to" not in answers:
        return Reply(say("add_words.none"), (Option("/blockage", say("command.blockage")),))
    words = answers["words"]
    again = await tickets.add_words(tx, int(answers["to"]), contact, words["text"], words["photos"], now)
    return desk.added(await tx.get_one(Ticket, int(answers["to"])), again=again)


FORM = Form("add_words", questions, submit)
