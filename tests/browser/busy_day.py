"""An invented day at the desk with something of everything on its pages, for those who look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select
from sqlmodel import col

from handlers.commands.demo import invent
from hotline import closing, decisions, facilities, incidents, moving, point_entry, points, tickets, timing
from hotline.facilities import Entry, Order
from hotline.library import shelf as documents
from hotline.library.reading import read
from hotline.rules import shelf
from hotline.rules.rulings import rule_on
from storage import alarms, attachments, callbacks, files, filters, presence
from storage import directory as rows
from storage import staff as people
from storage.models import OPEN, Outbox, Point, Staff, Ticket
from tests.browser.busy_passes import SOME_PASSES, Passes, busy_passes
from tests.library.papers import PLAN
from tests.staff.desk import PASSWORD, Desk, deliver, sealed

CLERK, OTHER_CLERK, LEAD, HANDLER, ADMIN = "chen", "lin", "tang", "fang", "demo"


@dataclass(frozen=True, slots=True)
class Day:
    """Where to look: `full` has all that a ticket's page can show, `complaint` waits for its review."""

    full: Ticket
    complaint: Ticket
    facility: int
    department: int
    person: int
    ids: tuple[int, ...]
    point: int = 1
    refused: str = "220100-20260301-1-000027"
    passes: Passes = SOME_PASSES


SOME_DAY = Day(Ticket(number="220100-20260301-1-000019"), Ticket(number="220100-20260301-3-000015"), 1, 1, 1, (1,))
"""A day that nobody lived through, for those who only ask which pages there are."""


async def busy_day(desk: Desk) -> Day:
    """Fill an empty house; it is twelve o'clock when it begins, and ten to one when it ends."""
    await invent(desk.house)
    async with desk.db.write() as tx:
        for member in (await tx.scalars(select(Staff))).all():
            member.password_hash = sealed(PASSWORD)
        handler = await _member(tx, HANDLER)
        department, person = handler.department_id or 0, handler.id or 0
    full = await _full(desk)
    complaint = await _others(desk, department)
    facility = await _facilities(desk, full)
    point = await _points(desk)
    await _library(desk)
    refused = await _refused(desk)
    await _beside(desk, full)
    passes = await busy_passes(desk, LEAD, ADMIN)
    async with desk.db.read() as tx:
        near = select(col(Ticket.id)).where(col(Ticket.what) == "congestion", col(Ticket.status).in_(OPEN))
        ids = tuple((await tx.scalars(near.order_by(col(Ticket.id).desc()).limit(2))).all())
    found = [await desk.ticket(one.id) for one in (full, complaint)]
    return Day(found[0], found[1], facility, department, person, ids, point, refused, passes)


async def _member(tx: Any, login: str) -> Staff:
    found = await people.by_login(tx, login)
    assert found is not None
    return found


async def _does(desk: Desk, login: str, verb: Any, ticket: Ticket, *words: Any, **more: Any) -> None:
    async with desk.db.write() as tx:
        await verb(tx, ticket.id, await _member(tx, login), *words, desk.clock(), **more)


async def _full(desk: Desk) -> Ticket:
    """Reported by several, with photos, gathered, asked about, helped with, and more time is asked for it."""
    photos = [await _photo(desk, "驾驶人甲", warm) for warm in (False, True)]
    ticket = await desk.report(
        "G102 K1021+600 往长春方向", by="驾驶人甲", what="road_cut", photos=photos, plate="吉A0T123",
        trailer="吉A0G45挂", note="路口堆了土，两边都过不去，后面排了二十多辆。", named=True, on_site=True,
    )  # fmt: skip
    second = await desk.report("G102 K1021+900 往长春方向", by="驾驶人乙", what="road_cut", note="也堵在这里")
    await desk.report("G102 K1022+700 往四平方向", by="驾驶人丙", what="congestion", note="对向也走不动")
    await desk.report("G102 K1020+200 往长春方向", by="驾驶人丁", what="congestion", note=None)
    desk.clock.pass_(minutes=6)
    follower = await desk.contact("驾驶人戊")
    async with desk.db.write() as tx:
        await tickets.join(tx, ticket.id or 0, follower, desk.clock())
        await tickets.add_words(tx, ticket.id or 0, follower, "我拉的是药，有冷链要求。", (), desk.clock())
        await incidents.merge(tx, second.id or 0, ticket.id or 0, await _member(tx, CLERK), desk.clock())
        helper = await rows.by_code(tx, "cc-ga")
        helps = helper.id if helper else 0
    await _does(desk, CLERK, tickets.take, ticket)
    await _does(desk, CLERK, tickets.note, ticket, "村委会电话没人接，正在找镇里。")
    await _does(desk, CLERK, moving.ask_assist, ticket, helps, "请派人到现场疏导")
    desk.clock.pass_(minutes=8)
    await _does(desk, CLERK, tickets.ask, ticket, "请问土堆旁边能过小车吗？")
    desk.clock.pass_(minutes=3)
    reporter = await desk.contact("驾驶人甲")
    async with desk.db.write() as tx:
        await tickets.add_words(tx, ticket.id or 0, reporter, "小车能过，半挂过不去。", (), desk.clock())
    until = (await desk.ticket(ticket.id)).resolution_due_at + timedelta(hours=2)
    await _does(desk, CLERK, timing.ask_extension, ticket, until, "清土的铲车一小时后到")
    desk.clock.pass_(minutes=2)
    await deliver(desk, *[None] * 2000)
    await _does(desk, CLERK, tickets.reply, ticket, "已通知属地清除土堆，铲车一小时内到。请先停在加油站，不要掉头。")
    return ticket


