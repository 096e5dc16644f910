"""A firm registers itself, by the code of its licence; and puts right what it said of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.firms.acting import changing
from hotline.firms.telling import record
from hotline.formats.credit_codes import parse_credit_code
from hotline.formats.names import parse_name
from hotline.formats.phones import parse_mobile
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal
from storage import attachments, firms, invitations, search
from storage.models import Contact, Firm, Member

MOST_PHOTOS = 6
MOST_WAITING = 5
"""Firms that one contact may have registered and nobody has verified yet; our own number, against hoarding."""

SHORTEST_NAME, LONGEST_NAME = 4, 80
"""Characters of a firm's registered name: 长春市某某有限公司; branches have long ones."""


@dataclass(frozen=True)
class Entry:
    """What a firm says of itself; `photos` are ids of attachments: the licence, and whatever else proves it."""

    uscc: str
    name: str
    division: str
    contact_name: str
    phone: str
    photos: Sequence[int] = ()


async def register(tx: AsyncSession, contact: Contact, entry: Entry, home: str, now: datetime) -> Firm:
    """A firm is registered, and this contact is its owner; `home` is the division whose desk this is.

    Raises Refusal for what a firm cannot be, and for one that is registered already. One that was refused, or that
    nobody owns any more, is registered anew: its people, trucks and codes end, its passes wait for the verification.
    """
    entry = await _own(tx, contact, checked(entry))
    if not entry.photos:
        raise Refusal("firm.photos.missing")
    await _not_too_many(tx, contact)
    old = await firms.by_uscc(tx, entry.uscc, lock=True)
    if old is not None:
        await _free(tx, old, contact)
        await _end(tx, old, contact, now)
    firm = _blank(entry, home, now)
    firm.follows_id = old.id if old else None
    _write(firm, entry, home)
    try:
        async with tx.begin_nested():
            await firms.keep(tx, firm)
    except IntegrityError:  # somebody else registered it in this moment
        raise Refusal("firm.taken.registered", uscc=entry.uscc) from None
    await firms.keep(
        tx,
        Member(
            firm_id=firm.id or 0,
            contact_id=contact.id or 0,
            role="owner",
            name=entry.contact_name,
            consented_at=now,
            joined_at=now,
        ),
    )
    await _shelve(tx, firm, entry)
    await record(
        tx, firm, "registered", f"contact:{contact.id}", now, follows=firm.follows_id, photos=len(entry.photos)
    )
    return firm


async def may_register(tx: AsyncSession, contact: Contact, uscc: str) -> None:
    """Raises Refusal when a firm is registered already, and not by somebody who lost it."""
    firm = await firms.by_uscc(tx, uscc)
    if firm is not None:
        await _free(tx, firm, contact)


async def correct(tx: AsyncSession, contact: Contact, firm_id: int, entry: Entry, home: str, now: datetime) -> Firm:
    """The owner says anew what the firm is, with more proof or without; it waits to be verified again."""
    firm, _ = await changing(tx, contact, firm_id, ("owner",), stopped=True)
    if firm.state == "suspended":
        raise Refusal("firm.stopped.suspended", name=firm.name)
    entry = await _own(tx, contact, checked(replace(entry, uscc=firm.uscc)))
    changed = [
        name for name in ("name", "division", "contact_name", "phone") if getattr(firm, name) != getattr(entry, name)
    ]
    if not changed and not entry.photos:
        raise Refusal("firm.unchanged")
    _write(firm, entry, home)
    await firms.keep(tx, firm)
    await _shelve(tx, firm, entry)
    await record(tx, firm, "corrected", f"contact:{contact.id}", now, changed=changed, photos=len(entry.photos))
    return firm


def checked(entry: Entry) -> Entry:
    """The entry in plain form; raises Refusal for what cannot be."""
    found = divisions.by_code(entry.division)
    if found is None or not found.is_current or found.code == divisions.NATION:
        raise Refusal("firm.division.refused", typed=shown(entry.division))
    if len(entry.photos) > MOST_PHOTOS:
        raise Refusal("question.photos.full", at_most=MOST_PHOTOS)
    return Entry(
        uscc=parse_credit_code(entry.uscc),
        name=parse_firm_name(entry.name),
        division=found.code,
        contact_name=parse_name(entry.contact_name),
        phone=parse_mobile(entry.phone),
        photos=tuple(entry.photos),
    )


def parse_firm_name(text: str) -> str:
    """The registered name of a firm, on one line; raises Refusal for what is too short or long, or no name."""
    plain = tidy(text)
    letters = sum(sign.isalpha() for sign in plain)
    if not SHORTEST_NAME <= len(plain) <= LONGEST_NAME or letters * 2 < len(plain):
        raise Refusal("firm.name.refused", typed=shown(plain), least=SHORTEST_NAME, most=LONGEST_NAME)
    return plain


def grams_of(words: str) -> frozenset[str]:
    """What leads to a firm by its name: every two neighbouring characters, and the beginnings of other words."""
    return frozenset(gram for piece in search.pieces(words) for gram in search.grams(piece))


async def _free(tx: AsyncSession, firm: Firm, contact: Contact) -> None:
    """Raises Refusal unless a firm that is known may be registered anew by this contact."""
    if firm.state == "suspended":
        raise Refusal("firm.taken.suspended", uscc=firm.uscc)
    member = await firms.member(tx, firm.id or 0, contact.id or 0)
    if member is not None and (member.role == "owner" or firm.state != "refused"):
        raise Refusal("firm.taken.yours", name=firm.name, uscc=firm.uscc)
    if firm.state != "refused" and await firms.count(tx, firm.id or 0, ("owner",)):
        raise Refusal(f"firm.taken.{firm.state}", uscc=firm.uscc)


async def _end(tx: AsyncSession, firm: Firm, contact: Contact, now: datetime) -> None:
    """Whoever was in it is out and told so; what its codes open is nothing any more."""
    were = await firms.people(tx, firm.id or 0)
    await invitations.void(tx, firm.id or 0)
    await firms.end(tx, firm, now)
    await record(tx, firm, "anew", f"contact:{contact.id}", now, to=were, people=len(were))


async def _own(tx: AsyncSession, contact: Contact, entry: Entry) -> Entry:
    """The entry with the photos that its sender has sent himself."""
    return replace(entry, photos=tuple(await attachments.own(tx, contact, entry.photos)))


async def _not_too_many(tx: AsyncSession, contact: Contact) -> None:
    known = await firms.of_contact(tx, contact.id or 0)
    if sum(member.role == "owner" and firm.state == "registered" for firm, member in known) >= MOST_WAITING:
        raise Refusal("firm.too_many", most=MOST_WAITING)


async def _shelve(tx: AsyncSession, firm: Firm, entry: Entry) -> None:
    await firms.find_by(tx, firm.id or 0, grams_of(entry.name))
    await attachments.keep_for(tx, list(entry.photos), f"firm:{firm.id}")


def _blank(entry: Entry, home: str, now: datetime) -> Firm:
    return Firm(
        uscc=entry.uscc, name="", division="", desk=home, contact_name="", phone="", registered_at=now, changed_at=now
    )


def _write(firm: Firm, entry: Entry, home: str) -> None:
    """Copy what was said into the row; whatever was decided before is open again."""
    for name in ("name", "division", "contact_name", "phone"):
        setattr(firm, name, getattr(entry, name))
    firm.desk = entry.division if divisions.is_within(entry.division, home) else home
    firm.state, firm.grounds, firm.why, firm.decided_by, firm.decided_at = "registered", None, None, None, None
