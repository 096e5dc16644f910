"""Pictures that go out beside words: one module a kind, chosen by the `kind` of what an outbox row asks for.

A drawer reads what it needs in the transaction, then draws in a thread (`asyncio.to_thread`), since drawing takes tens
of milliseconds. It gives a PNG of at most 1280 pixels a side, or None where there is nothing to show or no font for
Chinese: then the words go alone, and bear the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import Draw
from handlers.pictures import dispatch, passes, trips

DRAWERS: dict[str, Draw] = {
    "dispatch": dispatch.draw,
    "filing": trips.draw,
    "pass": passes.draw,
}
"""Each kind and who draws it: {"kind": "pass", "pass": 30} goes to `passes.draw`."""


async def draw(tx: AsyncSession, picture: Mapping[str, Any], language: str, now: datetime) -> bytes | None:
    """What a row asks for; None for a kind that nobody draws any more."""
    drawer = DRAWERS.get(picture.get("kind", ""))
    return await drawer(tx, picture, language, now) if drawer else None
