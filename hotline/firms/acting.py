"""In whose name somebody may act, for how long yet, and who may change what of a firm."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import SHANGHAI, Refusal, say
from storage import firms
from storage.models import Contact, Firm, Member

OPEN = ("registered", "verified")
"""States in which a firm may apply; one that is not verified yet waits for a person each time."""

KEEPERS = ("owner", "clerk")
"""Who keeps the list of vehicles and invites drivers."""

RANK = {"owner": 3, "clerk": 2, "agent": 1, "driver": 0}
"""Who is already in a firm joins again only as something more."""


async def acting_for(tx: AsyncSession, contact: Contact, now: datetime) -> list[tuple[Firm, Member]]:
    """The firms in whose name this contact may apply today, the oldest membership first."""
    known = await firms.of_contact(tx, contact.id or 0)
    return [(firm, member) for firm, member in known if may_apply(firm, member, now)]


def may_apply(firm: Firm, member: Member, now: datetime) -> bool:
    """Whether somebody may act for a firm today: no driver, no agent whose 授权 is past, no firm that is stopped."""
    return firm.state in OPEN and acts(member, now)


def acts(member: Member, now: datetime) -> bool:
    """Whether somebody acts for his firm at all: a driver never does, an agent until the last day of his 授权."""
    return member.role != "driver" and not is_past(member, now)


def is_past(member: Member, now: datetime) -> bool:
    """Whether the last day of an agent's 授权 is over."""
    return member.authority_until is not None and now.astimezone(SHANGHAI).date() > member.authority_until


async def changing(
    tx: AsyncSession, contact: Contact, firm_id: int, roles: Collection[str], *, stopped: bool = False
) -> tuple[Firm, Member]:
    """The firm, held, and what this contact is in it; raises Refusal for whoever may not change this.

    A firm that was suspended or refused changes nothing, unless `stopped`.
    """
    firm = await firms.lock(tx, firm_id)
    member = await firms.member(tx, firm_id, contact.id or 0)
    if firm is None or member is None:
        raise Refusal("firm.unknown")
    if member.role not in roles:
        raise Refusal("firm.not_yours", roles=[say(f"firm.role.{role}") for role in roles])
    if firm.state not in OPEN and not stopped:
        raise Refusal(f"firm.stopped.{firm.state}", name=firm.name)
    return firm, member
