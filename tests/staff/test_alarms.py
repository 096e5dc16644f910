from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage import alarms
from storage.models import Alarm
from tests.staff.desk import Desk

NUMBER = "220100-20260301-1-000019"


async def sound(desk: Desk, what: str, about: str, division: str = "220100", **facts: Any) -> None:
    now = desk.clock()
    async with desk.db.write() as tx:
        assert await alarms.sound(tx, what, about, division, now.date(), now, **facts)


async def test_each_alarm_is_a_sentence_and_leads_to_its_place(desk: Desk) -> None:
    due = (desk.clock() - timedelta(hours=3)).isoformat()
    trend: dict[str, Any] = {"count": 9, "usual": 1.5, "hours": 2, "facility": "长春东收费站"}
    await sound(desk, "trend", "place:22:长春东收费站", **trend)
    await sound(desk, "breach", "ticket:1:2", number=NUMBER, level=2)
    await sound(desk, "unsatisfied", "ticket:2", number=NUMBER)
    await sound(desk, "facility_overdue", "closure:1:1", name="长春东服务区", facility=7, road="G12", level=1, due=due)
    await sound(desk, "breach", "ticket:3:1", "220200", number=NUMBER, level=1)
    async with desk.browser("wang") as lead:
        page = await lead.get("/staff/alarms")
        for words in ("报告突增", "长春东收费站", "催办到 2 级", "仍不满意", "长春东服务区 应在", "吉林省长春市"):
            assert words in page.text
        assert page.html.count("/seen") == 4
        for link in ("/staff/ledger?division=220100&sort=clock", f"/staff/tickets/{NUMBER}", "/staff/facilities/7"):
            assert link in page.links
        assert "预警 4" in (await lead.get("/staff/")).text


async def test_what_one_has_seen_is_gone_for_all(desk: Desk) -> None:
    await sound(desk, "breach", "ticket:1:2", number=NUMBER, level=2)
    async with desk.browser("wang") as lead, desk.browser("zong") as admin:
        page, same = await lead.get("/staff/alarms"), await admin.get("/staff/alarms")
        assert "已记下您看过" in (await lead.send(page, "/seen")).text
        assert "刚才已有人看过" in (await admin.send(same, "/seen")).text
        assert "没有预警" in (await admin.get("/staff/alarms")).text
    async with desk.db.read() as tx:
        one = await tx.get(Alarm, 1)
        assert one is not None
        assert (one.seen_by, one.seen_at) == (2, desk.clock())


async def test_another_divisions_alarm_is_not_ours_to_see(desk: Desk) -> None:
    await sound(desk, "breach", "ticket:3:1", "220200", number=NUMBER, level=1)
    async with desk.browser("wang") as lead:
        assert "没有预警" in (await lead.get("/staff/alarms")).text
        assert (await lead.post("/staff/alarms/1/seen", {"form": await lead.token()})).status == 404
    async with desk.browser("li") as clerk:
        assert (await clerk.get("/staff/alarms")).status == 403
