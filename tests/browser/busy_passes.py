"""Applications of an invented morning, for those who look at the pages on which passes are reviewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.commands.run import DEMO_PACKS
from hotline.filings import alerting, filing
from hotline.firms.registering import grams_of
from hotline.passes import applying, blocks, deciding
from hotline.passes.scans import Check, record
from hotline.passes.wishes import Wish
from hotline.rules import shelf
from storage import firms
from storage import staff as people
from storage.models import Firm, Member, Pass, Staff, Vehicle
from tests.staff.desk import Desk
from tests.support.trips import trip

NAME = "长春某某冷链物流有限公司"
CREW = "张王李赵孙周"


@dataclass(frozen=True, slots=True)
class Passes:
    """Applications that are plain, one that is to be looked at, one that was returned, and a pass that is live.

    And the firm that applied, and a trip on which somebody tested positive.
    """

    plain: tuple[int, ...]
    odd: int
    returned: int
    live: int
    firm: int
    trip: int


SOME_PASSES = Passes((1,), 1, 1, 1, 1, 1)
"""Of a day that nobody lived through."""


async def busy_passes(desk: Desk, reviewer: str, admin: str) -> Passes:
    """A firm with six trucks applies under the pack of the demonstration, and a person without one."""
    shelf.use(DEMO_PACKS)
    driver, other = await desk.contact("经办人甲"), await desk.contact("驾驶人子")
    now = desk.clock()
    usual = Wish(
        "pass_need", "210102", "220104", "", "yellow", "energy", now, facts={"controlled": True}, trailer=""
    )  # fmt: skip
    async with desk.db.write() as tx:
        by, boss = await people.by_login(tx, reviewer), await people.by_login(tx, admin)
        assert by is not None
        assert boss is not None
        await blocks.allot(tx, boss, "220100", 1, 120, "演示〔2026〕8号", now)
        ours = await _firm(tx, driver.id or 0, by.id or 0, now)
        ids = []
        for n, name in enumerate(CREW):
            plate = f"吉A7{n}1{n}6"
            if n != 3:
                tx.add(Vehicle(firm_id=ours.id or 0, plate=plate, colour="yellow", added_at=now))
            asked = replace(usual, plate=plate, firm_id=ours.id, crew=({"name": f"{name}某"},))
            ids.append((await applying.apply(tx, driver, asked, now)).id or 0)
        short = {"goods": "farming", "trailer": "吉B12F4挂", "until_wished": now + timedelta(hours=2)}
        odd = replace(usual, plate="辽A5T521", crew=({"name": "钱某"},), **short)
        ids.append((await applying.apply(tx, other, odd, now)).id or 0)
        await deciding.approve(tx, by, ids[0], now)
        await deciding.send_back(tx, by, ids[1], ["crew", "window"], "请把第二名驾驶员的姓名补上。", now)
        filed = await filing.file(tx, driver, trip(now), now)
        await alerting.raise_alert(tx, by, filed.id or 0, now)
        await _checked(tx, by, (await tx.get_one(Pass, ids[0])).payload or "", filed.payload or "", now)
    desk.clock.pass_(minutes=1)
    return Passes(tuple(ids[2:3] + ids[4:6]), ids[6], ids[1], ids[0], ours.id or 0, filed.id or 0)


async def _checked(tx: AsyncSession, by: Staff, code: str, trip_code: str, now: datetime) -> None:
    """One that passed, one under another plate, one that came in late from a phone without a network."""
    usual = Check("busy-day-check-01", code, "passed", now, told="valid", place="长春东收费站出口")
    for check in (
        usual,
        replace(usual, mark="busy-day-check-02", deed="stopped", told="lent", reason="plate", plate_seen="吉Z99999"),
        replace(
            usual, mark="busy-day-check-03", shown=trip_code, deed="stopped", told=None, reason="route", offline=True
        ),
    ):
        await record(tx, by, check, now)


async def _firm(tx: AsyncSession, contact_id: int, by: int, now: datetime) -> Firm:
    made = Firm(
        uscc="91220100MA0000001L", name=NAME, division="220100", desk="220100", contact_name="李某",
        phone="13800000000", state="verified", decided_by=by, decided_at=now, registered_at=now, changed_at=now,
    )  # fmt: skip
    await firms.keep(tx, made)
    await firms.find_by(tx, made.id or 0, grams_of(NAME))
    await firms.keep(
        tx,
        Member(firm_id=made.id or 0, contact_id=contact_id, role="owner", name="李某", consented_at=now, joined_at=now),
    )
    return made
