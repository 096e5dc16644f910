from __future__ import annotations

from hotline import closing
from storage import callbacks
from storage import staff as people
from storage import tickets as ledger
from storage.models import Callback, Ticket
from tests.staff.desk import Browser, Desk, Page


async def settled(desk: Desk, by: str = "driver", result: str = "卡点已撤，可以正常下道") -> Ticket:
    """A ticket that is resolved, and whose reporter is to be asked."""
    ticket = await desk.report(by=by)
    async with desk.db.write() as tx:
        li = await people.by_login(tx, "li")
        assert li is not None
        await closing.resolve(tx, ticket.id or 0, li, result, desk.clock())
        if await callbacks.live(tx, ticket.id or 0) is None:
            await callbacks.add(tx, ticket.id or 0, desk.clock())
    return await desk.ticket(ticket.id)


async def last(desk: Desk, ticket: Ticket) -> Callback:
    async with desk.db.read() as tx:
        found = await callbacks.last(tx, ticket.id or 0)
        assert found is not None
        return found


async def reached(clerk: Browser, page: Page, ticket: Ticket, satisfaction: str, why: str = "") -> Page:
    return await clerk.send(page, f"/{ticket.id}/reached", satisfaction=satisfaction, why=why)


async def test_the_page_says_what_to_ask(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    page = await clerk.get("/staff/callbacks")
    for words in (ticket.number, "劝返", "长春东收费站", "已解决", "卡点已撤", "真的解决了吗", "已问 0/3 次"):
        assert words in page.text
    assert "回访 1" in (await clerk.get("/staff/")).text


async def test_a_satisfied_reporter_is_noted_and_gone_from_the_list(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    after = await reached(clerk, await clerk.get("/staff/callbacks"), ticket, "satisfied")
    assert f"{ticket.number} 已记下：满意" in after.text
    assert "没有等待回访的报告人" in after.text
    one = await last(desk, ticket)
    assert (one.status, one.satisfaction, one.staff_id) == ("answered", "satisfied", 1)
    assert (await desk.ticket(ticket.id)).status == "struck_off"


async def test_who_is_not_satisfied_says_why_and_his_ticket_goes_back_to_work(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    page = await clerk.get("/staff/callbacks")
    assert "请写下原因" in (await reached(clerk, page, ticket, "unsatisfied")).text
    assert "请先选满意程度" in (await reached(clerk, page, ticket, "")).text
    after = await reached(clerk, await clerk.get("/staff/callbacks"), ticket, "unsatisfied", "还是不让下")
    assert "工单回到办理" in after.text
    found = await desk.ticket(ticket.id)
    assert (found.status, found.redone) == ("accepted", 1)
    async with desk.db.read() as tx:
        assert "还是不让下" in [m.text for m in await ledger.messages(tx, ticket.id or 0)]


async def test_three_calls_that_nobody_answers_are_enough(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    for tries in range(3):
        page = await clerk.get("/staff/callbacks")
        assert f"已问 {tries}/3 次" in page.text
        assert "没打通" in (await clerk.send(page, "/not-reached")).text
    assert ticket.number not in (await clerk.get("/staff/callbacks")).text
    assert (await last(desk, ticket)).status == "unreached"


async def test_who_answered_meanwhile_is_not_noted_twice(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    page = await clerk.get("/staff/callbacks")
    async with desk.db.write() as tx:
        await closing.rate(tx, ticket.id or 0, "contact:1", "mostly", "", desk.clock())
    no = await reached(clerk, page, ticket, "unsatisfied", "不好")
    assert "已记下" not in no.text
    assert (await last(desk, ticket)).satisfaction == "mostly"


async def test_other_divisions_reporters_are_not_ours_to_call(desk: Desk, clerk: Browser) -> None:
    ticket = await settled(desk)
    page = await clerk.get("/staff/callbacks")
    async with desk.db.write() as tx:
        (await ledger.lock(tx, ticket.id or 0)).division = "220200"
    assert ticket.number not in (await clerk.get("/staff/callbacks")).text
    assert (await reached(clerk, page, ticket, "satisfied")).status == 404
    assert (await last(desk, ticket)).status != "answered"
