"""Clauses as they are printed: numbers of every style, nested, with anchors that stay."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.library.reading import read
from hotline.library.splitting import Piece, anchor_of, number_of, split
from locales.words import Refusal
from tests.library.papers import NOISY, PLAN, RULES


def by_path(pieces: tuple[Piece, ...]) -> dict[str, Piece]:
    return {piece.path: piece for piece in pieces}


def test_a_plan_is_read_with_all_that_it_says_of_itself() -> None:
    document = read(PLAN)
    assert document.title == "关于印发《青禾市冬季货运保畅方案》的通知"
    assert (document.number, document.issuer) == ("青交运发〔2031〕7号", "青禾市交通运输局")
    assert document.issued_on == date(2031, 11, 3)
    found = by_path(document.clauses)
    assert list(found) == [
        "第1段", "一", "二", "二(一)", "二(一)1", "二(一)2", "二(一)2(1)", "二(一)2(2)", "二(二)", "二(二)3", "三",
        "附件",
    ]  # fmt: skip
    assert found["二(一)1"].heading == "先清主干线"
    assert found["二(一)1"].duty == "责任单位：市公路中心、各县区"
    assert found["二(一)1"].trail == ("主要措施", "除雪与放行")
    assert found["二(一)2"].text == "不得因下雪劝返已经上路的货车，应当引导到最近的服务区等候。"
    assert "12328、12345或青禾专线88001234" in found["二(二)3"].heading
    assert found["二(二)3"].duty == "市局办公室牵头，各县区配合"
    assert found["附件"].text == "冬季值班表\n岗位 | 时间"


def test_points_within_a_paragraph_are_clauses() -> None:
    document = read(NOISY)
    assert document.issued_on is None
    found = by_path(document.clauses)
    assert list(found) == ["第1段", "一", "二", "三"]
    assert (found["一"].heading, found["三"].heading) == ("备足融雪剂", "善待司机")
    assert found["三"].text == "服务区提供热水和常态化休息点，体现温度。"


def test_articles_are_counted_through_chapters() -> None:
    document = read(RULES)
    assert (document.title, document.issued_on) == ("青禾市货车停放管理办法", date(2031, 12, 5))
    anchors = [(piece.path, piece.anchor) for piece in document.clauses]
    assert anchors == [
        ("第一章", "c1"), ("第一条", "a1"), ("第二条", "a2"), ("第二章", "c2"), ("第三条", "a3"),
        ("第三条(一)", "a3-1"),
        ("第三条(二)", "a3-2"), ("第四条", "a4"),
    ]  # fmt: skip


def test_anchors_are_unique_although_a_document_counts_twice() -> None:
    pieces = split(["一、甲。", "放行。", "一、乙。", "劝返。"])
    assert [piece.anchor for piece in pieces] == ["1", "1_2"]


def test_a_page_end_does_not_cut_a_clause() -> None:
    document = read(
        "货运通知\n一、保障。各县区应当在每天早晨六点之前完成主干线除雪，并把结果报到市局值班室，由值班室汇总对\n\n外发布。\n二、其他。"
    )
    assert document.clauses[0].text.endswith("由值班室汇总对外发布。")


def test_a_table_of_particulars_above_is_read() -> None:
    document = read(
        "索引号：QH-1\n发文字号：青政办(2030)第12号\n成文日期：2030-01-02\n发文机关：青禾市政府\n标题：停车通知\n一、可以停。"
    )
    assert (document.title, document.number) == ("停车通知", "青政办〔2030〕12号")
    assert (document.issuer, document.issued_on) == ("青禾市政府", date(2030, 1, 2))


def test_what_is_known_beforehand_is_surer_and_the_file_names_what_nothing_else_does() -> None:
    assert read("一、放行。", "保畅办法").title == "保畅办法"
    assert read(PLAN, known={"title": "方案", "number": ""}).title == "方案"
    with pytest.raises(Refusal):
        read("一、放行。")


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("二(一)4", "2-1-4"), ("四（三）10", "4-3-10"), ("五21", "5-21"), ("第三条(二)", "a3-2"), ("第2段", "p2"),
        ("附件2", "x2"),
        ("十二", "12"), ("附件目录", "x0"),
    ],
)  # fmt: skip
def test_a_path_leads_to_its_anchor(path: str, anchor: str) -> None:
    assert anchor_of(path) == anchor


@pytest.mark.parametrize(("written", "number"), [("十", 10), ("二十一", 21), ("一百零五", 105), ("③", 3), ("12", 12)])
def test_numbers_are_read(written: str, number: int) -> None:
    assert number_of(written) == number


LINE = st.one_of(
    st.sampled_from(["一、", "（二）", "3.", "(4)", "①", "第五条 ", "附件1", "附件：", "", "第一章 "]).flatmap(
        lambda start: st.text("货车放行检查，。（）：1一", max_size=20).map(lambda rest: start + rest)
    ),
    st.text(max_size=30),
)


@given(st.lists(LINE, max_size=12))
def test_any_lines_are_split_with_unique_anchors_and_no_word_lost(lines: list[str]) -> None:
    kept = [line.strip() for line in lines if line.strip()]
    pieces = split(kept)
    assert len({piece.anchor for piece in pieces}) == len(pieces)
    text = "".join(piece.heading + piece.text + piece.duty for piece in pieces)
    for char in "货车放行检查":
        assert text.count(char) == "".join(kept).count(char)
