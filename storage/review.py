"""Passes as reviewers read them: the queues, each by an index of its own, and what stands beside an application."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Order, Rows
from storage.models import Attachment, Block, Firm, Member, Pass, Vehicle

DUE = Order((col(Pass.due_at), col(Pass.id)), descending=False)
"""What is owed first, first: for what waits for a decision."""

NEWEST = Order((col(Pass.id),), descending=True)
OLDEST = Order((col(Pass.id),), descending=False)

_STATE = col(Pass.state)

MOST_BESIDE = 1000
"""Other passes of the trucks of one page that are looked at; a truck with more is no truck."""

MOST_CREWS = 500
"""The newest passes of the firms of one page whose crews are opened to be compared: opening one takes some 20 µs."""


def _is(*states: str) -> ColumnElement[bool]:
    """Written out, because the planner takes a partial index only for words that it sees."""
    words: list[Any] = [literal_column(repr(state)) for state in states]
    return words[0] == _STATE if len(words) == 1 else _STATE.in_(words)


_WAITS = _is("applied", "checked")

ENDED = ("used", "expired", "revoked", "superseded", "refused", "withdrawn")

QUEUES: dict[str, tuple[Sequence[ColumnElement[bool]], Order]] = {
    "decide": ((_is("applied"),), DUE),
    "second": ((_is("checked"),), DUE),
    "returned": ((_is("returned"),), NEWEST),
    "samples": ((col(Pass.sample) == literal_column("'due'"),), OLDEST),
    "live": ((_is("issued"),), NEWEST),
    "ended": ([_is(state) for state in ENDED], NEWEST),
}
"""Each queue: what stands in it, each way a walk of an index, and in which order.

