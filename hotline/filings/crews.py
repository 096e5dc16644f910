"""Standing registration of crews from elsewhere (外来司乘人员常态化报备, S3 3.9): told once, good for every trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.filings.offers import Offer, local_day
from hotline.formats.plates import parse_plate
from locales.words import Refusal
from storage import crews as register_of
from storage.database import wake
from storage.models import COLOURS, Contact, Crew

LONGEST = timedelta(days=30)
"""How long one registration may hold: no document says; our own number, short, since it holds names and phones."""

MOST = 6
AT_ONCE = 500


async def register(
    tx: AsyncSession,
    contact: Contact,
    division: str,
    plate: str,
    colour: str,
    trailer: str | None,
    crew: Sequence[Mapping[str, Any]],
    days: int,
    now: datetime,
) -> Crew:
    """A truck and who drives it are known there for some days; registering anew replaces one's own."""
    found, parsed = divisions.by_code(division), parse_plate(plate)
    if found is None or not found.is_current:
        raise Refusal("trip.route", most=0)
    if parsed.number != plate or parsed.kind == "trailer" or colour not in COLOURS:
        raise Refusal("trip.plate")
    if not 1 <= len(crew) <= MOST:
        raise Refusal("trip.crew.most", most=MOST)
    if not 1 <= days <= LONGEST.days:
        raise Refusal("crew.days", most=LONGEST.days)
    before = await register_of.standing(tx, (division,), plate, colour)
    if before is not None:
        if before.contact_id != contact.id:
            raise Refusal("crew.others", plate=plate)
        await _end(tx, before, now)
    row = Crew(
        contact_id=contact.id or 0,
        division=division,
        plate=plate,
        colour=colour,
        trailer=trailer or None,
        crew=[dict(one) for one in crew],
        until=local_day(now) + timedelta(days=days),
        registered_at=now,
    )
    try:
        async with tx.begin_nested():
            await register_of.add(tx, row)
    except IntegrityError:
        raise Refusal("crew.others", plate=plate) from None
    wake(tx, "tickets", everywhere=True)
    return row


async def end(tx: AsyncSession, crew_id: int, contact: Contact, now: datetime) -> Crew:
    """Whoever registered wants it no more: names and phones are deleted with it."""
    row = await register_of.by_id(tx, crew_id, lock=True)
    if row is None or row.contact_id != contact.id or row.ended_at is not None:
        raise Refusal("crew.unknown")
    return await _end(tx, row, now)


async def end_due(tx: AsyncSession, now: datetime) -> int:
    """End what is past its last day, and delete whose names stood there."""
    over = await register_of.over(tx, local_day(now), AT_ONCE)
    for row in over:
        await _end(tx, row, now)
    return len(over)


async def standing(tx: AsyncSession, offer: Offer, plate: str, colour: str, contact: Contact) -> Crew | None:
    """What this contact registered for this truck where the trip goes, or for what that lies in."""
    around = dict.fromkeys((offer.division, offer.realm, *divisions.ancestors(offer.division)))
    row = await register_of.standing(tx, tuple(around), plate, colour)
    return row if row is not None and row.contact_id == contact.id else None


async def _end(tx: AsyncSession, row: Crew, now: datetime) -> Crew:
    row.ended_at, row.crew = now, None
    tx.add(row)
    await tx.flush()
    return row
