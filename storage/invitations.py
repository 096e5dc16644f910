"""Codes by which people join a firm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Firm, Invitation


async def add(tx: AsyncSession, invitation: Invitation) -> Invitation:
    """Keep a fresh code; IntegrityError in the case that it is taken."""
    tx.add(invitation)
    await tx.flush()
    return invitation


async def by_code(tx: AsyncSession, code: str, now: datetime) -> tuple[Invitation, Firm] | None:
    """The code and its firm, while somebody may still join by it."""
    query = select(Invitation, Firm).join(Firm, col(Firm.id) == col(Invitation.firm_id))
    found = (await tx.execute(query.where(col(Invitation.code) == code, *_live(now)))).first()
    return (found[0], found[1]) if found else None


async def of_firm(tx: AsyncSession, firm_id: int, now: datetime, limit: int = 100) -> list[Invitation]:
    """The codes of a firm by which somebody may still join, newest first."""
    query = select(Invitation).where(col(Invitation.firm_id) == firm_id, *_live(now))
    return list((await tx.scalars(query.order_by(col(Invitation.id).desc()).limit(limit))).all())


async def use(tx: AsyncSession, invitation_id: int, now: datetime) -> bool:
    """Take one of those that are left; False when another was quicker."""
    done: Any = await tx.execute(
        update(Invitation)
        .where(col(Invitation.id) == invitation_id, *_live(now))
        .values(left_over=col(Invitation.left_over) - 1)
    )
    return bool(done.rowcount)


async def void(tx: AsyncSession, firm_id: int, *, invitation_id: int | None = None, made_by: int | None = None) -> int:
    """Nobody joins any more by these codes of a firm: by one, by those of one member, or by any; returns how many."""
    query = update(Invitation).where(col(Invitation.firm_id) == firm_id, col(Invitation.left_over) > 0)
    if invitation_id is not None:
        query = query.where(col(Invitation.id) == invitation_id)
    if made_by is not None:
        query = query.where(col(Invitation.made_by) == made_by)
    done: Any = await tx.execute(query.values(left_over=0))
    return int(done.rowcount)


def _live(now: datetime) -> tuple[Any, Any]:
    return col(Invitation.left_over) > 0, col(Invitation.until) > now
