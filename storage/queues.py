"""The queues of the desk: which tickets stand in each, and whom the rows of a page name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import alarms, ledger
from storage.ledger import IS_OPEN
from storage.models import Assist, Callback, Staff, Ticket

MOST_ALARMS = 200
"""Unseen alarms that are looked at; a desk that lets more pile up is told so by the number itself."""

RAISED = 2
"""From this level on a matter lies with the department above: it is supervised (督办)."""

NOT_CONFIDENTIAL = col(Ticket.confidential).is_(False)

_IS_ACCEPTED = col(Ticket.status) == literal_column("'accepted'")
"""Not also `IS_OPEN`: two conditions on one column make the planner expect far too few."""

_IS_RESOLVED = col(Ticket.status) == literal_column("'resolved'")
"""Written out, because the planner takes a partial index only for words that it sees."""

_ABOUT_TICKET = re.compile(r"ticket:(\d+)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: the person, the department, and the tickets that an unseen alarm is about."""

    staff_id: int
    department_id: int | None = None
    alarmed: Sequence[int] = ()


def standing_in(tx: AsyncSession, queue: str, eyes: Eyes, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions of a queue; one that has no name here is whatever is open, "all" is everything.

    What is supervised or waits for a review may be closed already; every other queue is of open tickets.
    """
    match queue:
        case "all":
            return []
        case "review":
            return [and_(_IS_RESOLVED, col(Ticket.needs_review), col(Ticket.reviewer_id).is_(None))]
        case "raised":
            climbed = and_(IS_OPEN, col(Ticket.level) >= RAISED, col(Ticket.due_at) <= now)
            return [or_(climbed, col(Ticket.id).in_(eyes.alarmed)) if eyes.alarmed else climbed]
        case "accepted":
            return [_IS_ACCEPTED]
        case "mine":
            return [IS_OPEN, col(Ticket.assignee_id) == eyes.staff_id]
        case "department":
            return [IS_OPEN, works_on(tx, eyes.department_id)]
        case "soon":
            return [IS_OPEN, col(Ticket.warned_at).is_not(None), col(Ticket.due_at) > now]
        case "late":
            return [IS_OPEN, col(Ticket.due_at) <= now]
    return [IS_OPEN]


def works_on(tx: AsyncSession, department_id: int | None) -> ColumnElement[bool]:
    """What a department has, and where it still owes its help."""
    if department_id is None:
        return ledger.nothing()
    helping = select(col(Assist.ticket_id)).where(
        col(Assist.department_id) == department_id, col(Assist.done_at).is_(None)
    )
    if tx.get_bind().dialect.name == "postgresql":  # an array, unlike a subquery, leaves the choice of both indexes
        helped: ColumnElement[bool] = col(Ticket.id) == func.any(func.array(helping.scalar_subquery()))
    else:
        helped = col(Ticket.id).in_(helping)
    return or_(col(Ticket.department_id) == department_id, helped)


async def alarmed(tx: AsyncSession, low: str, high: str) -> list[int]:
    """The tickets that an alarm of these divisions is about which nobody has seen."""
    about = [_ABOUT_TICKET.fullmatch(one.about) for one in await alarms.unseen(tx, low, high, MOST_ALARMS)]
    return sorted({int(found[1]) for found in about if found})


async def callbacks_waiting(tx: AsyncSession, low: str, high: str, at_most: int) -> int:
    """How many reporters of these divisions are still to be asked, counted no further than `at_most`."""
    found = (
        select(col(Callback.id))
        .join(Ticket, col(Ticket.id) == col(Callback.ticket_id))
        .where(col(Callback.status).in_(("due", "asked")), col(Ticket.division).between(low, high))
        .limit(at_most)
    )
    return int(await tx.scalar(select(func.count()).select_from(found.subquery())) or 0)


async def people(tx: AsyncSession, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these members of staff, by id."""
    query = select(col(Staff.id), col(Staff.name)).where(col(Staff.id).in_({i for i in ids if i}))
    return {int(i or 0): name for i, name in (await tx.execute(query)).all()}


async def of_ids(tx: AsyncSession, ids: Iterable[int]) -> list[Ticket]:
    """These tickets, oldest first."""
    query = select(Ticket).where(col(Ticket.id).in_(list(ids))).order_by(col(Ticket.id))
    return list((await tx.scalars(query)).all())


async def hold(tx: AsyncSession, ids: Iterable[int]) -> list[Ticket]:
    """These tickets, held until the transaction ends; always in the same order, so that nobody waits in a ring."""
    query: Any = select(Ticket).where(col(Ticket.id).in_(list(ids))).order_by(col(Ticket.id)).with_for_update()
    return list((await tx.scalars(query.execution_options(populate_existing=True))).all())
