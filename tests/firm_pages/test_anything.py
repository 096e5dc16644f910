"""Whatever stands in a cell or in an address is met with a sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.firm_pages import fields, sheet
from handlers.firm_pages.journey import read
from handlers.firm_pages.sheet_file import Cell, Opened
from hotline.passes import typed
from locales.words import LANGUAGES, Refusal, render
from tests.conftest import NOON
from tests.firm_pages.test_batch import HEADS

NEAR = st.sampled_from(
    [
        "吉A12345",
        "吉A1234挂",
        "黄",
        "朝阳区",
        "沈阳市和平区",
        "220104",
        "其他",
        "是",
        "2026-03-02",
        "明早8点",
        "张三、李四",
        "无",
        "99999",
    ]
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    NEAR, st.text(max_size=40), st.none(), st.floats(), st.integers(-(10**9), 10**9).map(float),
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 31)),  # noqa: DTZ001 - a cell has no zone
)  # fmt: skip
quick = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@quick
@given(rows=st.lists(st.lists(CELLS, min_size=len(HEADS), max_size=len(HEADS)), min_size=1, max_size=4))
def test_any_sheet_is_read_to_the_end(rows: list[list[Cell]], packs: None) -> None:
    lines: list[tuple[int, list[Cell]]] = [(1, list(HEADS)), *enumerate(rows, start=2)]
    found = sheet.rows(Opened(lines, [], False), {"from": "210102", "to": "220104", "scheme": "pass_need"}, None, NOON)
    assert [row.number for row in found.rows] == [number for number, _ in lines[1:]]
    for row in found.rows:
        assert row.problems or row.wish is not None
        for problem in row.problems:
            assert all(render(language, problem) for language in LANGUAGES)


@quick
@given(form=st.fixed_dictionaries({}, optional=dict.fromkeys(
    ("from", "to", "scheme", "fact_controlled", "fact_goods", "fact_x"), st.one_of(NEAR, st.text(max_size=60))
)))  # fmt: skip
def test_any_address_is_read(form: dict[str, str], packs: None) -> None:
    journey = read(form, NOON)
    assert journey.is_told == (journey.ruling is not None)
    assert read(journey.carried, NOON).is_told == journey.is_told


@quick
@given(text=st.one_of(NEAR, st.text(max_size=60)))
def test_any_word_is_a_value_or_a_sentence(text: str) -> None:
    readers: list[Any] = [
        typed.county, typed.division, typed.via, typed.truck, typed.trailer, typed.colour, typed.names, fields.words_of,
        lambda said: typed.moment(said, NOON), lambda said: typed.tested_at(said, NOON),
        lambda said: typed.moment(said, NOON, is_end=True),
    ]  # fmt: skip
    for reader in readers:
        try:
            reader(text)
        except Refusal as no:
            assert render("zh_CN", no.say)


@quick
@given(at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001
def test_a_date_reads_back_however_it_is_written(at: datetime) -> None:
    at = at.replace(second=0, microsecond=0)
    meant = typed.moment(at, NOON)
    for written in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y-%m-%dT%H:%M", "%Y.%m.%d %H时%M分"):
        assert typed.moment(at.strftime(written), NOON) == meant
