"""回访: whether the reporter is satisfied is asked the next working day, three times, in chat or by a call."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import calendar, catalogue
from hotline.audience import record
from locales.words import SHANGHAI, Refusal
from storage import alarms, callbacks, tickets
from storage.models import Contact, Staff, Ticket

ASK_AT = time(9, 30)
"""When a working day's questions leave: our own choice, after drivers have set out and before the noon rest."""


def next_try(now: datetime, zone: tzinfo = SHANGHAI) -> datetime:
    """The morning of the next working day."""
    local = now.astimezone(zone)
    day = calendar.load().next_workday(local.date())
    return datetime.combine(day, ASK_AT, local.tzinfo).astimezone(UTC)


async def ask_due(tx: AsyncSession, now: datetime) -> tuple[int, list[Ticket]]:
    """Ask everybody whose callback is due; how many, and the tickets whose reporters were not reached in the end."""
    due, given_up = await callbacks.due(tx, now), list[Ticket]()
    for one in due:
        ticket = await tickets.lock(tx, one.ticket_id)
        if ticket.status != "resolved":
            one.status = "dropped"
        elif one.tries >= catalogue.load().callback_tries:
            one.status = "unreached"
            given_up.append(ticket)
        else:
            one.tries += 1
            one.status, one.due_at = "asked", next_try(now)
            reporter = await tx.get(Contact, ticket.contact_id)
            if reporter is not None and reporter.unreachable_since is None:
                await record(tx, ticket, "called_back", "clock", now, attempt=one.tries)
    await tx.flush()
    return len(due), given_up


async def called(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """A clerk called and nobody answered: the try counts, the next is tomorrow's."""
    ticket = await tickets.lock(tx, ticket_id)
    one = await callbacks.live(tx, ticket_id)
    if one is None:
        raise Refusal("desk.callback.none", number=ticket.number)
    one.tries = min(one.tries + 1, catalogue.load().callback_tries)
    if one.tries >= catalogue.load().callback_tries:
        one.status = "unreached"
    else:
        one.status, one.due_at = "asked", next_try(now)
    await record(tx, ticket, "not_reached", f"staff:{staff.id}", now, attempt=one.tries)
    return ticket


async def drop(tx: AsyncSession, ticket_id: int) -> None:
    """Nobody needs to be asked any more."""
    if (one := await callbacks.live(tx, ticket_id)) is not None:
        one.status = "dropped"
        await tx.flush()


async def alarm(tx: AsyncSession, ticket: Ticket, now: datetime, zone: tzinfo = SHANGHAI) -> None:
    """Not satisfied a second time: a supervisor's matter."""
    day = now.astimezone(zone).date()
    await alarms.sound(tx, "unsatisfied", f"ticket:{ticket.id}", ticket.division, day, now, number=ticket.number)
