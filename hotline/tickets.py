"""The verbs of a ticket. Each one changes the ticket and writes it in the ledger, in the transaction of its caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clocks, numbers
from hotline.audience import record
from hotline.formats.coordinates import cell
from hotline.formats.places import Place
from locales.words import SHANGHAI, Refusal
from storage import attachments, tickets
from storage.models import Contact, Message, Staff, Ticket, TicketEvent

LONGEST_WORDS = 2000
"""Characters of one answer, note or result; with our own words around them it still is one Telegram message."""


@dataclass(frozen=True)
class Matter:
    """What a reporter tells: kind and sub-kind, where and when, and the evidence."""

    kind: str
    what: str
    place: Place
    happened_at: datetime
    priority: str
    plate: str | None = None
    note: str | None = None
    photos: Sequence[int] = ()
    answers: dict[str, Any] = field(default_factory=dict)


async def open(  # noqa: A001 - the desk's word
    tx: AsyncSession, contact: Contact, matter: Matter, division: str, now: datetime, zone: tzinfo = SHANGHAI
) -> Ticket:
    """A report becomes a ticket with a number, a code and two clocks."""
    assert contact.id is not None
    day, place = now.astimezone(zone).date(), matter.place
    located = place.latitude is not None and place.longitude is not None
    serial = await tickets.next_serial(tx, division, day, matter.kind)
    ticket = Ticket(
        number=numbers.form_number(division, day, matter.kind, serial),
        code=numbers.new_code(),
        division=division,
        kind=matter.kind,
        what=matter.what,
        status="accepted",
        priority=matter.priority,
        source=contact.channel,
        contact_id=contact.id,
        answers=matter.answers,
        road=place.road,
        stake_m=place.stake_m,
        direction=place.direction,
        facility=place.facility,
        latitude=place.latitude,
        longitude=place.longitude,
        datum=place.datum,
        cell=cell(place.latitude, place.longitude) if located else None,  # type: ignore[arg-type]
        place_text=place.text,
        plate=matter.plate,
        happened_at=matter.happened_at,
        opened_at=now,
        first_response_due_at=clocks.first_response_due(matter.priority, now),
        resolution_due_at=clocks.resolution_due(matter.priority, now),
        changed_at=now,
    )
    tx.add(ticket)
    await tx.flush()
    assert ticket.id is not None
    message_id = None
    if matter.note:
        message_id = await _words(tx, ticket, "in", matter.note, now, contact_id=contact.id)
    await attachments.attach(tx, matter.photos, ticket.id, message_id)
    await record(tx, ticket, "opened", f"contact:{contact.id}", now, photos=len(matter.photos))
    return ticket


async def join(tx: AsyncSession, ticket_id: int, contact: Contact, now: datetime) -> Ticket:
    """A second driver stands at the same place: he follows the ticket and counts; refused when it is settled by now."""
    assert contact.id is not None
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status == "resolved":
        raise Refusal("ticket.join.settled", number=ticket.number)
    if await tickets.follow(tx, ticket_id, contact.id, now):
        ticket.reports += 1
        await record(tx, ticket, "joined", f"contact:{contact.id}", now)
    return ticket


async def add_words(
    tx: AsyncSession, ticket_id: int, contact: Contact, text: str, photos: Sequence[int], now: datetime
) -> Ticket:
    """More words or photos from a reporter or follower; a resolved ticket is open again, as its result promised."""
    assert contact.id is not None
    ticket = await tickets.lock(tx, ticket_id)
    message_id = await _words(tx, ticket, "in", text, now, contact_id=contact.id)
    await attachments.attach(tx, photos, ticket_id, message_id)
    await record(tx, ticket, "added", f"contact:{contact.id}", now, message=message_id, photos=len(photos))
    if ticket.status == "resolved":
        _open_again(ticket)
        await record(tx, ticket, "reopened", f"contact:{contact.id}", now)
    return ticket


async def take(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """A clerk makes the ticket his own; refused when another has it already."""
    ticket = await _at_work(tx, ticket_id)
    if ticket.assignee_id == staff.id:
        return ticket
    if ticket.assignee_id is not None:
        raise Refusal("desk.taken_already", number=ticket.number)
    ticket.assignee_id, ticket.status = staff.id, "handling"
    _responded(ticket, now)
    await record(tx, ticket, "taken", f"staff:{staff.id}", now)
    return ticket


async def reply(tx: AsyncSession, ticket_id: int, staff: Staff, text: str, now: datetime) -> Ticket:
    """A clerk answers everybody who reported or follows; who answers first has the ticket."""
    words = _worded(text)
    ticket = await _at_work(tx, ticket_id)
    if ticket.assignee_id is None:
        ticket.assignee_id = staff.id
    ticket.status = "handling"
    _responded(ticket, now)
    message_id = await _words(tx, ticket, "out", words, now, staff_id=staff.id)
    await record(tx, ticket, "answered", f"staff:{staff.id}", now, words=words, message=message_id)
    return ticket


async def note(tx: AsyncSession, ticket_id: int, staff: Staff, text: str, now: datetime) -> Ticket:
    """Words among clerks, which no reporter sees."""
    words = _worded(text)
    ticket = await tickets.lock(tx, ticket_id)
    message_id = await _words(tx, ticket, "note", words, now, staff_id=staff.id)
    await record(tx, ticket, "noted", f"staff:{staff.id}", now, message=message_id)
    return ticket


async def resolve(tx: AsyncSession, ticket_id: int, staff: Staff, result: str, now: datetime) -> Ticket:
    """The matter is settled, and the result says how; refused without one."""
    words = _worded(result)
    ticket = await _at_work(tx, ticket_id)
    if ticket.assignee_id is None:
        ticket.assignee_id = staff.id
    ticket.status, ticket.result, ticket.resolved_at = "resolved", words, now
    _responded(ticket, now)
    message_id = await _words(tx, ticket, "out", words, now, staff_id=staff.id)
    await record(tx, ticket, "resolved", f"staff:{staff.id}", now, words=words, message=message_id)
    return ticket


async def reopen(tx: AsyncSession, ticket_id: int, staff: Staff, why: str, now: datetime) -> Ticket:
    """It was not settled after all: the ticket is open again, and its clocks go on from where they were."""
    words = _worded(why)
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status != "resolved":
        raise Refusal("desk.not_resolved", number=ticket.number)
    _open_again(ticket)
    message_id = await _words(tx, ticket, "note", words, now, staff_id=staff.id)
    await record(tx, ticket, "reopened", f"staff:{staff.id}", now, message=message_id)
    return ticket


async def breach(tx: AsyncSession, ticket: Ticket, now: datetime) -> TicketEvent:
    """Nobody answered in time: marked once, and the reporter is told that we know."""
    ticket.breached_at = now
    return await record(tx, ticket, "breached", "clock", now)


async def _at_work(tx: AsyncSession, ticket_id: int) -> Ticket:
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status == "resolved":
        raise Refusal("desk.resolved_already", number=ticket.number)
    return ticket


def _open_again(ticket: Ticket) -> None:
    ticket.status = "handling" if ticket.assignee_id else "accepted"
    ticket.result = ticket.resolved_at = None


def _responded(ticket: Ticket, now: datetime) -> None:
    if ticket.first_response_at is None:
        ticket.first_response_at = now


def _worded(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refusal("desk.words_missing")
    if len(words) > LONGEST_WORDS:
        raise Refusal("question.text.too_long", longest=LONGEST_WORDS, count=len(words))
    return words


async def _words(
    tx: AsyncSession,
    ticket: Ticket,
    direction: str,
    text: str,
    now: datetime,
    *,
    contact_id: int | None = None,
    staff_id: int | None = None,
) -> int:
    assert ticket.id is not None
    said = Message(
        ticket_id=ticket.id, direction=direction, contact_id=contact_id, staff_id=staff_id, text=text, at=now
    )
    tx.add(said)
    await tx.flush()
    assert said.id is not None
    return said.id
