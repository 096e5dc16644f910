"""GET and POST /staff/points/{id}, and /staff/points/new: one point, its changes so far, and what may be done to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.doing import doing
from handlers.staff.points import HERE, stake, standing
from handlers.staff.visit import Visit
from hotline import approvals, divisions, point_entry, points
from hotline.divisions import place_name
from hotline.formats.hours import describe_hours
from hotline.formats.stakes import format_stake
from hotline.organisation import LEVELS
from hotline.point_entry import COLUMNS, DATUMS, KINDS, ONLY, PURPOSES, ZONES, Problems
from locales.words import Refusal, Say, say
from storage import points as register
from storage import staff as people
from storage.models import Point

SHOWN = 30
"""Changes that the page of a point shows."""

CHOICES = {"datum": DATUMS, "zones": ZONES, "purpose": PURPOSES, "body_level": LEVELS}
"""Fields that are chosen from a list."""

GROUPS = {"datum": "datum", "zones": "zones", "purpose": "purpose", "body_level": "level"}

FIELDS = (
    "name", "division", "road", "stake_m", "direction", "hours", "latitude", "longitude", "datum", "phone",
    "zones", "capacity", "purpose", "body_level", "body", "document_number", "document", "valid_from", "valid_to",
    "note", "source", "confirmed_on",
)  # fmt: skip
"""The fields of a form, in the order in which they are asked."""

HINTS = frozenset({"division", "stake_m", "direction", "hours", "phone", "source"})
"""Fields that show an example."""

DONE = "point.done"


async def one(visit: Visit) -> web.StreamResponse:
    """What the register says of a point, and what was done to it."""
    return await _page(visit)


async def new(visit: Visit) -> web.StreamResponse:
    """The form for a new point, whose fields depend on its kind."""
    return await _form(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """Enter a point, and go on to its own page."""
    entry, problems = point_entry.read(_fields_of(visit), approvals.today(visit.now))
    if entry is None:
        return await _form(visit, problems=problems)
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(HERE)
            made = await points.add(tx, visit.staff, entry, visit.now)
    except Refusal as no:
        return await _form(visit, no=no.say)
    return visit.onward(f"{HERE}/{made.id}", say("point.done.add"))


async def change(visit: Visit) -> web.StreamResponse:
    """Write anew what is said of a point; its kind and its state stay."""
    async with visit.house.db.read() as tx:
        known = await register.by_id(tx, int(visit.request.match_info["id"]))
    if known is None:
        raise web.HTTPNotFound
    typed = _fields_of(visit) | {"kind": known.kind}
    entry, problems = point_entry.read(typed, approvals.today(visit.now), points.entry_of(known))
    if entry is None:
        return await _page(visit, "change", problems=problems)

    async def verb(tx: AsyncSession, visit: Visit, point_id: int) -> None:
        await points.change(tx, visit.staff, point_id, entry, visit.form.get("reason", ""), visit.now)

    return await doing("change", verb, _page, HERE, DONE)(visit)


async def _close(tx: AsyncSession, visit: Visit, point_id: int) -> None:
    await points.close(tx, visit.staff, point_id, visit.form.get("reason", ""), visit.now)


async def _activate(tx: AsyncSession, visit: Visit, point_id: int) -> None:
    checks = [one for one in points.CHECKS if visit.form.get(f"check-{one}") == "yes"]
    await points.activate(tx, visit.staff, point_id, visit.form.get("reason", ""), checks, visit.now)


async def _reserve(tx: AsyncSession, visit: Visit, point_id: int) -> None:
    await points.reserve(tx, visit.staff, point_id, visit.form.get("reason", ""), visit.now)


async def _confirm(tx: AsyncSession, visit: Visit, point_id: int) -> None:
    await points.confirm(tx, visit.staff, point_id, visit.form.get("reason", ""), visit.now)


def _fields_of(visit: Visit) -> dict[str, str]:
    """The fields of the form that the register has."""
    return {name: visit.form[name] for name in COLUMNS if name in visit.form and name != "state"}


async def _form(visit: Visit, *, no: Say | None = None, problems: Problems | None = None) -> web.StreamResponse:
    asked = visit.form.get("kind") or visit.request.query.get("kind", "")
    usual = {"division": place_name(visit.staff.division), "confirmed_on": f"{approvals.today(visit.now)}"}
    return await visit.page(
        "point_new.html",
        status=422 if no or problems else 200,
        kind=asked if asked in KINDS else "",
        kinds=KINDS,
        typed=usual | dict(visit.form),
        no=no,
        once=visit.new_once,
        **_fields(problems),
    )


def _fields(problems: Problems | None) -> dict[str, Any]:
    """What the fields of a point's form are made of."""
    return {
        "amiss": {name: no.say for name, no in problems or ()},
        "choices": CHOICES,
        "groups": GROUPS,
        "only": ONLY,
        "needed": {
            "name",
            "division",
            "source",
            "confirmed_on",
            *(n for of in point_entry.NEEDED.values() for n in of),
        },
        "columns": FIELDS,
        "hints": HINTS,
    }


