"""Whom an event tells what: one table, applied where events are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import indexing, organisation
from hotline.formats.describe import describe_place
from hotline.neighbours import has_place, place_of
from locales.words import Say, say
from storage import outbox, summons, tickets
from storage.database import wake
from storage.models import STATUS, Contact, Ticket, TicketEvent
from storage.outbox import Owed

OWNER, LEADS, ABOVE, DESK = "owner", "leads", "above", "desk"
"""Staff who are told: whose matter it is, the supervisors, the department it was raised to, every clerk of the desk."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says: `key` to reporter and followers (None: it concerns the desk alone), with these buttons;

    `desk` to staff who linked a chat, `whom` of them.
    """

    key: str | None = None
    choices: tuple[str, ...] = ("see",)
    desk: str | None = None
    whom: frozenset[str] = frozenset()


_OWNER, _LEADS = frozenset({OWNER}), frozenset({OWNER, LEADS})

AUDIENCE = {
    "opened": Told(desk="summons.opened", whom=frozenset({OWNER})),
    "joined": Told(),
    "added": Told(desk="summons.added", whom=_OWNER),
    "routed": Told(),
    "taken": Told("told.taken"),
    "transferred": Told("told.transferred", desk="summons.assigned", whom=_OWNER),
    "handed_on": Told(desk="summons.assigned", whom=_OWNER),
    "returned": Told(desk="summons.returned", whom=frozenset({DESK})),
    "assist_asked": Told(desk="summons.assist", whom=frozenset({ABOVE})),
    "assisted": Told(desk="summons.assisted", whom=_OWNER),
    "answered": Told("told.answered"),
    "asked": Told("told.asked"),
    "noted": Told(),
    "resolved": Told("told.resolved", choices=("solved", "unsolved", "see")),
    "reviewed": Told(),
    "review_refused": Told(desk="summons.review_refused", whom=_OWNER),
    "proved": Told(),
    "called_back": Told("told.callback", choices=("satisfied", "mostly", "unsatisfied")),
    "not_reached": Told(),
    "rated": Told(),
    "struck_off": Told(),
    "declined": Told("told.declined"),
    "merged": Told("told.merged"),
    "gathered": Told(),
    "split": Told("told.split"),
    "reopened": Told("told.reopened", desk="summons.reopened", whom=_LEADS),
    "silent": Told(desk="summons.silent", whom=_OWNER),
    "warned": Told(desk="summons.warned", whom=_OWNER),
    "breached": Told("told.breached", desk="summons.breached", whom=_LEADS),
    "overdue": Told("told.overdue", desk="summons.overdue", whom=_LEADS),
    "escalated": Told(desk="summons.escalated", whom=frozenset({OWNER, LEADS, ABOVE})),
    "extension_asked": Told(desk="summons.extension", whom=frozenset({LEADS})),
    "extended": Told("told.extended", desk="summons.extended", whom=_OWNER),
    "extension_refused": Told(desk="summons.extension_refused", whom=_OWNER),
    "recounted": Told(),
    "unsaid": Told(),
}
"""Every event that the ledger knows. Who acted hears the answer of the turn itself, and is not told again."""

BUTTONS = {
    "see": ("/ticket {number}", "told.see"),
    "solved": ("/rate {number} satisfied", "told.solved"),
    "unsolved": ("/rate {number} unsatisfied", "told.unsolved"),
    "satisfied": ("/rate {number} satisfied", "rate.how.satisfied"),
    "mostly": ("/rate {number} mostly", "rate.how.mostly"),
    "unsatisfied": ("/rate {number} unsatisfied", "rate.how.unsatisfied"),
}
"""What a button says and does."""

DESK_BUTTONS = (
    ("/take {number}", "summons.take"),
    ("/answer {number}", "summons.answer"),
    ("/hand_over {number}", "summons.pass"),
)
"""接单, 回复, 转办: what staff may do from a chat."""


async def record(
    tx: AsyncSession,
    ticket: Ticket,
    kind: str,
    actor: str,
    now: datetime,
    *,
    words: str = "",
    hold: timedelta = timedelta(0),
    quietly: bool = False,
    but: int | None = None,
    **facts: Any,
) -> TicketEvent:
    """Append an event to the ledger and owe its sentences to reporters, followers and staff.

    `facts` are codes and ids, which the ledger keeps for ever; `words` go only into the messages that are owed, which
    leave after `hold`. `quietly`: the turn that this event belongs to says it all; `but`: it does so to this contact.
    """
    told = AUDIENCE[kind]
    assert ticket.id is not None
    event = TicketEvent(ticket_id=ticket.id, contact_id=ticket.contact_id, kind=kind, actor=actor, facts=facts, at=now)
    ticket.changed_at = now
    tx.add(ticket)
    tx.add(event)
    await tx.flush()
    if told.key is not None and not quietly:
        bubbles = [
            (contact, _owed(ticket, event, told.key, told.choices, number, words, now + hold))
            for number, contacts in (await tickets.reporters(tx, ticket)).items()
            for contact in contacts
            if contact.id != but
        ]
        await outbox.owe_each(tx, bubbles, now)
    if told.desk is not None and (members := await _staff(tx, ticket, told.whom, facts, actor, now)):
        await outbox.owe(tx, members, _summons(ticket, event, told.desk, words, now), now)
    if facts.get("message") or kind == "opened":
        await indexing.index(tx, ticket)
    wake(tx, "tickets", everywhere=True)
    return event


def _owed(
    ticket: Ticket, event: TicketEvent, key: str, choices: Iterable[str], number: str, words: str, due: datetime
) -> Owed:
    facts = {
        "number": number,
        "words": words,
        "due": ticket.resolution_due_at,
        "outcome": say(f"ticket.outcome.{ticket.outcome}") if ticket.outcome else "",
    }
    buttons = [(BUTTONS[name][0].format(number=number), say(BUTTONS[name][1])) for name in choices]
    return Owed(
        Say(key, facts), buttons, lane=STATUS, about=f"ticket:{ticket.id}", dedupe_key=f"event:{event.id}", due_at=due
    )


def _summons(ticket: Ticket, event: TicketEvent, key: str, words: str, now: datetime) -> Owed:
    what = say(f"{ticket.kind}.what.{ticket.what}")
    place = describe_place(place_of(ticket)) if has_place(ticket) else ""
    facts = {"number": ticket.number, "what": what, "place": place, "words": words, "due": ticket.due_at}
    buttons = [(do.format(number=ticket.number), say(label)) for do, label in DESK_BUTTONS]
    return Owed(
        Say(key, facts), buttons, lane=STATUS, about=f"desk:{ticket.id}", dedupe_key=f"desk:{event.id}", due_at=now
    )


async def _staff(
    tx: AsyncSession, ticket: Ticket, whom: frozenset[str], facts: dict[str, Any], actor: str, now: datetime
) -> list[Contact]:
    """The chats of the staff concerned, without the one who acts; nobody has to link one."""
    if not await summons.anybody_linked(tx):
        return []
    ids, upwards = set[int](), organisation.upwards(ticket.division)
    if OWNER in whom:
        ids |= {ticket.assignee_id} if ticket.assignee_id else await summons.who_may_take(tx, ticket, upwards)
    if LEADS in whom:
        ids |= {one.id or 0 for one in await organisation.supervisors(tx, ticket.division, now)}
    if ABOVE in whom and (department := facts.get("department")):
        holder = await organisation.holder(tx, department, now)
        ids |= {holder.id or 0} if holder else set()
    if DESK in whom:
        ids |= await summons.clerks(tx, upwards)
    who, _, which = actor.partition(":")
    return await summons.chats(tx, ids - ({int(which)} if who == "staff" else set()))
