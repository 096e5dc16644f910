"""`! 李 shows ABCD2345` in a dialogue: a clerk's page shows this one-time code, with which a chat is linked."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import staff_chat
from storage.models import Staff

LINE = re.compile(r"^(?P<who>\S+) shows (?P<code>[A-Z0-9]{8})$")


async def act(tx: AsyncSession, line: re.Match[str], clerk: Staff, now: datetime) -> None:
    """Do what the line says."""
    await staff_chat.offer(tx, clerk, line["code"], now)
