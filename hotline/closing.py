"""How a ticket ends: 办结 with a result, 复核, 回访, 销号 with proof; 不予受理; and how it begins again (重开).

Closed is not fixed: each result says whether the matter was solved, explained, could not be solved, or was a duplicate.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import callbacks, catalogue, rights, timing
from hotline.audience import record
from hotline.tickets import AT_ONCE, at_work, open_again, worded, words_of
from locales.words import Refusal
from storage import attachments, organisation, tickets
from storage import callbacks as asked
from storage.models import OPEN, OUTCOMES, Staff, Ticket


async def resolve(
    tx: AsyncSession,
    ticket_id: int,
    staff: Staff,
    result: str,
    now: datetime,
    *,
    outcome: str = "solved",
    hold: timedelta = AT_ONCE,
) -> Ticket:
    """The matter is settled (办结), and the result says how; one close-out answers everybody gathered under it."""
    words = worded(result)
    if outcome not in OUTCOMES:
        raise Refusal("desk.outcome_missing")
    ticket = await at_work(tx, ticket_id)
    in_hand = ticket.assignee_id not in (None, staff.id) and ticket.status in ("handling", "waiting")
    if in_hand and staff.role not in rights.LEADS:
        raise Refusal("desk.not_yours", number=ticket.number)
    if ticket.status == "waiting":
        timing.resume(ticket, now)
    rule = timing.rule_of(ticket)
    ticket.assignee_id = ticket.assignee_id or staff.id
    ticket.status, ticket.result, ticket.outcome = "resolved", words, outcome
    ticket.resolved_at, ticket.resolver_id, ticket.needs_review = now, staff.id, rule.reviewer
    ticket.first_response_at = ticket.first_response_at or now
    owed, ticket.next_response_due_at = ticket.next_response_due_at, None
    timing.watch(ticket, now)
    message_id = await words_of(tx, ticket, "out", words, now, staff_id=staff.id)
    if catalogue.is_sampled(ticket.number, rule.callback):
        await asked.add(tx, ticket_id, callbacks.next_try(now))
    facts: dict[str, Any] = {"message": message_id, "outcome": outcome, "owed": owed and owed.isoformat()}
    await record(tx, ticket, "resolved", f"staff:{staff.id}", now, words=words, hold=hold, **facts)
    return ticket


async def review(tx: AsyncSession, ticket_id: int, staff: Staff, agreed: bool, words: str, now: datetime) -> Ticket:
    """Somebody who did not handle it agrees with the result, or sends the ticket back to work with a reason."""
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status != "resolved" or not ticket.needs_review or ticket.reviewer_id is not None:
        raise Refusal("desk.review.none", number=ticket.number)
    if staff.role not in rights.LEADS or staff.id == ticket.resolver_id:
        raise Refusal("desk.review.not_yours")
    if agreed:
        ticket.reviewer_id = staff.id
        await record(tx, ticket, "reviewed", f"staff:{staff.id}", now)
        await strike_off_if_ready(tx, ticket, f"staff:{staff.id}", now)
        return ticket
    note = worded(words)
    message_id = await words_of(tx, ticket, "note", note, now, staff_id=staff.id)
    await callbacks.drop(tx, ticket_id)
    open_again(ticket, now)
    await record(tx, ticket, "review_refused", f"staff:{staff.id}", now, message=message_id, words=note)
    return ticket


async def strike_off(tx: AsyncSession, ticket_id: int, staff: Staff, proof: str, note: str, now: datetime) -> Ticket:
    """Strike the number off (销号): only with a result, with proof, and where the catalogue asks, with a reviewer.

    Proof is a photo that hangs on the ticket, a document by its number, or a confirmation and by whom (seed S4, 4.15).
    """
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status != "resolved":
        raise Refusal("desk.not_resolved" if ticket.status in OPEN else "desk.closed_already", number=ticket.number)
    if proof not in ("photo", "document", "confirmation"):
        raise Refusal("desk.proof.missing")
    if proof == "photo" and not [p for p in await attachments.of_ticket(tx, ticket_id) if p.status == "stored"]:
        raise Refusal("desk.proof.no_photo")
    ticket.proof, ticket.proof_note = proof, worded(note) if proof != "photo" else note.strip() or None
    if ticket.needs_review and ticket.reviewer_id is None:
        await record(tx, ticket, "proved", f"staff:{staff.id}", now, proof=proof)
        return ticket
    await callbacks.drop(tx, ticket_id)
    await _strike(tx, ticket, f"staff:{staff.id}", now)
    return ticket


async def strike_off_if_ready(tx: AsyncSession, ticket: Ticket, actor: str, now: datetime) -> None:
    """Strike it off by itself once result, proof and review are there and nobody is still to be asked."""
    reviewed = not ticket.needs_review or ticket.reviewer_id is not None
    if ticket.status == "resolved" and ticket.proof and reviewed and await asked.live(tx, ticket.id or 0) is None:
        await _strike(tx, ticket, actor, now)


async def _strike(tx: AsyncSession, ticket: Ticket, actor: str, now: datetime) -> None:
    ticket.status, ticket.struck_off_at = "struck_off", now
    timing.watch(ticket, now)
    await record(tx, ticket, "struck_off", actor, now, proof=ticket.proof)


async def decline(tx: AsyncSession, ticket_id: int, staff: Staff, reason: str, now: datetime) -> Ticket:
    """Not ours to take (不予受理): courts, petitions, secrets; the reporter hears why."""
    words = worded(reason)
    ticket = await at_work(tx, ticket_id)
    ticket.status, ticket.result = "declined", words
    ticket.waiting_since, ticket.next_response_due_at = None, None
    ticket.first_response_at = ticket.first_response_at or now
    timing.watch(ticket, now)
    message_id = await words_of(tx, ticket, "out", words, now, staff_id=staff.id)
    await record(tx, ticket, "declined", f"staff:{staff.id}", now, words=words, message=message_id)
    return ticket


async def reopen(tx: AsyncSession, ticket_id: int, staff: Staff, why: str, now: datetime) -> Ticket:
    """It was not settled after all; what was struck off or declined only a supervisor opens again."""
    words = worded(why)
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status in OPEN or ticket.status == "merged":
        raise Refusal("desk.not_resolved", number=ticket.number)
    if ticket.status != "resolved" and staff.role not in rights.LEADS:
        raise Refusal("desk.reopen.not_yours", number=ticket.number)
    await callbacks.drop(tx, ticket_id)
    open_again(ticket, now)
    message_id = await words_of(tx, ticket, "note", words, now, staff_id=staff.id)
    await record(tx, ticket, "reopened", f"staff:{staff.id}", now, message=message_id)
    return ticket


async def rate(
    tx: AsyncSession, ticket_id: int, actor: str, satisfaction: str, why: str, now: datetime, *, by: Staff | None = None
) -> Ticket:
    """The reporter says whether he is satisfied, by a button or to a clerk who called (`by`).

    A satisfied reporter's word is the confirmation that a number is struck off with. 不满意 reopens once, with a new
    owner; a second time it is for the supervisor.
    """
    ticket = await tickets.lock(tx, ticket_id)
    if ticket.status != "resolved":
        raise Refusal("rate.not_now", number=ticket.number)
    live = await asked.live(tx, ticket_id) or await asked.add(tx, ticket_id, now)
    live.status, live.satisfaction, live.answered_at = "answered", satisfaction, now
    live.staff_id = by.id if by else None
    message_id = None
    if why.strip():
        contact = None if by else ticket.contact_id
        message_id = await words_of(
            tx, ticket, "in", why.strip(), now, contact_id=contact, staff_id=by.id if by else None
        )
    await record(tx, ticket, "rated", actor, now, satisfaction=satisfaction, message=message_id)
    if satisfaction != "unsatisfied":
        if ticket.proof is None:
            ticket.proof = "confirmation"
        await strike_off_if_ready(tx, ticket, actor, now)
    elif ticket.redone == 0:
        await _redo(tx, ticket, actor, now)
    else:
        await callbacks.alarm(tx, ticket, now)
    return ticket


async def ask_due(tx: AsyncSession, now: datetime) -> int:
    """Ask everybody whose callback is due; what waited for nothing but an answer that never comes is struck off."""
    asked_now, given_up = await callbacks.ask_due(tx, now)
    for ticket in given_up:
        await strike_off_if_ready(tx, ticket, "clock", now)
    return asked_now


async def called(tx: AsyncSession, ticket_id: int, staff: Staff, now: datetime) -> Ticket:
    """A clerk called and nobody answered; after the last try nobody is asked again."""
    ticket = await callbacks.called(tx, ticket_id, staff, now)
    await strike_off_if_ready(tx, ticket, f"staff:{staff.id}", now)
    return ticket


async def _redo(tx: AsyncSession, ticket: Ticket, actor: str, now: datetime) -> None:
    """Open it again for somebody else: whoever else holds a post there, or the department's queue, or the desk's."""
    handled_by, department = ticket.resolver_id, ticket.department_id
    other = await organisation.at_post(tx, department, now, but=handled_by) if department else None
    ticket.redone, ticket.assignee_id = 1, other.id if other is not None else None
    open_again(ticket, now)
    ticket.status = "assigned" if department else "accepted"
    await record(tx, ticket, "reopened", actor, now, but=ticket.contact_id if actor.startswith("contact:") else None)
