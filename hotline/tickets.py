"""The verbs of a ticket that its reporter and its handler use every day: open, join, add, take, answer, note.

Each one changes the ticket and writes it in the ledger, in the transaction of its caller. How a ticket moves between
departments is in `moving`, how it ends in `closing`, how reports are gathered in `incidents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import callbacks, catalogue, divisions, numbers, routing, timing
from hotline.audience import record
from hotline.formats.coordinates import cell
from hotline.formats.places import Place
from locales.words import SHANGHAI, Refusal
from storage import attachments, tickets
from storage.models import NEVER, OPEN, Contact, Message, Staff, Ticket

LONGEST_WORDS = 2000
"""Characters of one answer, note or result; with our own words around them it still is one Telegram message."""

AT_ONCE = timedelta(0)
"""How long words wait before they leave; a page that offers to take them back waits longer."""


@dataclass(frozen=True)
class Matter:
    """What a reporter tells: kind and sub-kind, where and when, and the evidence.

    `named`: he gave a name or number by which he can be found; `source`: how it came, when not by his own channel.
    """

    kind: str
    what: str
    happened_at: datetime
    place: Place | None = None
    plate: str | None = None
    trailer: str | None = None
    note: str | None = None
    photos: Sequence[int] = ()
    named: bool = False
    on_site: bool = False
    source: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)


async def open(  # noqa: A001 - the desk's word
    tx: AsyncSession, contact: Contact, matter: Matter, division: str, now: datetime, zone: tzinfo = SHANGHAI
) -> Ticket:
    """A report becomes a ticket with a number, a code, its clocks, and a department if there is one for it.

    `division` is the desk's: it stands in the number. The ticket's own is where the matter lies, if that is known.
    """
    assert contact.id is not None
    rule, place = catalogue.load().rule(matter.kind, matter.what), matter.place
    lies_in = (divisions.of_place(place, near=division) if place else None) or division
    way = await routing.way(tx, rule, place, lies_in, now)
    serial = await tickets.next_serial(tx, division, day := now.astimezone(zone).date(), matter.kind)
    ticket = Ticket(
        number=numbers.form_number(division, day, matter.kind, serial),
        code=numbers.new_code(),
        division=lies_in,
        kind=matter.kind,
        what=matter.what,
        status="assigned" if way.department else "accepted",
        priority=rule.priority,
        source=matter.source or contact.channel,
        rank=0 if matter.named and matter.on_site else 1,
        named=matter.named,
        on_site=matter.on_site,
        confidential=rule.confidential,
        contact_id=contact.id,
        department_id=way.department.id if way.department else None,
        assignee_id=way.member.id if way.member else None,
        answers=matter.answers,
        plate=matter.plate,
        trailer=matter.trailer,
        happened_at=matter.happened_at,
        opened_at=now,
        first_response_due_at=timing.after(now, rule.first, zone),
        resolution_due_at=timing.after(now, rule.resolution, zone),
        due_at=NEVER,
        alarm_at=NEVER,
        changed_at=now,
        **_columns(place),
    )
    timing.watch(ticket, now, zone)
    tx.add(ticket)
    await tx.flush()
    assert ticket.id is not None
    message_id = None
    if matter.note:
        message_id = await words_of(tx, ticket, "in", matter.note, now, contact_id=contact.id)
    await attachments.attach(tx, matter.photos, ticket.id, message_id)
    await record(tx, ticket, "opened", f"contact:{contact.id}", now, photos=len(matter.photos), message=message_id)
    if way.department:
        await record(tx, ticket, "routed", "desk", now, department=way.department.id, staff=ticket.assignee_id)
    return ticket


def _columns(place: Place | None) -> dict[str, Any]:
    """What of a place can be looked for."""
    if place is None:
        return {}
    at = place.position
    return {
        **{name: getattr(place, name) for name in ("road", "stake_m", "direction", "facility", "datum")},
        "latitude": place.latitude,
        "longitude": place.longitude,
        "cell": cell(*at) if at else None,
        "place_text": place.text,
    }


async def join(tx: AsyncSession, ticket_id: int, contact: Contact, now: datetime) -> Ticket:
    """A second driver stands at the same place: he follows the ticket and counts; refused when it is settled by now."""
    assert contact.id is not None
    ticket = await tickets.lock_handled(tx, ticket_id)
    if ticket.status not in OPEN:
        raise Refusal("ticket.join.settled", number=ticket.number)
    if await tickets.follow(tx, ticket.id or 0, contact.id, now):
        ticket.reports += 1
        await record(tx, ticket, "joined", f"contact:{contact.id}", now)
    return ticket


async def add_words(
    tx: AsyncSession, ticket_id: int, contact: Contact, text: str, photos: Sequence[int], now: datetime
) -> bool:
    """More words or photos from a reporter or follower: whoever handles it owes him an answer again.

    What waited for him goes on; what was settled is open again, as its result promised; what was gathered under a
    master goes to the master, where it is read. Returns whether it is open again because of these words.
    """
    assert contact.id is not None
    ticket = await tickets.lock_handled(tx, ticket_id)
    if ticket.status not in (*OPEN, "resolved"):
        raise Refusal("ticket.add.closed", number=ticket.number)
    message_id = await words_of(tx, ticket, "in", text, now, contact_id=contact.id)
    await attachments.attach(tx, photos, ticket.id or 0, message_id)
    if ticket.status == "waiting":
        timing.resume(ticket, now)
    if ticket.first_response_at is not None and ticket.next_response_due_at is None:
        ticket.next_response_due_at = timing.after(now, timing.rule_of(ticket).next)
    was_settled = ticket.status == "resolved"
    if was_settled:
        await callbacks.drop(tx, ticket.id or 0)
        open_again(ticket, now)
    timing.watch(ticket, now)
    await record(tx, ticket, "added", f"contact:{contact.id}", now, message=message_id, photos=len(photos), words=text)
    if was_settled:
        await record(tx, ticket, "reopened", f"contact:{contact.id}", now, but=contact.id)
    return was_settled


async def take(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """A clerk makes the ticket his own; refused when another has it in hand already."""
    ticket = await at_work(tx, ticket_id)
    if ticket.assignee_id == staff.id and ticket.status in ("handling", "waiting"):
        return ticket
    if ticket.assignee_id not in (None, staff.id) and ticket.status != "assigned":
        raise Refusal("desk.taken_already", number=ticket.number)
    ticket.assignee_id = staff.id
    if ticket.status != "waiting":
        ticket.status = "handling"
    _responded(ticket, now)
    await record(tx, ticket, "taken", f"staff:{staff.id}", now)
    return ticket


async def reply(
    tx: AsyncSession, ticket_id: int, staff: Staff, text: str, now: datetime, *, hold: timedelta = AT_ONCE
) -> Ticket:
    """A clerk answers everybody who reported or follows; who answers first has the ticket."""
    words = worded(text)
    ticket = await at_work(tx, ticket_id)
    _in_hand(ticket, staff)
    owed, ticket.next_response_due_at = ticket.next_response_due_at, None
    _responded(ticket, now)
    message_id = await words_of(tx, ticket, "out", words, now, staff_id=staff.id)
    facts: dict[str, Any] = {"message": message_id, "owed": owed and owed.isoformat()}
    await record(tx, ticket, "answered", f"staff:{staff.id}", now, words=words, hold=hold, **facts)
    return ticket


async def ask(tx: AsyncSession, ticket_id: int, staff: Staff, text: str, now: datetime) -> Ticket:
    """A clerk needs something from the reporter (等待补充): until he answers, no clock runs."""
    words = worded(text)
    ticket = await at_work(tx, ticket_id)
    _in_hand(ticket, staff)
    ticket.next_response_due_at = None
    _responded(ticket, now)
    if ticket.status != "waiting":
        timing.pause(ticket, now)
    message_id = await words_of(tx, ticket, "out", words, now, staff_id=staff.id)
    await record(tx, ticket, "asked", f"staff:{staff.id}", now, words=words, message=message_id)
    return ticket


async def note(tx: AsyncSession, ticket_id: int, staff: Staff, text: str, now: datetime) -> Ticket:
    """Words among clerks, which no reporter sees."""
    words = worded(text)
    ticket = await tickets.lock(tx, ticket_id)
    message_id = await words_of(tx, ticket, "note", words, now, staff_id=staff.id)
    await record(tx, ticket, "noted", f"staff:{staff.id}", now, message=message_id)
    return ticket


async def at_work(tx: AsyncSession, ticket_id: int) -> Ticket:
    """The ticket, held, as long as it is somebody's work; refused when it is settled or gathered under another."""
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status == "merged":
        master = await tx.get_one(Ticket, ticket.master_id)
        raise Refusal("desk.merged_already", number=ticket.number, master=master.number)
    if ticket.status not in OPEN:
        raise Refusal("desk.resolved_already", number=ticket.number)
    return ticket


