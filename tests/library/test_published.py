"""The five published sources, where they are at hand: taken as they are, nobody named, their clauses found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hotline.library import cleaning, shelf
from hotline.library.digest import digests
from hotline.library.reading import read
from hotline.library.splitting import anchor_of
from storage import library
from storage.database import Database
from tests.conftest import NOON
from tests.library.published import FILES, questions
from tests.library.recall import recall

OWN_WORDS = 18
"""Characters in a row that a digest may share with a source: names of documents and of projects are this long."""


async def taken(db: Database) -> list[shelf.Taken]:
    async with db.write() as tx:
        await shelf.put_up_digests(tx, NOON)
    done = []
    for file in FILES:
        async with db.write() as tx:
            done.append(await shelf.take(tx, None, read(cleaning.text_of(file.read_bytes()), file.stem), NOON))
    return done


async def test_they_take_the_place_of_their_digests_and_answer(db: Database) -> None:
    done = await taken(db)
    assert [one.what for one in done] == ["replaced"] * 5
    assert {one.document.slug for one in done} == set(digests())
    async with db.read() as tx:
        for one in questions():
            document = await library.by_slug(tx, one["document"])
            held = await library.current(tx, document.id or 0) if document else None
            assert held is not None
            assert held.source == "full"
            assert await library.clause(tx, held.id or 0, anchor_of(one["clause"])) is not None, one["ask"]
        told = await recall(tx, questions())
    assert told.at_1 >= 0.9, told.missed
    assert told.at_3 >= 0.97, told.missed


@pytest.mark.parametrize("file", FILES, ids=[file.name[:3] for file in FILES])
def test_nobody_is_named_and_nothing_of_the_page_is_left(file: Path) -> None:
    document = read(cleaning.text_of(file.read_bytes()), file.stem)
    text = "\n".join(f"{piece.heading}\n{piece.text}" for piece in document.clauses)
    assert not re.search(
        r"(?<!\d)1[3-9]\d{9}(?!\d)|,,|，，|，。|\([a-zāáǎàōóǒòēéěèīíǐìūúǔù]+\)|免责|扫一扫|责任编辑", text
    )
    assert not re.search(r"(?:书记|县长|市长|局长)(?!×)[\u4e00-\u9fff]{2,3}(?:兼任|主持|任组)", text)
    assert len(text) > 800


@pytest.mark.parametrize("slug", sorted(digests()))
def test_a_digest_copies_no_sentence(slug: str) -> None:
    published = "".join(cleaning.letters("".join(cleaning.paragraphs(cleaning.text_of(f.read_bytes())))) for f in FILES)
    for piece in digests()[slug].clauses:
        words = cleaning.letters(piece.heading + piece.text)
        copied = [words[at : at + OWN_WORDS] for at in range(len(words) - OWN_WORDS + 1)]
        assert [run for run in copied if run in published] == [], piece.path
