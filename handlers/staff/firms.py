"""GET /staff/firms: the firms of my desk and those below it, by what is to be done; found by name, code or plate."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions
from hotline.divisions import place_name
from hotline.firms.registering import grams_of
from hotline.firms.verifying import sees
from hotline.formats.credit_codes import find_credit_codes
from hotline.formats.plates import find_plate
from storage import firms
from storage.firms import Wanted
from storage.models import FIRM_STATES, Firm

PAGE = 50
HERE = "/staff/firms"
LONGEST_SEARCH = 80
MOST_FOUND = 20
"""Firms that have the same truck, which one page shows; more than one is a matter to look at."""


async def show(visit: Visit) -> web.StreamResponse:
    """One page of the list; the queue of those to be verified first."""
    query = visit.request.query
    typed = clean(query.get("q", "")).strip()[:LONGEST_SEARCH]
    state = query.get("state", "" if typed else "registered")
    state = state if state in FIRM_STATES else ""
    after = _after(query.get("after", ""))
    async with visit.house.db.read() as tx:
        found = await _found(tx, visit, typed) if typed else None
        if found is None:
            wanted = Wanted(
                divisions.bounds(visit.staff.division), state or None, grams_of(typed), after, state == "registered"
            )
            found = await firms.page(tx, wanted, PAGE + 1) if wanted.grams or not typed else []
    kept = {"q": typed, "state": state or "all"}
    older = None
    if len(found) > PAGE:
        older = _address(kept | {"after": f"{found[PAGE - 1].desk}-{found[PAGE - 1].id}"})
    return await visit.page(
        "firms.html",
        rows=found[:PAGE],
        typed=typed,
        state=state,
        views=[(view, _address({"q": typed, "state": view or "all"})) for view in (*FIRM_STATES, "")],
        older=older,
        first=_address(kept) if after else None,
        place_name=place_name,
    )


async def _found(tx: AsyncSession, visit: Visit, typed: str) -> list[Firm] | None:
    """The firm of a code, or those that have a truck, as far as they are this reader's; None for other words."""
    if codes := find_credit_codes(typed):
        firm = await firms.by_uscc(tx, codes[0])
        return [firm] if firm is not None and sees(visit.staff, firm) else []
    if (plate := find_plate(typed)) is not None:
        number = plate[0].number
        return [firm for firm in await firms.with_truck(tx, number, MOST_FOUND) if sees(visit.staff, firm)]
    return None


def _after(cursor: str) -> tuple[str, int] | None:
    """Desk and id where the last page ended; None for what is no cursor of ours."""
    desk, _, last = cursor.partition("-")
    if not (cursor.isascii() and desk.isdecimal() and len(desk) == 6 and last.isdecimal() and len(last) < 19):
        return None
    return desk, int(last)


def _address(query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
