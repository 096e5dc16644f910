"""Whom an event tells what: one table, applied where events are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import Say
from storage import outbox, tickets
from storage.database import wake
from storage.models import STATUS, Ticket, TicketEvent
from storage.outbox import Owed


@dataclass(frozen=True, slots=True)
class Told:
    """The sentence that reporter and followers are told; None: the event concerns the desk alone."""

    key: str | None


AUDIENCE = {
    "opened": Told(None),
    "joined": Told(None),
    "added": Told(None),
    "taken": Told("told.taken"),
    "answered": Told("told.answered"),
    "noted": Told(None),
    "resolved": Told("told.resolved"),
    "reopened": Told("told.reopened"),
    "breached": Told("told.breached"),
}
"""Every event that the ledger knows. Who acted hears the answer of the turn itself, and is not told again."""


async def record(
    tx: AsyncSession, ticket: Ticket, kind: str, actor: str, now: datetime, *, words: str = "", **facts: Any
) -> TicketEvent:
    """Append an event to the ledger and owe its sentence to reporter and followers.

    `facts` are codes and ids, which the ledger keeps for ever; `words` go only into the message that is owed.
    """
    told = AUDIENCE[kind]
    assert ticket.id is not None
    event = TicketEvent(ticket_id=ticket.id, contact_id=ticket.contact_id, kind=kind, actor=actor, facts=facts, at=now)
    ticket.changed_at = now
    tx.add(ticket)
    tx.add(event)
    await tx.flush()
    if told.key is not None:
        say = Say(told.key, {"number": ticket.number, "words": words, "due": ticket.resolution_due_at})
        owed = Owed(
            say,
            [(f"/ticket {ticket.number}", Say("told.see"))],
            lane=STATUS,
            about=f"ticket:{ticket.id}",
            dedupe_key=f"event:{event.id}",
        )
        await outbox.owe(tx, await tickets.audience(tx, ticket), owed, now)
    wake(tx, "tickets", everywhere=True)
    return event