Not also that it waits: two conditions on one column make the planner expect far too few.
"""


def within(low: str, high: str) -> ColumnElement[bool]:
    """Passes that the bureaus of a subtree issue; a single division is found faster."""
    return col(Pass.division) == low if low == high else col(Pass.division).between(low, high)


async def page(
    tx: AsyncSession, queue: str, bounds: tuple[str, str], limit: int, after: Sequence[Any] | None = None
) -> list[Pass]:
    """The next passes of a queue; `after` is where the last page ended."""
    ways, order = QUEUES[queue]
    if len(ways) == 1:
        return await _listed(tx, (ways[0], within(*bounds)), order, limit, after)
    walks = [_walk(select(col(Pass.id)), (way, within(*bounds)), order, limit, after) for way in ways]
    newest = union_all(*(select(walk.subquery().c.id) for walk in walks))
    return await _listed(tx, (col(Pass.id).in_(newest),), order, limit, None)


def counted(queue: str, bounds: tuple[str, str], at_most: int) -> Rows:
    """What stands in a queue, no more than one more than `at_most`, for `ledger.count_each`."""
    return select(col(Pass.id)).where(or_(*QUEUES[queue][0]), within(*bounds)).limit(at_most + 1)


def waiting(bounds: tuple[str, str], at_most: int) -> Rows:
    """What waits for somebody to decide, no more than one more than `at_most`."""
    return select(col(Pass.id)).where(_WAITS, within(*bounds)).limit(at_most + 1)


async def of_plate(
    tx: AsyncSession, plate: str, bounds: tuple[str, str], limit: int, after: Sequence[Any] | None = None
) -> list[Pass]:
    """Whatever a truck was applied for, newest first."""
    return await _listed(tx, (col(Pass.plate) == plate, within(*bounds)), NEWEST, limit, after)


async def of_firms(
    tx: AsyncSession, firms: Collection[int], bounds: tuple[str, str], limit: int, after: Sequence[Any] | None = None
) -> list[Pass]:
    """Whatever was applied for in the name of these firms, newest first."""
    return await _listed(tx, (col(Pass.firm_id).in_(firms), within(*bounds)), NEWEST, limit, after)


async def _listed(
    tx: AsyncSession, conditions: Iterable[ColumnElement[bool]], order: Order, limit: int, after: Sequence[Any] | None
) -> list[Pass]:
    return list((await tx.scalars(_walk(select(Pass), conditions, order, limit, after))).all())


def _walk(
    query: Select[Any],
    conditions: Iterable[ColumnElement[bool]],
    order: Order,
    limit: int,
    after: Sequence[Any] | None,
) -> Select[Any]:
    query = query.where(*conditions)
    query = query.order_by(*(c.desc() if order.descending else c for c in order.columns)).limit(limit)
    if after is None:
        return query
    row = tuple_(*order.columns)
    return query.where(row < tuple(after) if order.descending else row > tuple(after))


async def of_ids(tx: AsyncSession, ids: Collection[int]) -> list[Pass]:
    """These passes, what is owed first on top."""
    query = select(Pass).where(col(Pass.id).in_(ids)).order_by(*DUE.columns)
    return list((await tx.scalars(query)).all())


@dataclass(slots=True)
class Beside:
    """What stands beside some applications: firms, their people and trucks, other passes, photos, serials left.

    `others` are by plate and colour, `hauling` by trailer, `crews` by firm or, without one, by who applied: rows of
    `OTHER`, those of `crews` with the crew.
    """

    firms: dict[int, Firm] = field(default_factory=dict)
    members: dict[tuple[int, int], Member] = field(default_factory=dict)
    vehicles: set[tuple[int, str, str]] = field(default_factory=set)
    others: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    hauling: dict[str, list[Any]] = field(default_factory=dict)
    crews: dict[tuple[int | None, int | None], list[Any]] = field(default_factory=dict)
    photos: dict[int, list[int]] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)


OTHER = (
    col(Pass.id), col(Pass.number), col(Pass.state), col(Pass.claim), col(Pass.plate), col(Pass.colour),
    col(Pass.trailer), col(Pass.firm_id), col(Pass.division), col(Pass.origin), col(Pass.destination),
    col(Pass.from_wished), col(Pass.until_wished), col(Pass.valid_from), col(Pass.valid_until), col(Pass.changed_at),
)  # fmt: skip


async def beside(tx: AsyncSession, passes: Sequence[Pass], divisions: Collection[str], since: datetime) -> Beside:
    """All of it for a page of applications, in so many statements however many they are.

    `divisions` are those from whose blocks their numbers may come; what ended before `since` is left out.
    """
    found = Beside()
    ids, firms = [one.id for one in passes], {one.firm_id for one in passes if one.firm_id}
    if firms:
        for firm in await tx.scalars(select(Firm).where(col(Firm.id).in_(firms))):
            found.firms[firm.id or 0] = firm
        people = {one.contact_id for one in passes if one.firm_id}
        here = (col(Member.firm_id).in_(firms), col(Member.contact_id).in_(people), col(Member.left_at).is_(None))
        for member in await tx.scalars(select(Member).where(*here)):
            found.members[member.firm_id, member.contact_id] = member
        driven = select(col(Vehicle.firm_id), col(Vehicle.plate), col(Vehicle.colour)).where(
            col(Vehicle.firm_id).in_(firms),
            col(Vehicle.plate).in_({one.plate for one in passes}),
            col(Vehicle.retired_at).is_(None),
        )
        found.vehicles = {(firm, plate, colour) for firm, plate, colour in await tx.execute(driven)}
    await _others(tx, passes, since, found)
    await _crews(tx, passes, found)
    about = select(col(Attachment.about), col(Attachment.id)).where(
        col(Attachment.about).in_([f"pass:{one}" for one in ids])
    )
    for words, photo in await tx.execute(about.order_by(col(Attachment.id))):
        found.photos.setdefault(int(str(words).removeprefix("pass:")), []).append(photo or 0)
    left = func.sum(col(Block.last_serial) - col(Block.next_serial) + 1)
    open_ = (col(Block.division).in_(divisions), col(Block.next_serial) <= col(Block.last_serial))
    query = select(col(Block.division), left).where(*open_).group_by(col(Block.division))
    found.serials = {division: int(count) for division, count in await tx.execute(query)}
    return found


async def _others(tx: AsyncSession, passes: Sequence[Pass], since: datetime, found: Beside) -> None:
    """Other passes of these trucks, and whatever draws their trailers now."""
    query = (
        select(*OTHER)
        .where(col(Pass.plate).in_({one.plate for one in passes}))
        .where(_STATE.in_(("applied", "checked", "returned", "issued")) | (col(Pass.changed_at) >= since))
        .order_by(col(Pass.id).desc())
        .limit(MOST_BESIDE)
    )
    for row in await tx.execute(query):
        found.others.setdefault((row.plate, row.colour), []).append(row)
    if trailers := {one.trailer for one in passes if one.trailer}:
        drawn = (
            select(*OTHER)
            .where(col(Pass.trailer).in_(trailers), col(Pass.trailer) != literal_column("''"))
            .where(_is("applied", "checked", "issued"))
            .order_by(col(Pass.id).desc())
            .limit(MOST_BESIDE)
        )
        for row in await tx.execute(drawn):
            found.hauling.setdefault(row.trailer, []).append(row)


async def _crews(tx: AsyncSession, passes: Sequence[Pass], found: Beside) -> None:
    """Who sits where: what else the same firms, or without one the same people, have waiting or live."""
    with_crew = [one for one in passes if one.crew]
    firms = {one.firm_id for one in with_crew if one.firm_id}
    people = {one.contact_id for one in with_crew if not one.firm_id}
    ways: list[ColumnElement[bool]] = [col(Pass.firm_id).in_(firms)] if firms else []
    ways += [and_(col(Pass.contact_id).in_(people), col(Pass.firm_id).is_(None))] if people else []
    for way in ways:
        query = select(*OTHER, col(Pass.contact_id), col(Pass.crew)).where(way)
        query = query.where(_STATE.in_(("applied", "checked", "issued")), col(Pass.crew).is_not(None))
        for row in await tx.execute(query.order_by(col(Pass.id).desc()).limit(MOST_CREWS)):
            found.crews.setdefault((row.firm_id, None if row.firm_id else row.contact_id), []).append(row)
