"""Reports of the same place and time beside a ticket: how far, in which direction, and as a plain sketch's marks."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.due import Due, due
from hotline import neighbours, rights
from hotline.formats.coordinates import cells_near, distance_m
from hotline.formats.datums import convert
from hotline.formats.describe import describe_place
from hotline.formats.places import Place
from hotline.neighbours import place_of
from locales.words import Say, say
from storage import tickets
from storage.models import Staff, Ticket

MOST = 12
"""Neighbours that a page shows; each is a letter of the sketch."""

WAYS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another open report nearby: its letter on the sketch, how far off in metres, and its bearing in degrees."""

    letter: str
    ticket: Ticket
    place: Say
    due: Due
    stake_m: int | None
    apart_m: float | None
    bearing: float | None

    @property
    def distance(self) -> Say | None:
        """How far, and where it says something in which direction; None when nobody can tell."""
        if self.apart_m is None:
            return None
        if self.apart_m < 50:
            return say("page.near.here")
        if self.bearing is not None:
            return say("page.near.bearing", way=say(f"page.way.{_way(self.bearing)}"), apart=length(self.apart_m))
        return say("page.near.apart", apart=length(self.apart_m))


async def around(tx: AsyncSession, ticket: Ticket, staff: Staff, now: datetime) -> list[Neighbour]:
    """Open tickets of the same stretch, facility or surroundings that this member of staff may see, nearest first."""
    here = place_of(ticket)
    where = tickets.Nearby(
        since=ticket.opened_at - neighbours.RECENT,
        road=here.road,
        stake_m=here.stake_m,
        within_m=neighbours.STRETCH_M,
        facility=here.facility,
        cells=cells_near(*here.position, neighbours.RADIUS_M) if here.position else (),
    )
    found = []
    for other in await tickets.near(tx, where):
        there = place_of(other)
        apart, bearing = _apart(here, there)
        too_far = bearing is not None and apart is not None and apart > neighbours.RADIUS_M
        if (
            other.id != ticket.id
            and not too_far
            and _may_be_same(here, there)
            and await rights.may_see(tx, staff, other)
        ):
            found.append((apart, bearing, other, there))
    found.sort(key=lambda one: (math.inf if one[0] is None else one[0], -(one[2].id or 0)))
    return [
        Neighbour(letter, other, describe_place(there), due(other, now), there.stake_m, apart, bearing)
        for letter, (apart, bearing, other, there) in zip(string.ascii_uppercase[:MOST], found, strict=False)
    ]


def length(metres: float) -> Say:
    """A distance as people say it."""
    if metres < 1000:
        return say("page.length.m", metres=round(metres / 10) * 10)
    return say("page.length.km", km=f"{metres / 1000:.1f}".removesuffix(".0"))


def _may_be_same(one: Place, other: Place) -> bool:
    return not (one.road and other.road and one.road != other.road)


def _apart(here: Place, there: Place) -> tuple[float | None, float | None]:
    """Metres and bearing between two places, along the road where both have a stake of it; None for what is unknown."""
    if here.road and here.road == there.road and here.stake_m is not None and there.stake_m is not None:
        return abs(here.stake_m - there.stake_m), None
    if here.position and there.position:
        a = convert(*here.position, here.datum, "wgs84")
        b = convert(*there.position, there.datum, "wgs84")
        return distance_m(a, b), bearing_of(a, b)
    if here.facility and here.facility == there.facility:
        return 0.0, None
    return None, None


def bearing_of(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Degrees from north, clockwise, in which `b` lies from `a`."""
    south, north = math.radians(a[0]), math.radians(b[0])
    east = math.radians(b[1] - a[1])
    y = math.sin(east) * math.cos(north)
    x = math.cos(south) * math.sin(north) - math.sin(south) * math.cos(north) * math.cos(east)
    return math.degrees(math.atan2(y, x)) % 360


def _way(bearing: float) -> str:
    return WAYS[round(bearing / 45) % 8]
