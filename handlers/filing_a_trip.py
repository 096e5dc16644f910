"""What the form of a trip looks up, and how its answers become a trip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers.rule_questions import Put, answered
from handlers.ruling_words import CLERK
from handlers.trip_questions import NO_TRAILER, colours_of
from hotline.divisions import place_name
from hotline.filings import crews, parties
from hotline.filings.filing import Trip, back_of
from hotline.filings.offers import claim, ended_at, local_day, offer_at
from hotline.firms import acting_for
from hotline.formats.credit_codes import find_credit_codes
from hotline.rules.citing import cited
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import Ruling, citation
from locales.words import Refusal, Say, say, together
from storage import filings as ledger
from storage import firms
from storage.models import Contact


async def trip_before(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """The trip whose way back is filed, for a party to it; None: a trip of its own."""
    found = await ledger.by_code(tx, answers["before"]) if answers.get("before") else None
    if found is None or not await parties.may_act(tx, found, contact, now):
        return None
    return {"id": found.id, "origin": found.destination, "destination": found.origin, "crew": bool(found.crew)}


async def offered(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """The filing that the destination asks for today: its pack and what it wants to know; None where none does."""
    offer = offer_at(destination_of(answers), local_day(now))
    return None if offer is None else {"pack": offer.pack.id, "scheme": offer.scheme, "asks": list(offer.filing.asks)}


async def asked_of_trip(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The question that is put to the packs: what the trip itself tells is not asked again."""
    origin, destination = ends_of(answers)
    hours = (datetime.fromisoformat(answers["arrives"]) - now).total_seconds() / 3600
    given = {
        **journey_facts(origin, destination, local_day(now), answers["asked_there"]["scheme"]),
        "filed": False,
        "hours_before_arrival": round(max(hours, 0), 1),
    }
    return Put((answers["asked_there"]["scheme"],), destination, local_day(now), given).to_json()


async def verdict_of(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> str | None:
    """What the packs say: NEEDED, NOT_NEEDED, SEE_LOCAL ...; None where they have no rule."""
    ruling = ruling_of(Put.from_json(answers["rules"]), answers)
    return ruling.verdict if ruling else None


async def firms_of(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The firms in whose name somebody may file."""
    return [{"id": str(firm.id), "name": firm.name} for firm, _ in await acting_for(tx, contact, now)]


async def known_crew(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
    """Whether who is on board is known: from the way there, or from a standing registration."""
    if answers.get("trip_before"):
        return bool(answers["trip_before"]["crew"])
    offer = offer_at(destination_of(answers), local_day(now))
    plate = answers["plate"].partition("/")[0]
    colour = answers.get("colour") or colours_of(plate)[0]
    return offer is not None and await crews.standing(tx, offer, plate, colour, contact) is not None


async def live_code(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> int | None:
    """The trip whose code lives for this truck there: better told now than after the last question."""
    offer = offer_at(destination_of(answers), local_day(now))
    plate = answers["plate"].partition("/")[0]
    colour = answers.get("colour") or colours_of(plate)[0]
    found = await ledger.live_for(tx, claim(offer, plate, colour)) if offer else None
    return found.id if found else None


async def one_code(tx: AsyncSession, filing_id: int) -> Reply:
    """That a truck has one code at a time, and the buttons of the one that it has."""
    found = await ledger.by_id(tx, filing_id)
    if found is None:
        raise Refusal("trip.unknown")
    words = say("trip.live", plate=found.plate, number=found.number, arrives=found.arrives_at)
    see = Option(f"/mytrips {found.code}", say("trip.button.see"))
    return Reply(words, (see, Option(f"/mytrips {found.code} cancel", say("trip.button.cancel"))))


def ends_of(answers: Mapping[str, Any]) -> tuple[str, str]:
    """Where the trip begins and ends."""
    known = answers.get("trip_before") or answers
    return known["origin"], known["destination"]


def destination_of(answers: Mapping[str, Any]) -> str:
    """Where the trip ends."""
    return ends_of(answers)[1]


def ruling_of(put: Put, answers: Mapping[str, Any]) -> Ruling | None:
    """What the packs said; None where they have no rule."""
    return answered(put, put.schemes[0], answers) if put.schemes else None


async def trip_of(
    tx: AsyncSession, answers: Mapping[str, Any], arrives: datetime, leaves: datetime, facts: Mapping[str, Any]
) -> Trip:
    """The answers as a trip; a registered firm is known by the code that was typed for it."""
    if answers.get("trip_before"):
        found = await ledger.by_id(tx, answers["trip_before"]["id"])
        if found is None:
            raise Refusal("trip.unknown")
        again = back_of(found, arrives, leaves, facts)
        return replace(again, crew=_tested(answers, answers.get("crew") or again.crew))
    plate, _, beside = answers["plate"].partition("/")
    told = answers.get("trailer")
    firm_id, consignee = await _receiver(tx, answers)
    return Trip(
        origin=answers["origin"],
        destination=answers["destination"],
        plate=plate,
        colour=answers.get("colour") or colours_of(plate)[0],
        arrives_at=arrives,
        leaves_at=leaves,
        filed_by="firm" if answers.get("as", "driver") != "driver" else "driver",
        firm_id=firm_id,
        consignee=consignee,
        via=tuple(answers.get("via") or ()),
        trailer=beside or ("" if told == NO_TRAILER.id else told),
        goods=answers.get("goods"),
        crew=_tested(answers, answers.get("crew") or ()),
        facts=facts,
    )


def _tested(answers: Mapping[str, Any], crew: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those on board, each with the time of the earliest test where one was asked for."""
    tested = {"tested_at": answers["tested"]} if answers.get("tested") else {}
    return [{**one, **tested} for one in crew]


async def _receiver(tx: AsyncSession, answers: Mapping[str, Any]) -> tuple[int | None, str | None]:
    if answers.get("as", "driver") != "driver":
        return int(answers["as"]), None
    words = answers["consignee"]
    code = next(iter(find_credit_codes(words)), None)
    firm = await firms.by_uscc(tx, code) if code else None
    return (firm.id, None) if firm is not None and firm.state in ("registered", "verified") else (None, words)


def none_asked(destination: str, now: datetime) -> Reply:
    """That nobody asks for a filing there today; what was asked before is told with the document that ended it."""
    parts: list[Say] = [say("file_trip.none", place=place_name(destination))]
    ended = ended_at(destination, local_day(now))
    if ended is not None and ended.written.pack.ended_by:
        last = ended.written.pack.until
        assert last is not None, "a pack that ended has a last day"
        parts.append(say("file_trip.none.ended", title=ended.written.pack.title.say, until=last.isoformat()))
        parts.append(say("rules.clause", source=cited(citation(ended.written, ended.written.pack.ended_by))))
    return Reply(together(*parts), (Option("/file_trip", say("trip.button.again")), CLERK))
