"""What the clock does to trips: codes that end unused, stays that grow too long, registrations that are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.filings import alerting, crews, parties, telling
from hotline.filings.offers import local_day
from storage import alarms
from storage import filings as ledger
from storage.models import NEVER, Filing

STEP = timedelta(hours=2)
"""How long an overstay stays with one level before it climbs: our own choice, no document gives one."""

LEVELS = 3
"""Driver and firm hear first, then 属地 and 货运行业, then the supervisors of the destination."""

KEEP_CREW = timedelta(days=30)
"""How long names stay after a trip, for tracing it: our own; 突发事件应对法 (2024) article 85 asks for an end."""

AT_ONCE = 500


async def watch(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """The clock's job of each minute."""
    ripe = await ledger.ringing(tx, now, AT_ONCE)
    for filing in ripe:
        await (_expire if filing.state == "filed" else _climb)(tx, filing, now)
    return {"rung": len(ripe), "alerts_climbed": await alerting.climb(tx, now)}


async def tidy(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """The clock's job of each night: what is over is forgotten."""
    return {
        "crews_ended": await crews.end_due(tx, now),
        "crews_forgotten": await ledger.forget_crews(tx, now - KEEP_CREW),
    }


async def _expire(tx: AsyncSession, filing: Filing, now: datetime) -> None:
    """The code ended, and nobody saw the truck."""
    filing.state, filing.alarm_at, filing.to_tell = "expired", NEVER, False
    await telling.record(tx, filing, "expired", "clock", now)


async def _climb(tx: AsyncSession, filing: Filing, now: datetime) -> None:
    """It ought to have left: one level more hears of it (超时: seed S1, 1.14)."""
    filing.overstay += 1
    filing.alarm_at = now + STEP if filing.overstay < LEVELS else NEVER
    if filing.overstay == 1:
        await telling.record(tx, filing, "overstayed", "clock", now, level=1)
        return
    desk = await parties.holders(tx, (filing.locality_id, filing.industry_id), now)
    await telling.record(tx, filing, "overstay_climbed", "clock", now, desk=desk, level=filing.overstay)
    if filing.overstay == LEVELS:
        await alarms.sound(
            tx,
            "trip_overstay",
            f"filing:{filing.id}",
            filing.destination,
            local_day(now),
            now,
            filing=filing.id,
            number=filing.number,
            plate=filing.plate,
        )
