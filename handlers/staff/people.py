"""GET and POST /staff/people: who works here, for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import passwords
from handlers.staff.visit import Handler, Visit
from hotline import people
from hotline.directory import LONGEST_NAME, MOST_COUNTED, may_change
from hotline.divisions import place_name
from hotline.people import Place
from locales.words import LANGUAGES, Refusal, Say, say
from storage import directory as rows
from storage import organisation as stored
from storage import staff as members
from storage.models import ROLES, Staff

PAGE = 50
LONGEST_SEARCH = 60

Verb = Callable[[AsyncSession, Visit, Staff], Awaitable[Any]]


async def show(visit: Visit) -> web.StreamResponse:
    """Everybody, by login."""
    return await _list(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """Add somebody; the answer is the one page that shows their one-time password, and it is kept nowhere else."""
    password = passwords.one_time()
    sealed = await asyncio.to_thread(passwords.seal, password)
    login, language = visit.form.get("login", "").strip(), visit.form.get("language", "")
    try:
        if language not in LANGUAGES:
            raise Refusal("people.language.unknown")
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return await _seen_already(visit, await members.by_login(tx, login))
            made = await people.hire(tx, visit.staff, login, _place(visit), sealed, language, visit.now)
    except Refusal as no:
        return await _list(visit, no.say)
    return await visit.page("one_time.html", member=made, password=password)


async def person(visit: Visit) -> web.StreamResponse:
    """One of them, with the forms to change what they are."""
    return await _one(visit)


async def renew(visit: Visit) -> web.StreamResponse:
    """A new one-time password, shown on this answer alone."""
    password = passwords.one_time()
    sealed = await asyncio.to_thread(passwords.seal, password)
    try:
        async with visit.house.db.write() as tx:
            member = await _found(tx, visit)
            if not await visit.is_first(tx):
                return await _seen_already(visit, member)
            await people.renew_password(tx, visit.staff, member.id or 0, sealed, visit.now)
    except Refusal as no:
        return await _one(visit, "renew", no.say)
    return await visit.page("one_time.html", member=member, password=password)


async def _change(tx: AsyncSession, visit: Visit, member: Staff) -> None:
    await people.change(tx, visit.staff, member.id or 0, _place(visit), visit.now)


async def _disable(tx: AsyncSession, visit: Visit, member: Staff) -> None:
    await people.disable(tx, visit.staff, member.id or 0, visit.now)


async def _enable(tx: AsyncSession, visit: Visit, member: Staff) -> None:
    await people.enable(tx, visit.staff, member.id or 0, visit.now)


async def _sign_out(tx: AsyncSession, visit: Visit, member: Staff) -> None:
    await people.sign_out(tx, visit.staff, member.id or 0, visit.now)


def _doing(name: str, verb: Verb) -> Handler:
    async def handler(visit: Visit) -> web.StreamResponse:
        try:
            async with visit.house.db.write() as tx:
                member = await _found(tx, visit)
                if await visit.is_first(tx):
                    await verb(tx, visit, member)
        except Refusal as no:
            return await _one(visit, name, no.say)
        return visit.onward(f"/staff/people/{member.id}", say(f"people.done.{name}", name=member.name))

    handler.__name__, handler.__doc__ = name, verb.__doc__
    return handler


change = _doing("change", _change)
disable = _doing("disable", _disable)
enable = _doing("enable", _enable)
sign_out = _doing("sign_out", _sign_out)


async def _seen_already(visit: Visit, member: Staff | None) -> web.Response:
    """The same form again: its password was shown, and cannot be shown twice."""
    where = f"/staff/people/{member.id}" if member else "/staff/people"
    return visit.onward(where, say("people.shown_once"))


def _place(visit: Visit) -> Place:
    form, department = visit.form, visit.form.get("department", "")
    is_one = department.isascii() and department.isdecimal() and len(department) <= 18
    return Place(
        form.get("name", ""), form.get("role", ""), form.get("division", ""), int(department) if is_one else None
    )


async def _list(visit: Visit, no: Say | None = None) -> web.Response:
    query = visit.request.query
    words, after = " ".join(query.get("q", "")[:LONGEST_SEARCH].split()), query.get("after", "")[:LONGEST_SEARCH]
    async with visit.house.db.read() as tx:
        found = await rows.people(tx, words=words, after=after, limit=PAGE + 1)
        departments = await rows.of_ids(tx, {one.department_id for one in found if one.department_id})
        choices = await rows.departments(tx, outside=False, at_work=True)
    return await visit.page(
        "people.html",
        status=422 if no else 200,
        no=no,
        shown=found[:PAGE],
        departments=departments,
        words=words,
        after=after,
        older=found[PAGE - 1].login if len(found) > PAGE else None,
        there=stored.is_there,
        once=visit.new_once,
        **_choices(visit, choices),
    )


async def _one(visit: Visit, refused: str = "", no: Say | None = None) -> web.Response:
    async with visit.house.db.read() as tx:
        member = await _found(tx, visit)
        choices = await rows.departments(tx, outside=False, at_work=True)
        left = await rows.open_tickets(tx, MOST_COUNTED, assignee_id=member.id)
        department = await rows.department(tx, member.department_id) if member.department_id else None
    try:
        may_change(visit.staff, member.division)
        is_mine = True
    except Refusal:
        is_mine = False
    return await visit.page(
        "person.html",
        status=422 if no else 200,
        refused=refused,
        no=no,
        member=member,
        department=department,
        left=left,
        is_mine=is_mine,
        there=stored.is_there,
        once=visit.new_once,
        **_choices(visit, choices),
    )


def _choices(visit: Visit, departments: list[Any]) -> dict[str, Any]:
    return {
        "roles": ROLES, "choices": departments, "place_name": place_name, "longest": LONGEST_NAME,
        "here": visit.staff.division,
    }  # fmt: skip


async def _found(tx: AsyncSession, visit: Visit) -> Staff:
    found = await members.by_id(tx, int(visit.request.match_info["id"]))
    if found is None:
        raise web.HTTPNotFound
    return found
