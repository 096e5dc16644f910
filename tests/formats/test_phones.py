"""Mobile numbers, and what lists show of them and of plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.phones import mask_mobile, mask_plate, parse_mobile
from locales.words import Refusal
from tests.formats.strategies import anything


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "１３８１２３４５６７８",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "+8613812345678",
        "8613812345678",
        "0086-13812345678",
        "我的电话：13812345678。",
        "13812345678 13812345678",
        "一三八一二三四五六七八",
    ],
)
def test_a_mobile_number_as_it_is_typed(typed: str) -> None:
    assert parse_mobile(typed) == "13812345678"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("1381234567", "mobile.refused"),
        ("138123456789", "mobile.refused"),
        ("12345678901", "mobile.refused"),
        ("0431-12345678", "mobile.refused"),
        ("220102199001011234", "mobile.refused"),
        ("吉A12345", "mobile.refused"),
        ("", "mobile.refused"),
        ("13812345678或13912345678", "mobile.several"),
    ],
)
def test_what_is_no_mobile_number_is_told_why(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_mobile(typed)
    assert refused.value.key == key


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_a_mask_hides_the_four_in_the_middle(mobile: str) -> None:
    assert parse_mobile(mobile) == mobile
    assert mask_mobile(mobile) == f"{mobile[:3]}****{mobile[7:]}"


def test_masks_of_plates_and_of_what_is_too_short() -> None:
    assert mask_plate("吉A12345") == "吉A***45"
    assert mask_plate("吉AD12345") == "吉A****45"
    assert mask_plate("吉B1234挂") == "吉B***4挂"
    assert mask_plate("吉A123") == "*****"
    assert mask_mobile("138") == "***"


@given(anything)
def test_any_text_is_a_mobile_number_or_a_refusal(text: str) -> None:
    try:
        mobile = parse_mobile(text)
    except Refusal:
        return
    assert parse_mobile(mobile) == mobile
