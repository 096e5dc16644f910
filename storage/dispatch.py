"""The day in numbers (日调度): counted from what happened within it, kept once it is over, and its rows found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only
from sqlmodel import col

from storage.database import insert_into
from storage.models import Contact, Dispatch, Pass, PassEvent, Scan, Staff, Unread

EVENTS = ("applied", "issued", "returned", "refused", "obstructed")
"""Measures that are events of passes, by their own names."""

DEEDS = ("passed", "stopped")
"""Measures that are checks at the roadside, counted when we heard of them."""

IN_FORCE = "in_force"
"""The measure that is a stock: what was in force when the day ended."""

LEADERS = ("supervisor", "admin")

_NAMES = ("number", "plate", "trailer", "goods", "division", "origin", "via", "destination", "valid_until")
_SHOWN = load_only(*(getattr(Pass, name) for name in _NAMES))
"""Of a pass only what a list shows: its crew and what was told of the journey stay sealed."""

After = tuple[datetime, int]
Counted = tuple[str, str, str, int]
"""Division, goods (empty where nobody knows them), measure, how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows behind one number: a measure between two moments (the second exclusive), in divisions, of one goods.

    `low` and `high` are inclusive; `goods` is None for all of them.
    """

    measure: str
    start: datetime
    end: datetime
    low: str
    high: str
    goods: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a number: its moment and id, and the pass and the check that it is about, as far as there are.

    `facts` are what its event noted, codes and ids.
    """

    at: datetime
    id: int
    pass_: Pass | None
    scan: Scan | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


async def of_day(tx: AsyncSession, day: date) -> Dispatch | None:
    """The day as it was frozen; None while it is not."""
    return (await tx.scalars(select(Dispatch).where(col(Dispatch.day) == day))).first()


async def newest(tx: AsyncSession) -> date | None:
    """The last day that was frozen."""
    found: date | None = await tx.scalar(select(func.max(col(Dispatch.day))))
    return found


async def keep(tx: AsyncSession, day: date, counts: list[dict[str, Any]], now: datetime) -> Dispatch:
    """Freeze a day; one that was frozen before stays as it was, and is given back."""
    await tx.execute(insert_into(tx, Dispatch).values(day=day, frozen_at=now, counts=counts).on_conflict_do_nothing())
    kept = await of_day(tx, day)
    assert kept is not None
    return kept


async def counts(tx: AsyncSession, start: datetime, end: datetime) -> list[Counted]:
    """Every number of the time between, by division and goods; zeros are left out."""
    happened = select(*_of(PassEvent), col(PassEvent.kind), func.count()).where(_happened(EVENTS, start, end))
    seen = select(*_of(Scan), col(Scan.deed), func.count()).where(_checked(DEEDS, start, end))
    held = select(*_of(Pass), func.count()).where(_held(end))
    found: list[Counted] = []
    for query, columns in ((happened, (*_of(PassEvent), col(PassEvent.kind))), (seen, (*_of(Scan), col(Scan.deed)))):
        found += [(*row,) for row in (await tx.execute(query.group_by(*columns))).all()]
    for division, goods, count in (await tx.execute(held.group_by(*_of(Pass)))).all():
        found.append((division, goods, IN_FORCE, count))
    return sorted(found)


async def rows(tx: AsyncSession, wanted: Wanted, after: After | None, limit: int) -> list[Row]:
    """The rows behind a number, the newest first; passes in force by when they end, the earliest first."""
    if wanted.measure == IN_FORCE:
        return await _passes(tx, wanted, after, limit)
    if wanted.measure in DEEDS:
        return await _scans(tx, wanted, after, limit)
    query = _page(
        select(PassEvent, Pass).join(Pass, col(Pass.id) == col(PassEvent.pass_id)),
        PassEvent,
        _happened((wanted.measure,), wanted.start, wanted.end),
        wanted,
    )
    query = query.options(_SHOWN).order_by(col(PassEvent.at).desc(), col(PassEvent.id).desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(col(PassEvent.at), col(PassEvent.id)) < after)
    return [Row(event.at, event.id, pass_, facts=event.facts) for event, pass_ in (await tx.execute(query)).all()]


