from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

import pytest
from sqlalchemy import select
from sqlmodel import col

from hotline import bulk, closing, incidents, tickets
from hotline.bulk import Deed, Done
from locales.words import Refusal
from storage import staff as people
from storage import tickets as ledger
from storage.models import Department, Staff, Ticket, TicketEvent
from tests.staff.desk import Browser, Desk, Page

STATION, OTHER = "G12 长春东收费站", "G1 京哈高速 拉林河收费站"
OPENED_UP = "卡点已撤，可以正常下道"


async def member(desk: Desk, login: str) -> Staff:
    async with desk.db.read() as tx:
        found = await people.by_login(tx, login)
        assert found is not None
        return found


async def asked(browser: Browser, verb: str, chosen: Iterable[Ticket]) -> Page:
    """The page that asks again before anything is done."""
    query = [("do", verb), ("back", "/staff/?view=mine"), *(("ticket", str(one.id)) for one in chosen)]
    return await browser.get("/staff/bulk", params=query)


async def events(desk: Desk, kind: str) -> dict[int | None, int]:
    """How often this happened, by ticket."""
    async with desk.db.read() as tx:
        return Counter(await tx.scalars(select(col(TicketEvent.ticket_id)).where(col(TicketEvent.kind) == kind)))


async def test_nothing_happens_before_yes(desk: Desk, clerk: Browser) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(3)]
    page = await asked(clerk, "take", made[:2])
    assert "2 张工单由我办理" in page.text
    assert "确认：2 张都由我办" in page.text
    assert all(one.number in page.text for one in made[:2])
    assert made[2].number not in page.text
    assert (await desk.ticket(made[0].id)).status == "accepted"
    after = await clerk.send(page, "/bulk")
    assert (after.address.path_qs, after.status) == ("/staff/?view=mine", 200)
    assert "2 张工单由您办理了" in after.text
    assert [(await desk.ticket(one.id)).status for one in made] == ["handling", "handling", "accepted"]


async def test_what_could_not_be_done_says_why_and_holds_up_nothing(desk: Desk, clerk: Browser) -> None:
    mine, taken, settled = [await desk.report(by=f"d{n}") for n in range(3)]
    page = await asked(clerk, "take", [mine, taken, settled])
    wang = await member(desk, "wang")
    async with desk.db.write() as tx:
        await tickets.take(tx, taken.id or 0, wang, desk.clock())
        await closing.resolve(tx, settled.id or 0, wang, OPENED_UP, desk.clock())
    after = await clerk.send(page, "/bulk")
    assert "1 张工单由您办理了" in after.text
    assert "2 张没有改动" in after.text
    assert "已有人在办，没有改动" in after.text
    assert "已办结，没有改动" in after.text
    assert all(one.number in after.text for one in (mine, taken, settled))
    assert (await desk.ticket(mine.id)).status == "handling"
    assert (await desk.ticket(taken.id)).assignee_id == wang.id


async def test_a_form_sent_twice_counts_once(desk: Desk, clerk: Browser) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(2)]
    page = await asked(clerk, "take", made)
    await clerk.send(page, "/bulk")
    assert "没有重复" in (await clerk.send(page, "/bulk")).text
    assert await events(desk, "taken") == {one.id: 1 for one in made}


async def test_several_go_to_another_department(desk: Desk, clerk: Browser) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(2)]
    async with desk.db.write() as tx:
        tx.add(Department(code="toll", name="收费公路管理处", division="220100", level="city"))
        tx.add(Department(code="far", name="外市管理处", division="220200", level="city"))
    page = await asked(clerk, "transfer", made)
    assert "收费公路管理处" in page.text
    assert "外市管理处" not in page.text
    no = await clerk.send(page, "/bulk", department="")
    assert "2 张没有改动" in no.text
    async with desk.db.read() as tx:
        toll = (await tx.scalars(select(Department).where(col(Department.code) == "toll"))).one()
    after = await clerk.send(await asked(clerk, "transfer", made), "/bulk", department=str(toll.id), words="属收费站")
    assert "2 张工单已转办" in after.text
    assert {(await desk.ticket(one.id)).department_id for one in made} == {toll.id}


async def test_several_are_gathered_under_the_one_that_was_chosen(desk: Desk, clerk: Browser) -> None:
    first, master, last = [await desk.report(by=f"d{n}") for n in range(3)]
    assert "至少要两张" in (await asked(clerk, "merge", [first])).text
    page = await asked(clerk, "merge", [first, master, last])
    assert "选一张主案" in (await clerk.send(page, "/bulk", master="")).text
    page = await asked(clerk, "merge", [first, master, last])
    assert "2 张工单已并入主案" in (await clerk.send(page, "/bulk", master=str(master.id))).text
    assert [(await desk.ticket(one.id)).master_id for one in (first, master, last)] == [master.id, None, master.id]
    assert (await desk.ticket(master.id)).reports == 3


