"""GET /staff/tickets/{number}: the whole story on one page."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import story
from handlers.staff.due import both, due
from handlers.staff.visit import Visit
from hotline import neighbours
from hotline.formats.describe import describe_place
from hotline.formats.places import Place
from hotline.neighbours import place_of
from hotline.tickets import LONGEST_WORDS
from locales.words import Say
from storage import tickets as ledger
from storage.models import Ticket

NUMBER = r"{number:\d{6}-\d{8}-\d-\d{6,8}}"


async def show(visit: Visit) -> web.StreamResponse:
    """The ticket of this number, or 404."""
    return await page(visit)


async def page(visit: Visit, *, refused: str = "", no: Say | None = None) -> web.StreamResponse:
    """The page; after a verb was refused it says why, and keeps what was typed."""
    async with visit.house.db.read() as tx:
        ticket = await found(tx, visit)
        told = await story.tell(tx, ticket)
        place = place_of(ticket)
        similar = [
            (other, describe_place(there), due(other, visit.now))
            for other, there in await neighbours.similar(tx, place, visit.now, besides=ticket.id)
        ]
    return await visit.page(
        "ticket.html",
        status=422 if no else 200,
        ticket=ticket,
        story=told,
        place=describe_place(place),
        typed=_typed(place, visit.render(describe_place(place))),
        map_address=_map(place),
        clocks=both(ticket, visit.now),
        due=due(ticket, visit.now),
        similar=similar,
        is_mine=ticket.assignee_id == visit.staff.id,
        longest=LONGEST_WORDS,
        once=visit.new_once,
        refused=refused,
        no=no,
        typed_words=visit.form.get("words", ""),
    )


async def found(tx: AsyncSession, visit: Visit) -> Ticket:
    """The ticket that the address names; raises HTTPNotFound."""
    ticket = await ledger.by_number(tx, visit.request.match_info["number"])
    if ticket is None:
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
