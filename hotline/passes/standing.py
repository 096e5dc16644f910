"""Whose a pass is, and what stands in the way of another one for the same truck and route."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.firms.acting import acts
from locales.words import Refusal
from storage import firms
from storage import passes as ledger
from storage.models import Contact, Pass


async def may_act(tx: AsyncSession, pass_: Pass, contact: Contact, now: datetime) -> bool:
    """Whether somebody may act on a pass: he acts for the firm in whose name it was applied for, or, without one, he
    applied himself. Whoever left the firm, and an agent whose 授权 is past, acts on its passes no more.
    """
    if pass_.firm_id is None:
        return pass_.contact_id == contact.id
    member = await firms.member(tx, pass_.firm_id, contact.id or 0)
    return member is not None and acts(member, now)


async def in_the_way(
    tx: AsyncSession, wanted: str, *, renews: int | None = None, but: int | None = None
) -> Pass | None:
    """What waits for this truck and route already, or is live and not the one to be renewed."""
    other = await ledger.waiting_for(tx, wanted)
    if other is not None and other.id != but:
        return other
    live = await ledger.live_for(tx, wanted)
    return live if live is not None and live.id != renews else None


def stands(other: Pass) -> Refusal:
    """What is said to whoever may act on the pass that stands in the way."""
    if other.state == "issued":
        return Refusal("pass.apply.live", plate=other.plate, number=other.number or "", until=other.valid_until or "")
    if other.state == "returned":
        return Refusal("pass.apply.waiting.returned", plate=other.plate)
    return Refusal("pass.apply.waiting", plate=other.plate, due=other.due_at)


async def free(
    tx: AsyncSession, wanted: str, contact: Contact, now: datetime, *, renews: int | None = None, but: int | None = None
) -> None:
    """Raises Refusal when another stands in the way; whoever may not see that one hears only that there is one."""
    other = await in_the_way(tx, wanted, renews=renews, but=but)
    if other is not None:
        may = await may_act(tx, other, contact, now)
        raise stands(other) if may else Refusal("pass.apply.taken", plate=other.plate)
