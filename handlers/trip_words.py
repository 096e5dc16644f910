"""What the chat says of a trip: its code, its times, the four parties, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers import desk
from hotline.divisions import place_name
from hotline.filings import parties
from hotline.filings.offers import offer_of
from hotline.filings.parties import Parties
from hotline.filings.telling import facts_of
from locales.words import Say, say, together
from storage import filings as ledger
from storage.models import ON_THE_WAY, Contact, Filing

DO = {
    "filed": ("entered", "cancel"),
    "entered": ("loading", "left", "back"),
    "loading": ("left", "back"),
    "left": ("back",),
    "cancelled": ("again",),
    "expired": ("again",),
}
"""What a party may do next, by state."""


async def shown(
    tx: AsyncSession, filing: Filing, contact: Contact, head: Say | None = None, *, code: bool = True
) -> Reply:
    """One trip, whole; `head` is what was just done with it, `code` that its code is drawn too while it lives."""
    facts = facts_of(filing) | {"state": say(f"trip.state.{filing.state}"), "name": name_of(filing)}
    parts = [head] if head else []
    parts.append(together(say("trip.shown", **facts), *_moments(filing), gap="\n"))
    parts.append(four(filing, await parties.of(tx, filing)))
    parts += notes(filing)
    if filing.state in ON_THE_WAY:
        parts.append(say("trip.code", address=address(filing)))
        if filing.driver_id is None:
            parts.append(say("trip.forward", code=filing.code))
    lives = filing.state in ON_THE_WAY
    picture = {"kind": "filing", "filing": filing.id} if code and lives else None
    return Reply(together(*parts), await _ways(tx, filing, contact), about=f"filing:{filing.id}", picture=picture)


def notes(filing: Filing) -> Iterable[Say]:
    """What is out of the ordinary: late, left open by the pack, told by a person, too long."""
    offer = offer_of(filing)
    if filing.is_late and filing.state == "filed" and offer is not None and offer.window is not None:
        yield say("trip.late", hours=f"{offer.window.total_seconds() / 3600:g}")
    if filing.to_tell and offer is not None:
        yield say("trip.open", what=[say(f"trip.open.{one}") for one in offer.open])
    if filing.terms:
        yield say("trip.terms", words=filing.terms)
    if filing.overstay and filing.state in ("entered", "loading"):
        yield say("trip.overstay")


def name_of(filing: Filing) -> Say:
    """What its code is called: 货车畅行码."""
    offer = offer_of(filing)
    return offer.filing.name.say if offer else say("trip.name")


def address(filing: Filing) -> str:
    """The page that shows the code."""
    return f"{desk.address()}/trips/{filing.code}"


def four(filing: Filing, who: Parties) -> Say:
    """属地, 货运行业, 落地企业, 驾驶员; nobody's name or number."""
    return say(
        "trip.parties",
        locality=who.locality.name if who.locality else say("trip.party.nobody"),
        industry=who.industry.name if who.industry else say("trip.party.nobody"),
        firm=who.firm.name if who.firm else filing.consignee or "",
        driver=say("trip.party.driver" if who.driver else "trip.party.no_driver"),
    )


def line(filing: Filing) -> Say:
    """One trip in a list."""
    return say(
        "trip.line",
        plate=filing.plate,
        origin=place_name(filing.origin),
        destination=place_name(filing.destination),
        state=say(f"trip.state.{filing.state}"),
        at=last_moment(filing),
    )


def last_moment(filing: Filing) -> datetime:
    """The moment that matters in its state."""
    return filing.left_at or filing.loading_at or filing.entered_at or filing.arrives_at


def _moments(filing: Filing) -> Iterable[Say]:
    for name in ("entered", "loading", "left"):
        if (at := getattr(filing, f"{name}_at")) is not None:
            yield say(f"trip.at.{name}", at=at)


async def _ways(tx: AsyncSession, filing: Filing, contact: Contact) -> tuple[Option, ...]:
    """The buttons: each does one thing with this trip."""
    wanted = list(DO[filing.state])
    if "back" in wanted and await ledger.return_of(tx, filing.id or 0) is not None:
        wanted.remove("back")
    if filing.driver_id is None and filing.contact_id != contact.id and filing.state == "filed":
        wanted.insert(0, "drive")
    return tuple(_way(filing, name) for name in wanted)


def _way(filing: Filing, name: str) -> Option:
    command = {"back": f"/file_trip {filing.code}", "again": "/file_trip"}.get(name, f"/mytrips {filing.code} {name}")
    return Option(command, say(f"trip.button.{name}"))
