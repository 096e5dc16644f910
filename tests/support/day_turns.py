"""`! 李 issues 吉A12345,吉A12346` in a dialogue: the first who spoke applied for passes, and 李 grants them.

After `% passes`; farming supplies from Shenyang to Changchun, ten days each (tests/support/passes.py).
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Contact, Staff
from tests.support import passes

LINE = re.compile(r"^(?P<who>\S+) issues (?P<plates>\S+)$")


async def act(tx: AsyncSession, line: re.Match[str], by: Staff, now: datetime) -> None:
    """Do what the line says."""
    by.division = "220000"
    driver = (await tx.scalars(select(Contact).order_by(col(Contact.id)).limit(1))).one()
    for plate in line["plates"].split(","):
        await passes.issued(tx, driver, by, now, plate=plate)
