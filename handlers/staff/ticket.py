"""GET /staff/tickets/{number}: the whole story on one page."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import answering, applies, beside, maps, policy, story
from handlers.staff.deeds import DEEDS, Scene, offered
from handlers.staff.discretion import Discretion, discretion
from handlers.staff.due import both, due
from handlers.staff.rule import rule_of
from handlers.staff.visit import Visit
from hotline import rights
from hotline.formats.describe import describe_place
from hotline.formats.places import Place
from hotline.neighbours import has_place, place_of
from hotline.tickets import LONGEST_WORDS
from hotline.unsaid import TEN_SECONDS, UNDOABLE
from locales.words import Say
from storage import audit, looks, presence
from storage import tickets as ledger
from storage.models import Department, Ticket

NUMBER = r"{number:\d{6}-\d{8}-\d-\d{6,8}}"

SEEN_ONCE_IN = timedelta(minutes=10)
"""A page that looks again by itself is one look on record, not sixty."""

INSIDE = ("noted", "reopened", "transferred", "returned", "assist_asked", "assisted", "review_refused")
"""Events whose words stay at the desk and in the departments."""


async def show(visit: Visit) -> web.StreamResponse:
    """The ticket of this number, or 404."""
    return await page(visit)


async def unmask(visit: Visit) -> web.StreamResponse:
    """Plate and numbers whole, on this one page alone; who asked is on record. Sent again, they are masked."""
    async with visit.house.db.write() as tx:
        ticket = await found(tx, visit)
        if not (rights.may(visit.staff, "unmask") and rights.sees_reporter(visit.staff, ticket)):
            raise web.HTTPForbidden
        if not await visit.is_first(tx):
            return visit.onward(f"/staff/tickets/{ticket.number}")
        await audit.record(tx, visit.staff.id or 0, "unmasked", visit.now, ticket.id)
    return await page(visit, whole=True)


async def page(visit: Visit, *, refused: str = "", no: Say | None = None, whole: bool = False) -> web.StreamResponse:
    """The page; after a verb was refused it says why, and keeps what was typed."""
    async with visit.house.db.read() as tx:
        ticket = await found(tx, visit)
        shown = discretion(visit.staff, ticket, whole=whole)
        facts = await _facts(tx, visit, ticket, shown)
        since = visit.now - SEEN_ONCE_IN
        seen = await looks.has_seen(tx, visit.staff.id or 0, ticket.id or 0, since)
    if not seen:
        async with visit.house.db.write() as tx:
            if not await looks.has_seen(tx, visit.staff.id or 0, ticket.id or 0, since):
                await audit.record(tx, visit.staff.id or 0, "saw", visit.now, ticket.id)
    response = await visit.page(
        "ticket.html",
        status=422 if no else 200,
        ticket=ticket,
        shown=shown,
        clocks=both(ticket, visit.now),
        due=due(ticket, visit.now),
        is_mine=ticket.assignee_id == visit.staff.id,
        longest=LONGEST_WORDS,
        once=visit.new_once,
        refused=refused,
        no=no,
        typed=visit.form if refused else {},
        has_form=refused in DEEDS and DEEDS[refused] in facts["deeds"] and bool(DEEDS[refused].fields),
        **facts,
    )
    if facts["map"] and facts["map"].origin:
        response.headers["Content-Security-Policy"] = policy.with_images_of(facts["map"].origin)
    return response


async def _facts(tx: AsyncSession, visit: Visit, ticket: Ticket, shown: Discretion) -> dict[str, Any]:
    """Everything that the page says besides the ticket itself."""
    place = place_of(ticket)
    told = await story.tell(tx, ticket, shown)
    around = await beside.of(tx, visit, ticket, place, told.extensions)
    last = told.last
    mine = last is not None and last.actor == f"staff:{visit.staff.id}"
    left = TEN_SECONDS - (visit.now - last.at) if last is not None else timedelta()
    scene = Scene(
        ticket,
        visit.staff,
        visit.now,
        around.extension,
        around.callback,
        tuple(assist for assist, _ in around.assists),
        math.ceil(left.total_seconds()) if mine and last is not None and last.kind in UNDOABLE else 0,
    )
    deeds = offered(scene)
    names = {deed.name for deed in deeds}
    department = await tx.get(Department, ticket.department_id) if ticket.department_id else None
    return {
        "story": told,
        "scene": scene,
        "deeds": deeds,
        "may": names,
        "may_split": rights.may(visit.staff, "split"),
        "inside_kinds": INSIDE,
        "beside": around,
        "department": department,
        "rule": rule_of(ticket),
        "applies": await applies.of(tx, ticket, visit.house.settings.zone),
        "place": describe_place(place) if has_place(ticket) else None,
        "typed_place": shown.words(_typed(place, visit.render(describe_place(place)))),
        "map_address": _map(place),
        "map": maps.of(visit, ticket, place, around.near),
        "departments": await beside.departments(tx, visit, ticket, department) if "transfer" in names else [],
        "answering": await answering.of(tx, visit, ticket, department, told) if "reply" in names else None,
        "writing": await presence.others(tx, ticket.id or 0, visit.staff.id or 0, visit.now),
    }


async def found(tx: AsyncSession, visit: Visit) -> Ticket:
    """The ticket that the address names; raises HTTPNotFound when there is none, or none for this reader."""
    ticket = await ledger.by_number(tx, visit.request.match_info["number"])
    if ticket is None or not await rights.may_see(tx, visit.staff, ticket):
        raise web.HTTPNotFound
    return ticket


def _typed(place: Place, shown: str) -> str:
    """How the place was typed, where that differs from what we made of it."""
    return place.text if "".join(place.text.split()) != "".join(shown.split()) else ""


def _map(place: Place) -> str:
    """A `geo:` address for the clerk's own map; RFC 5870 knows WGS 84 only, and another datum would be 500 m off."""
    if place.position is None or place.datum != "wgs84":
        return ""
    return f"geo:{place.position[0]:.6f},{place.position[1]:.6f}"
