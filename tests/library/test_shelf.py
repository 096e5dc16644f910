"""Editions: the same text changes nothing, another becomes current, the older stays readable as of its dates."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from hotline.library import search, shelf
from hotline.library.digest import digests
from hotline.library.reading import read
from locales.words import Refusal
from storage import library
from storage import staff as people
from storage.database import Database
from storage.models import Audit, ClauseGram, Document, Edition, Staff
from tests.conftest import NOON
from tests.library.papers import NOISY, PLAN

LATER = NOON + timedelta(days=2)


async def member(db: Database, role: str = "admin") -> Staff:
    async with db.write() as tx:
        found = Staff(
            login=role, name="甲", password_hash="-", role=role, division="220100", language="zh_CN", created_at=NOON
        )
        return await people.add(tx, found)


async def found(db: Database, words: str) -> list[str]:
    async with db.read() as tx:
        return [hit.found.clause.path for hit in await search.find(tx, words)]


async def audited(db: Database) -> list[str]:
    async with db.read() as tx:
        return list((await tx.scalars(select(col(Audit.what)).order_by(col(Audit.id)))).all())


async def test_a_document_lives(db: Database) -> None:
    by = await member(db)
    async with db.write() as tx:
        taken = await shelf.take(tx, by, read(PLAN), NOON)
    assert (taken.what, taken.edition.serial, taken.clauses) == ("added", 1, 12)
    async with db.write() as tx:
        again = await shelf.take(tx, by, read(PLAN.replace("\n", "\r\n")), LATER)
    assert (again.what, again.edition.serial) == ("same", 1)
    async with db.write() as tx:
        changed = await shelf.take(tx, by, read(PLAN.replace("两小时", "一小时")), LATER)
    assert (changed.what, changed.edition.serial, changed.document.id) == ("revised", 2, taken.document.id)
    async with db.read() as tx:
        document_id = taken.document.id or 0
        texts = []
        for moment in (NOON - timedelta(days=1), NOON, LATER - timedelta(seconds=1), LATER):
            held = await library.edition_at(tx, document_id, moment)
            clause = await library.clause(tx, held.id or 0, "2-1-1") if held else None
            texts.append(clause.text if clause else None)
        assert [edition.serial for edition in await library.editions(tx, document_id)] == [2, 1]
    assert texts[0] is None
    assert [("两小时" in text, "一小时" in text) for text in texts[1:] if text] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    assert await found(db, "积雪超过五厘米") == ["二(一)1"]
    assert await audited(db) == ["library.added", "library.revised"]


async def test_a_withdrawn_document_is_found_no_more_and_stays_readable(db: Database) -> None:
    by = await member(db, "supervisor")
    async with db.write() as tx:
        slug = (await shelf.take(tx, by, read(NOISY), NOON)).document.slug
    assert await found(db, "融雪剂") == ["一", "第1段"] or "一" in await found(db, "融雪剂")
    for why in ("", "因" * 201):
        with pytest.raises(Refusal):
            async with db.write() as tx:
                await shelf.withdraw(tx, by, slug, why, NOON)
    async with db.write() as tx:
        await shelf.withdraw(tx, by, slug, "已有新规定", LATER)
    assert await found(db, "融雪剂") == []
    async with db.read() as tx:
        document = await library.by_slug(tx, slug)
        assert document is not None
        assert document.withdrawn_why == "已有新规定"
        held = await library.current(tx, document.id or 0)
        assert held is not None
        assert await library.clause(tx, held.id or 0, "1") is not None
        assert await tx.scalar(select(func.count()).select_from(ClauseGram)) == 0
    with pytest.raises(Refusal):
        async with db.write() as tx:
            await shelf.withdraw(tx, by, slug, "再撤", LATER)
    async with db.write() as tx:
        assert (await shelf.take(tx, by, read(NOISY), LATER)).what == "restored"
    assert "一" in await found(db, "融雪剂")
    with pytest.raises(Refusal):
        async with db.write() as tx:
            await shelf.restore(tx, by, slug, LATER)
    assert await audited(db) == ["library.added", "library.withdrawn", "library.restored"]


async def test_a_full_text_takes_the_place_of_its_digest(db: Database) -> None:
    ours = digests()["jiaozuo-checkpoints"]
    full = replace(
        read(
            f"{ours.title}\n第一段说明会议情况，已经开过了。\n会上提出，一要给货车发畅行码，进城扫码。二要提前报备。三要培训卡口。四要关心外地司机。"
        ),
    )
    async with db.write() as tx:
        assert await shelf.put_up_digests(tx, NOON) == len(digests())
    async with db.write() as tx:
        assert await shelf.put_up_digests(tx, LATER) == 0
        taken = await shelf.take(tx, None, full, LATER)
    assert (taken.what, taken.document.slug, taken.edition.serial) == ("replaced", "jiaozuo-checkpoints", 2)
    async with db.read() as tx:
        hits = await search.find(tx, "货车畅行码")
        assert {(hit.found.document.slug, hit.found.edition.source) for hit in hits if "畅行码" in hit.snippet} == {
            ("jiaozuo-checkpoints", "full")
        }
    async with db.write() as tx:
        assert await shelf.put_up_digests(tx, LATER) == 0
    async with db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Document)) == len(digests())
        assert await tx.scalar(select(func.count()).select_from(Edition).where(col(Edition.until).is_(None))) == len(
            digests()
        )


async def test_only_who_leads_the_desk_keeps_the_library(db: Database) -> None:
    for role in ("clerk", "handler", "checkpoint"):
        by = await member(db, role)
        with pytest.raises(Refusal):
            async with db.write() as tx:
                await shelf.take(tx, by, read(PLAN), NOON)
    with pytest.raises(Refusal):
        async with db.write() as tx:
            await shelf.withdraw(tx, await member(db), "none", "因", NOON)


def test_digests_are_our_own_words_with_anchors_of_their_own() -> None:
    assert len(digests()) == 5
    for one in digests().values():
        assert len({piece.anchor for piece in one.clauses}) == len(one.clauses), one.slug
        for piece in one.clauses:
            assert piece.heading, piece.path
            assert 4 <= len(piece.text) <= 140, piece.path


async def test_two_houses_that_start_at_once_ship_each_document_once(db: Database) -> None:
    async def start() -> int:
        async with db.write() as tx:
            return await shelf.put_up_digests(tx, NOON)

    assert sorted(await asyncio.gather(start(), start())) == [0, len(digests())]
