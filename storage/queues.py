"""The queues of the desk: which tickets stand in each, and whom the rows of a page name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, any_, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import ledger
from storage.ledger import IS_OPEN, Conditions
from storage.models import Alarm, Assist, Callback, Department, Outbox, Staff, Ticket

MOST_ALARMS = 200
"""Unseen alarms that are looked at; a desk that lets more pile up is told so by the number itself."""

RAISED = 2
"""From this level on a matter lies with the department above: it is supervised (督办); an index holds just these."""

NOT_CONFIDENTIAL = col(Ticket.confidential).is_(False)

_IS_ACCEPTED = col(Ticket.status) == literal_column("'accepted'")
"""Not also `IS_OPEN`: two conditions on one column make the planner expect far too few."""

_IS_RESOLVED = col(Ticket.status) == literal_column("'resolved'")
"""Written out, because the planner takes a partial index only for words that it sees."""

_IS_CALLBACK_DUE = col(Callback.status).in_((literal_column("'due'"), literal_column("'asked'")))
_IS_DEAD = col(Outbox.status) == literal_column("'dead'")

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
            climbed = and_(IS_OPEN, col(Ticket.level) >= literal_column(str(RAISED)), col(Ticket.due_at) <= now)
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


def in_queue(tx: AsyncSession, queue: str, scope: Conditions, eyes: Eyes, now: datetime, at_most: int) -> ledger.Rows:
    """What stands in a queue within a scope, no more than one more than `at_most`, for `ledger.count_each`."""
    return ledger.bounded([*scope, *standing_in(tx, queue, eyes, now)], at_most)


async def alarmed(tx: AsyncSession, low: str, high: str) -> list[int]:
    """The tickets that an alarm of these divisions is about which nobody has seen."""
    unseen = select(col(Alarm.about)).where(col(Alarm.seen_at).is_(None), col(Alarm.division).between(low, high))
    newest = await tx.scalars(unseen.order_by(col(Alarm.id).desc()).limit(MOST_ALARMS))
    return sorted({int(found[1]) for about in newest if (found := _ABOUT_TICKET.fullmatch(about))})


def callbacks_waiting(low: str, high: str, at_most: int) -> ledger.Rows:
    """Reporters of these divisions who are still to be asked, no more than one more than `at_most`."""
    return (
        select(col(Callback.id))
        .join(Ticket, col(Ticket.id) == col(Callback.ticket_id))
        .where(_IS_CALLBACK_DUE, col(Ticket.division).between(low, high))
        .limit(at_most + 1)
    )


def dead(at_most: int) -> ledger.Rows:
    """Messages that no channel would take, no more than one more than `at_most`."""
    return select(col(Outbox.id)).where(_IS_DEAD).limit(at_most + 1)


def unseen(low: str, high: str, at_most: int) -> ledger.Rows:
    """Alarms of these divisions that nobody has seen, no more than one more than `at_most`."""
    query = select(col(Alarm.id)).where(col(Alarm.seen_at).is_(None), col(Alarm.division).between(low, high))
    return query.limit(at_most + 1)


async def names(
    tx: AsyncSession, staff: Iterable[int | None], departments: Iterable[int | None]
) -> tuple[dict[int, str], dict[int, str]]:
    """The names of these members of staff and of these departments, by id, in one look."""
    people, offices = (sorted({i for i in ids if i}) for ids in (staff, departments))
    who: Any = select(literal_column("0"), col(Staff.id), col(Staff.name)).where(_among(tx, col(Staff.id), people))
    where: Any = select(literal_column("1"), col(Department.id), col(Department.name))
    found: tuple[dict[int, str], dict[int, str]] = {}, {}
    for which, i, name in await tx.execute(who.union_all(where.where(_among(tx, col(Department.id), offices)))):
        found[which][i] = name
    return found


def _among(tx: AsyncSession, column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """One of these ids; as an array where there are arrays, so that it is one statement however many they are."""
    if tx.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))  # type: ignore[no-any-return]
    return column.in_(ids)  # type: ignore[no-any-return]


async def of_ids(tx: AsyncSession, ids: Iterable[int]) -> list[Ticket]:
    """These tickets, oldest first."""
    query = select(Ticket).where(col(Ticket.id).in_(list(ids))).order_by(col(Ticket.id))
    return list((await tx.scalars(query)).all())


async def hold(tx: AsyncSession, ids: Iterable[int]) -> list[Ticket]:
    """These tickets, held until the transaction ends; always in the same order, so that nobody waits in a ring."""
    query: Any = select(Ticket).where(col(Ticket.id).in_(list(ids))).order_by(col(Ticket.id)).with_for_update()
    return list((await tx.scalars(query.execution_options(populate_existing=True))).all())
