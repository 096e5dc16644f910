"""Whoever replies to one of our messages speaks of the ticket that the message is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hotline import closing, incidents, tickets
from storage.database import Database
from storage.models import Ticket
from tests.support.channels import ByTelegram, by_telegram
from tests.support.staff_turns import member

NUMBER = "220100-20260301-1-000011"


async def reported(way: ByTelegram, who: str = "司机") -> None:
    """The second one is asked whether it is the same; it is not."""
    await way.say(who, "G12 长春东收费站不让下", "zh-CN")
    if (await way.hear())[-1].text.endswith("（3/3）"):
        await way.say(who, "不是，另报一处", "zh-CN")
    await way.say(who, "提交", "zh-CN")
    await way.hear()


async def said(way: ByTelegram, words: str, who: str = "司机") -> str:
    await way.say(who, words, "zh-CN")
    return (await way.hear())[0].text


async def status(db: Database, ticket_id: int) -> str:
    async with db.read() as tx:
        return (await tx.get_one(Ticket, ticket_id)).status


async def test_a_verdict_in_reply_to_a_result_is_no_new_trouble(db: Database, clock: Any, tmp_path: Path) -> None:
    async with by_telegram(db, clock, tmp_path) as way:
        await reported(way)
        async with db.write() as tx:
            await closing.resolve(tx, 1, await member(tx, "李", clock()), "已放行", clock())
        await way.hear()
        assert "谢谢" in await said(way, "@reply 满意")
    assert await status(db, 1) == "struck_off"


async def test_other_words_in_reply_to_a_result_open_it_again(db: Database, clock: Any, tmp_path: Path) -> None:
    async with by_telegram(db, clock, tmp_path) as way:
        await reported(way)
        async with db.write() as tx:
            await closing.resolve(tx, 1, await member(tx, "李", clock()), "已放行", clock())
        await way.hear()
        assert NUMBER in await said(way, "@reply 前面又拦下来了")
    assert await status(db, 1) == "handling"


async def test_who_was_gathered_replies_under_his_own_number(db: Database, clock: Any, tmp_path: Path) -> None:
    async with by_telegram(db, clock, tmp_path) as way:
        await reported(way)
        await reported(way, "王")
        async with db.write() as tx:
            clerk = await member(tx, "李", clock())
            await incidents.merge(tx, 2, 1, clerk, clock())
            await tickets.reply(tx, 1, clerk, "马上放行", clock())
        await way.hear()
        assert "220100-20260301-1-000020" in await said(way, "@reply 我后面还有二十辆", "王")
