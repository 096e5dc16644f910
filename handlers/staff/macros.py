"""GET and POST /staff/macros: the text modules with which answers are written (常用语)."""

from __future__ import annotations

from aiohttp import web

from handlers.staff.visit import Visit
from hotline import macros, rights
from hotline.tickets import LONGEST_WORDS
from locales.words import Refusal, Say, say
from storage import macros as rows

ADDRESS = "/staff/macros"


async def show(visit: Visit) -> web.StreamResponse:
    """All of them; supervisors and administrators find the forms here too."""
    return await _page(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """A new one."""
    form = visit.form
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                name, language, text = (form.get(field, "") for field in ("name", "language", "text"))
                await macros.add(tx, visit.staff, name, language, text, visit.now)
    except Refusal as no:
        return await _page(visit, "new", no.say)
    return visit.onward(ADDRESS, say("page.macro.added", name=form.get("name", "").strip()))


async def change(visit: Visit) -> web.StreamResponse:
    """Other words or another name."""
    return await _doing(visit, "changed")


async def delete(visit: Visit) -> web.StreamResponse:
    """Take one out."""
    return await _doing(visit, "deleted")


async def _doing(visit: Visit, what: str) -> web.StreamResponse:
    macro_id, form = int(visit.request.match_info["id"]), visit.form
    name = form.get("name", "")
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                if what == "changed":
                    found = await macros.change(tx, visit.staff, macro_id, name, form.get("text", ""), visit.now)
                else:
                    found = await macros.delete(tx, visit.staff, macro_id, visit.now)
                name = found.name
    except Refusal as no:
        return await _page(visit, str(macro_id), no.say)
    return visit.onward(ADDRESS, say(f"page.macro.{what}", name=name))


async def _page(visit: Visit, refused: str = "", no: Say | None = None) -> web.Response:
    async with visit.house.db.read() as tx:
        found = await rows.everything(tx)
    if not found:
        async with visit.house.db.write() as tx:
            if await rows.is_empty(tx):
                await rows.start_with(tx, macros.starters())
            found = await rows.everything(tx)
    languages = dict.fromkeys((visit.language, *(one.language for one in found)))
    return await visit.page(
        "phrases.html",
        status=422 if no else 200,
        groups=[(tag, [one for one in found if one.language == tag]) for tag in languages],
        ids=[str(one.id) for one in found],
        may_change=visit.staff.role in rights.LEADS,
        variables=macros.VARIABLES,
        longest=LONGEST_WORDS,
        longest_name=macros.LONGEST_NAME,
        refused=refused,
        no=no,
        typed=visit.form if refused else {},
        once=visit.new_once,
    )
