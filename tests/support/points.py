"""`! 李 lists 充电站 净月服务区快充站: 区划=南关区 路线=G12 桩号=K41 ...` in a dialogue.

`! 李 shuts 净月服务区快充站: 检修` closes it; `! 李 starts 城东中转场地: 指挥部通知` puts it to use, its checks made.

Fields are named as a sheet's headings are, and parted by spaces; source and day of confirmation need not be said.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from hotline import point_entry, points
from hotline.point_sheet import column_of
from storage.models import Point, Staff

LINE = re.compile(r"^(?P<who>\S+) (?P<verb>lists (?P<kind>\S+)|shuts|starts) (?P<name>[^\s:]+): (?P<words>.+)$")


async def act(tx: AsyncSession, line: re.Match[str], clerk: Staff, now: datetime) -> None:
    """Do what the line says."""
    if line["kind"] is None:
        query = select(Point).where(col(Point.name) == line["name"])
        found = (await tx.scalars(query)).one()
        if line["verb"] == "shuts":
            await points.close(tx, clerk, found.id or 0, line["words"], now)
        else:
            await points.activate(tx, clerk, found.id or 0, line["words"], points.CHECKS, now)
        return
    usual = {"source": "现场核对", "confirmed_on": f"{points.today(now)}", "kind": line["kind"], "name": line["name"]}
    said = dict(word.split("=", 1) for word in line["words"].split())
    typed = usual | {column_of(heading): value.replace("_", " ") for heading, value in said.items()}
    entry, amiss = point_entry.read(typed, points.today(now))
    assert entry is not None, [(name, no.key, no.facts) for name, no in amiss]
    await points.add(tx, clerk, entry, now)
