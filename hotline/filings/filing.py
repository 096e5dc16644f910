"""Filing a trip, giving it up, coming to it as its driver, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import decisions, divisions
from hotline.divisions import place_name
from hotline.filings import crews, parties, telling
from hotline.filings.offers import Offer, claim, local_day, offer_at
from hotline.firms import may_apply
from hotline.formats.plates import parse_plate
from hotline.passes import keys
from hotline.passes.face import MOST_VIA, Face
from locales.words import SHANGHAI, Refusal, say
from storage import filings as ledger
from storage import firms
from storage.models import COLOURS, Contact, Filing

LONGEST_AHEAD = timedelta(days=15)
LONGEST_STAY = timedelta(days=15)
LONGEST_WORDS, MOST_ABOARD = 60, 6
"""How far ahead one files, how long one may plan to stay, and what fits into a line of a list; our own numbers."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What is filed: a truck, its way and its times; `crew` are {"name", "phone", "tested_at"}, times in ISO 8601.

    `firm_id` or `consignee` receives it; `filed_by` is whose words these are, `facts` what the pack's rules asked.
    """

    origin: str
    destination: str
    plate: str
    colour: str
    arrives_at: datetime
    leaves_at: datetime
    filed_by: str = "driver"
    firm_id: int | None = None
    consignee: str | None = None
    via: tuple[str, ...] = ()
    trailer: str | None = None
    goods: str | None = None
    crew: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    return_of: int | None = None


def missing(offer: Offer, trip: Trip) -> list[str]:
    """Everything that is still to be told, at one time."""
    asks, found = offer.filing.asks, []
    if "crew" in asks and not trip.crew:
        found.append("crew")
    if "test" in asks and not all(one.get("tested_at") for one in trip.crew or ({},)):
        found.append("test")
    if "trailer" in asks and trip.trailer is None:
        found.append("trailer")
    if "goods" in asks and not trip.goods:
        found.append("goods")
    return found


async def file(tx: AsyncSession, contact: Contact, trip: Trip, now: datetime) -> Filing:
    """A trip is filed and has its code at once; who ought to know at its destination is told.

    A filing that comes late is taken and marked: turning it away would help nobody at the other end. Raises Refusal:
    none is asked for there, something is missing, another code lives for this truck.
    """
    offer = offer_at(trip.destination, local_day(now))
    if offer is None:
        raise Refusal("trip.none", place=place_name(trip.destination))
    _checked(trip, now)
    if trip.filed_by not in offer.filing.filed_by and trip.filed_by != "desk":
        raise Refusal("trip.filed_by", who=[say(f"trip.by.{one}") for one in offer.filing.filed_by])
    if not trip.crew and (known := await crews.standing(tx, offer, trip.plate, trip.colour, contact)) is not None:
        trip = replace(trip, crew=known.crew or ())
    if lacking := missing(offer, trip):
        raise Refusal("trip.missing", what=[say(f"trip.missing.{name}") for name in lacking])
    await _allowed(tx, contact, trip, now)
    filing = await _new(tx, contact, offer, trip, now)
    await _free(tx, filing)
    try:
        async with tx.begin_nested():
            await ledger.add(tx, filing)
    except IntegrityError:
        await _free(tx, filing)
        raise
    told = await parties.holders(tx, (filing.locality_id,), now)
    await telling.record(
        tx, filing, "filed", f"contact:{contact.id}", now, desk=told, by=trip.filed_by, late=filing.is_late
    )
    return filing


async def cancel(tx: AsyncSession, filing_id: int, contact: Contact, now: datetime) -> Filing:
    """It does not take place; only while the truck has not arrived."""
    filing = await held(tx, filing_id, contact, now)
    _in(filing, "filed")
    filing.state, filing.to_tell = "cancelled", False
    await telling.record(tx, filing, "cancelled", f"contact:{contact.id}", now)
    return filing


async def join(tx: AsyncSession, code: str, contact: Contact, now: datetime) -> Filing:
    """Who drives comes to a trip that his consignee filed, with the code that he was given; the first one has it."""
    found = await ledger.by_code(tx, code)
    filing = await ledger.lock(tx, found.id or 0) if found else None
    if filing is None:
        raise Refusal("trip.unknown")
    _in(filing, *("filed", "entered", "loading"))
    if filing.driver_id not in (None, contact.id):
        raise Refusal("trip.driver.taken")
    if filing.driver_id is None:
        filing.driver_id = contact.id
        await telling.record(tx, filing, "joined", f"contact:{contact.id}", now)
    return filing


async def held(tx: AsyncSession, filing_id: int, contact: Contact, now: datetime) -> Filing:
    """The trip, held until the transaction ends, for a party to it; raises Refusal for anybody else."""
    filing = await ledger.lock(tx, filing_id)
    if filing is None or not await parties.may_act(tx, filing, contact, now):
        raise Refusal("trip.unknown")
    return filing


def back_of(filing: Filing, arrives_at: datetime, leaves_at: datetime, facts: Mapping[str, Any]) -> Trip:
    """The way back of a trip (返程): the same truck and crew, from where it went to where it came from.

    Whom it goes to there is its own firm's or driver's affair: 返程 is written in the consignee's place.
    """
    return Trip(
        origin=filing.destination,
        destination=filing.origin,
        plate=filing.plate,
        colour=filing.colour,
        arrives_at=arrives_at,
        leaves_at=leaves_at,
        consignee="返程",
        via=tuple(reversed(filing.via)),
        trailer=filing.trailer or "",
        goods=filing.goods or "返程",
        crew=filing.crew or (),
        facts=facts,
        return_of=filing.id,
    )


def _in(filing: Filing, *states: str) -> None:
    if filing.state not in states:
        raise Refusal("trip.state.otherwise", state=say(f"trip.state.{filing.state}"))


def _checked(trip: Trip, now: datetime) -> None:
    """Raises Refusal for a trip that no form of ours can bring."""
    known = (divisions.by_code(code) for code in (trip.origin, trip.destination, *trip.via))
    if not all(one is not None and one.is_current for one in known) or len(trip.via) > MOST_VIA:
        raise Refusal("trip.route", most=MOST_VIA)
    plate = parse_plate(trip.plate)
    if plate.number != trip.plate or plate.kind == "trailer" or trip.colour not in COLOURS:
        raise Refusal("trip.plate")
    if trip.trailer and parse_plate(trip.trailer).kind != "trailer":
        raise Refusal("trip.trailer")
    if not now < trip.arrives_at <= now + LONGEST_AHEAD:
        raise Refusal("trip.arrives", most=LONGEST_AHEAD.days)
    if not trip.arrives_at < trip.leaves_at <= trip.arrives_at + LONGEST_STAY:
        raise Refusal("trip.leaves", most=LONGEST_STAY.days)
    if trip.firm_id is None and not (trip.consignee or "").strip():
        raise Refusal("trip.missing", what=[say("trip.missing.consignee")])
    if any(len(words or "") > LONGEST_WORDS for words in (trip.consignee, trip.goods)) or len(trip.crew) > MOST_ABOARD:
        raise Refusal("trip.too_long", most=LONGEST_WORDS, people=MOST_ABOARD)


async def _allowed(tx: AsyncSession, contact: Contact, trip: Trip, now: datetime) -> None:
    """Raises Refusal for whoever files as a firm that he does not act for, or goes back from where he never went."""
    if trip.filed_by == "firm":
        firm = await firms.by_id(tx, trip.firm_id or 0)
        member = await firms.member(tx, trip.firm_id or 0, contact.id or 0)
        if firm is None or member is None or not may_apply(firm, member, now):
            raise Refusal("trip.firm")
    if trip.return_of is not None:
        await held(tx, trip.return_of, contact, now)
        if await ledger.return_of(tx, trip.return_of) is not None:
            raise Refusal("trip.back.already")


async def _free(tx: AsyncSession, filing: Filing) -> None:
    """Raises Refusal when another code lives for this truck there (一车一码)."""
    other = await ledger.live_for(tx, filing.claim)
    if other is not None and other is not filing:
        raise Refusal("trip.live", plate=other.plate, number=other.number, arrives=other.arrives_at)


async def _new(tx: AsyncSession, contact: Contact, offer: Offer, trip: Trip, now: datetime) -> Filing:
    locality, industry = await parties.departments(tx, trip.destination)
    number = await _number(tx, trip.destination, now)
    valid_until = trip.arrives_at + offer.valid if offer.valid is not None else trip.leaves_at
    valid_until = max(valid_until, trip.arrives_at + timedelta(hours=1)).replace(second=0, microsecond=0)
    face = Face(
        kind="filing",
        number=number,
        plate=trip.plate,
        colour=trip.colour,
        origin=trip.origin,
        destination=trip.destination,
        valid_from=now.replace(second=0, microsecond=0),
        valid_until=valid_until,
        via=trip.via,
        trailer=trip.trailer or "",
    )
    return Filing(
        number=number,
        code=decisions.new_code(),
        scheme=offer.scheme,
        pack=offer.pack.id,
        pack_version=offer.pack.version,
        claim=claim(offer, trip.plate, trip.colour),
        filed_by=trip.filed_by,
        contact_id=contact.id or 0,
        driver_id=contact.id if trip.filed_by == "driver" else None,
        firm_id=trip.firm_id,
        consignee=(trip.consignee or "").strip() or None,
        locality_id=locality.id if locality else None,
        industry_id=industry.id if industry else None,
        plate=trip.plate,
        colour=trip.colour,
        trailer=trip.trailer or None,
        origin=trip.origin,
        destination=trip.destination,
        via=list(trip.via),
        goods=trip.goods,
        crew=[dict(one) for one in trip.crew] or None,
        facts=dict(trip.facts),
        is_late=offer.window is not None and trip.arrives_at - now < offer.window,
        to_tell=bool(offer.open),
        return_of=trip.return_of,
        filed_at=now,
        arrives_at=trip.arrives_at,
        leaves_at=trip.leaves_at,
        valid_until=valid_until,
        alarm_at=valid_until,
        payload=await keys.signed(tx, face, now),
        changed_at=now,
    )


async def _number(tx: AsyncSession, division: str, now: datetime) -> str:
    """Division, year and serial: fifteen digits, which a browser still counts exactly and no pass number has."""
    year = now.astimezone(SHANGHAI).year
    return f"{division}{year % 100:02d}{await ledger.next_number(tx, division, year):07d}"
