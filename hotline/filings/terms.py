"""What a pack leaves open about its filing, told by a person: how early, for how long, how long one stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.filings import alerting, telling
from locales.words import Refusal
from storage.models import Filing, Staff

LONGEST = 300


async def tell(tx: AsyncSession, by: Staff, filing_id: int, words: str, now: datetime) -> Filing:
    """Somebody asked, and tells it: the driver and whoever filed read it, and the trip has it from then on."""
    filing = await alerting.seen(tx, by, filing_id, "tell_terms")
    plain = " ".join(words.split())
    if not plain:
        raise Refusal("desk.words_missing")
    if len(plain) > LONGEST:
        raise Refusal("question.text.too_long", longest=LONGEST, count=len(plain))
    if filing.state not in ("filed", "entered", "loading"):
        raise Refusal("trip.alert.over")
    filing.terms, filing.to_tell = plain, False
    await telling.record(tx, filing, "terms_told", f"staff:{by.id}", now)
    return filing
