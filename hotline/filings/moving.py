"""What happens to a truck that was filed: it enters, loads or unloads, and leaves (闭环: seed S1, 1.13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.filings import telling
from hotline.filings.offers import offer_of
from locales.words import Refusal, say
from storage import filings as ledger
from storage.models import NEVER, Filing

EARLIEST = timedelta(hours=48)
"""How long before a moment is reported it may lie: scans made without a network come later; our own number."""


async def enter(tx: AsyncSession, filing: Filing, actor: str, at: datetime, now: datetime | None = None) -> Filing:
    """The truck is there: the clock of its stay starts. A second report of the same changes nothing.

    `actor` is `staff:7` or `contact:3`; `at` when it was, `now` when we hear of it (the same unless said otherwise).
    """
    filing, now = await _held(tx, filing, at, now or at)
    if filing.state in ("entered", "loading"):
        return filing
    _in(filing, "filed")
    filing.state, filing.entered_at, filing.alarm_at = "entered", at, _until(filing, at)
    await telling.record(tx, filing, "entered", actor, now, at=at.isoformat())
    return filing


async def load(tx: AsyncSession, filing: Filing, actor: str, at: datetime, now: datetime | None = None) -> Filing:
    """It loads or unloads."""
    filing, now = await _held(tx, filing, at, now or at)
    if filing.state == "loading":
        return filing
    _in(filing, "entered")
    filing.state, filing.loading_at = "loading", at
    await telling.record(tx, filing, "loading", actor, now, at=at.isoformat())
    return filing


async def leave(tx: AsyncSession, filing: Filing, actor: str, at: datetime, now: datetime | None = None) -> Filing:
    """It has gone, and the loop is closed; one that nobody saw enter is written down as having entered then."""
    filing, now = await _held(tx, filing, at, now or at)
    if filing.state == "left":
        return filing
    _in(filing, "filed", "entered", "loading")
    filing.entered_at = filing.entered_at or at
    filing.state, filing.left_at, filing.alarm_at, filing.to_tell = "left", at, NEVER, False
    await telling.record(tx, filing, "left", actor, now, at=at.isoformat(), overstay=filing.overstay)
    return filing


def _until(filing: Filing, entered: datetime) -> datetime:
    """When somebody has stayed too long: the pack's hours from the entry on, where it has them, or as was planned.

    Who comes later than planned may stay as long as he had planned to.
    """
    planned = max(filing.leaves_at, entered + (filing.leaves_at - filing.arrives_at))
    offer = offer_of(filing)
    return min(planned, entered + offer.stay) if offer and offer.stay is not None else planned


async def _held(tx: AsyncSession, filing: Filing, at: datetime, now: datetime) -> tuple[Filing, datetime]:
    found = await ledger.lock(tx, filing.id or 0)
    if found is None:
        raise Refusal("trip.unknown")
    if not now - EARLIEST <= at <= now + timedelta(minutes=5):
        raise Refusal("trip.moment")
    return found, now


def _in(filing: Filing, *states: str) -> None:
    if filing.state not in states:
        raise Refusal("trip.state.otherwise", state=say(f"trip.state.{filing.state}"))