def open_again(ticket: Ticket, now: datetime) -> None:
    """Back to work with its clocks where they were; what it ended with holds no longer."""
    ticket.status = timing.at_hand(ticket)
    ticket.result = ticket.resolved_at = ticket.resolver_id = ticket.outcome = None
    ticket.proof = ticket.proof_note = ticket.reviewer_id = ticket.struck_off_at = None
    ticket.needs_review = False
    timing.watch(ticket, now)


def _in_hand(ticket: Ticket, staff: Staff) -> None:
    if ticket.assignee_id is None or ticket.status == "assigned":
        ticket.assignee_id = staff.id
    if ticket.status != "waiting":
        ticket.status = "handling"


def _responded(ticket: Ticket, now: datetime) -> None:
    if ticket.first_response_at is None:
        ticket.first_response_at = now
    timing.watch(ticket, now)


def worded(text: str) -> str:
    """What was typed, without space around it; refused when it is empty or longer than a message."""
    words = text.strip()
    if not words:
        raise Refusal("desk.words_missing")
    if len(words) > LONGEST_WORDS:
        raise Refusal("question.text.too_long", longest=LONGEST_WORDS, count=len(words))
    return words


async def words_of(
    tx: AsyncSession,
    ticket: Ticket,
    direction: str,
    text: str,
    now: datetime,
    *,
    contact_id: int | None = None,
    staff_id: int | None = None,
) -> int:
    """Keep words in, words out or a note among clerks; the id of the message."""
    assert ticket.id is not None
    said = Message(
        ticket_id=ticket.id, direction=direction, contact_id=contact_id, staff_id=staff_id, text=text, at=now
    )
    tx.add(said)
    await tx.flush()
    assert said.id is not None
    return said.id