async def readers(tx: AsyncSession) -> list[tuple[Staff, Contact]]:
    """The leaders who linked a chat and want the day in it, by id."""
    query = (
        select(Staff, Contact)
        .join(Contact, col(Contact.id) == col(Staff.contact_id))
        .outerjoin(Unread, col(Unread.staff_id) == col(Staff.id))
        .where(col(Staff.role).in_(LEADERS), col(Staff.disabled_at).is_(None), col(Unread.staff_id).is_(None))
        .order_by(col(Staff.id))
    )
    return [(member, chat) for member, chat in (await tx.execute(query)).all()]


async def wants(tx: AsyncSession, staff_id: int) -> bool:
    """Whether this member has not said that he does not want it."""
    return await tx.get(Unread, staff_id) is None


async def want(tx: AsyncSession, staff_id: int, now: datetime, *, wanted: bool) -> bool:
    """He wants it, or does not; False when he had said so before."""
    change: Any = delete(Unread).where(col(Unread.staff_id) == staff_id)
    if not wanted:
        change = insert_into(tx, Unread).values(staff_id=staff_id, since=now).on_conflict_do_nothing()
    done: Any = await tx.execute(change)
    return bool(done.rowcount)


async def _passes(tx: AsyncSession, wanted: Wanted, after: After | None, limit: int) -> list[Row]:
    query = _page(select(Pass), Pass, _held(wanted.end), wanted)
    query = query.options(_SHOWN).order_by(col(Pass.valid_until), col(Pass.id)).limit(limit)
    if after is not None:
        query = query.where(tuple_(col(Pass.valid_until), col(Pass.id)) > after)
    return [Row(one.valid_until, one.id, one) for one in (await tx.scalars(query)).all()]


async def _scans(tx: AsyncSession, wanted: Wanted, after: After | None, limit: int) -> list[Row]:
    query = _page(
        select(Scan, Pass).outerjoin(Pass, col(Pass.id) == col(Scan.pass_id)),
        Scan,
        _checked((wanted.measure,), wanted.start, wanted.end),
        wanted,
    )
    query = query.options(_SHOWN).order_by(col(Scan.received_at).desc(), col(Scan.id).desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(col(Scan.received_at), col(Scan.id)) < after)
    return [Row(scan.received_at, scan.id, pass_, scan) for scan, pass_ in (await tx.execute(query)).all()]


def _page(query: Any, table: Any, when: ColumnElement[bool], wanted: Wanted) -> Any:
    query = query.where(when, col(table.division).between(wanted.low, wanted.high))
    return query if wanted.goods is None else query.where(_of(table)[1] == wanted.goods)


def _of(table: Any) -> tuple[Any, Any]:
    """The columns where and of what; a check of something unknown knows no goods."""
    return table.division, func.coalesce(table.goods, literal_column("''")) if table is Scan else table.goods


def _happened(kinds: Sequence[str], start: datetime, end: datetime) -> ColumnElement[bool]:
    at = col(PassEvent.at)
    return and_(at >= start, at < end, col(PassEvent.kind).in_(kinds))


def _checked(deeds: Sequence[str], start: datetime, end: datetime) -> ColumnElement[bool]:
    at = col(Scan.received_at)
    return and_(at >= start, at < end, col(Scan.deed).in_(deeds))


def _held(at: datetime) -> ColumnElement[bool]:
    """In force at a moment. Each of these columns is written once and with the time of writing, so that a moment gone
    by keeps its answer; `ended_at` of one that ran out is its last moment."""
    return and_(
        col(Pass.number).is_not(None),
        col(Pass.valid_until) > at,
        col(Pass.issued_at) < at,
        col(Pass.valid_from) < at,
        or_(col(Pass.ended_at).is_(None), col(Pass.ended_at) >= at),
    )
