from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.channels import Gone, Later, Rejected, Unknown
from handlers.desk import shown
from hotline import reading, tickets, timing
from hotline.formats.places import from_position
from hotline.reading import Story
from locales.words import say
from storage import attachments, files, outbox, turns
from storage import staff as people
from storage import tickets as ledger
from storage.models import Department, Message, Outbox, Ticket
from storage.outbox import Owed
from tests.staff.desk import Browser, Desk, Page, deliver


def at(ticket: Ticket, verb: str = "") -> str:
    return f"/staff/tickets/{ticket.number}{verb and '/' + verb}"


async def act(clerk: Browser, ticket: Ticket, verb: str, **fields: str) -> Page:
    """Open the ticket's page and send one of its forms."""
    return await clerk.send(await clerk.get(at(ticket)), f"/{verb}", **fields)


async def owed(desk: Desk, key: str) -> int:
    async with desk.db.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(Outbox).filter_by(key=key)) or 0)


async def written(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        return [m.text or "" for m in (await tx.scalars(select(Message).order_by("id"))).all()]


async def test_the_page_tells_the_whole_story(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report(from_position(43.88, 125.32, "gcj02", "G12 长春东收费站"))
    follower = await desk.contact("second")
    async with desk.db.write() as tx:
        await tickets.join(tx, ticket.id or 0, follower, desk.clock())
        await tickets.add_words(tx, ticket.id or 0, follower, "我也在这里", (), desk.clock())
    page = await clerk.get(at(ticket))
    for words in (
        ticket.number, "劝返", "长春东收费站", "吉A***45", "43.880000, 125.320000", "GCJ-02", "11:40", "12:00",
        "来自网页", "2 人报告", "1 人关注进展", "前面都不让下", "我也在这里",
        "也报告了这里", "答复还剩 30 分", "办结还剩 2 小时", "投诉举报", "全国交通物流保通保畅有关情况通报",
    ):  # fmt: skip
        assert words in page.text, words
    assert not any(link.startswith("geo:") for link in page.links)
    code = re.search(r'<details class="code">.*?</details>', page.html, re.DOTALL)
    assert code
    assert ticket.code in code[0]
    assert page.html.count(ticket.code) == 1


async def test_a_position_of_gps_opens_in_a_map(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report(from_position(43.88, 125.32, "wgs84"))
    assert "geo:43.880000,125.320000" in (await clerk.get(at(ticket))).links


async def test_take_makes_it_mine_and_tells_the_reporter(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "take")
    assert page.address.path == at(ticket)
    assert "这张工单由您办理了" in page.text
    assert "经办：坐席li（我）" in page.text
    assert not page.has_form("/take")
    assert (await desk.ticket(ticket.id)).status == "handling"
    assert await owed(desk, "told.taken") == 1


async def test_what_another_has_taken_is_refused_in_words(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(at(ticket))
    async with desk.browser("wang") as other:
        await act(other, ticket, "take")
    late = await clerk.send(page, "/take")
    assert late.status == 422
    assert "已有人在办，没有改动" in late.text
    assert "经办：坐席wang" in late.text
    assert "（我）" not in late.text


async def test_a_reply_reaches_everybody_and_is_shown_with_its_fate(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.db.write() as tx:
        await tickets.join(tx, ticket.id or 0, await desk_contact(tx, desk, "second"), desk.clock())
    page = await act(clerk, ticket, "reply", words="已联系收费站，请走 3 号车道。\r\n五分钟后放行。")
    assert "答复已提交" in page.text
    assert "网页 2 人：等待发送" in page.text
    assert await owed(desk, "told.answered") == 2
    assert await written(desk) == ["前面都不让下", "已联系收费站，请走 3 号车道。\n五分钟后放行。"]
    assert (await desk.ticket(ticket.id)).assignee_id == 1


async def desk_contact(tx: Any, desk: Desk, address: str) -> Any:
    return await turns.contact_at(tx, "web", "main", address, "zh_CN", desk.clock())


async def test_a_form_counts_once_however_often_it_is_sent(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    action, hidden = (await clerk.get(at(ticket))).form("/reply")
    fields = hidden | {"words": "请稍等"}
    pages = await asyncio.gather(*(clerk.post(action, fields) for _ in range(4)))
    assert [(p.status, p.address.path) for p in pages] == [(200, at(ticket))] * 4
    assert await owed(desk, "told.answered") == 1
    assert (await written(desk)).count("请稍等") == 1
    again = await act(clerk, ticket, "reply", words="请稍等")
    assert again.status == 200
    assert await owed(desk, "told.answered") == 2


async def test_a_form_without_its_key_is_no_form_of_ours(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for once in ("", "short", "x" * 65, "with spaces and more"):
        assert (await act(clerk, ticket, "reply", words="请稍等", once=once)).status == 400
    assert await owed(desk, "told.answered") == 0


async def test_a_note_stays_among_clerks(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "note", words="收费站值班室电话占线")
    assert "收费站值班室电话占线" in page.text
    assert "仅坐席可见" in page.text
    async with desk.db.read() as tx:
        assert (await tx.scalars(select(Outbox))).first() is None
    assert (await desk.ticket(ticket.id)).first_response_at is None


async def test_resolve_and_reopen(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "resolve", words="卡点已撤", outcome="solved")
    assert "已办结，结果十秒后发出" in page.text
    assert "办结结果 已解决 卡点已撤" in page.text
    assert not page.has_form("/reply")
    assert await owed(desk, "told.resolved") == 1
    page = await act(clerk, ticket, "reopen", words="司机说还不让下")
    assert "已重新办理" in page.text
    assert page.has_form("/reply")
    found = await desk.ticket(ticket.id)
    assert (found.status, found.result, found.resolved_at) == ("handling", None, None)
    assert await owed(desk, "told.reopened") == 1


async def test_without_words_nothing_happens(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for verb in ("reply", "note", "resolve"):
        page = await act(clerk, ticket, verb, words=" \n ", outcome="solved")
        assert page.status == 422
        assert "请先写内容" in page.text
    assert (await desk.ticket(ticket.id)).status == "accepted"


async def test_a_refused_reply_keeps_its_words(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(at(ticket))
    long = await clerk.send(page, "/reply", words="长" * 2001)
    assert long.status == 422
    assert "2,001" in long.text
    assert "长" * 2001 in long.html
    async with desk.browser("wang") as other:
        await act(other, ticket, "resolve", words="办好了", outcome="solved")
    late = await clerk.send(page, "/reply", words="马上就好")
    assert late.status == 422
    assert "已办结，没有改动" in late.text
    assert "马上就好" in late.text
    assert await owed(desk, "told.answered") == 0


async def test_a_refusal_leaves_the_form_usable(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await act(clerk, ticket, "reply", words=" ")
    assert (await clerk.send(page, "/reply", words="现在有字了")).status == 200
    assert await owed(desk, "told.answered") == 1


async def test_what_people_write_is_text(desk: Desk, clerk: Browser) -> None:
    for n, bad in enumerate(("<script>alert(1)</script>", "{{ 7*7 }}", '" onmouseover="x', "&lt;b&gt;")):
        page = await act(clerk, await desk.report(by=f"d{n}", note=bad), "reply", words=bad)
        assert "<script>alert" not in page.html
        assert page.text.count(bad) == 2


async def test_each_fate_of_a_message_has_its_words(desk: Desk, clerk: Browser) -> None:
    for outcomes, words in (
        ((None,), "已发出 12:00"),
        ((Rejected("no"),), "没有送到"),
        ((Gone("blocked"),), "对方暂时收不到，回来后再发"),
        ((Later(timedelta(minutes=1), "busy"),), "这次没发出去，会再试"),
        ((Unknown("lost"),), "不知是否收到，会再发"),
    ):
        ticket = await desk.report(by=words)
        await act(clerk, ticket, "reply", words="请稍等")
        desk.clock.pass_(seconds=11)
        await deliver(desk, *outcomes)
        assert words in (await clerk.get(at(ticket))).text
    desk.clock.pass_(minutes=2)
    await deliver(desk, *[None] * 9)
    ticket = await desk.report(by="twice")
    await act(clerk, ticket, "reply", words="请稍等")
    desk.clock.pass_(seconds=11)
    await deliver(desk, Unknown("lost"))
    desk.clock.pass_(minutes=1)
    await deliver(desk, *[None] * 9)
    assert "已发出，可能收到两遍" in (await clerk.get(at(ticket))).text


async def test_a_thousand_followers_are_counted_not_listed(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.db.write() as tx:
        for n in range(300):
            await ledger.follow(tx, ticket.id or 0, (await desk_contact(tx, desk, f"f{n}")).id, desk.clock())
    page = await act(clerk, ticket, "reply", words="请稍等")
    assert "网页 301 人：等待发送" in page.text
    assert page.html.count('class="waiting"') == 1


async def test_drivers_who_join_one_after_the_other_are_one_line(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.db.write() as tx:
        for n in range(5):
            await tickets.join(tx, ticket.id or 0, await desk_contact(tx, desk, f"f{n}"), desk.clock())
    text = (await clerk.get(at(ticket))).text
    assert "另外 5 位司机 也报告了这里" in text
    assert text.count("也报告了这里") == 1


async def test_receipts_and_lookups_are_part_of_the_story(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    contact = await desk.contact()
    async with desk.db.write() as tx:
        about = f"ticket:{ticket.id}"
        await outbox.owe(tx, [contact], Owed(say("ticket.added", number=ticket.number), about=about), desk.clock())
    for _ in range(3):
        desk.clock.pass_(seconds=1)
        async with desk.db.write() as tx:
            told = await reading.read(tx, ticket.number, contact, None, desk.clock())
            assert isinstance(told, Story)
            await outbox.owe(tx, [contact], Owed(shown(told).say, about=about), desk.clock())
    await deliver(desk, *[None] * 9)
    page = await clerk.get(at(ticket))
    receipt = re.search(r'<details class="receipt">.*?</details>', page.html, re.DOTALL)
    assert receipt
    assert "经办人会看到" in receipt[0]
    assert "自动回复" in page.text
    assert "查了 3 次进度" in page.text


async def test_what_is_open_nearby_is_shown(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    near = await desk.report(by="b")
    far = await desk.report("G1 京哈高速 拉林河收费站", by="c")
    links = (await clerk.get(at(ticket))).links
    assert at(near) in links
    assert at(far) not in links
    assert at(ticket) not in links


@pytest.fixture
def jpeg() -> bytes:
    out = BytesIO()
    picture = Image.new("RGB", (1600, 900), (11, 122, 75))
    exif = picture.getexif()
    exif[0x0112], exif[0x010F] = 6, "a camera that tells"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def photographed(desk: Desk, content: bytes, *, attached: bool = True) -> tuple[Ticket, int]:
    kept = files.keep(desk.house.files, content)
    async with desk.db.write() as tx:
        photo = await attachments.keep(tx, "web", "main", "driver", kept, desk.clock())
    return await desk.report(photos=[photo] if attached else []), photo


async def test_photos_are_shown_to_staff_alone(desk: Desk, clerk: Browser, stranger: Browser, jpeg: bytes) -> None:
    ticket, photo = await photographed(desk, jpeg)
    page = await clerk.get(at(ticket))
    assert f'src="/staff/photos/{photo}?small"' in page.html
    assert "附 1 张照片" in page.text
    async with clerk.client.get(f"/staff/photos/{photo}") as answer:
        assert await answer.read() == jpeg
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    async with clerk.client.get(f"/staff/photos/{photo}?small") as answer:
        small = await answer.read()
        assert answer.content_type == "image/jpeg"
    with Image.open(BytesIO(small)) as picture:
        assert picture.size == (270, 480)
        assert not picture.getexif()
    assert (await stranger.get(f"/staff/photos/{photo}", headers={"Accept": "image/*"})).status == 401


async def test_a_photo_tells_a_department_nothing_but_the_picture(desk: Desk, jpeg: bytes) -> None:
    kept = files.keep(desk.house.files, jpeg)
    async with desk.db.write() as tx:
        office = Department(code="jt", name="市交通局", division="220100", level="city")
        tx.add(office)
        photo = await attachments.keep(tx, "web", "main", "driver", kept, desk.clock())
    han = await desk.hire("han", "handler")
    async with desk.browser("han") as browser:
        address = f"/staff/photos/{photo}"
        ticket = await desk.report(kind="complaint", what="fine", photos=[photo])
        assert (await browser.get(address)).status == 404
        async with desk.db.write() as tx:
            member, lies = await people.by_id(tx, han.id or 0), await ledger.lock(tx, ticket.id or 0)
            assert member is not None
            member.department_id = lies.department_id = office.id
        async with browser.client.get(address) as answer:
            assert answer.content_type == "image/jpeg"
            with Image.open(BytesIO(await answer.read())) as picture:
                assert picture.size == (900, 1600)
                assert not picture.getexif()


async def test_a_photo_that_nobody_submitted_is_nobody_s_business(desk: Desk, clerk: Browser, jpeg: bytes) -> None:
    _, photo = await photographed(desk, jpeg, attached=False)
    assert (await clerk.get(f"/staff/photos/{photo}")).status == 404


async def test_photos_still_to_come_say_so(desk: Desk, clerk: Browser) -> None:
    async with desk.db.write() as tx:
        wanted = await attachments.want(tx, "web", "main", "driver", "ref", desk.clock())
    ticket = await desk.report(photos=[wanted])
    assert "照片正在接收" in (await clerk.get(at(ticket))).text
    assert (await clerk.get(f"/staff/photos/{wanted}")).status == 404
    async with desk.db.write() as tx:
        await attachments.not_fetched(tx, wanted, None)
    assert "照片没能收到" in (await clerk.get(at(ticket))).text


async def test_a_look_by_the_script_does_not_use_up_what_was_said(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    action, hidden = (await clerk.get(at(ticket))).form("/take")
    await clerk.post(action, hidden, allow_redirects=False)
    assert "由您办理了" not in (await clerk.get(at(ticket), headers={"X-Refresh": "1"})).text
    assert "由您办理了" in (await clerk.get(at(ticket))).text


async def test_the_clock_s_deeds_are_told(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    desk.clock.pass_(minutes=31)
    async with desk.db.write() as tx:
        await timing.ring(tx, await ledger.lock(tx, ticket.id or 0), desk.clock())
    page = await clerk.get(at(ticket))
    assert "系统 答复超时，已催办" in page.text
    assert "答复超时 1 分" in page.text


async def test_names_of_those_who_left_stay(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    async with desk.browser("wang") as other:
        await act(other, ticket, "take")
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "wang")
        assert member is not None
        await people.disable(tx, member, desk.clock())
    assert "坐席wang 开始办理" in (await clerk.get(at(ticket))).text
