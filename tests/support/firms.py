"""`! 王班长 verifies 长春某某物流有限公司` in a dialogue, `! 王班长 turns down 长春某某物流有限公司: unreadable`.

`stops` is like `turns down`.

Reasons are the codes of the grounds, parted by commas; words may stand behind them after a blank.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from hotline.firms import verifying
from storage.models import Firm, Staff

LINE = re.compile(r"^(?P<who>\S+) (?P<verb>verifies|turns down|stops) (?P<firm>[^\s:]+公司)(?:: (?P<words>.+))?$")


async def act(tx: AsyncSession, line: re.Match[str], lead: Staff, now: datetime) -> None:
    """Do what the line says."""
    firm = (await tx.scalars(select(Firm).where(col(Firm.name) == line["firm"]))).one()
    grounds, _, words = (line["words"] or "").partition(" ")
    if line["verb"] == "verifies":
        await verifying.verify(tx, lead, firm.id or 0, ["registry"], now)
    elif line["verb"] == "turns down":
        await verifying.refuse(tx, lead, firm.id or 0, grounds.split(","), words, now)
    else:
        await verifying.suspend(tx, lead, firm.id or 0, grounds.split(","), words, now)
