"""The day on its way to the leaders: a picture and a sentence in the chat that they linked, if they want it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, rights
from hotline.dispatch import MEASURES, Report, report
from hotline.organisation import upwards
from locales.words import SHANGHAI, Refusal, Say, say
from storage import audit, outbox
from storage import dispatch as days
from storage.models import STATUS, Staff
from storage.outbox import Owed

OFF = ("/day off", "day.button.off")
"""The button by which a leader says that he has seen enough."""


async def tell(tx: AsyncSession, day: date, now: datetime, address: str) -> int:
    """Owe a day to each leader who linked a chat, of his own division; once, however often it is called.

    A division in which nothing happened on that day or the one before is not told of: no scheme is in force there.
    """
    reports: dict[str, Report] = {}
    bubbles = []
    for member, chat in await days.readers(tx):
        if member.division not in reports:
            reports[member.division] = await report(tx, member.division, day, now)
        found = reports[member.division]
        if not found.is_empty:
            bubbles.append((chat, _owed(found, address)))
    await outbox.owe_each(tx, bubbles, now)
    return len(bubbles)


async def want(tx: AsyncSession, member: Staff, now: datetime, *, wanted: bool) -> bool:
    """A leader wants the day in his chat, or no longer; False when it was so already. Raises Refusal for others."""
    if member.role not in rights.LEADS:
        raise Refusal("dispatch.leaders")
    changed = await days.want(tx, member.id or 0, now, wanted=wanted)
    if changed:
        await audit.record(tx, member.id or 0, f"dispatch.{'wanted' if wanted else 'unwanted'}", now)
    return changed


def sentence(found: Report, address: str) -> Say:
    """The day in words: each measure with the day before, and where its rows and the workbook are."""
    if found.is_empty:
        return say("dispatch.told.none", division=name_of(found.division), day=noon(found.today.day))
    numbers = [
        say("dispatch.number", measure=say(f"dispatch.measure.{name}"), count=count, before=before)
        for name in MEASURES
        for count, before in [found.total.numbers[name]]
    ]
    facts: dict[str, Any] = {
        "division": name_of(found.division),
        "day": noon(found.today.day),
        "numbers": numbers,
        "address": f"{address}/staff/dispatch?day={found.today.day}",
    }
    return Say("dispatch.told" if found.today.frozen_at else "dispatch.told.so_far", facts)


def picture_of(found: Report) -> dict[str, Any]:
    """The same as a picture, drawn when it is sent; of a day that lasts, up to the same moment as the words."""
    drawn = {"kind": "dispatch", "day": str(found.today.day), "division": found.division}
    return drawn if found.today.frozen_at else drawn | {"until": found.today.until.isoformat()}


def may_see(member: Staff, division: str) -> bool:
    """Whether the day of a division lies within somebody's reach."""
    return rights.may(member, "see_passes") and member.division in upwards(division)


def name_of(division: str) -> Say | str:
    """A division as a heading has it; the whole country has no row in the table."""
    return say("dispatch.nation") if division == divisions.NATION else divisions.place_name(division)


def noon(day: date) -> datetime:
    """A local day as a moment that reads as its date everywhere."""
    return datetime.combine(day, time(12), SHANGHAI)


def _owed(found: Report, address: str) -> Owed:
    return Owed(
        sentence(found, address),
        [(OFF[0], say(OFF[1]))],
        lane=STATUS,
        about=f"dispatch:{found.today.day}",
        dedupe_key=f"dispatch:{found.today.day}",
        picture=picture_of(found),
    )
