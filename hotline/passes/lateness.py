"""Applications whose time is over and nobody has decided: the bureau's supervisors hear of them, once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import SHANGHAI
from storage import alarms
from storage import passes as ledger


async def watch(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Sound one alarm for each division that has applications past their time; returns for how many divisions."""
    today, sounded = now.astimezone(SHANGHAI).date(), 0
    for division, count, oldest in await ledger.late(tx, now):
        about = f"passes:{division}"
        sounded += await alarms.sound(
            tx, "passes_late", about, division, today, now, count=count, oldest=oldest.isoformat()
        )
    return {"divisions": sounded}
