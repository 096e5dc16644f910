from __future__ import annotations

import re
from datetime import timedelta

import pytest

from handlers.staff import search
from handlers.staff import tickets as queue
from handlers.staff.due import both, span
from hotline import closing, moving, tickets, timing
from locales.words import render
from storage import alarms, directory
from storage import staff as people
from storage import tickets as storage_tickets
from storage.models import Department, Staff, Ticket
from tests.conftest import NOON
from tests.staff.desk import PASSWORD, Browser, Desk, Page, sealed


def numbers(page: Page) -> list[str]:
    """The tickets that a list shows, in its order."""
    return re.findall(r'class="to" href="/staff/tickets/([\d-]+)"', page.html)


async def lies_in(desk: Desk, ticket: Ticket, division: str) -> None:
    async with desk.db.write() as tx:
        (await storage_tickets.lock(tx, ticket.id or 0)).division = division


async def work(desk: Desk, verb: str, ticket: Ticket, login: str = "li", words: str = "办好了") -> None:
    async with desk.db.write() as tx:
        member = await people.by_login(tx, login)
        assert member is not None
        if verb == "take":
            await tickets.take(tx, ticket.id or 0, member, desk.clock())
        else:
            await getattr(closing if verb == "resolve" else tickets, verb)(tx, ticket.id, member, words, desk.clock())


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
    assert "没有在办的工单" in (await clerk.get("/staff/")).text
    assert "办结用时 2 小时 15 分，超时" in (await clerk.get("/staff/?view=all")).text


