"""People of a firm: they join by a code and with their consent, leave, are taken out; an agent is given more time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.firms.acting import KEEPERS, OPEN, RANK, changing, is_past
from hotline.firms.inviting import check_authority
from hotline.firms.telling import record
from hotline.firms.verifying import may
from hotline.formats.names import parse_name
from locales.words import SHANGHAI, Refusal, Say, say
from storage import attachments, firms, invitations
from storage.models import MEMBER_ROLES, Contact, Firm, Member, Staff


async def join(tx: AsyncSession, contact: Contact, code: str, name: str, now: datetime) -> tuple[Firm, Member]:
    """Somebody who has a code is in the firm, as what the code says; he has agreed that the firm sees his name."""
    called = parse_name(name)
    found = await invitations.by_code(tx, code, now)
    firm = await firms.lock(tx, found[1].id or 0) if found else None
    if found is None or firm is None:
        raise Refusal("firm.join.gone")
    if firm.state not in OPEN:
        raise Refusal(f"firm.stopped.{firm.state}", name=firm.name)
    invitation, was = found[0], await firms.member(tx, firm.id or 0, contact.id or 0)
    if was is not None and RANK[was.role] >= RANK[invitation.role]:
        raise Refusal("firm.join.already", name=firm.name, role=say(f"firm.role.{was.role}"))
    member = Member(
        firm_id=firm.id or 0,
        contact_id=contact.id or 0,
        role=invitation.role,
        name=called,
        consented_at=now,
        authority_until=invitation.authority_until,
        joined_at=now,
    )
    if is_past(member, now) or not await invitations.use(tx, invitation.id or 0, now):
        raise Refusal("firm.join.gone")
    try:
        async with tx.begin_nested():
            if was is not None:
                was.left_at = now
                await firms.keep(tx, was)
            await firms.keep(tx, member)
    except IntegrityError:  # the same person, twice in this moment
        raise Refusal("firm.join.already", name=firm.name, role=say(f"firm.role.{invitation.role}")) from None
    papers = await attachments.of_about(tx, f"invitation:{invitation.id}")
    await attachments.keep_for(tx, [one.id or 0 for one in papers], f"member:{member.id}")
    role = say(f"firm.role.{member.role}")
    await record(
        tx, firm, "joined", f"contact:{contact.id}", now, said={"role": role}, member=member.id, role=member.role,
        invitation=invitation.id,
    )  # fmt: skip
    return firm, member


async def leave(tx: AsyncSession, contact: Contact, firm_id: int, now: datetime) -> Firm:
    """Somebody is in the firm no more, and acts for it no more; its only owner leaves last."""
    firm, member = await changing(tx, contact, firm_id, MEMBER_ROLES, stopped=True)
    if (
        member.role == "owner"
        and await firms.count(tx, firm_id, ("owner",)) == 1
        and await firms.count(tx, firm_id) > 1
    ):
        raise Refusal("firm.leave.last_owner", name=firm.name)
    await _end(tx, firm, member, now)
    said = {"role": say(f"firm.role.{member.role}")}
    await record(tx, firm, "left", f"contact:{contact.id}", now, said=said, member=member.id, role=member.role)
    return firm


async def remove(tx: AsyncSession, contact: Contact, firm_id: int, member_id: int, now: datetime) -> Firm:
    """The owner takes somebody out, a clerk a driver; who is out hears it."""
    firm, by = await changing(tx, contact, firm_id, KEEPERS, stopped=True)
    member = await firms.member_of(tx, firm_id, member_id)
    if member is None:
        raise Refusal("firm.member.gone")
    if member.id == by.id:
        raise Refusal("firm.member.yourself")
    if by.role != "owner" and member.role != "driver":
        raise Refusal("firm.not_yours", roles=[say("firm.role.owner")])
    await _end(tx, firm, member, now)
    out = [await tx.get_one(Contact, member.contact_id)]
    await record(tx, firm, "removed", f"contact:{contact.id}", now, to=out, member=member.id, role=member.role)
    return firm


async def strike(tx: AsyncSession, by: Staff, firm_id: int, member_id: int, now: datetime) -> Firm:
    """Staff take somebody out on the firm's word: an owner who lost his account, somebody who is no longer there."""
    firm = await firms.lock(tx, firm_id)
    if firm is None or not may(by, firm):
        raise Refusal("firm.not_your_desk")
    member = await firms.member_of(tx, firm_id, member_id)
    if member is None:
        raise Refusal("firm.member.gone")
    await _end(tx, firm, member, now)
    out = [await tx.get_one(Contact, member.contact_id)]
    await record(tx, firm, "struck", f"staff:{by.id}", now, to=out, member=member.id, role=member.role)
    return firm


async def extend(
    tx: AsyncSession, contact: Contact, firm_id: int, member_id: int, until: date, photos: Sequence[int], now: datetime
) -> Member:
    """The firm gives an agent more time, or less, with a new 授权 to show for it."""
    firm, _ = await changing(tx, contact, firm_id, ("owner",))
    member = await firms.member_of(tx, firm_id, member_id)
    if member is None or member.role != "agent":
        raise Refusal("firm.member.gone")
    member.authority_until = check_authority(until, now)
    if not (papers := await attachments.own(tx, contact, photos)):
        raise Refusal("firm.authority.photo")
    await firms.keep(tx, member)
    await attachments.keep_for(tx, papers, f"member:{member.id}")
    who, last = [await tx.get_one(Contact, member.contact_id)], day_of(until)
    await record(
        tx, firm, "extended", f"contact:{contact.id}", now, to=who, said={"until": last}, member=member.id,
        until=until.isoformat(),
    )  # fmt: skip
    return member


def day_of(day: date) -> Say:
    """A day as a sentence writes it."""
    return say("firm.day", day=datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI))


async def _end(tx: AsyncSession, firm: Firm, member: Member, now: datetime) -> None:
    """He is out, and what he invited to is closed."""
    member.left_at = now
    await firms.keep(tx, member)
    await invitations.void(tx, firm.id or 0, made_by=member.id)
