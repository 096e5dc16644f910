"""A clerk types two characters and finds the ticket in which they stand, and no other."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import col

from bot.settings import Settings
from handlers.commands.reindex import reindex
from hotline import indexing
from hotline.formats.places import parse_place
from locales.words import Refusal
from storage import ledger, search
from storage.database import Database
from storage.ledger import Wanted
from storage.migrations import HERE
from storage.models import Message, Ticket
from tests.conftest import NOON
from tests.desk.rows import contact, ticket

SECRET = "a secret for tests"
NOTE = "前面都不让下高速，ＰＣＲ报告也不认，电话13812345678，车牌吉A12345"


async def kept(db: Database, note: str, **changed: Any) -> int:
    """A ticket that is found by these words."""
    who = await contact(db, address=note)
    return (await ticket(db, who, note, **changed)).id or 0


async def finds(db: Database, words: str) -> list[int]:
    async with db.read() as tx:
        query = select(col(Ticket.id)).where(await search.matching(tx, words)).order_by(col(Ticket.id))
        return [int(i or 0) for i in await tx.scalars(query)]


THERE = (
    "高速", "不让", "不让下高速", "前面都不让下", "报告", "pcr", "PCR", "ＰＣＲ", "pc", "G12", "g12 高速", "长春东",
    "长春东收费站", "吉A12345", "a123", "13812345678", "1381234", "劝返", "高速 报告", "220100-20260301", "000",
    "高速 1", "高 速 报告", "前面都不让下高速，ＰＣＲ", "珲乌",
)  # fmt: skip
NOT_THERE = (
    "高让", "下速", "不下高速", "让高", "cr报告", "报告a99", "2345", "高速路", "热水 高速", "a123456", "前面下",
    "38123456",
)  # fmt: skip


async def test_what_stands_there_is_found_and_nothing_else(db: Database) -> None:
    there = await kept(db, NOTE, plate="吉A12345", number="220100-20260301-1-000017")
    elsewhere = await kept(db, "服务区没有热水", where="G102 K5 往长春方向")
    assert {words: there in await finds(db, words) for words in THERE} == dict.fromkeys(THERE, True)
    assert {words: await finds(db, words) for words in NOT_THERE} == {words: [] for words in NOT_THERE}
    assert await finds(db, "热水") == [elsewhere]


async def test_many_and_few_are_found_alike(db: Database, monkeypatch: Any) -> None:
    """However common a word is: met by a walk, by one that may be cut short, by its ids, or left to the planner."""
    who = await contact(db)
    made = [(await ticket(db, who, "热水" if n < 3 else "塌方")).id for n in range(8)]
    monkeypatch.setattr(search, "NEWEST", 8)
    monkeypatch.setattr(search, "LARGE", 0)
    for common, usual, reach, few in ((8, 9, 9, 9), (1, 8, 9, 9), (1, 8, 6, 9), (1, 1, 9, 9), (1, 1, 9, 1)):
        for name, value in (("COMMON", common), ("USUAL", usual), ("REACH", reach), ("FEW", few)):
            monkeypatch.setattr(search, name, value)
        assert await finds(db, "热水") == made[:3]
        assert await finds(db, "塌方") == made[3:]
        async with db.read() as tx:
            assert [t.id for t in await ledger.page(tx, Wanted(words="热水"), limit=2)] == made[2:0:-1]
            assert await ledger.count(tx, Wanted(words="塌方")) == 5


async def test_too_little_is_refused_and_operators_are_words(db: Database) -> None:
    for words in ("", "  ", "，。!", "高", "a", "高 速", '"', "*"):
        with pytest.raises(Refusal) as no:
            await finds(db, words)
        assert no.value.key == "search.too_short"
    for words in ("NEAR/ OR", 'a" OR "b', "ab* -cd", "{ab}"):
        assert await finds(db, words) == []


async def test_new_words_lead_there_and_old_ones_no_more(db: Database) -> None:
    there = await kept(db, "服务区没有热水")
    async with db.write() as tx:
        await search.keep(tx, there, "收费站已经开放")
    assert await finds(db, "热水") == []
    assert await finds(db, "开放") == [there]
    async with db.write() as tx:
        await search.keep(tx, there, "收费站已经开放")
    assert await finds(db, "收费站 开放") == [there]


async def test_answers_notes_and_the_result_are_words_too(db: Database) -> None:
    there = await kept(db, "服务区没有热水")
    async with db.write() as tx:
        found = await tx.get_one(Ticket, there)
        found.result = "锅炉修好了"
        for direction, words in (("out", "请走三号车道"), ("note", "已经问过站长")):
            tx.add(Message(ticket_id=there, direction=direction, text=words, at=NOON))
        await tx.flush()
        await indexing.index(tx, found)
    for words in ("车道", "站长", "锅炉", "热水"):
        assert await finds(db, words) == [there]


async def test_nobody_finds_a_confidential_ticket_by_who_reported_it(db: Database) -> None:
    note = "我的车吉A12345，电话 138 1234 5678，他们收钱放行"
    where = parse_place("G12长春东收费站").to_json()
    answers = {"where": where, "plate": "吉A12345", "phone": "13812345678", "name": "某某某", "note": note}
    there = await kept(db, note, plate="吉A12345", confidential=True, answers=answers)
    assert await finds(db, "收钱放行") == [there]
    for words in ("吉A12345", "a12345", "13812345678", "138 1234", "5678", "某某"):
        assert await finds(db, words) == []


async def test_reindexing_walks_all(db: Database, monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    there = [await kept(db, f"没有热水，第{n}次") for n in range(5)]
    async with db.write() as tx:
        await tx.execute(text("DELETE FROM ticket_words"))
    assert await finds(db, "热水") == []
    monkeypatch.setattr("handlers.commands.reindex.BATCH", 2)
    address = db.url.render_as_string(hide_password=False)
    asked = Settings(_env_file=None, database_url=address, var=tmp_path, secret_key=SECRET)  # type: ignore[call-arg]
    assert await reindex(asked) == 0
    assert "5 tickets indexed" in capsys.readouterr().out
    assert await finds(db, "热水") == there


# Any text at all

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x4E40) | st.sampled_from("々〇㐂𠀀𪜀龥高速")
TEXTS = st.lists(st.text(HAN, min_size=1, max_size=8) | st.sampled_from([" ", "，", "\n", "g12", "A1", "３", "é", "!"]))
CHINESE = re.compile(r"[\u3005\u3007\u3400-\u9fff\U00020000-\U0003ffff]{2,}")


@pytest.fixture(scope="module")
def grams_table() -> Iterator[Any]:
    """The table alone, in SQLite, for thousands of searches in seconds."""
    scope: dict[str, Any] = {}
    exec((HERE / "versions/0003_search.py").read_text("utf-8"), scope)
    with contextlib.closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE ticket_words (ticket_id INTEGER PRIMARY KEY, text TEXT, grams TEXT)")
        for statement in scope["FTS"]:
            made.execute(statement)
        yield made


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), texts=st.lists(TEXTS.map("".join), min_size=1, max_size=4))
def test_every_part_of_two_characters_is_found_and_nothing_else(grams_table: Any, data: Any, texts: list[str]) -> None:
    grams_table.execute("DELETE FROM ticket_words")
    for number, one in enumerate(texts):
        row = search.row_of(number, one)
        grams_table.execute("INSERT INTO ticket_words VALUES (?, ?, ?)", (number, row["text"], " ".join(row["grams"])))
    runs = [run for one in texts for run in CHINESE.findall(one)]
    if not runs:
        return
    run = data.draw(st.sampled_from(runs))
    at = data.draw(st.integers(0, len(run) - 2))
    sought = run[at : data.draw(st.integers(at + 2, len(run)))]
    tx = AsyncSession(create_async_engine("sqlite+aiosqlite://"))
    asked = asyncio.run(search.matching(tx, sought)).compile(tx.get_bind(), compile_kwargs={"literal_binds": True})
    inner = str(asked).partition(" IN (")[2].rpartition(")")[0]
    found = {row[0] for row in grams_table.execute(inner)}
    assert found == {number for number, one in enumerate(texts) if sought in one}
