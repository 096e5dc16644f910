"""Codes of firms, names of people and days to come, as they are typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats import credit_codes
from hotline.formats.credit_codes import ALPHABET, check_of, division_in, find_credit_codes, parse_credit_code
from hotline.formats.days_ahead import parse_day_ahead
from hotline.formats.names import mask_name, parse_name
from locales.words import LANGUAGES, Refusal, render
from tests.formats.strategies import anything

TODAY = date(2026, 3, 1)

bodies = st.text(ALPHABET, min_size=17, max_size=17)
codes = bodies.map(lambda body: body + check_of(body))


def why(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        parse_credit_code(text)
    for language in LANGUAGES:
        assert render(language, refused.value.say)
    return refused.value.key


def test_a_published_code_checks() -> None:
    """A made-up body whose check digit DOMAIN 3 gives: 91350100M000100Y4 and 3."""
    assert check_of("91350100M000100Y4") == "3"
    assert parse_credit_code("91350100M000100Y43") == "91350100M000100Y43"


def test_letters_among_the_first_eight_are_as_good_as_figures() -> None:
    """Rural collectives (N), foreign bodies and others begin with letters; python-stdnum would refuse them."""
    for body in ("N2220122MF0000003", "A1ABCDEFMA0000001", "Y1220100MA0000001"):
        assert parse_credit_code(body + check_of(body)) == body + check_of(body)
    assert division_in("A1ABCDEFMA0000001" + check_of("A1ABCDEFMA0000001")) is None
    assert division_in("91220102MA17W5XK22") == "220102"


@pytest.mark.parametrize(
    "typed",
    [
        "91220102ma17w5xk22", "9122 0102 MA17 W5XK 22", "91220102-MA17W5XK2-2", "９１２２０１０２ＭＡ１７Ｗ５ＸＫ２２",
        "统一社会信用代码：91220102MA17W5XK22", "公司代码91220102MA17W5XK22，帮登记一下",
        "91220102\u200bMA17W5XK22",
    ],
)  # fmt: skip
def test_it_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_credit_code(typed) == "91220102MA17W5XK22"


def test_what_is_wrong_is_said() -> None:
    assert why("我没带执照") == "credit_code.refused"
    assert why("220101000012345") == "credit_code.old"
    assert why("91220102MA17W5XK2") == "credit_code.length"
    assert why("91220102MA17W5XK222") == "credit_code.length"
    assert why("9122OI02MA17W5XK22") == "credit_code.letters"
    assert why("9122OI02MA17W5XK23") == "credit_code.no_such_letters"
    assert why("91220102MA17W5XK23") == "credit_code.check"
    assert why("91220102MA17W5XK22 和 91220106MA0000001B") == "credit_code.several"


@given(codes)
def test_every_code_is_read_as_itself(code: str) -> None:
    assert parse_credit_code(code) == code
    assert parse_credit_code(" ".join([code[:8], code[8:17], code[17:]]).lower()) == code
    assert find_credit_codes(f"代码{code}。") == [code]


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_found(code: str, place: int, sign: str) -> None:
    wrong = code[:place] + sign + code[place + 1 :]
    assert credit_codes.is_credit_code(wrong) == (wrong == code)


@given(codes, st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert credit_codes.is_credit_code(swapped) == (swapped == code)


@given(anything)
def test_any_text_is_a_code_or_a_refusal(text: str) -> None:
    try:
        found = parse_credit_code(text)
    except Refusal:
        return
    assert parse_credit_code(found) == found


# Names


def test_a_name_is_a_name() -> None:
    assert parse_name(" 张  三 ") == "张 三"
    assert parse_name("阿不都热依木·买买提") == "阿不都热依木·买买提"
    assert mask_name("欧阳明") == "欧*"
    for text in ("", "13812345678", "张三2", "!!!", "很" * 31):
        with pytest.raises(Refusal):
            parse_name(text)


# Days


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)), ("2026年12月31日", date(2026, 12, 31)), ("12月31号", date(2026, 12, 31)),
        ("十二月三十一日", date(2026, 12, 31)), ("2月28日", date(2027, 2, 28)), ("2月29日", date(2028, 2, 29)),
        ("31号", date(2026, 3, 31)), ("下个月5号", date(2026, 4, 5)), ("明年3月1日", date(2027, 3, 1)),
        ("今天", TODAY), ("明天", date(2026, 3, 2)), ("月底", date(2026, 3, 31)), ("年底", date(2026, 12, 31)),
        ("一个月", date(2026, 3, 31)), ("三个月", date(2026, 5, 31)), ("半年", date(2026, 8, 31)),
        ("一年", date(2027, 2, 28)), ("30天", date(2026, 3, 31)), ("两周后", date(2026, 3, 15)),
        ("3 months", date(2026, 5, 31)), ("到2026.6.1", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_say_it(typed: str, day: date | None) -> None:
    assert parse_day_ahead(typed, TODAY) == (day or date(2026, 6, 1))


@pytest.mark.parametrize("typed", ["", "随便", "13月1日", "2026-02-30", "0号", "99999年", "半天", "吉A12345"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_day_ahead(typed, TODAY)
    assert refused.value.key == "day_ahead.refused"


@given(anything)
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    try:
        day = parse_day_ahead(text, TODAY)
    except Refusal:
        return
    assert parse_day_ahead(day.isoformat(), TODAY) == day


@given(st.integers(0, 3000))
def test_every_day_is_read_back(ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)
    assert parse_day_ahead(day.isoformat(), TODAY) == day
    assert parse_day_ahead(f"{day.year}年{day.month}月{day.day}日", TODAY) == day
