"""A calendar has arrived: the due times of open tickets on working time are counted again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import calendar, clocks, timing
from hotline.audience import record
from hotline.calendar import Calendar, Hours
from locales.words import SHANGHAI
from storage import tickets
from storage.models import Ticket

LOOKED_BACK = timedelta(days=400)
"""Days off before this no longer bear on any open ticket; no clock of the catalogue is as long."""


async def recount(
    tx: AsyncSession, before: dict[str, Any] | None, now: datetime, zone: tzinfo = SHANGHAI
) -> dict[str, Any]:
    """Move what a new calendar moves, by the calendar that was in force `before`; returns the one in force now.

    The old one is kept with the job's slot, because a calendar mostly arrives with a release, while nobody runs.
    """
    new = calendar.load()
    moved = 0
    if before is not None and before["version"] != new.version:
        old, last = _read(before), 0
        while found := await tickets.unextended(tx, last):
            last = found[-1].id or 0
            for ticket in found:
                moved += await _move(tx, ticket, old, new, now, zone)
    return {**_written(new, (now - LOOKED_BACK).date()), "moved": moved}


async def _move(tx: AsyncSession, ticket: Ticket, old: Calendar, new: Calendar, now: datetime, zone: tzinfo) -> bool:
    rule = timing.rule_of(ticket)
    settled = clocks.moved(ticket.resolution_due_at, ticket.opened_at, rule.resolution, old, new, zone)
    answered = ticket.first_response_due_at
    if ticket.first_response_at is None:
        answered = clocks.moved(answered, ticket.opened_at, rule.first, old, new, zone)
    if (settled, answered) == (ticket.resolution_due_at, ticket.first_response_due_at):
        return False
    ticket.resolution_due_at, ticket.first_response_due_at = settled, answered
    timing.watch(ticket, now, zone)
    await record(tx, ticket, "recounted", "clock", now)
    return True


def _written(one: Calendar, since: date) -> dict[str, Any]:
    """A calendar as JSON, as far as it can still matter."""
    return {
        "version": one.version,
        "off": sorted(day.isoformat() for day in one.off if day >= since),
        "work": sorted(day.isoformat() for day in one.work if day >= since),
        "settled": sorted(one.settled),
        "hours": [
            [hours.since.isoformat(), [[begin.isoformat(), end.isoformat()] for begin, end in hours.blocks]]
            for hours in one.hours
        ],
    }


def _read(written: dict[str, Any]) -> Calendar:
    hours = tuple(
        Hours(
            date.fromisoformat(since),
            tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in blocks),
        )
        for since, blocks in written["hours"]
    )
    off, work = (frozenset(map(date.fromisoformat, written[name])) for name in ("off", "work"))
    return Calendar(off, work, frozenset(written["settled"]), hours, written["version"])
