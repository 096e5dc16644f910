"""What reviewers do with passes in a dialogue.

% passes                                        two passes are on the shelf (tests/support/passes.py), with serials
! 李 approves pass 1                            ! 李 approves pass 1 until 2026-03-10
! 李 returns pass 1 for crew,photos: words      ! 李 refuses pass 1 by t#二: words
! 王班长 revokes pass 1 by t#三: words
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.passes import blocks, deciding
from locales.words import SHANGHAI
from storage import staff as people
from storage.models import Staff
from tests.support.passes import CITY, OTHER_CITY

LINE = re.compile(
    r"^(?P<who>\S+) (?P<verb>approves|returns|refuses|revokes) pass (?P<n>\d+)"
    r"(?: until (?P<until>\S+))?(?: for (?P<missing>[^\s:]+))?(?: by (?P<cite>[^\s:]+))?(?:: (?P<words>.*))?$"
)


async def set_up(tx: AsyncSession, now: datetime) -> None:
    """Serials for both cities, allotted by the province."""
    boss = await people.add(
        tx,
        Staff(
            login="省号段", name="省号段", password_hash="-", role="admin", division="220000", language="zh_CN",
            created_at=now,
        ),
    )  # fmt: skip
    for city in (CITY, OTHER_CITY):
        await blocks.allot(tx, boss, city, 1, 1000, "测试〔2025〕9号", now)


async def act(tx: AsyncSession, line: re.Match[str], by: Staff, now: datetime) -> None:
    """Do what the line says; passes are of the whole province here."""
    by.division = "220000"
    pass_id, words = int(line["n"]), line["words"] or ""
    match line["verb"]:
        case "approves":
            until = line["until"] and datetime.fromisoformat(line["until"]).replace(tzinfo=SHANGHAI).astimezone(UTC)
            await deciding.approve(tx, by, pass_id, now, valid_until=until or None)
        case "returns":
            await deciding.send_back(tx, by, pass_id, (line["missing"] or "").split(","), words, now)
        case "refuses":
            await deciding.refuse(tx, by, pass_id, line["cite"] or "", words, now)
        case _:
            await deciding.revoke(tx, by, pass_id, line["cite"] or "", words, now)
