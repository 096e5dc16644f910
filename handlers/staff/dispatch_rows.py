"""GET /staff/dispatch/rows: what is behind one number of a day, as many rows as the number says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from handlers.staff.asked import moment_cursor
from handlers.staff.dispatch import HERE, UNKNOWN, address
from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import dispatch, dispatch_news
from hotline.dispatch import MEASURES
from hotline.divisions import place_name
from hotline.formats.phones import mask_plate
from hotline.goods import words_of
from hotline.passes.deciding import may_see
from locales.words import Refusal, Say, say
from storage import dispatch as days
from storage import tickets
from storage.dispatch import DEEDS, IN_FORCE
from storage.dispatch import Row as Kept
from storage.models import Pass

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A number: its day, measure, division, whether only what is the division's own, and its goods."""

    day: date
    measure: str
    division: str
    own: bool
    goods: str | None
    until: datetime | None

    def query(self) -> dict[str, str]:
        """As an address writes it."""
        written = {"day": str(self.day), "measure": self.measure, "division": self.division}
        if self.own:
            written["own"] = "yes"
        if self.goods is not None:
            written["goods"] = self.goods or UNKNOWN
        if self.until is not None:
            written["until"] = self.until.isoformat()
        return written


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown; `to` is where its pass is looked at, empty where that is not this reader's."""

    at: datetime
    to: str
    number: str
    plate: str
    trailer: str
    route: str
    goods: Say
    division: str
    place: str = ""
    verdict: str = ""
    looked_at: datetime | None = None
    offline: bool = False
    detail: Say | None = None
    ticket: str = ""
    is_foreign: bool = False


async def show(visit: Visit) -> web.StreamResponse:
    """The rows behind a number, the newest first; what is in force by when it ends."""
    asked = _asked(visit)
    cursor = visit.request.query.get("after", "")
    async with visit.house.db.read() as tx:
        try:
            found = await dispatch.look(tx, asked.day, min(asked.until or visit.now, visit.now))
        except Refusal:
            raise web.HTTPNotFound from None
        low, high = dispatch.held_by(asked.division, asked.division if asked.own else "")
        wanted = dispatch.wanted(asked.day, found.until, asked.measure, low, high, asked.goods)
        rows = await days.rows(tx, wanted, moment_cursor(cursor), PAGE + 1)
        numbers = await tickets.numbers(tx, {one.facts["ticket"] for one in rows if one.facts.get("ticket")})
    here = {**asked.query(), **({} if found.frozen_at else {"until": found.until.isoformat()})}
    return await visit.page(
        "dispatch_rows.html",
        asked=asked,
        goods=None if asked.goods is None else words_of(asked.goods),
        division=dispatch_news.name_of(asked.division),
        day=dispatch_news.noon(asked.day),
        frozen_at=found.frozen_at,
        until=found.until,
        count=found.count(asked.measure, low, high, asked.goods),
        rows=[_row(visit, one, numbers) for one in rows[:PAGE]],
        at="in_force" if asked.measure == IN_FORCE else "scan" if asked.measure in DEEDS else "event",
        back=address(asked.day, asked.division, visit),
        first=f"{HERE}/rows?{urlencode(here)}" if cursor else None,
        next=f"{HERE}/rows?{urlencode(here | {'after': _cursor(rows[PAGE - 1])})}" if len(rows) > PAGE else None,
    )


def _row(visit: Visit, kept: Kept, numbers: Mapping[int, str]) -> Row:
    pass_, scan = kept.pass_, kept.scan
    mine = pass_ is not None and may_see(visit.staff, pass_)
    seen = (scan.plate_seen if scan else None) or (pass_.plate if pass_ else "") or ""
    number = (pass_.number if pass_ else scan.number if scan else None) or ""
    return Row(
        kept.at,
        f"/staff/passes/{pass_.id}" if pass_ and mine else "",
        number,
        seen if mine or pass_ is None else mask_plate(seen) if seen else "",
        (pass_.trailer or "") if pass_ and mine else "",
        _route(pass_) if pass_ else "",
        words_of((scan.goods or "") if scan else pass_.goods if pass_ else ""),
        place_name(scan.division if scan else pass_.division if pass_ else ""),
        (scan.place or "") if scan else "",
        scan.verdict if scan else "",
        scan.at if scan else None,
        bool(scan and scan.is_offline),
        _detail(kept.facts),
        numbers.get(kept.facts.get("ticket", 0), ""),
        pass_ is not None and not mine,
    )


def _detail(facts: Mapping[str, Any]) -> Say | None:
    """What an event says beyond its kind: what was asked for, or that nobody had to look."""
    if missing := facts.get("missing"):
        return say("dispatch.rows.missing", what=[say(f"pass.missing.{name}") for name in missing])
    return say("dispatch.rows.automatic") if facts.get("automatic") else None


def _route(pass_: Pass) -> str:
    return " → ".join(place_name(code) for code in (pass_.origin, *pass_.via, pass_.destination))


def _cursor(row: Kept) -> str:
    return f"{row.at.isoformat()}~{row.id}"


def _asked(visit: Visit) -> Asked:
    """What the address names; a number that there is none of is not found."""
    query = {name: clean(value) for name, value in visit.request.query.items()}
    division = query.get("division", "") or visit.staff.division
    goods = query.get("goods")
    try:
        day = date.fromisoformat(query.get("day", ""))
        until = datetime.fromisoformat(query["until"]) if "until" in query else None
    except ValueError:
        raise web.HTTPNotFound from None
    known = len(division) == 6 and division.isascii() and division.isdecimal()
    if (
        query.get("measure") not in MEASURES
        or not known
        or not dispatch_news.may_see(visit.staff, division)
        or (until is not None and until.tzinfo is None)
    ):
        raise web.HTTPNotFound
    return Asked(
        day,
        query["measure"],
        division,
        query.get("own") == "yes",
        None if goods is None else "" if goods == UNKNOWN else goods[:64],
        until,
    )
