"""Events of trips: appended to the ledger, and told to driver, firm and departments. One table says whom what is told.

No sentence that leaves names anybody, or says what was found when somebody was tested: chats lie outside the country
and health is nobody's news (DOMAIN section 7); staff read it on the console.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import place_name
from hotline.filings import parties
from locales.words import Say, say
from storage import filings as ledger
from storage import outbox, summons
from storage.database import wake
from storage.models import NOTICE, STATUS, Contact, Filing, FilingEvent
from storage.outbox import Owed


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says to those on the road, to the firm and to the departments; None: nothing."""

    road: str | None = None
    firm: str | None = None
    desk: str | None = None
    choices: tuple[str, ...] = ("see",)


AUDIENCE = {
    "filed": Told(firm="trip.firm.filed", desk="trip.desk.filed"),
    "joined": Told(road="trip.told.joined"),
    "entered": Told("trip.told.entered", "trip.firm.entered", choices=("loading", "see")),
    "loading": Told(),
    "left": Told("trip.told.left", "trip.firm.left", choices=("back", "see")),
    "cancelled": Told("trip.told.cancelled", "trip.firm.cancelled"),
    "expired": Told("trip.told.expired", choices=("again",)),
    "overstayed": Told("trip.told.overstayed", "trip.firm.overstayed", choices=("left", "see")),
    "overstay_climbed": Told(desk="trip.desk.overstayed"),
    "terms_told": Told("trip.told.terms"),
    "alerted": Told(),
    "alert_seen": Told(),
    "alert_climbed": Told(),
    "alert_ended": Told(),
}
"""Every event that a trip can have. Who acted hears the answer of the turn itself, and is not told again."""

BUTTONS = {
    "see": ("/mytrips {code}", "trip.button.see"),
    "loading": ("/mytrips {code} loading", "trip.button.loading"),
    "left": ("/mytrips {code} left", "trip.button.left"),
    "back": ("/file_trip {code}", "trip.button.back"),
    "again": ("/file_trip", "trip.button.again"),
}
"""What a button does, and what it says."""

SEEN = ("/trip_alert {number}", "trip.button.seen")


async def record(
    tx: AsyncSession, filing: Filing, kind: str, actor: str, now: datetime, *, desk: Collection[int] = (), **facts: Any
) -> FilingEvent:
    """Append an event and owe its sentences; `desk` are the staff whose business it is, `facts` are codes and ids."""
    told = AUDIENCE[kind]
    filing.changed_at = now
    event = await ledger.note(tx, FilingEvent(filing_id=filing.id or 0, kind=kind, actor=actor, facts=facts, at=now))
    who, _, which = actor.partition(":")
    acted = {int(which)} if who == "contact" else set[int]()
    heard = set(acted)
    if told.road:
        road = [one for one in await parties.on_the_road(tx, filing) if one.id not in heard]
        await _owe(tx, road, filing, event, told.road, told.choices, now)
        heard |= {one.id or 0 for one in road}
    if told.firm:
        firm = [one for one in await parties.at_the_firm(tx, filing, now) if one.id not in heard]
        await _owe(tx, firm, filing, event, told.firm, ("see",), now)
    if told.desk and desk:
        await to_staff(tx, filing, told.desk, desk, f"{event.id}", now)
    wake(tx, "tickets", everywhere=True)
    return event


async def to_staff(
    tx: AsyncSession, filing: Filing, key: str, staff: Iterable[int], mark: str, now: datetime, *, asks: bool = False
) -> None:
    """Tell these members of staff in the chats that they linked; `asks` for an acknowledgement."""
    chats = await summons.chats(tx, staff)
    buttons = [(SEEN[0].format(number=filing.number), say(SEEN[1]))] if asks else []
    owed = Owed(
        Say(key, facts_of(filing)),
        buttons,
        lane=STATUS if asks else NOTICE,
        about=f"filing:{filing.id}",
        dedupe_key=f"trip:{mark}",
    )
    await outbox.owe(tx, chats, owed, now)


async def _owe(
    tx: AsyncSession,
    contacts: list[Contact],
    filing: Filing,
    event: FilingEvent,
    key: str,
    choices: Iterable[str],
    now: datetime,
) -> None:
    buttons = [(BUTTONS[name][0].format(code=filing.code), say(BUTTONS[name][1])) for name in choices]
    owed = Owed(
        Say(key, facts_of(filing)), buttons, lane=STATUS, about=f"filing:{filing.id}", dedupe_key=f"trip:{event.id}"
    )
    await outbox.owe(tx, contacts, owed, now)


def facts_of(filing: Filing) -> dict[str, Any]:
    """What the sentences about a trip may name."""
    return {
        "number": filing.number,
        "plate": filing.plate,
        "origin": place_name(filing.origin),
        "destination": place_name(filing.destination),
        "arrives": filing.arrives_at,
        "leaves": filing.leaves_at,
        "until": filing.valid_until,
        "terms": filing.terms or "",
    }
