"""GET /staff/bulk asks again, with how many and which; POST does it to each of them, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import search, tickets
from handlers.staff.visit import Visit
from hotline import bulk, divisions
from hotline.bulk import Deed, Done
from hotline.organisation import upwards
from locales.words import Refusal, Say, say
from storage import directory, queues
from storage.models import OUTCOMES, Department, Staff

OFFERED = tuple(one for one in OUTCOMES if one != "duplicate")
"""How several matters can end; duplicates are merged instead."""


async def ask(visit: Visit) -> web.StreamResponse:
    """What was chosen, to be looked at once more before it is done."""
    query = visit.request.query
    return await _page(visit, query.get("do", ""), _ids(query.getall("ticket", [])), query.get("back", ""), None)


async def do(visit: Visit) -> web.StreamResponse:
    """Do it; when some could not be done, the page that answers says which, and why."""
    form = visit.form
    ids, back = _ids(form.get("tickets", "").split(",")), form.get("back", "")
    deed = Deed(
        form.get("do", ""),
        words=form.get("words", ""),
        department_id=_number(form.get("department", "")),
        master_id=_number(form.get("master", "")),
        outcome=form.get("outcome", ""),
    )
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(_list(back), say("bulk.done_before"))
            result = await bulk.do(tx, ids, deed, visit.staff, visit.now)
    except Refusal as no:
        return await _page(visit, deed.verb, ids, back, no.say, deed)
    if not result.refused:
        return visit.onward(_list(back), _done(deed, result))
    return await visit.page("bulk_done.html", said_done=_done(deed, result), result=result, back=_list(back))


def _done(deed: Deed, result: Done) -> Say:
    return say(f"bulk.done.{deed.verb}", count=len(result.done))


async def _page(
    visit: Visit, verb: str, ids: list[int], back: str, no: Say | None, deed: Deed | None = None
) -> web.StreamResponse:
    """The tickets that were chosen, and what the verb needs to know; a verb that is not theirs is forbidden."""
    if verb not in bulk.VERBS:
        raise web.HTTPBadRequest
    if not bulk.may(visit.staff, verb):
        raise web.HTTPForbidden
    rows, can, departments = list[tickets.Row](), False, list[Department]()
    async with visit.house.db.read() as tx:
        try:
            held = await bulk.chosen(tx, await queues.of_ids(tx, ids[: bulk.MOST + 1]), visit.staff)
            rows = await tickets.rows_of(tx, visit, held)
            if verb == "resolve":
                bulk.answered_as_one(held)
            if verb == "merge" and len(held) < 2:
                raise Refusal("bulk.merge.two")
            can = True
        except Refusal as refused:
            no = refused.say
        if verb == "transfer":
            departments = await _departments(tx, visit.staff)
    return await visit.page(
        "bulk.html",
        verb=verb,
        rows=rows,
        can=can,
        no=no,
        deed=deed or Deed(verb),
        departments=departments,
        outcomes=OFFERED,
        back=_list(back),
        once=visit.new_once(),
    )


async def _departments(tx: AsyncSession, staff: Staff) -> list[Department]:
    """Where this person may send a matter: the departments of his divisions, and those above them."""
    ours = await directory.departments(tx, bounds=divisions.bounds(staff.division), at_work=True, limit=500)
    above: list[Department] = []
    for code in upwards(staff.division)[1:]:
        above += await directory.departments(tx, bounds=(code, code), at_work=True, limit=100)
    return [*ours, *above]


def _ids(typed: Iterable[str]) -> list[int]:
    return sorted({_number(one) for one in typed} - {0})


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else 0


def _list(back: str) -> str:
    """The list from which it was chosen, and nowhere else."""
    return back if back == search.HERE or back.startswith(f"{search.HERE}?") else search.HERE
