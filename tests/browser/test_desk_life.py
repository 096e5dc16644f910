"""The whole life of a complaint in the console, by keyboard alone and in a browser that runs no script."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from sqlalchemy import select
from sqlmodel import col

from hotline import tickets
from storage import staff as people
from storage.database import Database
from storage.models import Ticket, TicketEvent
from tests.browser.hands import Hand, Keys, Plain
from tests.browser.screen import needs_chromium
from tests.conftest import StillClock
from tests.staff.desk import PASSWORD, Desk, assembled, deliver, sealed
from tests.support.staff_turns import set_up

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

LIFE = [
    "opened", "taken", "answered", "unsaid", "answered", "noted", "asked", "added", "transferred", "taken", "resolved",
    "reviewed", "struck_off", "reopened",
]  # fmt: skip
"""What the ledger says in the end."""


@pytest_asyncio.fixture(loop_scope="module")
async def desk(sqlite_template: Path, tmp_path: Path, clock: StillClock) -> AsyncIterator[Desk]:
    """A desk on SQLite: 李 answers, 王 leads the shift, 赵 works at the traffic police."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    made = assembled(db, clock, tmp_path / "var")
    await made.hire("li")
    await made.hire("wang", "supervisor")
    async with db.write() as tx:
        await set_up(tx, "department 长春交警 police 220100 holder 赵承办", clock())
        zhao = await people.by_login(tx, "赵承办")
        assert zhao is not None
        zhao.password_hash = sealed(PASSWORD)
    await made.server.start_server()
    yield made
    await made.server.close()
    await db.close()


@pytest.mark.parametrize("hand", [Keys, Plain], ids=["keyboard", "no-script"])
async def test_a_complaint_from_its_first_word_to_its_last(desk: Desk, chromium: Browser, hand: type[Hand]) -> None:
    ticket = await desk.report(kind="complaint", what="conduct", note="值守人员说话难听")
    await desk.report(by="another")
    await at_the_desk(await hand.sits_down(chromium, desk, "li"), ticket)
    await at_the_department(await hand.sits_down(chromium, desk, "赵承办"), ticket)
    await at_the_end(await hand.sits_down(chromium, desk, "wang"), ticket)
    async with desk.db.read() as tx:
        events = await tx.scalars(select(TicketEvent.kind).filter_by(ticket_id=ticket.id).order_by(col(TicketEvent.id)))
        assert list(events) == LIFE
    assert (await desk.ticket(ticket.id)).status == "handling"


async def at_the_desk(li: Hand, ticket: Ticket) -> None:
    """李 takes it, answers, takes the answer back, answers better, asks, and passes it on."""
    page, desk = li.page, li.desk
    await li.turns_to("accepted")
    await li.reads_ticket(ticket.number)
    await li.takes()
    await li.reads(".flash", "由您办理了")

    await li.writes(page.locator("#words-reply"), "正在核实")
    await li.sends("reply", "发出答复", "十秒后发出")
    await li.presses(li.button("撤回"))
    await li.reads(".flash", "没有发出去")
    await li.opens("reply")
    await li.writes(page.locator("#words-reply"), "正在核实，请稍等")
    await li.sends("reply", "发出答复", "十秒后发出")
    desk.clock.pass_(seconds=11)
    await deliver(desk, None, None)

    await li.opens("note")
    await li.writes(page.locator("#words-note"), "值班室电话占线")
    await li.sends("note", "记下备注", "备注已记下")
    await li.opens("ask")
    await li.writes(page.locator("#words-ask"), "大约几点的事？")
    await li.sends("ask", "发给报告人", "等补充期间不计时")
    await li.reads("#facts-line", "待补充")

    contact = await desk.contact()
    async with desk.db.write() as tx:
        await tickets.add_words(tx, ticket.id or 0, contact, "上午十点前后", (), desk.clock())
    await li.hears()
    await li.reads("#story", "上午十点前后")
    await li.reads("#facts-line", "办理中")

    await li.opens("transfer")
    there = page.locator("#department-transfer")
    value = await there.locator("option", has_text="长春交警").get_attribute("value")
    await li.picks(there, value or "")
    await li.writes(page.locator("#words-transfer"), "请核查当班人员")
    await li.sends("transfer", "转过去", "时限不变")
    await li.gets_up()


async def at_the_department(zhao: Hand, ticket: Ticket) -> None:
    """赵 finds it with his department, takes it, and settles it."""
    await zhao.turns_to("department")
    await zhao.reads_ticket(ticket.number)
    await zhao.takes()
    await zhao.reads(".flash", "由您办理了")
    await zhao.opens("resolve")
    await zhao.chooses(zhao.form("resolve").get_by_label("已解释"))
    await zhao.writes(zhao.page.locator("#words-resolve"), "已向当班人员核实并道歉")
    await zhao.sends("resolve", "办结并告知", "结果十秒后发出")
    await zhao.reads("#facts-line", "已办结")
    await zhao.gets_up()


async def at_the_end(wang: Hand, ticket: Ticket) -> None:
    """王 reviews it, strikes it off with proof, and opens it again when the reporter calls."""
    await wang.turns_to("review")
    await wang.reads_ticket(ticket.number)
    await wang.opens("review")
    await wang.sends("review", "同意办结", "复核已记下")
    await wang.opens("strike_off")
    await wang.chooses(wang.form("strike_off").get_by_label("文件"))
    await wang.writes(wang.page.locator("#words-strike_off"), "交警函〔2026〕3号")
    await wang.sends("strike_off", "销号", "凭证已记下")
    await wang.reads("#facts-line", "已销号")
    await wang.opens("reopen")
    await wang.writes(wang.page.locator("#words-reopen"), "报告人来电，仍未道歉")
    await wang.sends("reopen", "重新办理", "已重新办理")
    await wang.gets_up()
