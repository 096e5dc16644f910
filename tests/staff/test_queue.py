from __future__ import annotations

import re
from datetime import timedelta

import pytest

from handlers.staff import search
from handlers.staff import tickets as queue
from handlers.staff.due import due, span
from hotline import tickets
from locales.words import render
from storage import staff as people
from storage.models import Ticket
from tests.conftest import NOON
from tests.staff.desk import Browser, Desk, Page


def numbers(page: Page) -> list[str]:
    """The tickets that a list shows, in its order."""
    return re.findall(r'class="to" href="/staff/tickets/([\d-]+)"', page.html)


async def work(desk: Desk, verb: str, ticket: Ticket, login: str = "li", words: str = "办好了") -> None:
    async with desk.db.write() as tx:
        member = await people.by_login(tx, login)
        assert member is not None
        if verb == "take":
            await tickets.take(tx, ticket.id or 0, member, desk.clock())
        else:
            await getattr(tickets, verb)(tx, ticket.id, member, words, desk.clock())


async def test_a_row_says_what_a_glance_needs(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    desk.clock.pass_(minutes=5)
    page = await clerk.get("/staff/")
    assert numbers(page) == [ticket.number]
    for words in ("紧急", "劝返", "G12", "长春东收费站", "吉A***45", "网页", "答复还剩 25 分", "5分钟前", "待办理"):
        assert words in page.text
    assert "吉A12345" not in page.html
    assert page.has_form(f"/{ticket.number}/take")


async def test_clocks_and_owners_follow_the_work(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    desk.clock.pass_(minutes=45)
    assert "答复超时 15 分" in (await clerk.get("/staff/")).text
    await work(desk, "take", ticket)
    page = await clerk.get("/staff/")
    assert "办结还剩 1 小时 15 分" in page.text
    assert "坐席li" in page.text
    assert "办理中" in page.text
    assert not page.has_form("/take")
    desk.clock.pass_(minutes=90)
    assert "办结超时 15 分" in (await clerk.get("/staff/")).text
    await work(desk, "resolve", ticket)
    assert "没有待办工单" in (await clerk.get("/staff/")).text
    assert "办结用时 2 小时 15 分，超时" in (await clerk.get("/staff/?view=resolved")).text


async def test_each_view_shows_its_own(desk: Desk, clerk: Browser) -> None:
    fresh = await desk.report()
    mine = await desk.report("G1 京哈高速 拉林河收费站", by="b")
    others = await desk.report("G102 K998+000", by="c", what="other")
    done = await desk.report("S26 抚民收费站", by="d")
    await work(desk, "take", mine)
    await work(desk, "take", others, "wang")
    await work(desk, "resolve", done)
    expected = {
        "open": [others, mine, fresh], "unassigned": [fresh], "mine": [mine], "urgent": [mine, fresh],
        "overdue": [], "resolved": [done], "all": [done, others, mine, fresh],
    }  # fmt: skip
    for view, shown in expected.items():
        page = await clerk.get(f"/staff/?view={view}")
        assert numbers(page) == [t.number for t in shown], view
    desk.clock.pass_(minutes=31)
    assert numbers(await clerk.get("/staff/?view=overdue")) == [fresh.number]
    assert numbers(await clerk.get("/staff/?what=congestion")) == [others.number]
    assert numbers(await clerk.get("/staff/?view=nonsense&what=nonsense&before=x")) == [
        t.number for t in expected["open"]
    ]


async def test_views_are_counted(desk: Desk, clerk: Browser) -> None:
    for n in range(3):
        await desk.report(by=f"d{n}")
    page = await clerk.get("/staff/")
    assert re.search(r'待办 <span class="count">3</span>', page.html)
    assert not re.search(r'我的 <span class="count', page.html)


async def test_search_finds_by_plate_road_and_toll_station(desk: Desk, clerk: Browser) -> None:
    wanted = await desk.report()
    await desk.report("G1 京哈高速 拉林河收费站", by="b", plate="黑B54321")
    await work(desk, "resolve", wanted)
    for typed in ("吉A12345", "吉a 12345", "Ｇ12", "g12", "长春东", "长春东收费站", "G12 长春东收费站", "珲乌高速"):
        assert numbers(await clerk.get("/staff/", params={"q": typed})) == [wanted.number], typed
    for typed in ("G45", "吉A99999", "长春西"):
        assert numbers(await clerk.get("/staff/", params={"q": typed})) == [], typed


async def test_a_whole_number_goes_straight_to_its_ticket(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for typed in (ticket.number, ticket.number.replace("-", ""), f" {ticket.number} "):
        page = await clerk.get("/staff/", params={"q": typed})
        assert page.address.path == f"/staff/tickets/{ticket.number}"
    wrong = ticket.number[:-1] + str((int(ticket.number[-1]) + 1) % 10)
    page = await clerk.get("/staff/", params={"q": wrong})
    assert page.status == 200
    assert "对不上" in page.text
    assert (await clerk.get("/staff/", params={"q": "查无此处"})).text.count("没有找到") == 1


async def test_odd_searches_find_nothing_and_break_nothing(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for typed in ("%", "_", "'; DROP TABLE ticket; --", "<script>alert(1)</script>", "长春东%", "长" * 500):
        page = await clerk.get("/staff/", params={"q": typed})
        assert (page.status, numbers(page)) == (200, []), typed
        assert "<script>alert" not in page.html
    assert numbers(await clerk.get("/staff/", params={"q": "\x00"})) == [ticket.number]


async def test_older_tickets_are_a_page_away(desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PAGE", 3)
    made = [(await desk.report(by=f"d{n}", what="accident")).number for n in range(7)][::-1]
    seen: list[str] = []
    address: str | None = "/staff/?what=accident"
    while address:
        page = await clerk.get(address)
        seen += numbers(page)
        found = re.search(r'rel="next" href="([^"]+)"', page.html)
        address = found[1].replace("&amp;", "&") if found else None
    assert seen == made


def test_addresses_of_lists_say_only_what_differs() -> None:
    assert search.read({}).address() == "/staff/"
    assert search.read({"q": "G12"}).address() == "/staff/?q=G12"
    assert search.read({"view": "mine"}).address(view="open") == "/staff/"
    assert search.read({"view": "mine", "before": "9"}).address(before=None) == "/staff/?view=mine"
    assert search.read({"before": "9" * 30}).before is None


async def test_clocks_warn_in_their_last_quarter(desk: Desk) -> None:
    ticket = await desk.report()
    states = {m: due(ticket, NOON + timedelta(minutes=m)).state for m in (0, 19, 20, 29, 30, 31)}
    assert states == {0: "ok", 19: "ok", 20: "soon", 29: "soon", 30: "late", 31: "late"}


@pytest.mark.parametrize(
    ("much", "words"),
    [
        (20, "1 分"),
        (59 * 60, "59 分"),
        (3600, "1 小时"),
        (5400, "1 小时 30 分"),
        (86400, "1 天"),
        (97200, "1 天 3 小时"),
    ],
)
def test_spans_read_in_two_units(much: int, words: str) -> None:
    assert render("zh_CN", span(timedelta(seconds=much))) == words
