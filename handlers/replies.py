"""Answers to messages that no form takes, in order: the first that has something to say says it."""

from __future__ import annotations

from typing import Any

from bot.conversation import Answers, Begin, Option, Reply, said_as
from bot.turn import Turn
from handlers import desk
from hotline import numbers, tickets
from hotline.formats.free_words import understand
from hotline.formats.places import from_position
from locales.words import Refusal, say
from storage import said
from storage import tickets as ledger
from storage.models import Ticket


async def ticket_number(turn: Turn) -> Reply | Begin | None:
    """A ticket's number, alone or with its code: show that ticket."""
    try:
        number = numbers.find_number(turn.given.text)
    except Refusal as no:
        return Reply(no.say, (Option("/mytickets", say("command.mytickets")),))
    if number is None:
        return None
    answers: Answers = {"number": {"raw": turn.given.text, "value": number}}
    if code := numbers.find_code(turn.given.text):
        answers["code"] = {"raw": code, "value": code}
    return Begin("ticket", answers)


async def to_what_was_said(turn: Turn) -> Reply | Begin | None:
    """A reply to one of our messages about a ticket belongs to that ticket."""
    reply_to, contact = turn.incoming.reply_to, turn.standing.contact
    if reply_to is None or contact.id is None:
        return None
    row = await said.by_external_id(turn.tx, contact.channel, contact.account, contact.address, reply_to)
    if row is None or row.about is None or not row.about.startswith("ticket:") or turn.given.is_empty:
        return None
    ticket = await turn.tx.get(Ticket, int(row.about.removeprefix("ticket:")))
    if ticket is None or not await ledger.may_read(turn.tx, ticket, contact.id):
        return None
    return await _added(turn, ticket.id or 0)


async def thanks(turn: Turn) -> Reply | Begin | None:
    """Thanks are no news for the clerk, and no reason to open a settled ticket again."""
    return Reply(say("ticket.thanks.answer")) if said_as(turn.given.text, "ticket.thanks") else None


async def a_new_report(turn: Turn) -> Reply | Begin | None:
    """Free words that name a place, a plate or a blockage are a report that has half its answers."""
    if turn.given.position is not None:
        p = turn.given.position
        where = from_position(p.latitude, p.longitude, p.datum, p.label).to_json()
        return Begin("blockage", {"where": {"raw": f"{p.latitude},{p.longitude}", "value": where}})
    said = understand(turn.given.text)
    found = {"what": said.what, "where": said.place and said.place.to_json(), "plate": said.plate and str(said.plate)}
    answers: Answers = {k: {"raw": turn.given.text, "value": v} for k, v in found.items() if v}
    if not answers:
        return None
    if not said.place and await _open_ones(turn):
        return None
    if turn.given.photos:
        answers["photos"] = {"raw": "", "value": list(turn.given.photos)}
    if turn.given.text != found["plate"]:
        answers["note"] = _verbatim(turn, turn.given.words)
    return Begin("blockage", answers)


async def to_an_open_ticket(turn: Turn) -> Reply | Begin | None:
    """Anything else from somebody who waits for us is about what he waits for."""
    if turn.given.is_empty:
        return None
    waiting = await _open_ones(turn)
    if len(waiting) == 1:
        return await _added(turn, waiting[0].id or 0)
    if len(waiting) > 1:
        words = {"text": turn.given.words, "photos": list(turn.given.photos)}
        return Begin("add_words", {"words": _verbatim(turn, words)})
    if turn.given.photos:
        shown: Answers = {"photos": {"raw": "", "value": list(turn.given.photos)}}
        said: Answers = {"note": _verbatim(turn, turn.given.words)} if turn.given.words else {}
        return Begin("blockage", shown | said)
    return None


def _verbatim(turn: Turn, value: object) -> dict[str, Any]:
    return {"raw": turn.given.text, "value": value, "verbatim": True}


async def _open_ones(turn: Turn) -> list[Ticket]:
    return await ledger.of_contact(turn.tx, turn.standing.contact.id or 0, 5, open_only=True)


async def _added(turn: Turn, ticket_id: int) -> Reply:
    ticket = await tickets.add_words(
        turn.tx, ticket_id, turn.standing.contact, turn.given.words, turn.given.photos, turn.now
    )
    return desk.added(ticket)


REPLIES = (ticket_number, thanks, to_what_was_said, a_new_report, to_an_open_ticket)
