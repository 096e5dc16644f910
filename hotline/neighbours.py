"""Which open reports may be of the same thing: by road and stake, by facility, or by distance."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.coordinates import cells_near, distance_m
from hotline.formats.places import Place
from storage import tickets
from storage.models import Ticket
from storage.tickets import Nearby

RECENT = timedelta(hours=12)
"""Older reports are taken for another event."""

STRETCH_M = 5_000
"""Along one road: a queue before a closed toll station is as long as this."""

RADIUS_M = 3_000
"""As the crow flies. FixMyStreet takes 250 m for potholes; a blockage is larger, and a cab's position is rough."""

MOST = 3
"""More choices than this are not read in a cab."""


async def similar(
    tx: AsyncSession, place: Place, now: datetime, *, kind: str | None = None
) -> list[tuple[Ticket, Place]]:
    """Open tickets that may be of the same place and time, with their places, newest first."""
    located = place.latitude is not None and place.longitude is not None
    where = Nearby(
        since=now - RECENT,
        kind=kind,
        road=place.road,
        stake_m=place.stake_m,
        within_m=STRETCH_M,
        facility=place.facility,
        cells=cells_near(place.latitude, place.longitude, RADIUS_M) if located else (),  # type: ignore[arg-type]
    )
    found = [(ticket, place_of(ticket)) for ticket in await tickets.near(tx, where)]
    return [(ticket, there) for ticket, there in found if _may_be_same(place, there)][:MOST]


def place_of(ticket: Ticket) -> Place:
    """The place of a ticket, whole, as it was answered; an empty one when it is about no place."""
    return Place.from_json(ticket.answers.get("where") or {})


def has_place(ticket: Ticket) -> bool:
    """Whether the matter lies somewhere."""
    return bool(ticket.answers.get("where"))


def _may_be_same(one: Place, other: Place) -> bool:
    if one.road and other.road and one.road != other.road:
        return False
    if one.direction and other.direction and one.direction != other.direction:
        return False
    if one.facility and other.facility and one.facility != other.facility:
        return False
    if None not in (one.latitude, one.longitude, other.latitude, other.longitude):
        apart = distance_m((one.latitude, one.longitude), (other.latitude, other.longitude))  # type: ignore[arg-type]
        return apart <= RADIUS_M
    return True
