"""How a ticket moves between departments and people: 转办, 退回, 协办, and on from whoever left.

Moving never stops a clock and never closes a ticket.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import routing
from hotline.audience import record
from hotline.tickets import at_work, worded, words_of
from locales.words import Refusal
from storage import assists, organisation, tickets
from storage.models import Department, Staff, Ticket


async def transfer(
    tx: AsyncSession, ticket_id: int, staff: Staff, department_id: int, why: str, now: datetime
) -> Ticket:
    """To another department or level (转办), and there to whoever is on duty; its clocks go on."""
    ticket, department = await at_work(tx, ticket_id), await _department(tx, department_id)
    if ticket.department_id == department.id:
        raise Refusal("desk.transfer.there_already", number=ticket.number)
    way = await routing.to(tx, department, now)
    ticket.department_id, ticket.assignee_id = department.id, way.member.id if way.member else None
    if ticket.status != "waiting":
        ticket.status = "assigned"
    message_id = await words_of(tx, ticket, "note", why.strip(), now, staff_id=staff.id) if why.strip() else None
    facts: dict[str, Any] = {"department": department.id, "staff": ticket.assignee_id, "message": message_id}
    await record(tx, ticket, "transferred", f"staff:{staff.id}", now, words=department.name, **facts)
    return ticket


async def send_back(tx: AsyncSession, ticket_id: int, staff: Staff, why: str, now: datetime) -> Ticket:
    """A department says that it is not the right one (退回): with a reason, to the desk, and never twice.

    Source: a city's 12345 ordinance, article 22: returned only by rule, and not again once it was designated.
    """
    words = worded(why)
    ticket = await at_work(tx, ticket_id)
    if ticket.department_id is None or staff.department_id != ticket.department_id:
        raise Refusal("desk.return.not_yours", number=ticket.number)
    if ticket.returns:
        raise Refusal("desk.return.twice", number=ticket.number)
    left = ticket.department_id
    ticket.returns, ticket.department_id, ticket.assignee_id = 1, None, None
    if ticket.status != "waiting":
        ticket.status = "accepted"
    message_id = await words_of(tx, ticket, "note", words, now, staff_id=staff.id)
    await record(tx, ticket, "returned", f"staff:{staff.id}", now, words=words, message=message_id, left=left)
    return ticket


async def ask_assist(
    tx: AsyncSession, ticket_id: int, staff: Staff, department_id: int, why: str, now: datetime
) -> Ticket:
    """Another department helps (协办); the ticket stays where it is."""
    ticket, department = await at_work(tx, ticket_id), await _department(tx, department_id)
    if department.id == ticket.department_id or not await assists.ask(tx, ticket_id, department_id, staff.id or 0, now):
        raise Refusal("desk.assist.there_already", number=ticket.number)
    message_id = await words_of(tx, ticket, "note", why.strip(), now, staff_id=staff.id) if why.strip() else None
    facts: dict[str, Any] = {"department": department_id, "message": message_id}
    await record(tx, ticket, "assist_asked", f"staff:{staff.id}", now, words=why.strip(), **facts)
    return ticket


async def assist(tx: AsyncSession, ticket_id: int, staff: Staff, words: str, now: datetime) -> Ticket:
    """The helping department has done its part, and says what."""
    said = worded(words)
    ticket = await at_work(tx, ticket_id)
    if staff.department_id is None or not await assists.finish(tx, ticket_id, staff.department_id, now):
        raise Refusal("desk.assist.not_yours", number=ticket.number)
    message_id = await words_of(tx, ticket, "note", said, now, staff_id=staff.id)
    facts: dict[str, Any] = {"department": staff.department_id, "message": message_id}
    await record(tx, ticket, "assisted", f"staff:{staff.id}", now, words=said, **facts)
    return ticket


async def hand_on(tx: AsyncSession, now: datetime) -> int:
    """What somebody holds who left goes to whoever is at that post now; gives how many.

    With nobody there it waits for whoever takes it, in the department's queue or the desk's.
    """
    left = await tickets.left_behind(tx)
    for ticket in left:
        department = await tx.get(Department, ticket.department_id) if ticket.department_id else None
        member = (await routing.to(tx, department, now)).member
        gave, ticket.assignee_id = ticket.assignee_id, member.id if member else None
        if ticket.status != "waiting":
            ticket.status = "assigned" if department else "accepted"
        facts: dict[str, Any] = {"department": ticket.department_id, "staff": ticket.assignee_id, "gave": gave}
        await record(tx, ticket, "handed_on", "desk", now, **facts)
    return len(left)


async def _department(tx: AsyncSession, department_id: int) -> Department:
    found = await organisation.at_work(tx, department_id)
    if found is None:
        raise Refusal("desk.transfer.unknown")
    return found