async def _photo(desk: Desk, by: str, warm: bool) -> int:
    """A drawn road with a heap on it: nobody's photograph."""
    sky, earth = ((238, 206, 160), (150, 120, 84)) if warm else ((186, 204, 214), (122, 128, 108))
    picture = Image.new("RGB", (640, 480), sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 230, 640, 480), fill=earth)
    draw.polygon(((270, 230), (370, 230), (620, 480), (20, 480)), fill=(84, 86, 88))
    for top in range(240, 480, 48):
        draw.line((320, top, 320, top + 22), fill=(230, 230, 220), width=3 + top // 80)
    draw.polygon(((120, 390), (250, 300), (330, 285), (420, 315), (540, 395)), fill=(104, 78, 52))
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(2)).save(out, "JPEG")
    kept = files.keep(desk.house.files, out.getvalue())
    async with desk.db.write() as tx:
        return await attachments.keep(tx, "web", "main", by, kept, desk.clock())


async def _others(desk: Desk, department: int) -> Ticket:
    """One of each kind and of each state."""
    complaint = await desk.report(
        "S102 K45+600 往九台方向", by="驾驶人己", kind="complaint", what="conduct", plate=None,
        note="检查点的人说话难听，还要收钱。",
    )  # fmt: skip
    await desk.report("G1京哈高速长春收费站", by="驾驶人庚", kind="code_appeal", what="red", note="码红了，人在站外")
    await desk.report("G12 K688+200", by="驾驶人辛", kind="help", what="food", note="困了两天，车上没吃的")
    advice = await desk.report("G12长春东收费站", by="驾驶人壬", kind="advice", what="other", note="门口挂张样子")
    moved = await desk.report("G45大广高速双辽收费站", by="驾驶人癸", kind="consult", what="pass", note="怎么补？")
    called = [await desk.report("G1京哈高速拉林河服务区", by=f"电话{n}", source="12328") for n in range(3)]
    desk.clock.pass_(minutes=12)
    await _does(desk, CLERK, closing.resolve, complaint, "已向当班人员核实并道歉，所收款项已退。", outcome="explained")
    await _does(desk, CLERK, closing.strike_off, complaint, "document", "核查报告第 3 号")
    await _does(desk, CLERK, closing.decline, advice, "样式由印发单位统一公布，我们已代为转告。")
    await _does(desk, OTHER_CLERK, moving.transfer, moved, department, "咨询通行证补办")
    await _does(desk, OTHER_CLERK, tickets.ask, moved, "请发一下证的编号。")
    for one in called:
        await _does(desk, CLERK, closing.resolve, one, "服务区已恢复加油和如厕。")
        async with desk.db.write() as tx:
            if await callbacks.live(tx, one.id or 0) is None:
                await callbacks.add(tx, one.id or 0, desk.clock())
    return complaint