async def _page(
    visit: Visit, refused: str = "", no: Say | None = None, *, problems: Problems | None = None
) -> web.StreamResponse:
    point_id = int(visit.request.match_info["id"])
    async with visit.house.db.read() as tx:
        point = await register.by_id(tx, point_id)
        if point is None:
            raise web.HTTPNotFound
        history = await register.changes(tx, point_id, SHOWN)
        names = await people.names(tx)
    typed = {name: _typed(name, getattr(point, name)) for name in COLUMNS}
    return await visit.page(
        "point.html",
        status=422 if no or problems else 200,
        point=point,
        place=stake(point),
        division=place_name(point.division),
        standing=standing(visit, point),
        facts=_facts(point),
        mine=points.may(visit.staff, point.division),
        history=history,
        names=names,
        typed=typed | (dict(visit.form) if refused else {}),
        refused=refused,
        no=no,
        checks=points.CHECKS,
        longest=points.LONGEST_REASON,
        day_of=approvals.day_of,
        changed_names=lambda fields: [say(f"point.column.{name}") for name in fields],
        once=visit.new_once,
        **_fields(problems),
    )


def _typed(name: str, value: object) -> str:
    """A field as its form shows it, which reads back as the same."""
    match value:
        case None:
            return ""
        case int() if name == "stake_m":
            return format_stake(value)
        case float():
            return f"{value:.6f}"
        case str() if name == "division":
            found = divisions.by_code(value)
            return found.full_name if found and divisions.resolve(found.full_name) == found else value
    return str(value)


def _facts(point: Point) -> list[tuple[str, Say | str]]:
    """What the page tells beside the head, by the key of its label."""
    at = point.latitude is not None and f"{point.latitude:.6f}, {point.longitude:.6f}"
    found: dict[str, Say | str | None] = {
        "hours": describe_hours(point.hours) if point.hours else None,
        "phone": point.phone,
        "position": say("point.at", at=at, datum=say(f"point.datum.{point.datum}")) if at else None,
        "zones": say(f"point.zones.{point.zones}") if point.zones else None,
        "capacity": str(point.capacity) if point.capacity else None,
        "purpose": say(f"point.purpose.{point.purpose}") if point.purpose else None,
        "body": say("point.body", body=point.body, level=say(f"point.level.{point.body_level}"))
        if point.body
        else None,
        "document": " ".join(one for one in (point.document, point.document_number) if one) or None,
        "valid_from": _span(point.valid_from, point.valid_to),
        "note": point.note,
        "source": point.source,
    }
    keys = {"position": "point.position"}
    return [(keys.get(name, f"point.column.{name}"), value) for name, value in found.items() if value is not None]


def _span(first: date | None, last: date | None) -> Say | None:
    if first is None:
        return None
    until = say("point.until", day=approvals.day_of(last)) if last else say("point.until.none")
    return say("point.span", first=approvals.day_of(first), until=until)


close = doing("close", _close, _page, HERE, DONE)
activate = doing("activate", _activate, _page, HERE, DONE)
reserve = doing("reserve", _reserve, _page, HERE, DONE)
confirm = doing("confirm", _confirm, _page, HERE, DONE)

DEEDS = (change, close, activate, reserve, confirm)
