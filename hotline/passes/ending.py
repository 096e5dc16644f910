"""What the clock does to passes: a word the day before the last, and the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.passes.telling import record
from locales.words import say
from storage import outbox
from storage import passes as ledger
from storage.models import STATUS, Contact, Pass
from storage.outbox import Owed

AHEAD = timedelta(hours=24)
AT_ONCE = 200
"""Passes of one transaction; the rest follow in the next minute. Each costs a few milliseconds."""

MOST_PLATES = 5
"""Trucks that a sentence names to somebody whose passes end together."""


async def end(tx: AsyncSession, now: datetime) -> dict[str, int]:
    """Remind whose pass ends within a day, and end those whose time is over; returns how many of each."""
    soon = await ledger.ending(tx, now, AHEAD, AT_ONCE)
    follow = await ledger.claims_waiting(tx, [one.claim for one in soon])
    told = [one for one in soon if _is_news(one) and one.claim not in follow]
    for pass_ in soon:
        pass_.reminded_at = now
    await _tell(tx, told, "ending", now)
    over = await ledger.over(tx, now, AT_ONCE)
    for pass_ in over:
        pass_.state, pass_.ended_at = "expired", pass_.valid_until
    await _tell(tx, over, "expired", now)
    return {"reminded": len(told), "ended": len(over)}


def _is_news(pass_: Pass) -> bool:
    """Whether its end was not told a day ago with the pass itself: one for a single day says so when it is issued."""
    assert pass_.valid_until is not None
    assert pass_.issued_at is not None
    return pass_.valid_until - pass_.issued_at > AHEAD


async def _tell(tx: AsyncSession, passes: Sequence[Pass], kind: str, now: datetime) -> None:
    """An event for each pass, and one bubble for each holder, however many of his end together."""
    whose: dict[int, list[Pass]] = {}
    for pass_ in passes:
        whose.setdefault(pass_.contact_id, []).append(pass_)
    for contact_id, his in whose.items():
        events = [await record(tx, one, kind, "clock", now, quietly=len(his) > 1) for one in his]
        if len(his) > 1:
            plates = sorted({one.plate for one in his})[:MOST_PLATES]
            words = say(f"pass.told.{kind}.many", count=len(his), plates=plates, until=his[0].valid_until)
            owed = Owed(words, [("/mypasses", say("command.mypasses"))], lane=STATUS, dedupe_key=f"pass:{events[0].id}")
            await outbox.owe(tx, [await tx.get_one(Contact, contact_id)], owed, now)