async def _facilities(desk: Desk, ticket: Ticket) -> int:
    """A register with something closed, something overdue, and something put right."""
    async with desk.db.write() as tx:
        lead, now = await _member(tx, LEAD), desk.clock()
        made = [
            await facilities.register(tx, lead, Entry(kind, name, road, lead.division, stake), now)
            for kind, name, road, stake in (
                ("toll", "长春东收费站", "G12", 20_300), ("toll", "长春北收费站", "G1", 1_012_000),
                ("service", "净月服务区", "G12", 41_000), ("parking", "双阳停车区", "G45", 66_500),
            )
        ]  # fmt: skip
        first, second, third, _ = (one.id or 0 for one in made)
        ago, soon = now - timedelta(hours=20), timedelta(hours=9)
        await facilities.report_closed(tx, lead, first, Order("设备检修", ago + soon), ago)
        order = Order("加油站缺油，仅开放停车", now + soon, "保通保畅函〔2026〕5号", ticket_id=ticket.id, limited=True)
        await facilities.report_closed(tx, lead, third, order, now)
        await facilities.report_closed(tx, lead, second, Order("路面积雪", ago + soon), ago)
        await facilities.reopen(tx, lead, second, "现场看到已放行", now)
        await facilities.climb(tx, now)
        return first


async def _library(desk: Desk) -> None:
    """What ships with the house, and a plan that the desk took in."""
    async with desk.db.write() as tx:
        await documents.put_up_digests(tx, desk.clock())
        await documents.take(tx, await people.by_login(tx, LEAD), read(PLAN), desk.clock())


async def _points(desk: Desk) -> int:
    """A transfer site that was put to use, a charging station that closed, and an approval that has run out."""
    async with desk.db.write() as tx:
        lead, now = await _member(tx, LEAD), desk.clock()
        known = {one.name: one.id or 0 for one in (await tx.scalars(select(Point))).all()}
        yard = known["长春东非接触式中转场地"]
        await points.activate(tx, lead, yard, "保通保畅办通知启用预案", points.CHECKS, now)
        await points.confirm(tx, lead, yard, "现场看过，冷链区已供电", now)
        await points.close(tx, lead, known["长春汽车物流园充电站"], "配电改造", now)
        approved = {
            "kind": "checkpoint", "name": "九台临时检查点", "division": "220113", "road": "G12", "stake_m": "K66",
            "purpose": "police", "body": "示例市公安局", "body_level": "city", "document": "通知",
            "valid_from": "2026-01-01", "valid_to": "2026-02-15", "source": "来函", "confirmed_on": "2026-01-05",
        }  # fmt: skip
        entry, _ = point_entry.read(approved, points.today(now))
        assert entry is not None
        await points.add(tx, lead, entry, now)
        return yard


async def _refused(desk: Desk) -> str:
    """An officer did not take an answer of the rule packs: asked as of a day on which they were in force."""
    known = {"code": "green", "temperature": "normal", "test_age_hours": 30}
    ruling = rule_on(shelf.current(), "truck_release", "220100", date(2022, 5, 20), known)
    async with desk.db.write() as tx:
        kept = await decisions.keep(tx, ruling, known, None, desk.clock())
    answers = {"decision": kept.code, "ground": "repeat_test"}
    place = "S1 K12+300 往农安方向"
    return (await desk.report(place, by="驾驶人子", what="repeat_test", note=None, answers=answers)).number


async def _beside(desk: Desk, ticket: Ticket) -> None:
    """What is no ticket: alarms, saved lists, a letter that came back, and somebody who writes."""
    now = desk.clock()
    async with desk.db.write() as tx:
        clerk, lead = await _member(tx, OTHER_CLERK), await _member(tx, LEAD)
        trend = {"count": 9, "usual": 1.5, "hours": 2, "facility": "长春东收费站"}
        await alarms.sound(tx, "trend", "place:22:长春东收费站", "220100", now.date(), now, **trend)
        late = (
            await tx.scalars(
                select(Ticket)
                .filter_by(division="220100")
                .where(col(Ticket.status).in_(OPEN))
                .order_by(col(Ticket.due_at))
            )
        ).first()
        assert late is not None
        await alarms.sound(tx, "breach", f"ticket:{late.id}:1", "220100", now.date(), now, number=late.number, level=1)
        await filters.keep(tx, lead.id or 0, "长春东一带", "view=all&q=长春东")
        await presence.write(tx, ticket.id or 0, clerk.id or 0, now + timedelta(minutes=5), now)
        letters = select(Outbox).where(col(Outbox.about).is_not(None)).order_by(col(Outbox.id).desc()).limit(2)
        for letter in (await tx.scalars(letters)).all():
            letter.status, letter.problem, letter.attempts = "dead", "BadRequest: chat not found", 3
        gone = await people.add(
            tx,
            Staff(login="yu", name="余坐席", password_hash="-", role="clerk", division="220100", language="zh_CN",
                  created_at=now, disabled_at=now),
        )  # fmt: skip
        assert gone.id
