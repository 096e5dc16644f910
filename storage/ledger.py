"""The ledger (台账) as it is read: any filter, by keyset, counted no further than it helps, and whole as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BooleanClauseList
from sqlmodel import col

from storage import search
from storage.database import Database
from storage.models import OPEN, Assist, Callback, Contact, Department, Extension, Ticket

MOST = 1000
"""More than this are "1,000+": counting a million takes a second, and helps nobody."""

BATCH = 1000
"""Rows that a stream holds at a time."""

IS_OPEN = col(Ticket.status).in_([literal_column(repr(status)) for status in OPEN])
"""Written out, because the planner takes a partial index only for words that it sees."""

_CLOSED = defer(col(Ticket.answers), raiseload=True)  # type: ignore[arg-type]

Conditions = Sequence[ColumnElement[bool]]
Rows = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets; None and empty: whatever.

    `divisions` are the lowest and the highest code of a subtree, `opened_from` is included and `opened_before` is not,
    `overdue_at` is the moment at which what is owed is late. Raises Refusal for `words` that hold nothing to look for.
    """

    statuses: tuple[str, ...] = ()
    kind: str | None = None
    what: str | None = None
    priority: str | None = None
    source: str | None = None
    named: bool | None = None
    divisions: tuple[str, str] | None = None
    department_id: int | None = None
    assignee_id: int | None = None
    outcome: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    overdue_at: datetime | None = None
    number: str | None = None
    plate: str | None = None
    road: str | None = None
    facility: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: columns that together name one row, and which way."""

    columns: tuple[Any, ...]
    descending: bool

    def by(self, tickets: Any, *, descending: bool) -> list[Any]:
        """What to sort these tickets by, the model itself or another name for it."""
        columns = (getattr(tickets, column.key) for column in self.columns)
        return [column.desc() if descending else column for column in columns]

    def of(self, ticket: Ticket) -> tuple[Any, ...]:
        """Where this ticket stands: the cursor from which a page goes on."""
        return tuple(getattr(ticket, column.key) for column in self.columns)


OPENED = Order((col(Ticket.opened_at), col(Ticket.id)), descending=True)
"""Newest first."""

CLOCK = Order((col(Ticket.rank), col(Ticket.due_at), col(Ticket.id)), descending=False)
"""What is owed first, first: for tickets that are open."""


async def page(
    tx: AsyncSession,
    wanted: Wanted,
    *,
    scope: Conditions = (),
    order: Order = OPENED,
    after: Sequence[Any] | None = None,
    before: Sequence[Any] | None = None,
    limit: int = 50,
) -> list[Ticket]:
    """The next tickets after a cursor, or those just before one; always in the order's own direction.

    Their sealed answers stay closed: a list shows none, and opening fifty takes as long as finding them.
    """
    backwards = before is not None
    descending = order.descending is not backwards
    by = order.by(Ticket, descending=descending)
    conditions = _plain(wanted)
    if (cursor := before if backwards else after) is not None:
        conditions.append(_beyond(order, cursor, descending=descending))
    if wanted.words:
        near = await _newest(tx, wanted.words, [*conditions, *scope], limit) if order is OPENED and descending else []
        if len(near) == limit:
            return near
        conditions.append(await search.matching(tx, wanted.words))
    query = select(Ticket).options(_CLOSED).order_by(*by).limit(limit)
    ways = [select(col(Ticket.id)).where(*conditions, *way).order_by(*by).limit(limit) for way in _ways(scope)]
    query = query.where(*conditions, *scope) if len(ways) == 1 else query.where(col(Ticket.id).in_(_any_of(ways)))
    found = list((await tx.scalars(query)).all())
    return found[::-1] if backwards else found


async def _newest(tx: AsyncSession, words: str, conditions: Conditions, limit: int) -> list[Ticket]:
    """A page that the newest few thousand tickets are likely to fill; less than a page, or nothing, when they do not.

    They lie side by side on the disk, so that passing them costs less than gathering the ids of all that are found.
    """
    if len(_ways(conditions)) > 1 or not await search.is_met_soon(tx, words, conditions):
        return []
    by = OPENED.by(Ticket, descending=True)
    walk = select(*OPENED.columns).where(*conditions).order_by(*by).limit(search.REACH).subquery()
    met = select(walk.c.id).where(search.walked(words, walk)).order_by(*OPENED.by(walk.c, descending=True)).limit(limit)
    found = select(Ticket).options(_CLOSED).where(col(Ticket.id).in_(met)).order_by(*by)
    return list((await tx.scalars(found)).all())


async def count(tx: AsyncSession, wanted: Wanted, at_most: int = MOST, *, scope: Conditions = ()) -> int:
    """How many tickets these are; one more than `at_most` stands for all that are more."""
    return (await count_each(tx, {"": await counted(tx, wanted, at_most, scope=scope)}))[""]


async def counted(tx: AsyncSession, wanted: Wanted, at_most: int = MOST, *, scope: Conditions = ()) -> Rows:
    """What `count` counts, for a page that counts more in the same look (`count_each`)."""
    return bounded([*await _conditions(tx, wanted, counted=True), *scope], at_most)


def bounded(conditions: Conditions, at_most: int) -> Rows:
    """The ids of such tickets, no more than one more than `at_most`."""
    ways = [select(col(Ticket.id)).where(*way).limit(at_most + 1) for way in _ways(conditions)]
    return ways[0] if len(ways) == 1 else _any_of(ways).limit(at_most + 1)


async def count_each(tx: AsyncSession, found: Mapping[str, Rows]) -> dict[str, int]:
    """How many rows each of these has, by name, in one statement; each brings its own bound."""
    if not found:
        return {}
    numbers = [select(func.count()).select_from(rows.subquery()).scalar_subquery() for rows in found.values()]
    row = (await tx.execute(select(*numbers))).one()
    return dict(zip(found, map(int, row), strict=True))


def _ways(scope: Conditions) -> list[Conditions]:
    """A scope with an alternative in it as one scope for each: two walks of an index, where OR would walk them all."""
    for at, one in enumerate(scope):
        if isinstance(one, BooleanClauseList) and one.operator is operators.or_:
            return [(*scope[:at], way, *scope[at + 1 :]) for way in one.clauses]
    return [scope]


def _any_of(ways: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    return union(*(select(way.subquery().c.id) for way in ways))


async def stream(
    db: Database, wanted: Wanted, *, scope: Conditions = (), batch: int = BATCH
) -> AsyncIterator[Sequence[Row[Any]]]:
    """All of these tickets as rows of `LINE`, oldest first, some at a time.

    Each batch is a look of its own, so that somebody on a slow line holds up nobody else's.
    """
    query = select(*LINE).join(Contact, col(Contact.id) == col(Ticket.contact_id)).where(*scope)
    query = query.order_by(*OPENED.columns).limit(batch)
    async with db.read() as tx:
        query = query.where(*await _conditions(tx, wanted))
    rest = query
    while True:
        async with db.read() as tx:
            rows = (await tx.execute(rest)).all()
        if rows:
            yield rows
        if len(rows) < batch:
            return
        rest = query.where(_beyond(OPENED, (rows[-1].opened_at, rows[-1].id), descending=False))


def in_subtree(divisions: tuple[str, str]) -> ColumnElement[bool]:
    """Tickets of a subtree of divisions, given by its lowest and highest code; a single one is found faster."""
    lowest, highest = divisions
    if lowest == highest:
        return col(Ticket.division) == lowest
    return col(Ticket.division).between(lowest, highest)


def of_department(department_id: int | None) -> ColumnElement[bool]:
    """Tickets that a department has or helps with; nobody's department has none."""
    if department_id is None:
        return false()
    helped = select(col(Assist.ticket_id)).where(col(Assist.department_id) == department_id)
    return or_(col(Ticket.department_id) == department_id, col(Ticket.id).in_(helped))