async def test_like_matters_of_one_place_are_answered_together(desk: Desk) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(3)]
    async with desk.browser("wang") as lead:
        page = await asked(lead, "resolve", made)
        assert "确认办结 3 张并告知" in page.text
        no = await lead.send(page, "/bulk", words="", outcome="solved")
        assert no.has_form("/bulk")
        after = await lead.send(no, "/bulk", words=OPENED_UP, outcome="solved")
        assert "3 张工单已办结" in after.text
    done = [await desk.ticket(one.id) for one in made]
    assert {(one.status, one.outcome, one.result) for one in done} == {("resolved", "solved", OPENED_UP)}


async def test_unlike_matters_are_never_closed_together(desk: Desk) -> None:
    here = await desk.report()
    elsewhere = await desk.report(OTHER, by="b")
    otherwise = await desk.report(by="c", what="accident")
    wang = await member(desk, "wang")
    async with desk.browser("wang") as lead:
        for pair in ((here, elsewhere), (here, otherwise)):
            page = await asked(lead, "resolve", pair)
            assert "不是同一地点的同一类事" in page.text
            deed = Deed("resolve", words=OPENED_UP, outcome="solved")
            with pytest.raises(Refusal, match=r"bulk\.unlike"):
                async with desk.db.write() as tx:
                    await bulk.do(tx, [one.id or 0 for one in pair], deed, wang, desk.clock())
    assert await events(desk, "resolved") == {}


async def test_reports_gathered_under_one_master_are_answered_by_it(desk: Desk) -> None:
    master, one, other = await desk.report(), await desk.report(OTHER, by="b"), await desk.report(by="c", what="other")
    wang = await member(desk, "wang")
    async with desk.db.write() as tx:
        await incidents.merge_all(tx, [one.id or 0, other.id or 0], master.id or 0, wang, desk.clock())
    async with desk.browser("wang") as lead:
        page = await asked(lead, "resolve", [one, other])
        await lead.send(page, "/bulk", words=OPENED_UP, outcome="solved")
    assert [(await desk.ticket(t.id)).status for t in (master, one, other)] == ["resolved", "merged", "merged"]


async def test_closing_several_is_the_supervisors(desk: Desk, clerk: Browser) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(2)]
    assert 'value="resolve"' not in (await clerk.get("/staff/")).html
    assert (await asked(clerk, "resolve", made)).status == 403
    assert (await asked(clerk, "nonsense", made)).status == 400
    token = await clerk.token()
    sent = {
        "form": token,
        "once": "o" * 20,
        "do": "resolve",
        "tickets": f"{made[0].id}",
        "words": "好",
        "outcome": "solved",
    }
    assert (await clerk.post("/staff/bulk", sent)).status == 403
    assert (await desk.ticket(made[0].id)).status == "accepted"


async def test_what_lies_outside_ones_divisions_is_passed_over(desk: Desk, clerk: Browser) -> None:
    here, beside = await desk.report(), await desk.report(by="b")
    async with desk.db.write() as tx:
        (await ledger.lock(tx, beside.id or 0)).division = "220200"
    page = await asked(clerk, "take", [here, beside])
    assert "1 张工单由我办理" in page.text
    assert beside.number not in page.text
    assert "还没有选中工单" in (await asked(clerk, "take", [beside])).text
    assert "还没有选中工单" in (await asked(clerk, "take", [])).text


async def test_of_ten_supervisors_who_close_the_same_at_once_one_wins(desk: Desk) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(6)]
    leads = [await desk.hire(f"lead{n}", "supervisor") for n in range(10)]
    deed = Deed("resolve", words=OPENED_UP, outcome="solved")

    async def close(lead: Staff) -> Done:
        async with desk.db.write() as tx:
            return await bulk.do(tx, [one.id or 0 for one in made], deed, lead, desk.clock())

    results = await asyncio.gather(*(close(lead) for lead in leads))
    assert sorted(len(one.done) for one in results) == [0] * 9 + [6]
    for one in results:
        assert len(one.done) + len(one.refused) == 6
        assert {no.key for _, no in one.refused} <= {"desk.resolved_already"}
    assert await events(desk, "resolved") == {one.id: 1 for one in made}
    winners = {(await desk.ticket(one.id)).resolver_id for one in made}
    assert len(winners) == 1


async def test_two_hands_in_opposite_order_do_not_wait_for_each_other(desk: Desk) -> None:
    made = [await desk.report(by=f"d{n}") for n in range(4)]
    async with desk.db.write() as tx:
        departments = [Department(code=c, name=c, division="220100", level="city") for c in ("a", "b")]
        tx.add_all(departments)
        await tx.flush()
    wang, zong = await member(desk, "wang"), await member(desk, "zong")

    async def move(staff: Staff, department: Department, ids: list[int]) -> Done:
        async with desk.db.write() as tx:
            return await bulk.do(tx, ids, Deed("transfer", department_id=department.id or 0), staff, desk.clock())

    ids = [one.id or 0 for one in made]
    await asyncio.gather(move(wang, departments[0], ids), move(zong, departments[1], ids[::-1]))
    assert len({(await desk.ticket(one)).department_id for one in ids}) == 1
