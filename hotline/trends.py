"""Something is going on: one place, or one kind of matter, is reported far more often than usual."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from locales.words import SHANGHAI, Say, say
from storage import alarms, trends
from storage.models import Alarm
from storage.trends import STRETCH_M, By, Crowd

WINDOW = timedelta(hours=2)
"""What is new: as long as a blocked truck may wait at most (national briefing of 24 June 2022)."""

PAST = timedelta(days=28)
"""What is usual: four whole weeks, so that each weekday counts alike. Our own number."""

LEAST = 5
"""Fewer reports than this are no trend, however quiet the place is. Our own number."""

TIMES = 3
"""So many times the usual is a rise. Our own number; in the first four weeks of a desk "usual" is too low."""

MOST = 20
"""Crowds of each sort that are looked at; when there are more, one place is not the news."""


async def watch(tx: AsyncSession, now: datetime, zone: tzinfo = SHANGHAI) -> int:
    """Raise an alarm for each place and matter that is reported more than usual; returns how many are new today.

    The usual rate is the mean of windows of the same length in the four weeks before this one.
    """
    began, windows, raised = now - WINDOW, PAST // WINDOW, 0
    for by in get_args(By):
        for crowd in await trends.crowds(tx, by, began, now, at_least=LEAST, most=MOST):
            enough = crowd.reports * windows // TIMES + 1  # with so many before, this is no rise
            before = await trends.reports_of(tx, crowd, began - PAST, began, enough=enough)
            if before < enough:
                raised += await _raise(tx, crowd, before / windows, now, zone)
    return raised


async def _raise(tx: AsyncSession, crowd: Crowd, usual: float, now: datetime, zone: tzinfo) -> bool:
    facts: dict[str, Any] = {"count": crowd.reports, "usual": round(usual, 1), "hours": WINDOW // timedelta(hours=1)}
    division = _common(crowd.low, crowd.high)
    match crowd.by, crowd.key:
        case "stretch", (province, road, stretch):
            km = int(stretch) * STRETCH_M // 1000
            about = f"place:{province}:{road}:{km}"
            facts |= {"road": road, "from_km": km, "to_km": km + STRETCH_M // 1000}
        case "facility", (province, facility):
            about = f"place:{province}:{facility}"
            facts |= {"facility": facility}
        case _, (_, kind, what):
            about = f"what:{division}:{kind}/{what}"
            facts |= {"kind": kind, "matter": what}
    return await alarms.sound(tx, "trend", about, division, now.astimezone(zone).date(), now, **facts)


def _common(low: str, high: str) -> str:
    """The smallest division that holds both, and so whatever lies between; both are in one province."""
    if low == high:
        return low
    return f"{low[:4]}00" if low[:4] == high[:4] else f"{low[:2]}0000"


def describe(alarm: Alarm) -> Say:
    """A trend alarm as a sentence: where, how many, and how many are usual."""
    facts = alarm.facts
    usual = say("alarm.trend.usual", usual=facts["usual"]) if facts["usual"] else say("alarm.trend.hardly")
    return say("alarm.trend", where=_where(alarm), count=facts["count"], hours=facts["hours"], usual=usual)


def _where(alarm: Alarm) -> Say:
    facts = alarm.facts
    if "road" in facts:
        begin, end = f"K{facts['from_km']}", f"K{facts['to_km']}"
        return say("alarm.trend.stretch", road=facts["road"], begin=begin, end=end)
    if "facility" in facts:
        return say("alarm.trend.facility", facility=facts["facility"])
    division = divisions.by_code(alarm.division)
    matter = say(f"{facts['kind']}.what.{facts['matter']}")
    return say("alarm.trend.what", division=division.name if division else alarm.division, what=matter)
