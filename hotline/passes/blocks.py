"""Numbers of passes: six digits of the division and six of the serial, from blocks that were allotted to its bureau.

A serial is taken in the transaction that issues the pass, so a crash gives it back; what was issued keeps its number
for ever, revoked or not (docs/why/pass-numbers.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, rights
from hotline.organisation import upwards
from locales.words import Refusal
from storage import audit
from storage import blocks as kept
from storage.models import Block, Staff

LAST = 999_999
LONGEST_DOCUMENT = 100


def form_number(division: str, serial: int) -> str:
    """The number as it stands on the face: 220100000017 (DOMAIN 6.1: six digits of the division, six of the serial)."""
    return f"{division}{serial:06d}"


async def allot(
    tx: AsyncSession, by: Staff, division: str, first: int, last: int, document: str, now: datetime
) -> Block:
    """Give the bureau of a division the serials from `first` to `last`, by a document; none may be in two blocks."""
    if not rights.may(by, "allot_block"):
        raise Refusal("pass.not_yours")
    found = divisions.by_code(division)
    if found is None or not divisions.is_within(division, by.division):
        raise Refusal("pass.block.division")
    if not 1 <= first <= last <= LAST:
        raise Refusal("pass.block.span", most=LAST)
    if not 1 <= len(words := document.strip()) <= LONGEST_DOCUMENT:
        raise Refusal("pass.block.document", most=LONGEST_DOCUMENT)
    await kept.hold(tx, division)
    if (other := await kept.overlapping(tx, division, first, last)) is not None:
        raise Refusal("pass.block.twice", first=f"{other.first_serial:06d}", last=f"{other.last_serial:06d}")
    block = await kept.add(
        tx,
        Block(
            division=division,
            first_serial=first,
            last_serial=last,
            next_serial=first,
            document=words,
            allotted_by=by.id or 0,
            allotted_at=now,
        ),
    )
    await audit.record(tx, by.id or 0, "pass.block_allotted", now, block=block.id, division=division)
    return block


async def take(tx: AsyncSession, division: str) -> str:
    """The next number for a pass of this division, from its own block or the nearest one above; raises Refusal."""
    for code in upwards(division):
        if (serial := await kept.take(tx, code)) is not None:
            return form_number(code, serial)
    raise Refusal("pass.block.none")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a block gave out, and what the ledger holds of it: `is_whole` when each number is there, once, and no other.

    Numbers are unique, so as many of them as were given, from the first to the last that was, leave no gap.
    """

    given: int
    kept: int
    first: str | None
    last: str | None
    is_whole: bool


async def tally(tx: AsyncSession, block: Block) -> Tally:
    """Count a block: every serial before its next one must be on a pass, and none from there on."""
    ends = [form_number(block.division, one) for one in (block.first_serial, block.last_serial, block.next_serial - 1)]
    given = block.next_serial - block.first_serial
    count, first, last = await kept.kept(tx, ends[0], ends[1])
    is_whole = count == given and (not given or (first, last) == (ends[0], ends[2]))
    return Tally(given, count, first, last, is_whole)
