"""Ticket numbers are read out over a telephone: what is misread is found, what stands beside them is not mistaken."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline import catalogue
from hotline.numbers import check_digit, find_code, find_number, form_number, new_code
from locales.words import Refusal

NUMBER = form_number("220100", date(2026, 3, 1), "blockage", 1)


def test_the_check_digit_is_that_of_the_standard() -> None:
    """ISO 7064 MOD 11,10: 0794 takes 5, the example that ISO/IEC 7064 itself gives."""
    assert check_digit("0794") == "5"


@given(st.text("0123456789", min_size=1, max_size=30))
def test_a_number_with_its_check_digit_leaves_one(digits: str) -> None:
    whole, product = digits + check_digit(digits), 10
    for digit in whole[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    assert (product + int(whole[-1])) % 10 == 1, "the rule by which others verify it"


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    swaps = found = 0
    for serial in range(1, 2000, 7):
        number = form_number("220100", date(2026, 1 + serial % 12, 1 + serial % 28), "blockage", serial)
        for at in range(len(number) - 1):
            swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            if swapped != number and number[at : at + 2].isdigit():
                swaps, found = swaps + 1, found + _is_refused(swapped)
    assert found / swaps > 0.97


def _is_refused(typed: str) -> bool:
    try:
        find_number(typed)
    except Refusal:
        return True
    return False


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        NUMBER.replace("-", ""),
        NUMBER.replace("-", " "),
        f"工单号{NUMBER}，提取码123456",
        f"123456 {NUMBER}",
        "２２０１００－２０２６０３０１－１－００００１１",
        f"  {NUMBER}\u200b ",
    ],
)
def test_a_number_is_found_however_it_is_typed(typed: str) -> None:
    assert find_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed", ["", "220100", "13812345678", "G102 K123+400", "2026-03-01 12:30", "1" * 40, NUMBER[:-3]]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert find_number(typed) is None


def test_a_misread_number_is_named_in_the_refusal() -> None:
    wrong = NUMBER[:-1] + "9"
    with pytest.raises(Refusal) as no:
        find_number(f"查一下 {wrong}")
    assert no.value.facts == {"typed": wrong}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (f"{NUMBER} 123456", "123456"),
        (f"123456，{NUMBER}", "123456"),
        (f"{NUMBER}提取码：１２３４５６", "123456"),
        ("123456", "123456"),
        ("提取码 12345", None),
        ("1234567", None),
        (NUMBER, None),
        (NUMBER.replace("-", " "), None),
        ("13812345678", None),
        ("", None),
    ],
)
def test_the_code_beside_a_number(typed: str, code: str | None) -> None:
    assert find_code(typed) == code


def test_more_tickets_than_five_digits_hold() -> None:
    for serial, length in ((99_999, 6), (100_000, 7), (9_999_999, 8)):
        number = form_number("220100", date(2026, 3, 1), "blockage", serial)
        assert len(number.rsplit("-", 1)[1]) == length
        assert find_number(number) == number


def test_each_kind_has_a_digit_of_its_own() -> None:
    assert all(len(digit) == 1 and digit.isdigit() for digit in catalogue.load().digits.values())
    assert len(set(catalogue.load().digits.values())) == len(catalogue.load().digits)


def test_codes_are_six_digits_and_not_counted_up() -> None:
    codes = [new_code() for _ in range(200)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 190
    assert codes != sorted(codes)
