"""Answers to messages that no form takes, in order: the first that has something to say says it."""

from __future__ import annotations

from typing import Any

from bot.conversation import Answers, Begin, Option, Reply, said_as
from bot.turn import Turn
from handlers import desk
from handlers.firm_replies import a_deed_for_the_firm, an_invitation
from handlers.pass_replies import a_pass
from handlers.point_replies import a_service_point
from handlers.policy_answers import a_policy_question
from handlers.questions import find_how, find_verdict
from handlers.rule_questions import fitting, is_asked_there
from handlers.staff_replies import to_a_summons
from handlers.trip_replies import a_trip
from hotline import matters, numbers, tickets
from hotline.formats.free_words import Understood, understand
from hotline.formats.places import from_position
from hotline.rules.asked import asked_for, sizes
from locales.words import Refusal, say
from storage import said
from storage import tickets as ledger
from storage.models import Ticket

FORM_OF = {"help": "help_me"}
"""The form of a kind of ticket, where a command has its name already."""

LONGEST_VERDICT = 6
"""Characters of a verdict alone; whoever writes more says why."""


async def ticket_number(turn: Turn) -> Reply | Begin | None:
    """A ticket's number, alone or with its code: show that ticket; with a verdict: rate it."""
    try:
        number = numbers.find_number(turn.given.text)
    except Refusal as no:
        return Reply(no.say, (Option("/mytickets", say("command.mytickets")),))
    if number is None:
        return None
    if verdict := find_verdict(turn.given.text):
        return Begin("rate", {"verdict": {"raw": turn.given.text, "value": verdict}})
    answers: Answers = {"number": {"raw": turn.given.text, "value": number}}
    if code := numbers.find_code(turn.given.text):
        answers["code"] = {"raw": code, "value": code}
    return Begin("ticket", answers)


async def to_what_was_said(turn: Turn) -> Reply | Begin | None:
    """A reply to one of our messages about a ticket belongs to that ticket, or to what was gathered under it."""
    reply_to, contact = turn.incoming.reply_to, turn.standing.contact
    if reply_to is None or contact.id is None:
        return None
    row = await said.by_external_id(turn.tx, contact.channel, contact.account, contact.address, reply_to)
    if row is None or row.about is None or not row.about.startswith("ticket:") or turn.given.is_empty:
        return None
    ticket = await turn.tx.get(Ticket, int(row.about.removeprefix("ticket:")))
    if ticket is not None and not await ledger.may_read(turn.tx, ticket, contact.id):
        ticket = next((one for one in await _open_ones(turn) if one.master_id == ticket.id), None)
    if ticket is None:
        return None
    how = find_how(turn.given.text)
    return _rated(turn, ticket, how) if how and await _is_over(turn, ticket) else await _added(turn, ticket.id or 0)


async def thanks(turn: Turn) -> Reply | Begin | None:
    """Thanks are no news for the clerk, and no reason to open a settled ticket again."""
    return Reply(say("ticket.thanks.answer")) if said_as(turn.given.text, "ticket.thanks") else None


async def satisfaction(turn: Turn) -> Reply | Begin | None:
    """不满意，还是不让走: from somebody whose matter was settled, these words are about its result."""
    how = find_how(turn.given.text)
    if how is None:
        return None
    mine = await ledger.of_contact(turn.tx, turn.standing.contact.id or 0, 5)
    over = [ticket for ticket in mine if await _is_over(turn, ticket)]
    fresh = [ticket for ticket in over if ticket.status != "struck_off"]
    return _rated(turn, (fresh or over)[0], how) if over else None


async def _is_over(turn: Turn, ticket: Ticket) -> bool:
    handled = await turn.tx.get(Ticket, ticket.master_id) if ticket.master_id else ticket
    return handled is not None and handled.status in ("resolved", "struck_off")


def _rated(turn: Turn, ticket: Ticket, how: str) -> Begin:
    answers: Answers = {"verdict": {"raw": turn.given.text, "value": {"number": ticket.number, "how": how}}}
    if how == "unsatisfied" and len(turn.given.text) > LONGEST_VERDICT:
        answers["why"] = _verbatim(turn, turn.given.words)
    return Begin("rate", answers)


async def what_is_shut(turn: Turn) -> Reply | Begin | None:
    """Whether a road or a facility is open is in the register, so nobody need wait for a clerk."""
    said = understand(turn.given.text)
    if said.what or not said.place or not (said.place.road or said.place.facility):
        return None
    if not matters.asks_what_is_shut(turn.given.text) or await _open_ones(turn):
        return None
    return Begin("closed", {"where": {"raw": turn.given.text, "value": said.place.to_json()}})


async def a_rule(turn: Turn) -> Reply | Begin | None:
    """May I pass, do I need a pass, which class is this load: the packs in force answer, and nobody need wait.

    While none is in force for the question, a person answers it as before.
    """
    said, form = understand(turn.given.text), asked_for(turn.given.text)
    if form is None or said.what is not None:
        return None
    known = fitting("oversize", sizes(turn.given.text), turn.now) if form == "oversize" else {}
    answers: Answers = {f"fact_{name}": {"raw": turn.given.text, "value": value} for name, value in known.items()}
    if said.place and form == "may_pass":
        answers["where"] = {"raw": turn.given.text, "value": said.place.to_json()}
    is_held = is_asked_there(form, said.place, turn.now)
    return Begin(form, answers) if is_held else None


async def another_matter(turn: Turn) -> Reply | Begin | None:
    """Free words that want something else than a clear road: help, a complaint, a question, an appeal.

    Words that name a blockage are a blockage; and from somebody who waits for us, only a matter that he names outright,
    or that lies elsewhere, is a new one.
    """
    said, meant = understand(turn.given.text), matters.recognise(turn.given.text)
    if meant is None or said.what is not None or turn.given.position is not None:
        return None
    if not meant.outright and not said.place and await _open_ones(turn):
        return None
    return Begin(FORM_OF.get(meant.kind, meant.kind), _half_answered(turn, meant, said))


def _half_answered(turn: Turn, meant: matters.Meant, said: Understood) -> Answers:
    """What the words already tell, under the names that the forms share."""
    plate, where = said.plate and str(said.plate), said.place and said.place.to_json()
    known = {"what": meant.what, "where": where, "plate": plate, "which": plate, "photos": list(turn.given.photos)}
    answers: Answers = {name: {"raw": turn.given.text, "value": value} for name, value in known.items() if value}
    return answers | ({} if meant.bare else {"words": _verbatim(turn, turn.given.words)})


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
    """The words go to wherever the matter is handled; the writer hears the number that he knows."""
    contact = turn.standing.contact
    try:
        again = await tickets.add_words(turn.tx, ticket_id, contact, turn.given.words, turn.given.photos, turn.now)
    except Refusal as no:
        return Reply(no.say, (Option("/blockage", say("command.blockage")), Option("/consult", say("command.consult"))))
    return desk.added(await turn.tx.get_one(Ticket, ticket_id), again=again)


REPLIES = (
    to_a_summons,
    an_invitation,
    a_deed_for_the_firm,
    ticket_number,
    thanks,
    to_what_was_said,
    satisfaction,
    what_is_shut,
    a_trip,
    a_pass,
    a_service_point,
    a_rule,
    a_policy_question,
    another_matter,
    a_new_report,
    to_an_open_ticket,
)
