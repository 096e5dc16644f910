"""GET and POST /staff/passes/blocks: the serials that each bureau was allotted, how far used, and a new block."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.passes import HERE
from handlers.staff.visit import Visit
from hotline import divisions, rights
from hotline.passes import blocks
from hotline.passes.blocks import Tally
from locales.words import Refusal, Say, say
from storage import blocks as kept
from storage import staff as people
from storage.models import Block

SHOWN = 200
FEW = 100
"""So many serials left in a block are worth a word: a busy bureau uses them in a day; our own number."""


async def show(visit: Visit) -> web.StreamResponse:
    """The blocks, newest first; with `?count=ID` that one is counted against the ledger."""
    return await _page(visit)


async def allot(visit: Visit) -> web.StreamResponse:
    """Give a bureau its serials, by a document."""
    form = visit.form
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(f"{HERE}/blocks")
            division, document = _division(visit), form.get("document", "")
            first, last = _serial(form.get("first", "")), _serial(form.get("last", ""))
            made = await blocks.allot(tx, visit.staff, division, first, last, document, visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    ends = [blocks.form_number(made.division, one) for one in (made.first_serial, made.last_serial)]
    return visit.onward(f"{HERE}/blocks", say("review.block.done", first=ends[0], last=ends[1]))


def _division(visit: Visit) -> str:
    """The division that a code or a name means; raises Refusal."""
    typed = visit.form.get("division", "").strip()
    found = divisions.by_code(typed) if typed.isascii() else divisions.resolve(typed, visit.staff.division)
    if found is None:
        raise Refusal("pass.block.division")
    return found.code


def _serial(typed: str) -> int:
    """A serial as it was typed, its zeros in front or not; 0, which is none, for anything else."""
    plain = typed.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 6 else 0


async def _page(visit: Visit, no: Say | None = None) -> web.StreamResponse:
    low, high = divisions.bounds(visit.staff.division)
    async with visit.house.db.read() as tx:
        found = await kept.of_division(tx, low, high, SHOWN)
        names = await people.names(tx)
        counted = await _counted(tx, visit, found)
    home = divisions.by_code(visit.staff.division)
    last = max((one.last_serial for one in found if one.division == visit.staff.division), default=0)
    usual = {"division": home.full_name if home else visit.staff.division, "first": f"{min(last + 1, blocks.LAST):06d}"}
    return await visit.page(
        "pass_blocks.html",
        status=422 if no else 200,
        blocks=found,
        counted=counted,
        names=names,
        number=blocks.form_number,
        place=divisions.place_name,
        few=FEW,
        longest=blocks.LONGEST_DOCUMENT,
        allots=rights.may(visit.staff, "allot_block"),
        no=no,
        typed={**usual, "last": "", "document": ""} | (dict(visit.form) if no else {}),
        once=visit.new_once(),
    )


async def _counted(tx: AsyncSession, visit: Visit, found: list[Block]) -> dict[int, Tally]:
    """The block that the address asks to be counted."""
    wanted = visit.request.query.get("count", "")
    return {one.id: await blocks.tally(tx, one) for one in found if one.id and str(one.id) == wanted}
