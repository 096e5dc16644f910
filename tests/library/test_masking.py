"""People's names and numbers are masked, whatever stands around them; hotlines of institutions stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.library.masking import MASK, masked
from hotline.library.reading import read
from tests.library.papers import NOISY, PLAN

NAMES = ("欧阳青", "江一帆", "文书豪", "于晓舟", "林海", "林 海", "方青禾", "石一川", "水清远", "唐末", "路遥")
NAME = st.builds(
    lambda surname, given_: surname + given_,
    st.sampled_from(
        "王李张刘陈杨赵黄周吴徐孙朱胡郭何林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶程苏魏吕丁沈姚卢傅钟崔汪范陆廖贾"
    ),
    st.sampled_from(["一帆", "晓舟", "书豪", "清远", "青", "志明", "海燕", "建国", "丽", "鹏程"]),
)
AROUND = st.sampled_from(
    [
        "市长{}主持召开会议。", "副县长{}兼任指挥长。", "由县长{}任组长，局长{}任副组长。",
        "联系人：{}，电话：13912345678。",
        "（记者{}）放行情况", "办公室主任由{}兼任。", "市领导{}、{}出席会议，听取汇报。",
        "会上，市委书记{}强调，要保畅。",
        "填报人：{}", "责任编辑：{}",
    ]
)  # fmt: skip


@given(AROUND, NAME, NAME)
def test_no_name_is_left(around: str, one: str, other: str) -> None:
    line = around.format(*[one, other][: around.count("{}")])
    left = " ".join(masked([line, "第二段：货车应当放行。"]))
    assert one not in left
    assert around.count("{}") == 1 or other not in left
    assert "货车应当放行" in left


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_no_mobile_number_is_left(number: str, gap: str) -> None:
    written = gap.join((number[:3], number[3:7], number[7:]))
    assert masked([f"值班手机{written}，请拨打"]) == [f"值班手机{MASK}，请拨打"]


@pytest.mark.parametrize(
    "line",
    [
        "可拨12345、12328和88001234转3号线。",
        "省级监督投诉电话：0591-12345678/12345679。",
        "各县长办公会议研究，单位负责同志参加。",
        "高速公路出口、收费站、服务区及时放行。",
        "县委书记、县长任组长，有关单位为成员。",
        "由市局牵头，和县区共同负责。",
        "2031年第3号文件，编号 20310203000417。",
        "市长公开电话和局长信箱开通。",
    ],
)
def test_what_names_nobody_stays(line: str) -> None:
    assert masked([line]) == [line]


@pytest.mark.parametrize("paper", [PLAN, NOISY])
def test_a_whole_document_names_nobody(paper: str) -> None:
    text = repr(read(paper))
    assert [name for name in NAMES if name in text] == []
    assert "13800138000" not in text


def test_the_name_of_a_doctrine_stays() -> None:
    assert masked(["局长江一帆主持会议。", "以江一帆理论为指导。"]) == [f"局长{MASK}主持会议。", "以江一帆理论为指导。"]


def test_a_known_name_is_masked_wherever_it_stands_again() -> None:
    assert masked(["局长江一帆主持会议。", "江一帆要求放行。"])[1] == f"{MASK}要求放行。"


def test_identity_numbers_and_mail_are_masked() -> None:
    assert masked(["证号11010519491231002X，邮箱 a.b@example.org"]) == [f"证号{MASK}，邮箱 {MASK}"]
