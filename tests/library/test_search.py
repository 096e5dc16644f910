"""What is found, and in which order: the same in both databases, for two characters and for anything typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.library import asking, ranking, search, shelf
from hotline.library.asking import Term
from hotline.library.reading import read
from locales.words import Refusal
from storage.database import Database
from tests.conftest import NOON
from tests.library.papers import NOISY, PLAN, RULES

ORDER = {
    "下雪能不能劝返货车": ["二(一)2", "一"],
    "热水": ["二(一)2(2)", "三"],
    "服务区不许货车停放": ["二(一)2(1)"],
    "装卸的时候可以停几分钟": ["第三条(一)"],
}
"""Questions to the three papers, and the clauses that come first; both databases have to give just these."""


@pytest.fixture
async def papers(db: Database) -> Database:
    for paper in (PLAN, NOISY, RULES):
        async with db.write() as tx:
            await shelf.take(tx, None, read(paper), NOON)
    return db


async def find(db: Database, words: str, limit: int = 10) -> list[search.Hit]:
    async with db.read() as tx:
        return await search.find(tx, words, limit)


async def test_both_databases_put_the_same_clause_first(papers: Database) -> None:
    told = {words: [hit.found.clause.path for hit in await find(papers, words)] for words in ORDER}
    assert {words: paths[: len(ORDER[words])] for words, paths in told.items()} == ORDER


async def test_two_characters_are_enough_and_question_words_carry_no_weight(papers: Database) -> None:
    assert (await find(papers, "匝道"))[0].found.clause.path == "二(一)1"
    plain = [(hit.found.clause.path, hit.score) for hit in await find(papers, "匝道 除雪")]
    assert [(h.found.clause.path, h.score) for h in await find(papers, "请问匝道要怎么除雪呢？")] == plain


async def test_a_drivers_word_finds_an_officials(papers: Database) -> None:
    assert (await find(papers, "下雪了不让走"))[0].found.clause.path == "二(一)2"
    assert (await find(papers, "坏了能停路边吗，车辆故障"))[0].found.clause.path == "第三条(二)"


async def test_the_match_is_shown(papers: Database) -> None:
    [hit] = await find(papers, "积雪", 1)
    assert [hit.snippet[start:end] for start, end in hit.marked] == ["积雪"]
    assert len(hit.snippet) <= search.SNIPPET + 2
    assert 0 < hit.fit <= 1


async def test_numbers_are_found_whole_and_by_their_beginning(papers: Database) -> None:
    assert (await find(papers, "88001234"))[0].found.clause.path == "二(二)3"
    assert (await find(papers, "打12328"))[0].found.clause.path == "二(二)3"
    assert await find(papers, "2328") == []


async def test_whatever_is_typed_is_only_looked_for(papers: Database) -> None:
    odd = (
        "' OR 1=1 --",
        '"热水" AND NEAR(',
        "热水%_\\",
        "{热水}*",
        "\x00热\x01水",
        "𠮷野家热水",
        "热水\ud800",
        "?" * 5000 + "热水",
    )
    for typed in odd:
        try:
            await find(papers, typed)
        except Refusal as no:
            assert no.key == "library.too_short"


async def test_what_asks_for_nothing_is_refused(papers: Database) -> None:
    for typed in ("", " ", "？", "证", "请问", "怎么能不能呢", "a", "，。"):
        with pytest.raises(Refusal, match=r"library\.too_short"):
            await find(papers, typed)


async def test_an_empty_library_finds_nothing(db: Database) -> None:
    assert await find(db, "通行证") == []
    assert not search.answers([])


async def test_many_common_clauses_are_bounded(papers: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    assert 1 <= len(await find(papers, "货车")) <= 2
    assert (await find(papers, "货车匝道"))[0].found.clause.path == "二(一)1"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_is_understood(text: str) -> None:
    for term in asking.terms(text):
        assert isinstance(term, Term)
        assert all(len(gram) > 1 for gram in term.grams)


@given(st.text("货车放行检查站通行证", min_size=2, max_size=12), st.text("货车放行检查站通行证，。12abc", max_size=60))
def test_marks_lie_within_the_text_and_apart(question: str, text: str) -> None:
    last = -1
    for start, end in ranking.marks(asking.terms(question), text):
        assert last < start < end <= len(text)
        last = end
