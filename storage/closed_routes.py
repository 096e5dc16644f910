"""Closures whose news is still on its way to those who hold passes for the route, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import Closure, Contact, Facility, Pass, Push

_IS_LIVE = col(Pass.state) == literal_column("'issued'")
"""Written out, because the planner takes a partial index only for words that it sees."""


@dataclass(frozen=True, slots=True)
class Around:
    """The divisions of a facility: those from `low` to `high`, and `also` the city around a county."""

    low: str
    high: str
    also: tuple[str, ...] = ()


async def untold(tx: AsyncSession, limit: int) -> Sequence[tuple[Closure, Facility]]:
    """Closures that stand and whose news has not reached everybody yet, the oldest first."""
    query = (
        select(Closure, Facility)
        .join(Facility, col(Facility.id) == col(Closure.facility_id))
        .outerjoin(Push, col(Push.closure_id) == col(Closure.id))
        .where(col(Closure.reopened_at).is_(None), col(Facility.state) == "closed", col(Push.done_at).is_(None))
        .order_by(col(Closure.id))
        .limit(limit)
    )
    return [(closure, facility) for closure, facility in (await tx.execute(query)).all()]


async def told(tx: AsyncSession, closures: Iterable[int]) -> dict[int, int]:
    """How many people were told of each of these closures so far; those of which nobody was told are left out."""
    query = select(col(Push.closure_id), col(Push.told)).where(
        col(Push.closure_id).in_(list(closures)), col(Push.told) > 0
    )
    return {row.closure_id: row.told for row in (await tx.execute(query)).all()}


async def push_of(tx: AsyncSession, closure_id: int, now: datetime) -> Push:
    """How far the news of a closure has come, held until the transaction ends."""
    fresh = insert_into(tx, Push).values(closure_id=closure_id, contact_id=0, told=0, begun_at=now)
    await tx.execute(fresh.on_conflict_do_nothing())
    query = select(Push).where(col(Push.closure_id) == closure_id).with_for_update()
    return (await tx.scalars(query.execution_options(populate_existing=True))).one()


async def holders(tx: AsyncSession, around: Around, now: datetime, after: int, limit: int) -> list[int]:
    """The contacts who hold live passes through these divisions, in order, from `after` on."""
    query = (
        select(col(Pass.contact_id))
        .where(_through(around, now), col(Pass.contact_id) > after)
        .group_by(col(Pass.contact_id))
        .order_by(col(Pass.contact_id))
        .limit(limit)
    )
    return list((await tx.scalars(query)).all())


async def held_by(
    tx: AsyncSession, around: Around, now: datetime, contacts: Sequence[int]
) -> list[tuple[Contact, list[Pass]]]:
    """The live passes of these contacts through these divisions, by contact, each held until the transaction ends."""
    query = (
        select(Pass)
        .where(_through(around, now), col(Pass.contact_id).in_(contacts))
        .order_by(col(Pass.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    whose: dict[int, list[Pass]] = {}
    for pass_ in (await tx.scalars(query)).all():
        whose.setdefault(pass_.contact_id, []).append(pass_)
    people = await tx.scalars(select(Contact).where(col(Contact.id).in_(whose)).order_by(col(Contact.id)))
    return [(contact, whose[contact.id or 0]) for contact in people.all()]


def _through(around: Around, now: datetime) -> ColumnElement[bool]:
    """Live passes whose way begins, ends or passes there."""
    via = cast(col(Pass.via), String)
    stem = around.low if around.low == around.high else around.low.rstrip("0").ljust(4, "0")
    ends = (col(Pass.origin), col(Pass.destination))
    there = [end.between(around.low, around.high) for end in ends] + [end.in_(around.also) for end in ends]
    there += [via.like(f'%"{code}%') for code in (stem, *around.also)]
    return and_(_IS_LIVE, col(Pass.valid_until) > now, or_(*there))
