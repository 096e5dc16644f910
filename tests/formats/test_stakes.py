"""Kilometre stakes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.stakes import Stake, format_stake, parse_stake
from locales.words import Refusal
from tests.formats.strategies import anything, stake_metres


@pytest.mark.parametrize(
    ("typed", "metres", "line"),
    [
        ("K123+400", 123_400, None),
        ("k123+400", 123_400, None),
        ("Ｋ１２３＋４００", 123_400, None),
        ("K 123 + 400", 123_400, None),
        ("K123加400", 123_400, None),
        ("k123 400", 123_400, None),
        ("K123+400米处", 123_400, None),
        ("桩号K123+400", 123_400, None),
        ("桩号：123+400", 123_400, None),
        ("123+400", 123_400, None),
        ("123公里400米", 123_400, None),
        ("123公里加400", 123_400, None),
        ("一百二十三公里四百米", 123_400, None),
        ("K一二三加四百", 123_400, None),
        ("123.4公里", 123_400, None),
        ("K123.4", 123_400, None),
        ("K123.45", 123_450, None),
        ("K123", 123_000, None),
        ("123km", 123_000, None),
        ("K123+40", 123_040, None),
        ("K123+4", 123_004, None),
        ("K123+400.75", 123_400, None),
        ("K0+000", 0, None),
        ("K9999+999", 9_999_999, None),
        ("ZK12+050", 12_050, "left"),
        ("yk12+050", 12_050, "right"),
    ],
)
def test_a_stake_as_it_is_typed(typed: str, metres: int, line: Any) -> None:
    assert parse_stake(typed) == Stake(metres, line)


@pytest.mark.parametrize(
    "typed", ["K123+4000", "K12345", "AK0+300", "K-1", "K", "123", "400米", "abc", "", "你好", "13812345678"]
)
def test_what_is_no_stake_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_stake(typed)
    assert refused.value.key == "stake.refused"


def test_a_stake_is_written_with_three_digits_of_metres() -> None:
    assert format_stake(123_400) == "K123+400"
    assert format_stake(7) == "K0+007"
    assert format_stake(12_050, "left") == "ZK12+050"


@given(stake_metres, st.sampled_from([None, "left", "right"]))
def test_a_stake_reads_back(metres: int, line: Any) -> None:
    stake = parse_stake(format_stake(metres, line))
    assert stake == Stake(metres, line)
    assert Stake.from_json(stake.to_json()) == stake


@given(anything)
def test_any_text_is_a_stake_or_a_refusal(text: str) -> None:
    try:
        stake = parse_stake(text)
    except Refusal:
        return
    assert parse_stake(str(stake)) == stake
