"""A map in place of the sketch, where an address of tiles is set and `make assets` brought Leaflet.

Without either, or without script, the sketch stays and nothing is asked from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.settings import Settings
from handlers.staff.near import Neighbour
from handlers.staff.static import Static
from handlers.staff.visit import Visit
from hotline.formats.datums import convert
from hotline.formats.places import Place
from hotline.neighbours import place_of
from storage.models import Ticket

log = structlog.get_logger()

FOLDER = Path(__file__).parents[2] / "assets" / "node_modules" / "leaflet" / "dist"
"""Where `make assets` puts Leaflet."""

FILES = ("leaflet.css", "leaflet.js", "images/*.png")


@dataclass(frozen=True, slots=True)
class Map:
    """What the page's script needs: address of tiles, credit, where our files are, and the points to mark."""

    tiles: str
    credit: str
    files: Static
    points: list[dict[str, Any]]

    @property
    def origin(self) -> str:
        """The foreign origin that tiles come from; empty when they are ours."""
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def leaflet(settings: Settings) -> Static | None:
    """Leaflet's files as they may be served; None where no map is wanted, or nobody fetched them."""
    if not settings.map_tiles:
        return None
    files = Static(FOLDER, "/staff/leaflet", FILES)
    if files.has("leaflet.js") and files.has("leaflet.css"):
        return files
    log.warning("map_left_out", why="MAP_TILES is set, but Leaflet is not here; run `make assets` once")
    return None


def of(visit: Visit, ticket: Ticket, place: Place, beside: Sequence[Neighbour]) -> Map | None:
    """The map of a ticket with a position of its own, and of those beside it that have one."""
    files, settings = visit.console.leaflet, visit.house.settings
    if files is None or place.position is None:
        return None

    def point(label: str, number: str | None, there: Place) -> dict[str, Any]:
        latitude, longitude = convert(*there.position, there.datum, settings.map_datum) if there.position else (0, 0)
        return {"at": [round(latitude, 6), round(longitude, 6)], "label": label, "number": number}

    around = ((one, place_of(one.ticket)) for one in beside)
    points = [point(one.letter, one.ticket.number, there) for one, there in around if there.position]
    return Map(settings.map_tiles, settings.map_credit, files, [point("", ticket.number, place), *points])


async def show(visit: Visit) -> web.StreamResponse:
    """GET /staff/leaflet/{version}/{name}."""
    asked, files = visit.request.match_info, visit.console.leaflet
    if files is None:
        raise web.HTTPNotFound
    return files.answer(asked["version"], asked["name"])
