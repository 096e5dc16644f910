from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from handlers.staff import deeds, verbs
from hotline import rights, tickets
from locales.words import LANGUAGES, keys
from storage import staff as people
from storage.models import Audit, Contact, Department, Extension, Message, Outbox, Staff, Ticket, TicketEvent
from tests.staff.desk import PASSWORD, Browser, Desk, Page, deliver, sealed


def at(ticket: Ticket, verb: str = "") -> str:
    return f"/staff/tickets/{ticket.number}{verb and '/' + verb}"


async def act(browser: Browser, ticket: Ticket, verb: str, **fields: str) -> Page:
    """Open the ticket's page and send one of its forms."""
    return await browser.send(await browser.get(at(ticket)), f"/{verb}", **fields)


async def department(desk: Desk, name: str, division: str = "220100", level: str = "city", **more: Any) -> int:
    async with desk.db.write() as tx:
        made = Department(code=name, name=name, division=division, level=level, **more)
        tx.add(made)
        await tx.flush()
        return made.id or 0


async def handler(desk: Desk, login: str, department_id: int) -> Staff:
    async with desk.db.write() as tx:
        fresh = Staff(
            login=login, name=f"承办{login}", password_hash=sealed(PASSWORD), role="handler", division="220100",
            department_id=department_id, language="zh_CN", created_at=desk.clock(),
        )  # fmt: skip
        return await people.add(tx, fresh)


async def complaint(desk: Desk, note: str = "我叫张小三，电话 13900005678，车牌吉B54321，乱罚款") -> Ticket:
    contact = await desk.contact("whistle")
    matter = tickets.Matter(
        kind="complaint", what="fine", happened_at=desk.clock(), plate="吉B54321", note=note,
        answers={"name": "王小二", "phone": "13900005678"},
    )  # fmt: skip
    async with desk.db.write() as tx:
        return await tickets.open(tx, contact, matter, "220100", desk.clock())


async def kinds(desk: Desk, ticket: Ticket) -> list[str]:
    async with desk.db.read() as tx:
        query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by("id")
        return [event.kind for event in (await tx.scalars(query)).all()]


async def audited(desk: Desk, what: str) -> int:
    async with desk.db.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(Audit).filter_by(what=what)) or 0)


def test_every_verb_has_its_words_in_every_language() -> None:
    wanted = {f"page.{kind}.{deed.name}" for deed in deeds.TABLE for kind in ("do", "done")} - {
        "page.do.decide_extension"
    }
    for deed in (deed for deed in deeds.TABLE if deed.group in ("main", "end", "move")):
        wanted.add(f"page.say.{deed.name}")
        wanted |= {f"page.send.{deed.name}{end}" for end in ((".yes", ".no") if deed.answers else ("",))}
        if any(field.kind == "words" for field in deed.fields):
            wanted.add(f"page.hint.{deed.name}")
            wanted |= {f"page.field.{deed.name}"} if len(deed.fields) > 1 or deed.answers else set()
    for language in LANGUAGES:
        assert wanted <= keys(language)


def test_every_verb_is_somebody_s_and_has_an_address() -> None:
    assert {name for name, _, _ in verbs.ROUTES} == set(deeds.DEEDS)
    assert all(roles for _, _, roles in verbs.ROUTES)
    assert {deed.needs for deed in deeds.TABLE} <= set(rights.VERBS)


