"""`! 李 closes 长春东收费站 G12 K12+300: 原因` and `! 李 opens 长春东收费站 G12: 现场照片` in a dialogue.

`registers` enters a facility without closing it; `closes` enters it when the register lacks it, and is due in two days.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import facilities
from hotline.facilities import Entry, Order
from hotline.formats.stakes import parse_stake
from storage import facilities as register
from storage.models import Staff

LINE = re.compile(
    r"^(?P<who>\S+) (?P<verb>registers|closes|limits|opens) (?P<name>[一-龥]+) (?P<road>[GS]\d+)(?: (?P<stake>K\S+?))?"
    r"(?:: (?P<words>.*))?$"
)


async def act(tx: AsyncSession, line: re.Match[str], clerk: Staff, now: datetime) -> None:
    """Do what the line says."""
    name, road, words = line["name"], line["road"], line["words"] or ""
    found = await register.by_name(tx, road, name)
    if found is None:
        kind = next(kind for kind, word in facilities.WORDS.items() if name.endswith(word))
        stake = parse_stake(line["stake"]).metres if line["stake"] else None
        found = await facilities.register(tx, clerk, Entry(kind, name, road, clerk.division, stake), now)
    match line["verb"]:
        case "closes" | "limits":
            order = Order(words, now + timedelta(days=2), limited=line["verb"] == "limits")
            await facilities.report_closed(tx, clerk, found.id or 0, order, now)
        case "opens":
            await facilities.reopen(tx, clerk, found.id or 0, words, now)
