"""Whatever a web page did to a document is undone: script, marks, glosses, doubled paragraphs, what stood around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.library import cleaning
from locales.words import Refusal
from tests.library.papers import NOISY, PLAN

HAN = st.text("省市县货车司机放行检查核酸通行证路面保障，。、；：", min_size=1, max_size=60)


def test_a_page_with_every_fault_becomes_plain_paragraphs() -> None:
    lines = cleaning.paragraphs(NOISY)
    text = "\n".join(lines)
    assert lines[0] == "严控路面结冰 保障货车通行"
    assert "常态化休息点" in text
    assert "强调，要统筹除雪与放行，一要备足融雪剂。" in text
    assert text.count("听取除雪情况汇报") == 1
    for noise in (",", "，，", "，。", "，、", "diào", "|", "免责", "扫一扫", "體", "發"):
        assert noise not in text, noise


@pytest.mark.parametrize(
    ("published", "clean"),
    [
        ("常態(tài)化管理", "常態化管理"),
        ("数(shu)据", "数据"),
        ("转（zhuǎn）运", "转运"),
        ("标准体系（BTX）建设", "标准体系（BTX）建设"),
        ("甲(A)岗", "甲(A)岗"),
        ("限速(km)标志", "限速(km)标志"),
    ],
)
def test_readings_in_brackets_go_and_abbreviations_stay(published: str, clean: str) -> None:
    assert cleaning.without_glosses(published) == clean


@pytest.mark.parametrize(
    ("published", "clean"),
    [
        ("放行,,不得劝返,。", "放行，不得劝返。"),
        ("公安,、交通", "公安、交通"),
        ("重量1,000吨", "重量1,000吨"),
        ("注意:保畅;放行!", "注意：保畅；放行！"),
        ("见http://a.cn/b,c", "见http://a.cn/b,c"),
        ("等等……完", "等等……完"),
    ],
)
def test_marks_are_written_as_chinese_writes_them(published: str, clean: str) -> None:
    assert cleaning.tidy_marks(published) == clean


def test_simplified_text_is_left_alone_and_traditional_text_is_not() -> None:
    assert cleaning.simplified(["乾坤未定，着手干净"]) == ["乾坤未定，着手干净"]
    assert cleaning.simplified(["貨車後面排隊，頭髮乾了"]) == ["货车后面排队，头发干了"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_the_encodings_that_are_met(encoding: str) -> None:
    assert cleaning.text_of(PLAN.encode(encoding)) == PLAN


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\xff\xff", b"PK\x03\x04\x00\x00\xff"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        cleaning.paragraphs(cleaning.text_of(raw))


@pytest.mark.parametrize("text", ["", " \n\t\n", "|\n| |", "第1页 共2页\n扫一扫在手机打开", "字" * 400_001])
def test_a_document_without_words_or_without_end_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        cleaning.paragraphs(text)


def test_short_lines_and_notes_in_brackets_may_recur() -> None:
    note = "（责任部门：局综合运输服务处、各县区交通运输主管部门）"
    lines = ["一、甲", note, "二、乙", note, "放行", "放行"]
    assert cleaning.once(lines) == lines


@given(st.lists(HAN, min_size=1, max_size=6))
def test_cleaning_twice_changes_nothing_more(lines: list[str]) -> None:
    try:
        once = cleaning.paragraphs("\n".join(lines))
    except Refusal:
        return
    assert cleaning.paragraphs("\n".join(once)) == once


@given(HAN, st.sampled_from(",，、"))
def test_noise_between_marks_never_costs_a_character(text: str, noise: str) -> None:
    noisy = text.replace("，", f"{noise}，").replace("。", f"{noise}。")
    assert cleaning.letters(cleaning.tidy_marks(noisy)) == cleaning.letters(text)
