from __future__ import annotations

from storage.models import Ticket
from tests.staff.desk import Browser, Desk


def at(ticket: Ticket, verb: str = "") -> str:
    return f"/staff/tickets/{ticket.number}{verb and '/' + verb}"


async def writes(browser: Browser, ticket: Ticket, **fields: str) -> int:
    """What the script of the page sends while somebody types."""
    page = await browser.post(at(ticket, "presence"), {"form": await browser.token(), **fields})
    return page.status


async def test_the_others_see_who_is_answering(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    assert "正在答复" not in (await clerk.get(at(ticket))).text
    async with desk.browser("wang") as other:
        assert await writes(other, ticket) == 204
        assert "坐席wang 正在答复这张工单" in (await clerk.get(at(ticket))).text
        assert "正在答复" not in (await other.get(at(ticket))).text
        desk.clock.pass_(seconds=20)
        await writes(other, ticket)
        desk.clock.pass_(seconds=20)
        assert "坐席wang 正在答复" in (await clerk.get(at(ticket))).text
        desk.clock.pass_(seconds=11)
        assert "正在答复" not in (await clerk.get(at(ticket))).text


async def test_who_has_sent_it_writes_no_more(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.browser("wang") as other:
        await writes(other, ticket)
        await other.send(await other.get(at(ticket)), "/reply", words="请稍等")
        assert "正在答复" not in (await clerk.get(at(ticket))).text
        await writes(other, ticket)
        assert await writes(other, ticket, gone="yes") == 204
        assert "正在答复" not in (await clerk.get(at(ticket))).text


async def test_only_who_begins_is_news(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    with desk.db.listen("tickets") as wake:
        await writes(clerk, ticket)
        assert await wake.wait(0.01)
        desk.clock.pass_(seconds=10)
        await writes(clerk, ticket)
        assert not await wake.wait(0.01)
        desk.clock.pass_(seconds=31)
        await writes(clerk, ticket)
        assert await wake.wait(0.01)


async def test_a_stranger_s_script_says_nothing(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    assert (await clerk.post(at(ticket, "presence"), {"form": "not ours"})).status == 403
