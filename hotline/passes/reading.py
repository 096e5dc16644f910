"""Who may read which pass: by its code, its number or a plate; and what somebody has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.decisions import find_code
from hotline.firms.acting import acts
from hotline.formats.plates import find_plate
from hotline.formats.tidy import tidy
from hotline.passes.deciding import may_see
from hotline.passes.standing import may_act
from hotline.staff_chat import member_at
from storage import firms
from storage import passes as ledger
from storage.models import Contact, Pass

MOST_OF_PLATE = 50
"""Passes of one truck that are looked through; the newest."""

_NUMBER = re.compile(r"(?<![0-9A-Z-])(\d{6})[ -]?(\d{6})(?![0-9-])")


@dataclass(frozen=True, slots=True)
class Named:
    """A pass as words name it: by the code on its page, by its number, or by the plate of its truck."""

    code: str | None = None
    number: str | None = None
    plate: str | None = None


def find(text: str) -> Named | None:
    """What names a pass in a text, the surest first; None when nothing does."""
    if (code := find_code(text)) is not None:
        return Named(code=code)
    if (found := _NUMBER.search(tidy(text).upper())) is not None:
        return Named(number=found[1] + found[2])
    plate = find_plate(text)
    return Named(plate=plate[0].number) if plate else None


async def named(tx: AsyncSession, name: Named, contact: Contact, now: datetime, limit: int = 8) -> list[Pass]:
    """The passes that this names, as far as this contact may read them, the newest first.

    The code was given to the holder alone, so whoever has it may read that one.
    """
    if name.code is not None:
        by_code = await ledger.by_code(tx, name.code)
        return [by_code] if by_code else []
    if name.number is not None:
        by_number = await ledger.by_number(tx, name.number)
        found: Sequence[Pass] = [by_number] if by_number else []
    else:
        found = await ledger.of_plate(tx, name.plate or "", MOST_OF_PLATE)
    return [pass_ for pass_ in found if await may_read(tx, pass_, contact, now)][:limit]


async def may_read(tx: AsyncSession, pass_: Pass, contact: Contact, now: datetime) -> bool:
    """Whether a pass is shown to somebody: he may act on it, his firm drives on it, or he is of the staff here."""
    if await may_act(tx, pass_, contact, now):
        return True
    if pass_.firm_id is not None and await firms.member(tx, pass_.firm_id, contact.id or 0) is not None:
        return True
    member = await member_at(tx, contact)
    return member is not None and may_see(member, pass_)


async def mine(
    tx: AsyncSession,
    contact: Contact,
    now: datetime,
    limit: int,
    states: Sequence[str] = (),
    before: int | None = None,
) -> list[Pass]:
    """What somebody applied for, himself or in the name of a firm for which he acts; the newest first, by keyset."""
    own = list(await ledger.of_contact(tx, contact.id or 0, limit, states, before, no_firm=True))
    for firm, member in await firms.of_contact(tx, contact.id or 0):
        if acts(member, now):
            own += await ledger.of_firm(tx, firm.id or 0, limit, states, before)
    return sorted({one.id or 0: one for one in own}.values(), key=lambda one: -(one.id or 0))[:limit]
