from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from handlers.staff import outbox as page_of
from locales.words import Say, say, together
from storage import outbox
from storage.models import Outbox
from storage.outbox import Owed
from tests.staff.desk import Browser, Desk


async def died(desk: Desk, spoken: Say, problem: str, about: str | None = None, unknown: int = 0) -> int:
    """A message that no channel took."""
    contact = await desk.contact()
    async with desk.db.write() as tx:
        await outbox.owe(tx, [contact], Owed(spoken, about=about), desk.clock())
    async with desk.db.write() as tx:
        row = (await tx.scalars(select(Outbox).order_by(Outbox.id.desc()).limit(1))).one()
        row.status, row.problem, row.attempts, row.unknown = "dead", problem, 9, unknown
    return int(row.id or 0)


async def statuses(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        return list((await tx.scalars(select(Outbox.status).order_by(Outbox.id))).all())


async def test_what_did_not_arrive_is_listed_with_its_words_and_why(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    assert "都发出去了" in (await clerk.get("/staff/outbox")).text
    told = say("told.answered", number=ticket.number, words="请走 3 号车道", due=desk.clock())
    await died(desk, told, "BadRequest: message is too long", f"ticket:{ticket.id}")
    await died(desk, say("ticket.added", number="x"), "outcome unknown: TimedOut", unknown=9)
    page = await clerk.get("/staff/outbox")
    for words in (
        "请走 3 号车道",
        ticket.number,
        "渠道不收这条消息",
        "message is too long",
        "试过 9 次",
        "试了 9 次，不知是否收到",
    ):
        assert words in page.text
    assert "未送达 2" in page.text


@pytest.mark.parametrize("broken", [Say("no.such.key"), Say("told.answered", {"number": "1"})])
async def test_a_message_that_nobody_can_word_is_listed_all_the_same(desk: Desk, clerk: Browser, broken: Say) -> None:
    await died(desk, broken, "Unworded in our own code; the log has it")
    page = await clerk.get("/staff/outbox")
    assert page.status == 200
    assert broken.key in page.text
    assert "我们的程序出了错" in page.text


async def test_a_ticket_s_code_is_shown_to_its_reporter_alone(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    at = desk.clock()
    opened = say("ticket.opened", number=ticket.number, code="123456", owner=say("ticket.owner.desk"), first=at, due=at)
    await died(desk, together(opened, say("ticket.code", code="654321")), "no")
    page = await clerk.get("/staff/outbox")
    assert "提取码 ••••••" in page.text
    assert "123456" not in page.html
    assert "654321" not in page.html


async def test_one_is_sent_again_once(desk: Desk, clerk: Browser) -> None:
    row = await died(desk, say("ticket.added", number="x"), "no")
    page = await clerk.get("/staff/outbox")
    done = await clerk.send(page, f"/{row}/again")
    assert "1 条已重新排队发送" in done.text
    assert await statuses(desk) == ["queued"]
    assert "没有需要再发的了" in (await clerk.send(page, f"/{row}/again")).text


async def test_all_are_sent_again_by_those_who_lead(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_of, "AT_ONCE", 3)
    for n in range(4):
        await died(desk, say("ticket.added", number=str(n)), "no")
    assert not (await clerk.get("/staff/outbox")).has_form("/outbox/again")
    async with desk.browser("wang") as lead:
        page = await lead.send(await lead.get("/staff/outbox"), "/outbox/again")
        assert "3 条已重新排队发送" in page.text
        assert sorted(await statuses(desk)) == ["dead", "queued", "queued", "queued"]


async def test_older_ones_are_a_page_away(desk: Desk, clerk: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_of, "PAGE", 2)
    for n in range(3):
        await died(desk, say("ticket.added", number=f"第{n}条"), "no")
    first = await clerk.get("/staff/outbox")
    assert "第2条" in first.text
    assert "第0条" not in first.text
    older = next(link for link in first.links if "before=" in link)
    assert "第0条" in (await clerk.get(older)).text
