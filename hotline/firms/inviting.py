"""Codes by which people join a firm: made by its owner or clerk, used by whoever has one, void when it is told so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import decisions
from hotline.firms.acting import KEEPERS, OPEN, RANK, changing
from hotline.firms.telling import record
from locales.words import SHANGHAI, Refusal, Say, say
from storage import attachments, budgets, firms, invitations
from storage.models import Contact, Firm, Invitation

LASTS = timedelta(days=7)
"""How long a code may be used; our own number."""

MOST_AT_ONCE = {"owner": 1, "clerk": 1, "agent": 1, "driver": 50}
"""How many may join by one code: drivers read theirs in a group, anybody else gets his own."""

MOST_LIVE = 20
LONGEST_AUTHORITY = timedelta(days=366)
"""How far ahead the last day of an agent's 授权 may lie; our own number."""

TRY_EVERY, TRIES = timedelta(minutes=10), 5
"""Wrong codes that one chat may try: five at once, then one each ten minutes."""

MAY_INVITE = {"owner": ("driver", "clerk", "agent", "owner"), "clerk": ("driver",)}
"""Who invites whom."""


async def invite(
    tx: AsyncSession,
    contact: Contact,
    firm_id: int,
    role: str,
    now: datetime,
    *,
    count: int = 1,
    authority_until: date | None = None,
    photos: Sequence[int] = (),
) -> Invitation:
    """A fresh code for somebody to join as a driver, clerk, agent or owner; an agent's with the 授权 that he has."""
    firm, member = await changing(tx, contact, firm_id, KEEPERS)
    if role not in MAY_INVITE[member.role]:
        raise Refusal("firm.not_yours", roles=[say("firm.role.owner")])
    if not 1 <= count <= MOST_AT_ONCE[role]:
        raise Refusal("firm.invite.count", most=MOST_AT_ONCE[role])
    photos = await attachments.own(tx, contact, photos)
    if role == "agent":
        _authority(authority_until, photos, now)
    if len(await invitations.of_firm(tx, firm_id, now)) >= MOST_LIVE:
        raise Refusal("firm.invite.too_many", most=MOST_LIVE)
    made = await invitations.add(
        tx,
        Invitation(
            firm_id=firm_id,
            code=decisions.new_code(),
            role=role,
            left_over=count,
            authority_until=authority_until if role == "agent" else None,
            made_by=member.id or 0,
            made_at=now,
            until=now + LASTS,
        ),
    )
    await attachments.keep_for(tx, photos, f"invitation:{made.id}")
    await record(tx, firm, "invited", f"contact:{contact.id}", now, role=role, count=count, invitation=made.id)
    return made


async def void(tx: AsyncSession, contact: Contact, firm_id: int, invitation_id: int, now: datetime) -> Firm:
    """Nobody joins by this code any more; a clerk takes back what he made, the owner any."""
    firm, member = await changing(tx, contact, firm_id, KEEPERS, stopped=True)
    his = None if member.role == "owner" else member.id
    if not await invitations.void(tx, firm_id, invitation_id=invitation_id, made_by=his):
        raise Refusal("firm.join.gone")
    await record(tx, firm, "voided", f"contact:{contact.id}", now, invitation=invitation_id)
    return firm


async def look(tx: AsyncSession, contact: Contact, code: str, now: datetime) -> tuple[Invitation, Firm] | Say:
    """Into which firm a code leads, or the sentence that says why nowhere.

    The sentence is a value, not a Refusal, because a try must stay paid for, and a Refusal would roll it back.
    """
    tries = f"join:contact:{contact.id}"
    allowed, wait = await budgets.allowance(tx, tries, TRY_EVERY, TRIES, now)
    if not allowed:
        return say("firm.join.too_often", wait=wait)
    found = await invitations.by_code(tx, code, now)
    if found is None:
        await budgets.pay(tx, tries, TRY_EVERY, 1, now)
        return say("firm.join.wrong")
    invitation, firm = found
    if firm.state not in OPEN:
        return say(f"firm.stopped.{firm.state}", name=firm.name)
    member = await firms.member(tx, firm.id or 0, contact.id or 0)
    if member is not None and RANK[member.role] >= RANK[invitation.role]:
        return say("firm.join.already", name=firm.name, role=say(f"firm.role.{member.role}"))
    return invitation, firm


def check_authority(until: date, now: datetime) -> date:
    """The last day of an agent's 授权; raises Refusal for one that is past, or too far ahead."""
    today = now.astimezone(SHANGHAI).date()
    if not today <= until <= today + LONGEST_AUTHORITY:
        raise Refusal("firm.authority.day", most=LONGEST_AUTHORITY.days)
    return until


def _authority(until: date | None, photos: Sequence[int], now: datetime) -> None:
    if until is None:
        raise Refusal("firm.authority.missing")
    check_authority(until, now)
    if not photos:
        raise Refusal("firm.authority.photo")


async def codes(tx: AsyncSession, contact: Contact, firm_id: int, now: datetime) -> list[Invitation]:
    """The codes that somebody may take back: the owner any, a clerk his own."""
    member = await firms.member(tx, firm_id, contact.id or 0)
    if member is None or member.role not in KEEPERS:
        return []
    live = await invitations.of_firm(tx, firm_id, now)
    return [one for one in live if member.role == "owner" or one.made_by == member.id]
