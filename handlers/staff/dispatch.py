"""GET /staff/dispatch, its workbook, and whether it comes by chat: a day in numbers (日调度), each opening its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from aiohttp import web

from handlers import dispatch_sheet
from handlers.staff.visit import Visit
from hotline import dispatch, dispatch_news, divisions, rights
from hotline.dispatch import MEASURES, Line, Report
from hotline.goods import words_of
from locales.words import SHANGHAI, Refusal, Say, say
from storage import audit
from storage import dispatch as days

HERE = "/staff/dispatch"
UNKNOWN = "-"
"""How an address writes that no goods are known."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the day: the day before, the rows behind it, and how long its bars are, in hundredths."""

    measure: str
    count: int
    before: int
    rows: str
    bar: int = 0
    bar_before: int = 0

    @property
    def change(self) -> Say:
        """The difference in words."""
        if self.count == self.before:
            return say("dispatch.change.same")
        more = "more" if self.count > self.before else "less"
        return say(f"dispatch.change.{more}", count=abs(self.count - self.before))


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a table: what it is of, where a click on it leads, and its numbers."""

    words: Say | str
    to: str
    numbers: Sequence[Number]


async def show(visit: Visit) -> web.StreamResponse:
    """A day of a division; yesterday's of one's own when the address names none."""
    day, division, no = _asked(visit)
    async with visit.house.db.read() as tx:
        try:
            found = await dispatch.report(tx, division, day, visit.now)
        except Refusal as refused:
            no, day = refused.say, _yesterday(visit)
            found = await dispatch.report(tx, division, day, visit.now)
        wants = await days.wants(tx, visit.staff.id or 0)
    today = visit.now.astimezone(SHANGHAI).date()
    above = next((one for one in divisions.ancestors(division) if dispatch_news.may_see(visit.staff, one)), None)
    if above is None and division != visit.staff.division:
        above = visit.staff.division
    return await visit.page(
        "dispatch.html",
        found=found,
        name=dispatch_news.name_of(division),
        day=dispatch_news.noon(day),
        is_over=visit.now >= dispatch.bounds_of(day)[1],
        no=no,
        total=_numbers(found, found.total, division, {}),
        by_division=_by_division(found) if len(found.by_division) > 1 or division_of(found) != division else [],
        by_goods=_by_goods(found),
        measures=MEASURES,
        older=address(day - A_DAY, division, visit),
        newer=address(day + A_DAY, division, visit) if day < today else None,
        up=(dispatch_news.name_of(above), address(day, above, visit)) if above else None,
        kept=division if division != visit.staff.division else "",
        last=today,
        xlsx=address(day, division, visit, f"{HERE}.xlsx"),
        by_mail=visit.staff.role in rights.LEADS,
        wants=wants,
        is_linked=visit.staff.contact_id is not None,
        here=address(day, division, visit),
        once=visit.new_once,
    )


async def as_xlsx(visit: Visit) -> web.StreamResponse:
    """The same as a workbook; numbers alone, no plate and no name."""
    day, division, no = _asked(visit)
    if no is not None:
        raise web.HTTPNotFound
    async with visit.house.db.write() as tx:
        try:
            found = await dispatch.report(tx, division, day, visit.now)
        except Refusal:
            raise web.HTTPNotFound from None
        await audit.record(tx, visit.staff.id or 0, "dispatch.exported", visit.now, day=str(day), division=division)
    book = dispatch_sheet.workbook(found, visit.language, visit.house.settings.zone)
    name = dispatch_sheet.name(found)
    return web.Response(
        body=book,
        content_type=dispatch_sheet.KIND,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def mail(visit: Visit) -> web.StreamResponse:
    """A leader wants the day in his chat, or no longer."""
    wanted = visit.form.get("wanted") == "yes"
    async with visit.house.db.write() as tx:
        if await visit.is_first(tx):
            await dispatch_news.want(tx, visit.staff, visit.now, wanted=wanted)
    return visit.onward(HERE, say(f"dispatch.mail.{'started' if wanted else 'stopped'}"))


def address(day: date, division: str, visit: Visit, where: str = HERE) -> str:
    """A day of a division; one's own division need not be named."""
    query = {"day": str(day)} | ({"division": division} if division != visit.staff.division else {})
    return f"{where}?{urlencode(query)}"


def rows_of(found: Report, measure: str, part: str, more: Mapping[str, str]) -> str:
    """Where the rows behind a number are; of a day that is not final, up to the moment of this page."""
    query = {"day": str(found.today.day), "measure": measure, "division": part, **more}
    if found.today.frozen_at is None:
        query["until"] = found.today.until.isoformat()
    return f"{HERE}/rows?{urlencode(query)}"


def division_of(found: Report) -> str:
    """The one part in which everything of the day lies; the division itself where there is none or more."""
    return found.by_division[0][0] if len(found.by_division) == 1 else found.division


def _by_division(found: Report) -> list[Shown]:
    """Each part, which may be opened; what is the division's own has no page of its own."""
    shown = []
    for part, line in found.by_division:
        is_own = part == found.division
        name = dispatch_news.name_of(part)
        words = say("dispatch.own", division=name) if is_own else _short(part, name)
        to = "" if is_own else f"{HERE}?{urlencode({'day': str(found.today.day), 'division': part})}"
        shown.append(Shown(words, to, _numbers(found, line, part, {"own": "yes"} if is_own else {})))
    return _with_bars(shown)


def _by_goods(found: Report) -> list[Shown]:
    lines = [
        Shown(words_of(code), "", _numbers(found, line, found.division, {"goods": code or UNKNOWN}))
        for code, line in found.by_goods
    ]
    return _with_bars(lines)


def _numbers(found: Report, line: Line, part: str, more: Mapping[str, str]) -> list[Number]:
    return [
        Number(measure, count, before, rows_of(found, measure, part, more) if count else "")
        for measure, (count, before) in line.numbers.items()
    ]


def _with_bars(lines: Sequence[Shown]) -> list[Shown]:
    """The same with bars: the longest of each column is the whole width."""
    longest = [
        max(max(n.count, n.before) for n in column) for column in zip(*(one.numbers for one in lines), strict=True)
    ]
    return [
        Shown(
            one.words,
            one.to,
            [
                Number(n.measure, n.count, n.before, n.rows, _part(n.count, most), _part(n.before, most))
                for n, most in zip(one.numbers, longest, strict=True)
            ],
        )
        for one in lines
    ]


def _part(count: int, most: int) -> int:
    return max(2, round(100 * count / most)) if count else 0


def _short(part: str, name: Say | str) -> Say | str:
    found = divisions.by_code(part)
    return found.name if found and divisions.level_of(part) != "province" else name


def _yesterday(visit: Visit) -> date:
    return visit.now.astimezone(SHANGHAI).date() - A_DAY


def _asked(visit: Visit) -> tuple[date, str, Say | None]:
    """The day and the division that the address names; and a word where it names none that there is."""
    query = visit.request.query
    day, division, no = _yesterday(visit), visit.staff.division, None
    if typed := query.get("day", "").strip():
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            no = say("dispatch.day.refused")
    if typed := query.get("division", "").strip():
        if typed.isascii() and typed.isdecimal() and len(typed) == 6 and dispatch_news.may_see(visit.staff, typed):
            division = typed
        else:
            no = say("dispatch.division.refused")
    return day, division, no
