"""A place or a kind of matter that is reported more than usual: one alarm a day, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from hotline import trends
from locales.words import render
from storage import turns
from storage.database import Database
from storage.models import NEVER, Alarm, Ticket
from tests.conftest import StillClock

HOUR = timedelta(hours=1)
SERIAL = count(1)


async def reported(db: Database, at: datetime, many: int = 1, **columns: Any) -> list[int]:
    """So many tickets, a second apart, each of a matter of its own unless told; returns their ids."""
    async with db.write() as tx:
        contact = await turns.contact_at(tx, "web", "main", "driver", "zh_CN", at)
        made = [_ticket(contact.id or 0, at - timedelta(seconds=n), columns) for n in range(many)]
        tx.add_all(made)
        await tx.flush()
        return [ticket.id or 0 for ticket in made]


def _ticket(contact: int, at: datetime, columns: dict[str, Any]) -> Ticket:
    serial = next(SERIAL)
    plain: dict[str, Any] = {
        "number": str(serial), "code": "1", "division": "220100", "kind": "blockage", "what": f"what{serial}",
        "status": "accepted", "priority": "urgent", "source": "web", "contact_id": contact, "answers": {},
        "happened_at": at, "opened_at": at, "first_response_due_at": at, "resolution_due_at": at, "due_at": NEVER,
        "alarm_at": NEVER, "changed_at": at,
    }  # fmt: skip
    return Ticket(**(plain | columns))


async def watched(db: Database, now: datetime) -> int:
    async with db.write() as tx:
        return await trends.watch(tx, now)


async def alarms(db: Database) -> list[Alarm]:
    async with db.read() as tx:
        return list((await tx.scalars(select(Alarm).order_by(col(Alarm.id)))).all())


async def said(db: Database, language: str) -> list[str]:
    return [render(language, trends.describe(alarm)) for alarm in await alarms(db)]


async def test_five_reports_from_one_stretch_of_road(db: Database, clock: StillClock) -> None:
    await reported(db, clock(), 4, road="G12", stake_m=231_400)
    assert await watched(db, clock()) == 0
    await reported(db, clock(), 1, road="G12", stake_m=239_999)
    await reported(db, clock(), 3, road="G12", stake_m=240_000)
    assert await watched(db, clock()) == 1
    (alarm,) = await alarms(db)
    assert (alarm.what, alarm.about, alarm.division) == ("trend", "place:22:G12:230", "220100")
    assert await said(db, "zh_CN") == [
        "G12 K230 至 K240：最近 2 小时有 5 起报告，平时几乎没有。请看看是否同一件事，可以并案并统一答复。"
    ]


async def test_a_facility_is_one_place_whatever_its_stake(db: Database, clock: StillClock) -> None:
    await reported(db, clock(), 3, road="G12", stake_m=1_000, facility="长春东收费站")
    await reported(db, clock(), 3, road="G12", facility="长春东收费站")
    assert await watched(db, clock()) == 1
    assert [alarm.about for alarm in await alarms(db)] == ["place:22:长春东收费站"]


async def test_one_kind_of_matter_in_a_division(db: Database, clock: StillClock) -> None:
    await reported(db, clock(), 5, what="turned_back")
    await reported(db, clock(), 4, what="turned_back", division="220200")
    assert await watched(db, clock()) == 1
    (alarm,) = await alarms(db)
    assert alarm.about == "what:220100:blockage/turned_back"
    (sentence,) = await said(db, "en")
    assert sentence.startswith("“Turned back” in 长春市: 5 reports in the last 2 hours, where there are hardly any")


async def test_what_is_usual_here_is_no_news(db: Database, clock: StillClock) -> None:
    busy = {"road": "G1", "stake_m": 5_000}
    windows = trends.PAST // trends.WINDOW
    await reported(db, clock() - timedelta(days=9), 3 * windows, **busy)
    await reported(db, clock() - timedelta(days=29), 500, **busy)
    await reported(db, clock(), 8, **busy)
    assert await watched(db, clock()) == 0, "nine would be three times the usual three"
    await reported(db, clock(), 1, **busy)
    assert await watched(db, clock()) == 1
    (sentence,) = await said(db, "zh_CN")
    assert "有 9 起报告，平时同样时长约 3 起" in sentence


async def test_one_alarm_a_day_and_another_tomorrow(db: Database, clock: StillClock) -> None:
    for hour in range(25):
        await reported(db, clock() + hour * HOUR, 3, road="G12", stake_m=0)
    assert [await watched(db, clock() + hour * HOUR) for hour in (1, 2, 11)] == [1, 0, 0]
    assert await watched(db, clock() + 13 * HOUR) == 1, "past midnight in Shanghai"
    assert [alarm.day.day for alarm in await alarms(db)] == [1, 2]


async def test_old_reports_and_such_as_come_later_do_not_count(db: Database, clock: StillClock) -> None:
    await reported(db, clock() - trends.WINDOW, 9, road="G12", stake_m=0)
    await reported(db, clock() + timedelta(minutes=1), 9, road="G12", stake_m=0)
    assert await watched(db, clock()) == 0


async def test_who_joins_counts_and_who_was_merged_counts_once(db: Database, clock: StillClock) -> None:
    (master,) = await reported(db, clock(), 1, road="G12", stake_m=0, reports=4)
    await reported(db, clock(), 3, road="G12", stake_m=0, status="merged", master_id=master)
    assert await watched(db, clock()) == 0, "four drivers: his own report and three that were merged into it"
    await reported(db, clock(), 2, road="G12", stake_m=0, status="merged", master_id=master)
    await reported(db, clock(), 1, road="S26", stake_m=0, reports=5)
    assert await watched(db, clock()) == 3, "both places, and what the five have in common"
    found = {alarm.about: alarm.facts["count"] for alarm in await alarms(db)}
    assert found["place:22:G12:0"] == 6 and found["place:22:S26:0"] == 5


async def test_a_road_number_is_a_road_of_its_province(db: Database, clock: StillClock) -> None:
    await reported(db, clock(), 3, road="S26", stake_m=0, division="220100")
    await reported(db, clock(), 3, road="S26", stake_m=0, division="230100")
    assert await watched(db, clock()) == 0
    await reported(db, clock(), 2, road="S26", stake_m=0, division="220322")
    assert await watched(db, clock()) == 1
    assert [(a.about, a.division) for a in await alarms(db)] == [("place:22:S26:0", "220000")]


async def test_a_place_within_a_city_is_the_citys(db: Database, clock: StillClock) -> None:
    await reported(db, clock(), 3, facility="米沙子服务区", division="220122")
    await reported(db, clock(), 2, facility="米沙子服务区", division="220183")
    assert await watched(db, clock()) == 1
    assert [alarm.division for alarm in await alarms(db)] == ["220100"]
