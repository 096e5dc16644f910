"""The clocks of a ticket: what is owed to its reporter next, and when somebody must be reminded."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import calendar, catalogue, clocks, organisation, rights
from hotline.audience import record
from hotline.catalogue import Rule
from locales.words import SHANGHAI, Refusal
from storage import alarms, extensions, staff, tickets
from storage import organisation as directory
from storage.models import NEVER, OPEN, Department, Extension, Staff, Ticket

SILENCE = clocks.Span.parse("3d")
"""How long we wait for a reporter whom we asked something before the handler is reminded; our own number."""


def rule_of(ticket: Ticket) -> Rule:
    """What the catalogue says of such matters."""
    return catalogue.load().rule(ticket.kind, ticket.what)


def after(start: datetime, span: clocks.Span, zone: tzinfo = SHANGHAI) -> datetime:
    """When a span that begins now is over, on the calendar in force."""
    return clocks.due(start, span, calendar.load(), zone)


def watch(ticket: Ticket, now: datetime, zone: tzinfo = SHANGHAI) -> None:
    """Set what is owed next and when the clock must look; a clock that merely goes on keeps its warning and level."""
    if ticket.status == "waiting":
        ticket.due_at, ticket.alarm_at = NEVER, after(now, SILENCE, zone)
        return
    if ticket.status not in OPEN:
        ticket.due_at = ticket.alarm_at = NEVER
        return
    owed = [ticket.resolution_due_at]
    if ticket.first_response_at is None:
        owed.append(ticket.first_response_due_at)
    if ticket.next_response_due_at is not None:
        owed.append(ticket.next_response_due_at)
    due = min(owed)
    if due == ticket.due_at:
        return
    rule = rule_of(ticket)
    span = rule.resolution if due == ticket.resolution_due_at else rule.first
    span = rule.next if due == ticket.next_response_due_at else span
    warning = clocks.warning(due, span, catalogue.load().warn_at, calendar.load(), zone)
    ticket.due_at, ticket.alarm_at, ticket.warned_at, ticket.level = due, max(warning, now), None, 0


def at_hand(ticket: Ticket) -> str:
    """Where an open ticket stands: in somebody's hands once anybody has answered, else where routing left it."""
    if ticket.assignee_id and (ticket.first_response_at or not ticket.department_id):
        return "handling"
    return "assigned" if ticket.department_id else "accepted"


def pause(ticket: Ticket, now: datetime) -> None:
    """The reporter must answer first: no clock runs against the desk."""
    ticket.status, ticket.waiting_since = "waiting", now
    watch(ticket, now)


def resume(ticket: Ticket, now: datetime, zone: tzinfo = SHANGHAI) -> None:
    """The reporter has answered: the time that he took is not the desk's."""
    since, rule, days = ticket.waiting_since, rule_of(ticket), calendar.load()
    assert since is not None
    ticket.waiting_since = None
    ticket.status = at_hand(ticket)
    ticket.resolution_due_at = clocks.shift(ticket.resolution_due_at, since, now, rule.resolution.kind, days, zone)
    if ticket.first_response_at is None:
        first = ticket.first_response_due_at
        ticket.first_response_due_at = clocks.shift(first, since, now, rule.first.kind, days, zone)
    watch(ticket, now, zone)


async def ring(tx: AsyncSession, ticket: Ticket, now: datetime, zone: tzinfo = SHANGHAI) -> None:
    """A ticket's alarm is due: warn, or raise the matter one level (handler and supervisor, then the level above)."""
    if ticket.status == "waiting":
        ticket.alarm_at = NEVER
        await record(tx, ticket, "silent", "clock", now)
    elif ticket.status not in OPEN:
        ticket.alarm_at = NEVER
    elif now < ticket.due_at:
        ticket.warned_at, ticket.alarm_at = now, ticket.due_at
        await record(tx, ticket, "warned", "clock", now)
    else:
        await _raise(tx, ticket, now, zone)


async def _raise(tx: AsyncSession, ticket: Ticket, now: datetime, zone: tzinfo) -> None:
    """催办: the first time to handler and supervisor, then to the department above, as long as there is one."""
    ticket.level += 1
    ticket.breached_at = ticket.breached_at or now
    department = await _above(tx, ticket, ticket.level - 1)
    ticket.alarm_at = after(now, catalogue.load().escalate[ticket.priority], zone)
    if ticket.level == 1:
        which = "overdue" if ticket.due_at == ticket.resolution_due_at else "breached"
        await record(tx, ticket, which, "clock", now)
    elif department is not None:
        await record(tx, ticket, "escalated", "clock", now, level=ticket.level, department=department.id)
    else:
        ticket.level -= 1
        ticket.alarm_at = NEVER
        return
    day = now.astimezone(zone).date()
    facts = {"number": ticket.number, "level": ticket.level}
    await alarms.sound(tx, "breach", f"ticket:{ticket.id}:{ticket.level}", ticket.division, day, now, **facts)


async def _above(tx: AsyncSession, ticket: Ticket, steps: int) -> Department | None:
    """The department so many levels above the ticket's own; None when the ladder ends before."""
    found = await directory.at_work(tx, ticket.department_id) if ticket.department_id else None
    for _ in range(steps):
        found = await organisation.above(tx, found) if found else None
    return found


async def ask_extension(
    tx: AsyncSession, ticket_id: int, staff_: Staff, until: datetime, reason: str, now: datetime
) -> Ticket:
    """Ask for more time before it runs out, with a reason; one question at a time."""
    if not reason.strip():
        raise Refusal("desk.reason_missing")
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status not in OPEN:
        raise Refusal("desk.not_open", number=ticket.number)
    if now >= ticket.resolution_due_at:
        raise Refusal("desk.extension.too_late", number=ticket.number, due=ticket.resolution_due_at)
    if until <= ticket.resolution_due_at:
        raise Refusal("desk.extension.not_later", due=ticket.resolution_due_at)
    if await extensions.undecided(tx, ticket_id) is not None:
        raise Refusal("desk.extension.asked_already", number=ticket.number)
    asked = Extension(ticket_id=ticket_id, asked_by=staff_.id or 0, asked_at=now, reason=reason.strip(), until=until)
    await extensions.add(tx, asked)
    await record(tx, ticket, "extension_asked", f"staff:{staff_.id}", now, extension=asked.id)
    return ticket


async def decide_extension(tx: AsyncSession, ticket_id: int, staff_: Staff, granted: bool, now: datetime) -> Ticket:
    """Grant or refuse more time; a supervisor's, and never one's own question."""
    ticket = await tickets.lock(tx, ticket_id)
    asked = await extensions.undecided(tx, ticket_id)
    if asked is None:
        raise Refusal("desk.extension.none", number=ticket.number)
    if staff_.role not in rights.LEADS or asked.asked_by == staff_.id:
        raise Refusal("desk.extension.not_yours")
    asked.decided_by, asked.decided_at, asked.granted = staff_.id, now, granted
    await extensions.add(tx, asked)
    if granted and ticket.status in OPEN:
        ticket.resolution_due_at = max(asked.until, ticket.resolution_due_at)  # a pause may have moved it further
        watch(ticket, now)
    kind = "extended" if granted else "extension_refused"
    await record(tx, ticket, kind, f"staff:{staff_.id}", now, extension=asked.id)
    return ticket


async def owner_of(tx: AsyncSession, ticket: Ticket) -> Staff | None:
    """Whose ticket it is."""
    return await staff.by_id(tx, ticket.assignee_id) if ticket.assignee_id else None
