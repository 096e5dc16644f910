"""GET and POST /staff/directory/{id}: one department, its posts, functions, shifts and stretches of road."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.directory import entry_of, manned, where
from handlers.staff.visit import Handler, Visit
from hotline import directory, organisation
from hotline.catalogue import FUNCTIONS
from hotline.divisions import is_within
from hotline.formats.roads import parse_road
from hotline.formats.stakes import format_stake, parse_stake
from locales.words import Refusal, Say, say
from storage import directory as rows
from storage import organisation as posts_of
from storage import staff as people
from storage.models import Department, Staff

SHOWN_AHEAD = 10
"""Shifts that the page of a department shows; the roster has all."""

Verb = Callable[[AsyncSession, Visit, Department], Awaitable[Any]]


async def show(visit: Visit) -> web.StreamResponse:
    """What the directory says of it; an administrator finds the forms here too."""
    return await _page(visit)


async def _change(tx: AsyncSession, visit: Visit, found: Department) -> None:
    entry = await entry_of(tx, visit)
    directory.may_change(visit.staff, directory.division_of(entry.division))
    await directory.change(tx, visit.staff, found.id or 0, entry, visit.now)


async def _disable(tx: AsyncSession, visit: Visit, found: Department) -> None:
    await directory.disable(tx, visit.staff, found.id or 0, visit.now)


async def _enable(tx: AsyncSession, visit: Visit, found: Department) -> None:
    await directory.enable(tx, visit.staff, found.id or 0, visit.now)


async def _functions(tx: AsyncSession, visit: Visit, found: Department) -> None:
    """The ticked functions are this department's in its own division, the others are not."""
    for function in FUNCTIONS:
        verb = directory.answer_for if visit.form.get(f"does-{function}") == "yes" else directory.answer_no_more
        await verb(tx, visit.staff, found.id or 0, function, found.division, visit.now)


async def _answer(tx: AsyncSession, visit: Visit, found: Department) -> None:
    """A function in another division, such as a neighbouring county's."""
    division = directory.division_of(visit.form.get("division", ""))
    directory.may_change(visit.staff, division)
    await directory.answer_for(tx, visit.staff, found.id or 0, visit.form.get("function", ""), division, visit.now)


async def _answer_no_more(tx: AsyncSession, visit: Visit, found: Department) -> None:
    function, _, division = visit.form.get("row", "").partition("-")
    await directory.answer_no_more(tx, visit.staff, found.id or 0, function, division, visit.now)


async def _post(tx: AsyncSession, visit: Visit, found: Department) -> None:
    form = visit.form
    a, b = await _person(tx, form.get("a", "")), await _person(tx, form.get("b", ""))
    place = form.get("place", "").strip()
    if not (place.isascii() and place.isdecimal() and len(place) <= 2):
        raise Refusal("directory.post.place", most=99)
    await directory.set_post(tx, visit.staff, found.id or 0, form.get("post", ""), int(place), a, b, visit.now)


async def _drop_post(tx: AsyncSession, visit: Visit, found: Department) -> None:
    await directory.drop_post(tx, visit.staff, found.id or 0, _id(visit), visit.now)


async def _section(tx: AsyncSession, visit: Visit, found: Department) -> None:
    form = visit.form
    chief, road = await _person(tx, form.get("chief", "")), parse_road(form.get("road", "")).number
    from_m, to_m = parse_stake(form.get("from", "")).metres, parse_stake(form.get("to", "")).metres
    await directory.set_section(tx, visit.staff, found.id or 0, road, from_m, to_m, chief, visit.now)


async def _drop_section(tx: AsyncSession, visit: Visit, found: Department) -> None:
    await directory.drop_section(tx, visit.staff, found.id or 0, _id(visit), visit.now)


def _doing(name: str, verb: Verb) -> Handler:
    """One form of the page: one verb in one transaction; a refusal is shown above the form, with what was typed."""

    async def handler(visit: Visit) -> web.StreamResponse:
        try:
            async with visit.house.db.write() as tx:
                found = await _found(tx, visit)
                directory.may_change(visit.staff, found.division)
                if await visit.is_first(tx):
                    await verb(tx, visit, found)
        except Refusal as no:
            return await _page(visit, name, no.say)
        return visit.onward(f"/staff/directory/{found.id}", say(f"directory.done.{name}", name=found.name))

    handler.__name__, handler.__doc__ = name, verb.__doc__
    return handler


change = _doing("change", _change)
disable = _doing("disable", _disable)
enable = _doing("enable", _enable)
functions = _doing("functions", _functions)
answer = _doing("answer", _answer)
answer_no_more = _doing("answer_no_more", _answer_no_more)
post = _doing("post", _post)
drop_post = _doing("drop_post", _drop_post)
section = _doing("section", _section)
drop_section = _doing("drop_section", _drop_section)


async def _page(visit: Visit, refused: str = "", no: Say | None = None) -> web.Response:
    async with visit.house.db.read() as tx:
        found = await _found(tx, visit)
        found_id = found.id or 0
        (shown,) = await manned(tx, visit, [found])
        answers = await rows.answers(tx, [found_id])
        others = {name: id_ for name, id_ in (await rows.answers_in(tx, found.division)).items() if id_ != found_id}
        known = await rows.of_ids(tx, {*others.values(), found.parent_id or 0})
        above = await organisation.above(tx, found)
        sections = await rows.sections(tx, found_id)
        shifts = await rows.shifts(
            tx, visit.now - posts_of.LONGEST_SHIFT, visit.now, department_id=found_id, limit=SHOWN_AHEAD
        )
        is_mine = visit.staff.role == "admin" and is_within(found.division, visit.staff.division)
        everybody = await rows.people(tx, at_work=True) if is_mine else []
        aboves = [one for one in await rows.departments(tx, at_work=True) if one.id != found_id] if is_mine else []
    return await visit.page(
        "department.html",
        status=422 if no else 200,
        refused=refused,
        no=no,
        shown=shown,
        department=found,
        functions=FUNCTIONS,
        here={row.function for row in answers if row.division == found.division},
        elsewhere=[(row, where(row.division)) for row in answers if row.division != found.division],
        others={name: known[id_].name for name, id_ in others.items() if id_ in known},
        parent=known.get(found.parent_id or 0),
        above=above,
        sections=sections,
        stake=format_stake,
        shifts=shifts,
        is_mine=is_mine,
        everybody=everybody,
        aboves=aboves,
        levels=organisation.LEVELS,
        there=posts_of.is_there,
        once=visit.new_once,
    )


async def _found(tx: AsyncSession, visit: Visit) -> Department:
    found = await rows.department(tx, int(visit.request.match_info["id"]))
    if found is None:
        raise web.HTTPNotFound
    return found


async def _person(tx: AsyncSession, login: str) -> Staff | None:
    if not login.strip():
        return None
    found = await people.by_login(tx, login.strip())
    if found is None:
        raise Refusal("directory.person.unknown", typed=login.strip())
    return found


def _id(visit: Visit) -> int:
    typed = visit.form.get("row", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 18):
        raise web.HTTPBadRequest
    return int(typed)
