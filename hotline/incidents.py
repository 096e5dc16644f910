"""One event, many reports: they gather under a master, and one update or close-out answers everybody (并案).

A report that is gathered keeps its number, its reporter and its words; it can be split off again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import callbacks, timing
from hotline.audience import record
from hotline.tickets import at_work, open_again
from locales.words import Refusal
from storage import tickets
from storage.models import NEVER, Staff, Ticket


async def merge(tx: AsyncSession, ticket_id: int, master_id: int, staff: Staff, now: datetime) -> Ticket:
    """Gather a report under a master; what was gathered under it comes along. Returns the master."""
    return await merge_all(tx, [ticket_id], master_id, staff, now)


async def merge_all(tx: AsyncSession, ticket_ids: Iterable[int], master_id: int, staff: Staff, now: datetime) -> Ticket:
    """Gather several reports at once: all of them, or none with a sentence that names the one that cannot be."""
    wanted = sorted(set(ticket_ids))
    if not wanted or master_id in wanted:
        raise Refusal("desk.merge.itself")
    under = [child.id or 0 for one in wanted for child in await tickets.gathered(tx, one)]
    for one in sorted({*wanted, *under, master_id}):  # always in this order, so that two never wait for each other
        await tickets.lock(tx, one)
    master = await at_work(tx, master_id)
    for one in wanted:
        ticket = await at_work(tx, one)
        master.reports += ticket.reports
        for child in await tickets.gathered(tx, one):
            child.master_id = master_id
            ticket.reports -= child.reports  # it leaves with its own when it is split off again
            tx.add(child)
        ticket.status, ticket.master_id, ticket.outcome, ticket.waiting_since = "merged", master_id, "duplicate", None
        ticket.due_at = ticket.alarm_at = NEVER
        facts: dict[str, Any] = {"master": master_id}
        await record(tx, ticket, "merged", f"staff:{staff.id}", now, words=master.number, **facts)
    await record(tx, master, "gathered", f"staff:{staff.id}", now, tickets=wanted)
    return master


async def split(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """It was another matter after all: back to work on its own, with its own clocks."""
    known = await tx.get_one(Ticket, ticket_id)
    for one in sorted({ticket_id, known.master_id or ticket_id}):
        await tickets.lock(tx, one)
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.master_id is None:
        raise Refusal("desk.split.not_merged", number=ticket.number)
    master = await tickets.lock(tx, ticket.master_id)
    master.reports = max(1, master.reports - ticket.reports)
    ticket.master_id, ticket.outcome = None, None
    open_again(ticket, now)
    timing.watch(ticket, now)
    await callbacks.drop(tx, ticket_id)
    await record(tx, ticket, "split", f"staff:{staff.id}", now, master=master.id)
    return ticket
