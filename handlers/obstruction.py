"""A truck with a valid pass is stopped: one tap makes it a report with pass, clause and place, in chat and page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import tickets
from hotline.divisions import place_name
from hotline.formats.places import Place
from hotline.passes import face, telling, verifying
from hotline.passes.verifying import Look
from hotline.rules import shelf
from hotline.rules.citing import cited
from hotline.rules.rulings import citation
from locales.words import DEFAULT_LANGUAGE, Refusal, Say, render
from storage import passes, scans
from storage.models import OPEN, Contact, Pass, Point, Ticket

JUST_NOW = timedelta(hours=2)
"""So long a truck that one of our officers stopped is taken to stand there still; our own number."""

AGAIN = timedelta(minutes=30)
"""A second tap within this is about the same stop."""


async def found(tx: AsyncSession, shown: str) -> Pass | None:
    """The pass that a holder's code names, or that a QR code's text or address holds, proven or not."""
    plain = shown.strip().upper().rpartition("/")[2]
    if (pass_ := await passes.by_code(tx, plain)) is not None:
        return pass_
    seen = face.read(plain, {}).face
    return await passes.by_number(tx, seen.number) if seen is not None and seen.kind == "pass" else None


async def holds(tx: AsyncSession, pass_: Pass, now: datetime) -> bool:
    """Whether the pass is valid now, wherever it is shown."""
    return pass_.payload is not None and (await verifying.verify(tx, Look(pass_.payload, now))).verdict == "valid"


async def stopped_at(tx: AsyncSession, pass_: Pass, now: datetime) -> Place | None:
    """The gate where one of our officers held this truck just now, if one did."""
    stop = await scans.last_stop(tx, pass_.id or 0, now - JUST_NOW)
    if stop is None or stop[1] is None:
        return None
    return place_of(stop[1])


def place_of(point: Point) -> Place:
    """A gate of the register as the place of a report."""
    return Place(
        road=point.road,
        stake_m=point.stake_m,
        direction=point.direction or None,
        facility=point.name,
        facility_kind="checkpoint",
        latitude=point.latitude,
        longitude=point.longitude,
        datum=point.datum,
        text=point.name,
    )


async def report(
    tx: AsyncSession, contact: Contact, pass_: Pass, where: Place, division: str, now: datetime
) -> tuple[Ticket, Literal["opened", "again", "joined"]]:
    """A blockage of this pass's truck, or the one that was reported just now, which a second person joins.

    Raises Refusal when the pass does not hold now.
    """
    locked = await passes.lock(tx, pass_.id or 0)
    if locked is None or not await holds(tx, locked, now):
        raise Refusal("checkpoint.obstructed.not_valid", number=pass_.number or "")
    before, by = await _just_reported(tx, pass_, now)
    if before is not None and before.status in OPEN:
        if by == contact.id:
            return before, "again"
        return await tickets.join(tx, before.id or 0, contact, now), "joined"
    matter = tickets.Matter(
        kind="blockage",
        what="turned_back",
        place=where,
        happened_at=now,
        plate=pass_.plate,
        trailer=pass_.trailer,
        note=render(DEFAULT_LANGUAGE, note(pass_, now)),
        on_site=where.position is not None,
        answers={"pass": pass_.number, "where": where.to_json()},
    )
    ticket = await tickets.open(tx, contact, matter, division, now)
    facts = {"ticket": ticket.id, "contact": contact.id}
    await telling.record(tx, pass_, "obstructed", f"contact:{contact.id}", now, quietly=True, **facts)
    return ticket, "opened"


def note(pass_: Pass, now: datetime) -> Say:
    """What the department needs to know: the pass, until when it holds, its way, and the clause behind it."""
    facts: dict[str, Any] = {
        "number": pass_.number or "",
        "until": pass_.valid_until or now,
        "origin": place_name(pass_.origin),
        "destination": place_name(pass_.destination),
    }
    if (source := clause(pass_)) is None:
        return Say("checkpoint.obstructed.note", facts)
    return Say("checkpoint.obstructed.note.cited", facts | {"source": source})


def clause(pass_: Pass) -> Say | None:
    """What the pass rests on; None when its pack is gone."""
    pack = shelf.current().packs.get(pass_.pack)
    cite = (pass_.basis or {}).get("cite") or (pack.written.issuing.cite[0] if pack and pack.written.issuing else None)
    if pack is None or cite is None:
        return None
    try:
        return cited(citation(pack.written, cite))
    except KeyError:
        return None


async def _just_reported(tx: AsyncSession, pass_: Pass, now: datetime) -> tuple[Ticket | None, int | None]:
    """The ticket of a tap a moment ago, and whose tap it was."""
    for event in reversed(await passes.events(tx, pass_.id or 0)):
        if event.at < now - AGAIN:
            break
        if event.kind == "obstructed":
            return await tx.get(Ticket, event.facts.get("ticket")), event.facts.get("contact")
    return None, None
