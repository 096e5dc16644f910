"""The trucks of a firm: what it drives, with the trailer that each usually draws."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.firms.acting import KEEPERS, changing
from hotline.firms.telling import record
from hotline.formats.plates import Kind, parse_plate
from locales.words import Refusal, say
from storage import firms
from storage.models import COLOURS, Contact, Vehicle

MOST = 2000
"""Trucks of one firm; our own number: the largest fleets of one licence have some hundreds."""

LIKELY: dict[Kind, tuple[str, ...]] = {
    "ordinary": ("yellow", "blue"),
    "trailer": ("yellow",),
    "new_energy_small": ("green",),
    "new_energy_large": ("yellow_green",),
    "cross_border": ("black",),
}
"""Which colours a plate of this form has (GA 36-2018): large trucks yellow, small ones blue, new energy green, or
yellow and green; the same number may exist in two."""


def likely_colours(plate: str) -> tuple[str, ...]:
    """The colours that a plate of this form usually has, the likeliest first; every other one may still be right."""
    return LIKELY[parse_plate(plate).kind]


async def add(
    tx: AsyncSession, contact: Contact, firm_id: int, plate: str, colour: str, trailer: str | None, now: datetime
) -> Vehicle:
    """A truck is the firm's from now on; one that it has already, of the same number and colour, is refused."""
    truck = parse_plate(plate)
    drawn = parse_plate(trailer).number if trailer else truck.trailer
    if truck.kind == "trailer":
        raise Refusal("firm.vehicle.trailer_alone")
    if drawn is not None and parse_plate(drawn).kind != "trailer":
        raise Refusal("plate.trailer", typed=drawn)
    if colour not in COLOURS:
        raise Refusal("firm.vehicle.colour")
    firm, _ = await changing(tx, contact, firm_id, KEEPERS)
    there = await firms.vehicle(tx, firm_id, truck.number, colour)
    if there is None and await firms.count_vehicles(tx, firm_id) >= MOST:
        raise Refusal("firm.vehicle.too_many", most=MOST)
    made = Vehicle(firm_id=firm_id, plate=truck.number, colour=colour, trailer=drawn, added_at=now)
    try:
        async with tx.begin_nested():
            await firms.keep(tx, made)
    except IntegrityError:
        raise Refusal("firm.vehicle.there", plate=truck.number, colour=say(f"firm.colour.{colour}")) from None
    await record(tx, firm, "vehicle_added", f"contact:{contact.id}", now, vehicle=made.id)
    return made


async def retire(tx: AsyncSession, contact: Contact, firm_id: int, vehicle_id: int, now: datetime) -> Vehicle:
    """A truck is the firm's no more; passes that it has stay as they are."""
    firm, _ = await changing(tx, contact, firm_id, KEEPERS, stopped=True)
    found = await tx.get(Vehicle, vehicle_id)
    if found is None or found.firm_id != firm.id or found.retired_at is not None:
        raise Refusal("firm.vehicle.gone")
    found.retired_at = now
    await firms.keep(tx, found)
    await record(tx, firm, "vehicle_retired", f"contact:{contact.id}", now, vehicle=found.id)
    return found
