"""GET /staff/directory: who answers for what, and who is there now; an administrator adds departments here."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.visit import Visit
from hotline import directory, divisions, organisation
from hotline.catalogue import FUNCTIONS
from hotline.directory import Entry
from hotline.divisions import place_name
from hotline.organisation import LEVELS
from locales.words import Refusal, Say, say
from storage import directory as rows
from storage import organisation as posts_of
from storage.models import Department, Post, Staff

PAGE = 50
WHO = ("ours", "outside", "all")
LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Manned:
    """A department, what it answers for in its own division, its posts, and who would take a matter now."""

    department: Department
    where: str
    functions: list[str]
    posts: list[tuple[Post, Staff | None, Staff | None]]
    holder: Staff | None


async def show(visit: Visit) -> web.StreamResponse:
    """Departments by division, province before city before county."""
    return await _page(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """Add a department, and go on to its own page."""
    try:
        async with visit.house.db.write() as tx:
            entry = await entry_of(tx, visit)
            directory.may_change(visit.staff, directory.division_of(entry.division))
            if not await visit.is_first(tx):
                made = await rows.by_code(tx, entry.code)
                return visit.onward(f"/staff/directory/{made.id}" if made else "/staff/directory")
            made = await directory.add(tx, visit.staff, entry, visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    return visit.onward(f"/staff/directory/{made.id}", say("directory.done.added", name=made.name))


async def entry_of(tx: AsyncSession, visit: Visit) -> Entry:
    """What a department's form says; raises Refusal for a department above that nobody knows."""
    form, parent_id = visit.form, None
    if parent := form.get("parent", "").strip():
        above = await rows.by_code(tx, parent)
        if above is None:
            raise Refusal("directory.department.unknown", typed=parent)
        parent_id = above.id
    return Entry(
        form.get("code", "").strip(),
        form.get("name", ""),
        form.get("division", ""),
        form.get("level", ""),
        parent_id,
        form.get("outside") == "yes",
        form.get("reached_by", ""),
    )


def where(division: str) -> Say | str:
    """The same, and the whole country as itself."""
    return say("directory.nation") if division == divisions.NATION else place_name(division)


async def manned(tx: AsyncSession, visit: Visit, found: list[Department]) -> list[Manned]:
    """These departments with what they answer for and who is there, in three looks however many there are."""
    ids = [one.id or 0 for one in found]
    holders = await organisation.holders(tx, ids, visit.now)
    posts: dict[int, list[tuple[Post, Staff | None, Staff | None]]] = {}
    for row in await posts_of.posts(tx, ids):
        posts.setdefault(row[0].department_id, []).append(row)
    functions: dict[int, list[str]] = {}
    for answer in await rows.answers(tx, ids):
        if answer.function not in (known := functions.setdefault(answer.department_id, [])):
            known.append(answer.function)
    return [
        Manned(
            one,
            visit.render(where(one.division)),
            sorted(functions.get(one.id or 0, []), key=FUNCTIONS.index),
            posts.get(one.id or 0, []),
            None if one.disabled_at else holders.get(one.id or 0),
        )
        for one in found
    ]


async def _page(visit: Visit, no: Say | None = None) -> web.Response:
    query = visit.request.query
    who = query.get("who", "ours") if query.get("who") in WHO else "ours"
    words = " ".join(query.get("q", "")[:LONGEST_SEARCH].split())
    async with visit.house.db.read() as tx:
        found = await rows.departments(
            tx,
            outside=None if who == "all" else who == "outside",
            words=words,
            after=_after(query.get("after", "")),
            limit=PAGE + 1,
        )
        shown = await manned(tx, visit, found[:PAGE])
        aboves = await rows.departments(tx, at_work=True) if visit.staff.role == "admin" else []
    last = found[PAGE - 1] if len(found) > PAGE else None
    return await visit.page(
        "directory.html",
        status=422 if no else 200,
        no=no,
        shown=shown,
        who=who,
        whos=WHO,
        words=words,
        aboves=aboves,
        levels=LEVELS,
        there=posts_of.is_there,
        after=query.get("after", ""),
        older=f"{last.division}-{last.id}" if last else None,
        once=visit.new_once,
    )


def _after(typed: str) -> tuple[str, int] | None:
    division, _, last = typed.partition("-")
    if division.isascii() and division.isdecimal() and last.isascii() and last.isdecimal() and len(last) <= 18:
        return division, int(last)
    return None