async def test_transfer_offers_its_own_level_first_and_keeps_the_clocks(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    due = ticket.resolution_due_at
    await department(desk, "省厅", "220000", "province")
    city = await department(desk, "市交通局")
    await department(desk, "区交通局", "220104", "county")
    await department(desk, "铁路货运中心", outside=True)
    page = await clerk.get(at(ticket))
    listed = re.findall(r'<optgroup label="([^"]*)"', page.html.split('name="department"')[1].split("</select>")[0])
    assert listed[-1] == "外单位"
    moved = await act(clerk, ticket, "transfer", department=str(city), words="归他们管")
    assert "已转办，时限不变" in moved.text
    assert "市交通局" in moved.text
    found = await desk.ticket(ticket.id)
    assert (found.status, found.department_id, found.resolution_due_at) == ("assigned", city, due)
    again = await act(clerk, ticket, "transfer", department=str(city), words="再转一次")
    assert again.status == 422
    assert "已在这个部门" in again.text
    assert "再转一次" in again.html
    assert "没有找到这个部门" in (await act(clerk, ticket, "transfer", department="nowhere")).text


async def test_help_is_asked_given_and_shown(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    police = await department(desk, "交警支队")
    await handler(desk, "han", police)
    async with desk.browser("han") as helper:
        assert (await helper.get(at(ticket))).status == 404
        asked = await act(clerk, ticket, "ask_assist", department=str(police), words="请派人疏导")
        assert "协办 交警支队 已请求 12:00" in asked.text
        done = await act(helper, ticket, "assist", words="已派两人")
        assert "协办结果已告知经办人" in done.text
        assert not done.has_form("/assist")
    assert "协办 交警支队 已完成" in (await clerk.get(at(ticket))).text


async def test_a_department_sends_back_once_and_then_sees_it_no_more(desk: Desk, clerk: Browser) -> None:
    ticket, office = await desk.report(), await department(desk, "市交通局")
    await handler(desk, "han", office)
    await act(clerk, ticket, "transfer", department=str(office))
    async with desk.browser("han") as han:
        back = await act(han, ticket, "send_back", words="不归我们管")
        assert back.address.path == "/staff/"
        assert "已退回值班台" in back.text
        assert (await han.get(at(ticket))).status == 404
        await act(clerk, ticket, "transfer", department=str(office))
        assert not (await han.get(at(ticket))).has_form("/send_back")


async def test_more_time_is_asked_and_decided_by_another(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    until = (ticket.resolution_due_at + timedelta(hours=8, days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "看不懂" not in (await act(clerk, ticket, "ask_extension", until=until, words="")).text
    asked = await act(clerk, ticket, "ask_extension", until=until, words="吊车从外地来")
    assert "申请延期到" in asked.text
    assert "吊车从外地来" in asked.text
    assert "等另一位值班长决定" in asked.text
    assert not asked.has_form("/ask_extension")
    async with desk.browser("wang") as boss:
        nothing = await act(boss, ticket, "decide_extension")
        assert nothing.status == 422
        assert "请选一项" in nothing.text
        assert (await act(boss, ticket, "decide_extension", answer="yes")).status == 200
    assert (await desk.ticket(ticket.id)).resolution_due_at == ticket.resolution_due_at + timedelta(days=1)
    async with desk.db.read() as tx:
        assert (await tx.scalars(select(Extension))).one().granted is True


async def test_a_result_says_how_it_ended_and_is_struck_off_with_proof(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    unsaid = await act(clerk, ticket, "resolve", words="卡点已撤")
    assert "请选结果" in unsaid.text
    assert "卡点已撤" in unsaid.html
    await act(clerk, ticket, "resolve", words="卡点已撤", outcome="solved")
    bare = await act(clerk, ticket, "strike_off")
    assert "销号要有凭证" in bare.text
    assert "还没有照片" in (await act(clerk, ticket, "strike_off", proof="photo")).text
    struck = await act(clerk, ticket, "strike_off", proof="document", words="长交函〔2022〕1号")
    assert "凭证 文件 长交函〔2022〕1号" in struck.text
    assert (await desk.ticket(ticket.id)).status == "struck_off"
    assert not struck.has_form("/reopen")
    async with desk.browser("wang") as boss:
        assert (await act(boss, ticket, "reopen", words="又堵了")).status == 200
    assert (await desk.ticket(ticket.id)).status == "handling"


async def test_a_complaint_is_reviewed_by_somebody_else(desk: Desk, clerk: Browser) -> None:
    ticket = await complaint(desk)
    done = await act(clerk, ticket, "resolve", words="罚款已退", outcome="solved")
    assert "要由没有经办的值班长复核" in done.text
    assert not done.has_form("/review")
    async with desk.browser("wang") as boss:
        refused = await act(boss, ticket, "review", answer="no")
        assert refused.status == 422
        assert "请先写内容" in refused.text
        await act(boss, ticket, "review", answer="yes")
        await act(boss, ticket, "strike_off", proof="confirmation", words="报告人当面确认")
    found = await desk.ticket(ticket.id)
    assert (found.status, found.reviewer_id) == ("struck_off", 2)


async def test_a_clerk_notes_a_call_and_what_was_said(desk: Desk, clerk: Browser) -> None:
    ticket = await complaint(desk)
    await act(clerk, ticket, "resolve", words="罚款已退", outcome="solved")
    page = await act(clerk, ticket, "called")
    assert "已记一次未接通" in page.text
    assert "请选一项" in (await act(clerk, ticket, "rate", words="说可以")).text
    rated = await act(clerk, ticket, "rate", satisfaction="satisfied", words="说可以")
    assert "满意度 满意" in rated.text
    assert "说可以" in rated.text


async def test_a_decline_tells_the_reporter_why(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "decline", words="这件事法院在审")
    assert "不予受理 这件事法院在审" in page.text
    assert not page.has_form("/reply")


async def test_reports_of_one_place_are_gathered_and_split_again(desk: Desk, clerk: Browser) -> None:
    master = await desk.report("G102 K100+200")
    others = [await desk.report("G102 K100+400", by=f"d{n}") for n in range(3)]
    far = await desk.report("G102 K140", by="far")
    page = await clerk.get(at(master))
    assert page.html.count('type="checkbox" name="gather-') == 3
    assert "相距 200 米" in page.text
    assert f"gather-{far.id}" not in page.html
    none = await clerk.send(page, "/gather")
    assert "请先勾选" in none.text
    gathered = await act(clerk, master, "gather", **{f"gather-{one.id}": "yes" for one in others[:2]})
    assert "并到本单的报告（2）" in gathered.text
    assert "3 人报告" in gathered.text
    third = await act(clerk, others[2], "merge", master=master.number)
    assert f"本单已并入 {master.number}" in third.text
    assert not third.has_form("/reply")
    alone = await act(clerk, others[0], "split")
    assert "已拆出，单独办理" in alone.text
    assert alone.has_form("/reply")
    for typed in ("", "220100-20260301-1-999999", master.number):
        assert (await act(clerk, master, "merge", master=typed)).status == 422


async def test_what_was_just_said_can_be_taken_back_and_put_right(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "reply", words="请走 3 号车到")
    await deliver(desk, *[None] * 3)
    assert "十秒内可以撤回" in page.text
    desk.clock.pass_(seconds=9)
    back = await clerk.send(page, "/take_back")
    assert "已撤回，没有发出去" in back.text
    assert "未发出，已撤回" in back.text
    box = back.html.split('id="words-reply"')[1].split("</textarea>")[0]
    assert box.endswith("请走 3 号车到")
    assert not back.has_form("/take_back")
    assert "words" not in back.form("/reply")[1]
    await deliver(desk, *[None] * 3)
    async with desk.db.read() as tx:
        assert (await tx.scalars(select(Outbox).filter_by(key="told.answered"))).one().status == "withdrawn"
        assert (await tx.scalars(select(Message).order_by(Message.id.desc()))).first().direction == "note"


async def test_too_late_is_said_politely(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "resolve", words="卡点已撤", outcome="solved")
    async with desk.browser("wang") as other:
        assert not (await other.get(at(ticket))).has_form("/take_back")
    desk.clock.pass_(seconds=11)
    late = await clerk.send(page, "/take_back")
    assert late.status == 422
    assert "已经发出，撤不回了" in late.text
    assert not late.has_form("/take_back")
    assert (await desk.ticket(ticket.id)).status == "resolved"


async def test_two_clerks_take_one_ticket_at_once(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.browser("wang") as other:
        mine, his = await clerk.get(at(ticket)), await other.get(at(ticket))
        done = await asyncio.gather(clerk.send(mine, "/take"), other.send(his, "/take"))
    assert sorted(page.status for page in done) == [200, 422]
    assert "已有人在办" in next(page.text for page in done if page.status == 422)
    assert (await kinds(desk, ticket)).count("taken") == 1


async def test_closing_while_the_reporter_writes_waits_for_a_look(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(at(ticket))
    async with desk.db.write() as tx:
        driver = await tx.get(Contact, ticket.contact_id)
        assert driver is not None
        await tickets.add_words(tx, ticket.id or 0, driver, "还是不让下", (), desk.clock())
    early = await clerk.send(page, "/resolve", words="已经放行", outcome="solved")
    assert early.status == 422
    assert "报告人刚补充了内容" in early.text
    assert "还是不让下" in early.text
    assert "已经放行" in early.html
    assert (await desk.ticket(ticket.id)).status == "accepted"
    assert (await clerk.send(early, "/resolve", words="已经放行", outcome="solved")).status == 200
    assert (await desk.ticket(ticket.id)).status == "resolved"


async def test_who_writes_too_late_keeps_the_words(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(at(ticket))
    async with desk.browser("wang") as other:
        await act(other, ticket, "decline", words="不归我们")
    for verb, fields in (("reply", {}), ("transfer", {"department": "1"}), ("resolve", {"outcome": "solved"})):
        late = await clerk.send(page, f"/{verb}", words="马上就好", **fields)
        assert late.status == 422
        assert 'id="kept" rows="4" readonly>马上就好' in late.html


async def test_plate_and_phone_are_shown_once_and_on_record(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report(
        note="打我电话 138 0000 1234 吧", answers={"where": {"text": "x"}, "phone": "13800001234"}
    )
    page = await clerk.get(at(ticket))
    for hidden in ("吉A12345", "13800001234", "138 0000 1234"):
        assert hidden not in page.html
    for masked in ("吉A***45", "138****1234"):
        assert masked in page.text
    whole = await clerk.send(page, "/unmask")
    for shown in ("吉A12345", "13800001234", "138 0000 1234"):
        assert shown in whole.html
    assert await audited(desk, "unmasked") == 1
    assert "吉A12345" not in (await clerk.get(at(ticket))).html
    assert "吉A12345" not in (await clerk.send(page, "/unmask")).html
    assert await audited(desk, "unmasked") == 1


async def test_opening_a_ticket_is_on_record_once_in_ten_minutes(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for _ in range(3):
        await clerk.get(at(ticket))
    assert await audited(desk, "saw") == 1
    desk.clock.pass_(minutes=11)
    await clerk.get(at(ticket))
    assert await audited(desk, "saw") == 2


async def test_outside_the_desk_nobody_learns_who_complained(desk: Desk, clerk: Browser) -> None:
    ticket, office = await complaint(desk), await department(desk, "市交通局")
    await handler(desk, "han", office)
    await act(clerk, ticket, "transfer", department=str(office), words="王小二反映，请核实")
    await act(clerk, ticket, "reply", words="王小二您好，13900005678 打不通")
    async with desk.browser("han") as han:
        page = await han.get(at(ticket))
        assert "举报人（已保密）" in page.text
        for secret in ("张小三", "王小二", "13900005678", "139****5678", "吉B54321", "吉B***21", ticket.code, "网页"):
            assert secret not in page.html, secret
        assert "乱罚款" in page.text
        assert not page.has_form("/unmask")
        token = page.form("/reply")[1]
        refused = await han.post(at(ticket, "unmask"), {"form": token["form"], "once": token["once"]})
        assert refused.status == 403
        assert (await han.post(at(ticket, "transfer"), token | {"department": "1"})).status == 403
    assert "王小二" not in (await clerk.get(at(ticket))).text.split("经过")[0]


async def test_a_desk_elsewhere_does_not_find_it(desk: Desk) -> None:
    ticket = await desk.report()
    async with desk.db.write() as tx:
        fresh = Staff(
            login="far", name="远", password_hash=sealed(PASSWORD), role="clerk", division="220300",
            language="zh_CN", created_at=desk.clock(),
        )  # fmt: skip
        await people.add(tx, fresh)
    async with desk.browser("far") as far:
        assert (await far.get(at(ticket))).status == 404
        token = await far.token()
        sent = {"form": token, "once": "x" * 20, "words": "x"}
        for verb in ("take", "reply", "resolve", "merge", "unmask", "presence"):
            assert (await far.post(at(ticket, verb), sent)).status == 404, verb
