"""GET /staff/scans: every check at the roadside, who made it, where, and what came out; late ones are marked."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions
from hotline.divisions import place_name
from hotline.passes.verifying import number_in
from locales.words import Say, say
from storage import passes, scans
from storage import staff as people
from storage.models import Pass, Scan

PAGE = 50
HERE = "/staff/scans"
VIEWS = ("", "doubtful", "stopped", "offline")


async def show(visit: Visit) -> web.StreamResponse:
    """One page of checks, the last that we heard of first; an officer sees his own."""
    query = visit.request.query
    view = query.get("view", "") if query.get("view", "") in VIEWS else ""
    before, typed = query.get("before", ""), clean(query.get("number", "")).strip()[:40]
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    async with visit.house.db.read() as tx:
        no, pass_ = await _asked(tx, visit, typed)
        rows = [] if no else await _rows(tx, visit, view, last, pass_)
        gates = await scans.gates(tx, {one.point_id for one in rows if one.point_id is not None})
        names = await people.names(tx)
    kept = {"view": view, "number": typed}
    shown = rows[:PAGE]
    return await visit.page(
        "scans.html",
        rows=shown,
        gates=gates,
        names=names,
        views=[(one, _address({**kept, "view": one})) for one in VIEWS],
        kept=kept,
        no=no,
        older=_address({**kept, "before": str(shown[-1].id)}) if len(rows) > PAGE else None,
        first=_address(kept) if last else None,
        place_name=place_name,
        is_officer=visit.staff.role == "checkpoint",
    )


async def _rows(tx: AsyncSession, visit: Visit, view: str, before: int | None, pass_: Pass | None) -> list[Scan]:
    """The checks that this person may see: in his division and those in it; an officer only those he made."""
    return await scans.page(
        tx,
        divisions.bounds(visit.staff.division) if visit.staff.role != "checkpoint" else ("000000", "999999"),
        PAGE + 1,
        before=before,
        staff_id=visit.staff.id if visit.staff.role == "checkpoint" else None,
        doubtful=view == "doubtful",
        stopped=view == "stopped",
        offline=view == "offline",
        pass_id=pass_.id if pass_ else None,
    )


async def _asked(tx: AsyncSession, visit: Visit, typed: str) -> tuple[Say | None, Pass | None]:
    """The pass whose checks are wanted, if one is named; and a word when there is none."""
    if not typed:
        return None, None
    number = number_in(typed)
    found = await passes.by_number(tx, number) if number else None
    return (None, found) if found is not None else (say("checkpoint.scans.unknown", number=typed), None)


def _address(query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