async def test_who_waits_for_the_reporter_has_no_clock(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    await work(desk, "ask", ticket, words="请发一张证明的照片")
    desk.clock.pass_(hours=5)
    page = await clerk.get("/staff/")
    assert "等补充已 5 小时" in page.text
    assert numbers(await clerk.get("/staff/?view=late")) == []


async def test_each_queue_shows_its_own(desk: Desk, clerk: Browser) -> None:
    fresh = await desk.report()
    mine = await desk.report("G1 京哈高速 拉林河收费站", by="b")
    slow = await desk.report("G102 K998+000", by="c", what="other")
    done = await desk.report("S26 抚民收费站", by="d", kind="complaint", what="checkpoint")
    await work(desk, "take", mine)
    await work(desk, "take", slow, "wang")
    await work(desk, "resolve", done)
    queues: dict[str, list[Ticket]] = {
        "open": [fresh, mine, slow], "accepted": [fresh], "mine": [mine], "soon": [], "late": [], "raised": [],
        "all": [done, slow, mine, fresh],
    }  # fmt: skip
    for view, shown in queues.items():
        assert numbers(await clerk.get(f"/staff/?view={view}")) == [t.number for t in shown], view
    async with desk.browser("wang") as lead:
        assert numbers(await lead.get("/staff/?view=review")) == [done.number]
        assert "待复核" not in (await clerk.get("/staff/")).text
    assert numbers(await clerk.get("/staff/?matter=blockage.other")) == [slow.number]
    assert numbers(await clerk.get("/staff/?matter=complaint&view=all")) == [done.number]
    assert numbers(await clerk.get("/staff/?source=12345")) == []
    nonsense = await clerk.get("/staff/?view=nonsense&matter=nonsense&source=x&division=9&after=x&before=1.2")
    assert numbers(nonsense) == [t.number for t in queues["open"]]


async def test_the_clock_moves_a_ticket_from_queue_to_queue(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()

    async def queues(minutes: int) -> set[str]:
        desk.clock.pass_(minutes=minutes)
        async with desk.db.write() as tx:
            for ringing in await storage_tickets.ringing(tx, desk.clock()):
                await timing.ring(tx, ringing, desk.clock())
        return {v for v in ("soon", "late", "raised") if numbers(await clerk.get(f"/staff/?view={v}"))}

    assert await queues(10) == set()
    assert await queues(13) == {"soon"}
    assert await queues(8) == {"late", "raised"}  # the supervisor has not seen the alarm yet
    assert "催办 1 级" in (await clerk.get("/staff/?view=late")).text
    async with desk.db.write() as tx:
        (alarm,) = await alarms.unseen(tx, "220100", "220199")
        assert await alarms.see(tx, alarm.id or 0, 1, desk.clock())
    assert await queues(0) == {"late"}
    assert numbers(await clerk.get("/staff/?view=late")) == [ticket.number]


async def test_named_matters_on_site_come_first(desk: Desk, clerk: Browser) -> None:
    early = await desk.report()
    desk.clock.pass_(minutes=10)
    on_site = await desk.report("G1 京哈高速 拉林河收费站", by="b", named=True, on_site=True)
    page = await clerk.get("/staff/")
    assert numbers(page) == [on_site.number, early.number]
    assert "现场实名" in page.text


async def test_a_clerk_sees_the_divisions_of_the_desk_and_no_other(desk: Desk, clerk: Browser) -> None:
    here, below, beside = [await desk.report(by=f"d{n}", what="other") for n in range(3)]
    await lies_in(desk, below, "220104")
    await lies_in(desk, beside, "220200")
    assert set(numbers(await clerk.get("/staff/"))) == {here.number, below.number}
    page = await clerk.get("/staff/?division=220104")
    assert numbers(page) == [below.number]
    assert numbers(await clerk.get("/staff/?division=220200")) == []
    assert "朝阳区" in page.text
    whole = await clerk.get("/staff/", params={"q": beside.number})
    assert (whole.address.path, numbers(whole)) == ("/staff/", [])


async def test_a_handler_sees_his_department_and_where_it_helps(desk: Desk) -> None:
    ours, helped, confidential, others = [await desk.report(by=f"d{n}", plate=f"吉A1234{n}") for n in range(4)]
    async with desk.db.write() as tx:
        for code in ("toll", "police"):
            tx.add(Department(code=code, name=f"{code}处", division="220100", level="city"))
        await tx.flush()
        toll, police = [d.id or 0 for d in await directory.departments(tx)]
        tx.add(
            Staff(
                login="han", name="承办韩", password_hash=sealed(PASSWORD), role="handler", division="220100",
                language="zh_CN", department_id=toll, created_at=desk.clock(),
            )
        )  # fmt: skip
        wang = await people.by_login(tx, "wang")
        assert wang is not None
        for ticket in (ours, confidential):
            await moving.transfer(tx, ticket.id or 0, wang, toll, "", desk.clock())
        await moving.transfer(tx, helped.id or 0, wang, police, "", desk.clock())
        await moving.ask_assist(tx, helped.id or 0, wang, toll, "", desk.clock())
        (await storage_tickets.lock(tx, confidential.id or 0)).confidential = True
    async with desk.browser("han") as handler:
        page = await handler.get("/staff/")
        assert set(numbers(page)) == {ours.number, helped.number, confidential.number}
        assert set(numbers(await handler.get("/staff/?view=department"))) == set(numbers(page))
        assert ("吉A***40" in page.text, "吉A***42" in page.text) == (True, False)
        assert numbers(await handler.get("/staff/?q=吉A12340")) == [ours.number]
        assert numbers(await handler.get("/staff/?q=吉A12342")) == []
        assert numbers(await handler.get(f"/staff/?q={others.number}")) == []
        assert "/staff/callbacks" not in page.links
        for path in ("/staff/callbacks", "/staff/alarms"):
            assert (await handler.get(path)).status == 403
        async with desk.db.write() as tx:
            han = await people.by_login(tx, "han")
            assert han is not None
            await moving.assist(tx, helped.id or 0, han, "已到现场协助", desk.clock())
        assert set(numbers(await handler.get("/staff/?view=department"))) == {ours.number, confidential.number}


async def test_queues_are_counted(desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        await desk.report(by=f"d{n}")
    page = await clerk.get("/staff/")
    assert re.search(r'在办 <span class="count">3</span>', page.html)
    assert not re.search(r'我的 <span class="count', page.html)
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    assert re.search(r'在办 <span class="count">2\+</span>', (await clerk.get("/staff/")).html)


async def test_no_link_of_the_navigation_leads_to_a_closed_door(desk: Desk) -> None:
    for login in ("li", "wang", "zong"):
        async with desk.browser(login) as browser:
            page = await browser.get("/staff/")
            doors = set(re.findall(r'href="(/staff/[^"]*)" data-go', page.html))
            assert {"/staff/", "/staff/callbacks", "/staff/outbox"} <= doors
            assert ("/staff/alarms" in doors) == (login != "li")
            for door in doors:
                assert (await browser.get(door.replace("&amp;", "&"))).status == 200, door


async def test_search_finds_by_plate_road_and_toll_station(desk: Desk, clerk: Browser) -> None:
    wanted = await desk.report()
    await desk.report("G1 京哈高速 拉林河收费站", by="b", plate="黑B54321")
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
    for typed in ("%", "_", "'; DROP TABLE ticket; --", "<script>alert(1)</script>", "长", "长" * 500):
        page = await clerk.get("/staff/", params={"q": typed})
        assert (page.status, numbers(page)) == (200, []), typed
        assert "<script>alert" not in page.html
    assert numbers(await clerk.get("/staff/", params={"q": "\x00"})) == [ticket.number]


@pytest.mark.parametrize("view", ["open", "all"])
async def test_pages_follow_each_other_both_ways(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    monkeypatch.setattr(queue, "PAGE", 3)
    made = [(await desk.report(by=f"d{n}", what="accident")).number for n in range(7)]
    there = made if view == "open" else made[::-1]
    page = await clerk.get(f"/staff/?view={view}&matter=blockage.accident")
    pages = [numbers(page)]
    while onward := re.search(r'rel="next" href="([^"]+)"', page.html):
        page = await clerk.get(onward[1].replace("&amp;", "&"))
        pages.append(numbers(page))
    assert pages == [there[:3], there[3:6], there[6:]]
    back = [pages[-1]]
    while onward := re.search(r'rel="prev" href="([^"]+)"', page.html):
        page = await clerk.get(onward[1].replace("&amp;", "&"))
        back.append(numbers(page))
    assert back == pages[::-1]


def test_addresses_of_lists_say_only_what_differs() -> None:
    assert search.read({}).address() == "/staff/"
    assert search.read({"q": "G12"}).address() == "/staff/?q=G12"
    assert search.read({"view": "mine"}).address(view="open") == "/staff/"
    assert search.read({"view": "mine", "before": "9"}).address(before="") == "/staff/?view=mine"
    assert search.read({"view": "mine", "after": "1.2.3"}).address(source="12345") == "/staff/?view=mine&source=12345"


async def test_clocks_warn_in_their_last_quarter(desk: Desk) -> None:
    ticket = await desk.report()
    shown = {m: both(ticket, NOON + timedelta(minutes=m))[0][1].state for m in (0, 19, 20, 29, 30, 31)}
    assert shown == {0: "ok", 19: "ok", 20: "soon", 29: "soon", 30: "late", 31: "late"}


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
