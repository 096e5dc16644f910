"""Taking back what was just done, as long as nothing of it has left the house."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import callbacks, timing
from hotline.audience import record
from hotline.tickets import open_again
from locales.words import Refusal
from storage import tickets, withdrawals
from storage.models import Staff, Ticket

TEN_SECONDS = timedelta(seconds=10)
"""How long words from the console wait before they leave."""

UNDOABLE = ("answered", "resolved")


async def take_back(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """Withdraw one's last answer or result while all of it still waits; refused once anything has left."""
    ticket = await tickets.lock(tx, ticket_id)
    last = await tickets.last_event_of(tx, ticket_id)
    if last is None or last.kind not in UNDOABLE or last.actor != f"staff:{staff.id}":
        raise Refusal("desk.undo.nothing")
    if not await withdrawals.withdraw(tx, f"event:{last.id}:", ticket_id, now):
        raise Refusal("desk.undo.too_late")
    if ticket.first_response_at == last.at:
        ticket.first_response_at = None
    if last.kind == "resolved":
        await callbacks.drop(tx, ticket_id)
        open_again(ticket, now)
    if owed := last.facts.get("owed"):
        ticket.next_response_due_at = datetime.fromisoformat(owed)
    timing.watch(ticket, now)
    message_id = last.facts.get("message")
    if message_id is not None:
        await tickets.to_note(tx, message_id)
    await record(tx, ticket, "unsaid", f"staff:{staff.id}", now, event=last.id)
    return ticket
