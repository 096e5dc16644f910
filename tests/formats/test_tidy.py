"""Tidy text and Chinese numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.numerals import number, spoken_to_figures
from hotline.formats.tidy import shown, tidy


@given(st.text(st.characters()))
def test_tidying_twice_changes_nothing_more_and_every_database_stores_it(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert "\x00" not in tidy(text)
    tidy(text).encode()


def test_lone_surrogates_and_accents_that_meet_are_settled_at_once() -> None:
    assert tidy("吉\ud800A") == "吉A"
    assert tidy("e\u200b\u0301") == "é"


def test_words_are_quoted_back_short() -> None:
    assert shown("吉A12345") == "吉A12345"
    assert shown("长" * 30) == "长" * 19 + "…"
    assert shown("") == "…"


@pytest.mark.parametrize(
    ("said", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("五十九", 59), ("两", 2), ("一百二", 120), ("一百零二", 102),
     ("幺零二", 102), ("一千零五十", 1050),
     ("12", 12), ("千", None), ("十百", None), ("二十三四", None), ("", None), ("长春", None)],
)  # fmt: skip
def test_numerals(said: str, value: int | None) -> None:
    assert number(said) == value


@given(st.integers(0, 9999))
def test_every_number_up_to_9999_reads_as_it_is_said(value: int) -> None:
    assert number(_said(value)) == value


def test_names_keep_their_numerals() -> None:
    assert spoken_to_figures("二道区三道镇九台东收费站") == "二道区三道镇九台东收费站"
    assert spoken_to_figures("G十二往四平方向K一百加二十") == "G12往四平方向K100加20"


def _said(value: int) -> str:
    digits, said = "零一二三四五六七八九", ""
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            said += digits[digit] + word
        elif said and not said.endswith("零"):
            said += "零"
    return said.rstrip("零") or "零"
