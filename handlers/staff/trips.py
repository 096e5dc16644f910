"""GET /staff/trips: trips that were filed, by what is to be done about them; and crews that registered once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from handlers.staff.asked import moment_cursor
from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions
from hotline.divisions import place_name
from hotline.filings import alerting
from hotline.formats.plates import find_plate
from hotline.formats.tidy import tidy
from locales.words import Say, say
from storage import crews as register_of
from storage import filings as ledger
from storage.filings import VIEWS, Wanted
from storage.models import Filing

PAGE = 50
HERE = "/staff/trips"
CREWS = f"{HERE}/crews"
SHOWN_OF_PLATE = 50
LIVE = ("coming", "inside")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Beside an id that alone says where a page ended."""


async def show(visit: Visit) -> web.StreamResponse:
    """One list of my division's trips; or those of a truck, or the one of a number."""
    query = visit.request.query
    typed = clean(query.get("q", "")).strip()[:40]
    if typed:
        return await _found(visit, typed)
    view = query.get("view", "coming")
    if view == "alerts":
        return await _alerts(visit)
    view = view if view in VIEWS else "coming"
    after = _cursor(view, query.get("after", ""))
    bounds = divisions.bounds(visit.staff.division)
    async with visit.house.db.read() as tx:
        rows = await ledger.page(tx, Wanted(bounds, view, after=after), PAGE + 1)
    older = None
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        mark = f"{last.arrives_at.isoformat()}~{last.id}" if view in LIVE else f"{last.id}"
        older = _address({"view": view, "after": mark})
    return await _page(visit, view, rows[:PAGE], older=older, first=_address({"view": view}) if after else None)


async def crews(visit: Visit) -> web.StreamResponse:
    """The trucks whose crews registered once, by division; names stay where they are."""
    typed = visit.request.query.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None
    async with visit.house.db.read() as tx:
        rows = await register_of.page(tx, divisions.bounds(visit.staff.division), after, PAGE + 1)
    return await visit.page(
        "trip_crews.html",
        rows=rows[:PAGE],
        tabs=tabs(),
        place_name=place_name,
        older=f"{CREWS}?after={rows[PAGE - 1].id}" if len(rows) > PAGE else None,
        first=CREWS if after else None,
    )


def tabs() -> list[tuple[str, str]]:
    """Each list and its address."""
    return [(view, _address({"view": view})) for view in ("coming", "inside", "overstay", "alerts", "to_tell", "over")]


def colour_of(filing: Filing, now: datetime) -> str:
    """How a row stands: late when it stays too long, soon when it should be here by now."""
    if filing.overstay and filing.state in ("entered", "loading"):
        return "late"
    return "soon" if filing.state == "filed" and filing.arrives_at < now else ""


async def _alerts(visit: Visit) -> web.StreamResponse:
    """Alerts that nobody here has answered, the first due first."""
    bounds = divisions.bounds(visit.staff.division)
    async with visit.house.db.read() as tx:
        found = await ledger.unseen(tx, bounds, visit.staff.department_id, PAGE + 1)
    rows = list({filing.id: filing for _, filing in found}.values())
    return await _page(visit, "alerts", rows[:PAGE], due={filing.id: alert for alert, filing in reversed(found)})


async def _found(visit: Visit, typed: str) -> web.StreamResponse:
    """The trips of a plate, newest first; a number leads to its trip."""
    number = "".join(tidy(typed).split())
    async with visit.house.db.read() as tx:
        one = await ledger.by_number(tx, number) if number.isascii() and number.isdecimal() else None
        if one is not None and alerting.may_see(visit.staff, one):
            return visit.onward(f"{HERE}/{one.id}")
        plate = find_plate(typed)
        rows = await ledger.of_plate(tx, plate[0].number, SHOWN_OF_PLATE) if plate else []
    mine = [row for row in rows if alerting.may_see(visit.staff, row)]
    return await _page(visit, "found", mine, typed=typed, no=None if mine else say("trips.find.none", typed=typed))


async def _page(
    visit: Visit,
    view: str,
    rows: list[Filing],
    *,
    older: str | None = None,
    first: str | None = None,
    typed: str = "",
    no: Say | None = None,
    due: Mapping[Any, Any] | None = None,
) -> web.StreamResponse:
    return await visit.page(
        "trips.html",
        view=view,
        rows=rows,
        tabs=tabs(),
        older=older,
        first=first,
        typed=typed,
        no=no,
        due=due or {},
        place_name=place_name,
        colour=lambda row: colour_of(row, visit.now),
        now=visit.now,
    )


def _cursor(view: str, typed: str) -> tuple[datetime, int] | None:
    """Where the page before ended; None for the first, and for what nobody handed out."""
    if view in LIVE:
        return moment_cursor(typed)
    if typed.isascii() and typed.isdecimal() and len(typed) <= 18:
        return EARLIEST, int(typed)
    return None


def _address(query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value and (name, value) != ("view", "coming")}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
