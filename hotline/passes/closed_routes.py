"""A closure on the way of a pass is told to whoever holds it, once, and never in the transaction of the clerk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.passes.telling import BUTTONS, facts_of
from locales.words import Say, say
from storage import closed_routes, outbox
from storage.closed_routes import Around
from storage.database import wake
from storage.models import NOTICE, Closure, Facility, Pass, PassEvent
from storage.outbox import Owed

AT_ONCE = 500
"""People told in one transaction; thousands are told in as many minutes, and nobody's own turn waits for it."""

MOST_CLOSURES = 20
MOST_PLATES = 5
"""Trucks that a sentence names to somebody who holds many passes."""


async def push(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Tell the next people of the closures that stand; how many were told, and how many closures are told of."""
    left, done = AT_ONCE, 0
    for closure, facility in await closed_routes.untold(tx, MOST_CLOSURES):
        told, is_done = await _push(tx, closure, facility, left, now)
        left, done = left - told, done + is_done
        if left <= 0:
            break
    return {"told": AT_ONCE - left, "closures": done}


def around(division: str) -> Around:
    """The divisions whose passes go by a facility.

    A county with the city around it, which a pass may name instead; a city with its counties, for a register that does
    not know the county; of a province only passes that name it.
    """
    match divisions.level_of(division):
        case "county":
            return Around(division, division, divisions.ancestors(division)[:1])
        case "city":
            return Around(*divisions.bounds(division))
    return Around(division, division)


async def _push(tx: AsyncSession, closure: Closure, facility: Facility, most: int, now: datetime) -> tuple[int, bool]:
    row, where = await closed_routes.push_of(tx, closure.id or 0, now), around(facility.division)
    if row.done_at is not None:
        return 0, False
    contacts = await closed_routes.holders(tx, where, now, row.contact_id, most)
    bubbles = []
    for contact, passes in await closed_routes.held_by(tx, where, now, contacts):
        for pass_ in passes:
            pass_.changed_at = now
            tx.add(_event(pass_, closure, now))
        bubbles.append((contact, _owed(closure, facility, passes)))
    row.contact_id, row.told = max(contacts, default=row.contact_id), row.told + len(bubbles)
    row.done_at = now if len(contacts) < most else None
    tx.add(row)
    await tx.flush()
    await outbox.owe_each(tx, bubbles, now)
    if bubbles:
        wake(tx, "passes", everywhere=True)
    return len(bubbles), row.done_at is not None


def _event(pass_: Pass, closure: Closure, now: datetime) -> PassEvent:
    return PassEvent(
        pass_id=pass_.id or 0,
        kind="route_closed",
        division=pass_.division,
        goods=pass_.goods,
        actor="clock",
        facts={"closure": closure.id, "facility": closure.facility_id},
        at=now,
    )


def _owed(closure: Closure, facility: Facility, passes: Sequence[Pass]) -> Owed:
    """One bubble for one person, however many passes he holds."""
    facts: dict[str, Any] = {"facility": facility.name, "road": facility.road, "due": closure.due_at}
    closed = (f"/closed {facility.road}", say(BUTTONS["closed"][1]))
    if len(passes) == 1:
        words = Say("route.told.one", facts_of(passes[0]) | facts)
        own = [(BUTTONS[n][0].format(code=passes[0].code), say(BUTTONS[n][1])) for n in ("renew", "see")]
    else:
        plates = sorted({one.plate for one in passes})
        words = Say("route.told.many", facts | {"count": len(passes), "plates": plates[:MOST_PLATES]})
        own = [("/mypasses", say("command.mypasses"))]
    return Owed(words, [*own, closed], lane=NOTICE, about=f"closure:{closure.id}", dedupe_key=f"closure:{closure.id}")
