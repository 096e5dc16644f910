"""Passes and what happened to them: found by number, code, claim, holder; listed by keyset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import PENDING, Pass, PassEvent

_IS_LIVE = col(Pass.state) == literal_column("'issued'")
"""Written out, because the planner takes a partial index only for words that it sees."""


async def add(tx: AsyncSession, pass_: Pass) -> Pass:
    """Write down a new application; raises IntegrityError when another one waits for the same claim."""
    tx.add(pass_)
    await tx.flush()
    return pass_


async def lock(tx: AsyncSession, pass_id: int) -> Pass | None:
    """The pass, held until the transaction ends, as it is now."""
    query = select(Pass).where(col(Pass.id) == pass_id).with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(query)).first()


async def by_number(tx: AsyncSession, number: str) -> Pass | None:
    """The pass with this number."""
    return (await tx.scalars(select(Pass).where(col(Pass.number) == number))).first()


async def by_code(tx: AsyncSession, code: str) -> Pass | None:
    """The pass with this code, which only its holder was given."""
    return (await tx.scalars(select(Pass).where(col(Pass.code) == code))).first()


async def waiting_for(tx: AsyncSession, claim: str) -> Pass | None:
    """The application that waits for a claim."""
    return (await tx.scalars(select(Pass).where(col(Pass.claim) == claim, col(Pass.state).in_(PENDING)))).first()


async def live_for(tx: AsyncSession, claim: str) -> Pass | None:
    """The pass that is live for a claim."""
    return (await tx.scalars(select(Pass).where(col(Pass.claim) == claim, col(Pass.state) == "issued"))).first()


async def claims_waiting(tx: AsyncSession, claims: Sequence[str]) -> set[str]:
    """Those of these claims for which an application waits."""
    query = select(col(Pass.claim)).where(col(Pass.claim).in_(claims), col(Pass.state).in_(PENDING))
    return set((await tx.scalars(query)).all())


async def events(tx: AsyncSession, pass_id: int) -> Sequence[PassEvent]:
    """What happened to a pass, oldest first."""
    query = select(PassEvent).where(col(PassEvent.pass_id) == pass_id).order_by(col(PassEvent.id))
    return (await tx.scalars(query)).all()


async def last_event(tx: AsyncSession) -> int:
    """The id of the newest event of all passes; 0 before the first."""
    return int(await tx.scalar(select(func.max(col(PassEvent.id)))) or 0)


async def over(tx: AsyncSession, now: datetime, limit: int) -> Sequence[Pass]:
    """Live passes whose time is over, held; the earliest first."""
    query = (
        select(Pass)
        .where(_IS_LIVE, col(Pass.valid_until) <= now)
        .order_by(col(Pass.valid_until))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await tx.scalars(query)).all()


async def ending(tx: AsyncSession, now: datetime, ahead: timedelta, limit: int) -> Sequence[Pass]:
    """Live passes that end within `ahead` and whose holders were not told, held; the earliest first."""
    query = (
        select(Pass)
        .where(_IS_LIVE, col(Pass.valid_until) > now, col(Pass.valid_until) <= now + ahead)
        .where(col(Pass.reminded_at).is_(None))
        .order_by(col(Pass.valid_until))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await tx.scalars(query)).all()


async def of_contact(
    tx: AsyncSession,
    contact_id: int,
    limit: int,
    states: Sequence[str] = (),
    before: int | None = None,
    *,
    no_firm: bool = False,
) -> Sequence[Pass]:
    """What somebody applied for himself, newest first; with `no_firm` only what he did in his own name."""
    query = select(Pass).where(col(Pass.contact_id) == contact_id).order_by(col(Pass.id).desc()).limit(limit)
    if no_firm:
        query = query.where(col(Pass.firm_id).is_(None))
    if states:
        query = query.where(col(Pass.state).in_(states))
    if before is not None:
        query = query.where(col(Pass.id) < before)
    return (await tx.scalars(query)).all()


async def of_firm(
    tx: AsyncSession, firm_id: int, limit: int, states: Sequence[str] = (), before: int | None = None
) -> Sequence[Pass]:
    """What was applied for in the name of a firm, newest first."""
    query = select(Pass).where(col(Pass.firm_id) == firm_id).order_by(col(Pass.id).desc()).limit(limit)
    if states:
        query = query.where(col(Pass.state).in_(states))
    if before is not None:
        query = query.where(col(Pass.id) < before)
    return (await tx.scalars(query)).all()


async def of_plate(tx: AsyncSession, plate: str, limit: int) -> Sequence[Pass]:
    """The passes and applications of a truck, newest first; who may see them is for the caller to ask."""
    query = select(Pass).where(col(Pass.plate) == plate).order_by(col(Pass.id).desc()).limit(limit)
    return (await tx.scalars(query)).all()


async def of_holder(
    tx: AsyncSession,
    contact_id: int,
    firm_ids: Sequence[int],
    limit: int,
    *,
    own: bool = True,
    states: Sequence[str] = (),
    plate: str | None = None,
    batch: str | None = None,
    before: int | None = None,
) -> list[Pass]:
    """What somebody applied for in his own name (unless not `own`) and what these firms have, newest first.

    One query for each of them, because each has an index of its own in this order.
    """
    whose = [(col(Pass.contact_id) == contact_id, col(Pass.firm_id).is_(None))] if own else []
    found: list[Pass] = []
    for conditions in (*whose, *((col(Pass.firm_id) == firm_id,) for firm_id in firm_ids)):
        query = select(Pass).where(*conditions).order_by(col(Pass.id).desc()).limit(limit)
        if states:
            query = query.where(col(Pass.state).in_(states))
        if plate is not None:
            query = query.where(col(Pass.plate) == plate)
        if batch is not None:
            query = query.where(col(Pass.batch) == batch)
        if before is not None:
            query = query.where(col(Pass.id) < before)
        found += (await tx.scalars(query)).all()
    return sorted(found, key=lambda one: -(one.id or 0))[:limit]


async def late(tx: AsyncSession, now: datetime) -> Sequence[tuple[str, int, datetime]]:
    """Each division whose bureau let applications run past their time: how many, and since when the oldest."""
    query = (
        select(col(Pass.division), func.count(), func.min(col(Pass.due_at)))
        .where(col(Pass.state).in_(("applied", "checked")), col(Pass.due_at) <= now)
        .group_by(col(Pass.division))
        .order_by(col(Pass.division))
    )
    return [(division, count, oldest) for division, count, oldest in (await tx.execute(query)).all()]