def nothing() -> ColumnElement[bool]:
    """No ticket at all."""
    return false()


async def _conditions(tx: AsyncSession, wanted: Wanted, *, counted: bool = False) -> list[ColumnElement[bool]]:
    if not wanted.words:
        return _plain(wanted)
    return [*_plain(wanted), await search.matching(tx, wanted.words, counted=counted)]


def _plain(wanted: Wanted) -> list[ColumnElement[bool]]:
    """All that is wanted but the words."""
    exact = (
        "kind", "what", "priority", "source", "named", "department_id", "assignee_id", "outcome",
        "number", "plate", "road", "facility",
    )  # fmt: skip
    found = [col(getattr(Ticket, name)) == value for name in exact if (value := getattr(wanted, name)) is not None]
    if set(wanted.statuses) == set(OPEN):
        found.append(IS_OPEN)
    elif wanted.statuses:
        found.append(col(Ticket.status).in_(wanted.statuses))
    if wanted.divisions is not None:
        found.append(in_subtree(wanted.divisions))
    if wanted.opened_from is not None:
        found.append(col(Ticket.opened_at) >= wanted.opened_from)
    if wanted.opened_before is not None:
        found.append(col(Ticket.opened_at) < wanted.opened_before)
    if wanted.overdue_at is not None:
        found += [IS_OPEN, col(Ticket.due_at) <= wanted.overdue_at]
    return found


def _beyond(order: Order, cursor: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    """Rows past a cursor, compared as a whole, which one walk of an index answers."""
    row = tuple_(*order.columns)
    bound = tuple_(*(literal(value, c.type) for value, c in zip(cursor, order.columns, strict=True)))
    return row < bound if descending else row > bound


_EXTENSIONS = select(func.count()).where(col(Extension.ticket_id) == col(Ticket.id), col(Extension.granted).is_(True))
_SATISFACTION = (
    (select(col(Callback.satisfaction)).where(col(Callback.ticket_id) == col(Ticket.id)))
    .order_by(col(Callback.round).desc())
    .limit(1)
)

LINE = (
    *(
        col(getattr(Ticket, name))
        for name in (
            "id", "number", "kind", "what", "status", "priority", "source", "named", "confidential", "division", "road",
            "stake_m", "direction", "facility", "latitude", "longitude", "datum", "place_text", "plate", "reports",
            "opened_at", "first_response_due_at", "first_response_at", "resolution_due_at", "resolved_at", "level",
            "department_id", "assignee_id", "resolver_id", "reviewer_id", "result", "outcome", "proof", "proof_note",
            "struck_off_at", "returns", "redone", "contact_id",
        )
    ),
    col(Contact.channel).label("channel"),
    col(Contact.address).label("address"),
    _EXTENSIONS.scalar_subquery().label("extensions"),
    _SATISFACTION.scalar_subquery().label("satisfaction"),
)  # fmt: skip
"""What an inspector's ledger shows of a ticket; sealed answers are not opened for it."""


async def departments(tx: AsyncSession) -> list[tuple[int, str, str]]:
    """The id, name and division of every department, by division; closed ones keep their name."""
    query = select(col(Department.id), col(Department.name), col(Department.division))
    rows = await tx.execute(query.order_by(col(Department.division), col(Department.id)))
    return [(int(i or 0), name, division) for i, name, division in rows]
