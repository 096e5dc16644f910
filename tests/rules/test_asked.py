"""What drivers and firms type, and which question to the packs it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.rules.asked import asked_for, sizes


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("请问能不能通行？", "may_pass"),
        ("48小时核酸可以放行吗", "may_pass"),
        ("现在让不让走", "may_pass"),
        ("Can I pass with a yellow code?", "may_pass"),
        ("要不要办通行证", "need_pass"),
        ("这趟需要通行证吗？", "need_pass"),
        ("通行证还要办吗", "need_pass"),
        ("do we need a pass", "need_pass"),
        ("我这个大件是几类", "oversize"),
        ("大件运输许可要多久", "oversize"),
        ("超宽3.2米要办什么证", "oversize"),
        ("oversize permit: which class", "oversize"),
        ("长春东收费站劝返", None),
        ("通行证到期了", None),
        ("你好", None),
        ("大件事不好了", None),
        ("办大件许可拖着不办，投诉电话是多少", None),
        ("大件走访什么时候开始", None),
    ],
)
def test_the_question_is_heard(text: str, form: str | None) -> None:
    assert asked_for(text) == form


def test_sizes_are_taken_from_the_words() -> None:
    words = "大件要办什么证，高4.3米，宽度3.2m，长 22 米，总重60吨"
    assert sizes(words) == {"height_m": 4.3, "width_m": 3.2, "length_m": 22, "mass_t": 60}
    assert sizes("拉的设备100吨") == {"mass_t": 100}
    assert sizes("从长春东走") == {}


@given(st.text(max_size=200))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    asked_for(text)
    assert all(value >= 0 for value in sizes(text).values())
