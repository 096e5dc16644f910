"""GET /staff/points, its sheet and its import: service points and checkpoints by kind and division."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from handlers.staff.guard import clean
from handlers.staff.sheets import BOM
from handlers.staff.visit import Visit
from hotline import approvals, divisions, point_sheet, rights
from hotline.divisions import place_name
from hotline.formats.stakes import format_stake
from hotline.point_entry import KINDS
from locales.words import Refusal, Say, say
from storage import audit
from storage import points as register
from storage.models import Point
from storage.points import Wanted

PAGE = 50
HERE = "/staff/points"

LARGEST_KB = 300
"""Of a sheet in the browser's form: a form of 1 MB holds no more Chinese text than this, three bytes a character."""


async def show(visit: Visit) -> web.StreamResponse:
    """One page of the register, by division; one kind or all, one division or all."""
    return await _page(visit)


async def take_in(visit: Visit) -> web.StreamResponse:
    """Import a sheet: every row, or none and what is amiss in which."""
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(HERE)
            taken = await point_sheet.read(tx, visit.staff, visit.form.get("sheet", ""), visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    done = say("point.done.import", added=taken.added, changed=taken.changed, same=taken.same)
    return visit.onward(HERE, done)


async def as_csv(visit: Visit) -> web.StreamResponse:
    """The list as a sheet, on its way while it is read."""
    wanted, _ = _wanted(visit)
    async with visit.house.db.write() as tx:
        kind, division = wanted.kind or "", wanted.bounds[0]
        await audit.record(tx, visit.staff.id or 0, "point.exported", visit.now, kind=kind, division=division)
    name = f"points-{visit.now.astimezone(visit.house.settings.zone):%Y%m%d-%H%M}.csv"
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    response = web.StreamResponse(headers=headers)
    await response.prepare(visit.request)
    await response.write(BOM.encode())
    async with visit.house.db.read() as tx:
        some = ""
        async for line in point_sheet.written(tx, visit.language, wanted):
            some += line
            if len(some) > 64 * 1024:
                await response.write(some.encode())
                some = ""
        await response.write(some.encode())
    await response.write_eof()
    return response


def stake(point: Point) -> str:
    """Its road and stake as the sign has them; empty when the register has none."""
    return f"{point.road or ''} {'' if point.stake_m is None else format_stake(point.stake_m)}".strip()


def standing(visit: Visit, point: Point) -> str | None:
    """Whether a checkpoint counts today: `yes`, or why not; None for what is no checkpoint."""
    if point.kind != "checkpoint":
        return None
    return approvals.why_not(point, approvals.today(visit.now)) or "yes"


def _wanted(visit: Visit) -> tuple[Wanted, Say | None]:
    """The list that the address asks for; and a word when its division is unknown."""
    query = visit.request.query
    kind, typed = query.get("kind", ""), clean(query.get("where", "")).strip()[:40]
    found = None
    if typed:
        found = divisions.by_code(typed) if typed.isascii() else divisions.resolve(typed, visit.staff.division)
    no = say("point.where.unknown", typed=typed) if typed and found is None else None
    return Wanted(divisions.bounds(found.code if found else divisions.NATION), kind if kind in KINDS else None), no


async def _page(visit: Visit, refused: Say | None = None) -> web.StreamResponse:
    wanted, no = _wanted(visit)
    after = visit.request.query.get("after", "")
    async with visit.house.db.read() as tx:
        last = (
            await register.by_id(tx, int(after)) if after.isascii() and after.isdecimal() and len(after) < 19 else None
        )
        if last is not None:
            wanted = Wanted(wanted.bounds, wanted.kind, None, register.key_of(last))
        rows = await register.page(tx, wanted, PAGE + 1)
    kept = {"kind": wanted.kind or "", "where": clean(visit.request.query.get("where", "")).strip()[:40]}
    return await visit.page(
        "points.html",
        status=422 if refused else 200,
        rows=rows[:PAGE],
        kinds=[(kind, _address({**kept, "kind": kind})) for kind in ("", *KINDS)],
        kept=kept,
        no=no,
        refused=refused,
        older=_address({**kept, "after": str(rows[PAGE - 1].id)}) if len(rows) > PAGE else None,
        first=_address(kept) if last else None,
        csv=_address(kept, f"{HERE}.csv"),
        mine=visit.staff.role in rights.DESK,
        imports=visit.staff.role in rights.LEADS,
        most_kb=LARGEST_KB,
        stake=stake,
        standing=lambda point: standing(visit, point),
        place_name=place_name,
        day_of=approvals.day_of,
        once=visit.new_once,
    )


def _address(query: Mapping[str, str], where: str = HERE) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{where}?{urlencode(kept)}" if kept else where
