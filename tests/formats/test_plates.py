"""Plates as drivers type them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.plates import Plate, find_plate, find_plates, parse_plate
from hotline.formats.tidy import tidy
from locales.words import Refusal
from tests.formats.strategies import (
    anything,
    large_plates,
    ordinary_plates,
    plates,
    small_plates,
    trailer_plates,
)


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [
        ("吉A12345", "吉A12345", "ordinary"),
        ("吉ａ·１２３４５", "吉A12345", "ordinary"),
        ("吉A 12345", "吉A12345", "ordinary"),
        ("吉A・12345", "吉A12345", "ordinary"),
        ("吉a.12345", "吉A12345", "ordinary"),
        ("吉A—12345", "吉A12345", "ordinary"),
        ("吉 A 1 2 3 4 5", "吉A12345", "ordinary"),
        ("吉a一二三四五", "吉A12345", "ordinary"),
        ("粵B12345", "粤B12345", "ordinary"),
        ("【吉A12345】", "吉A12345", "ordinary"),
        ("车牌号：吉A12345，黄牌", "吉A12345", "ordinary"),
        ("吉A12345黄", "吉A12345", "ordinary"),
        ("吉A12345挂车爆胎了", "吉A12345", "ordinary"),
        ("吉A12345一车玉米", "吉A12345", "ordinary"),
        ("吉B1234挂", "吉B1234挂", "trailer"),
        ("吉b·1234 掛", "吉B1234挂", "trailer"),
        ("吉AD12345", "吉AD12345", "new_energy_small"),
        ("吉A·D12345", "吉AD12345", "new_energy_small"),
        ("吉A12345D", "吉A12345D", "new_energy_large"),
        ("吉A12345f", "吉A12345F", "new_energy_large"),
        ("粤Z1234港", "粤Z1234港", "cross_border"),
        ("粤Z·1234 澳", "粤Z1234澳", "cross_border"),
    ],
)
def test_a_plate_as_it_is_typed(typed: str, number: str, kind: Any) -> None:
    assert parse_plate(typed) == Plate(number, kind)


@pytest.mark.parametrize("between", [" / ", "/", "，", " 挂车 ", " 挂 ", "，挂：", "", "\n"])
def test_truck_and_trailer_in_one_text(between: str) -> None:
    assert parse_plate(f"吉A12345{between}吉B1234挂") == Plate("吉A12345", "ordinary", "吉B1234挂")
    assert parse_plate(f"吉B1234挂{between}吉A12345") == Plate("吉A12345", "ordinary", "吉B1234挂")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("A12345", "plate.no_province"),
        ("a·12345", "plate.no_province"),
        ("吉A1234", "plate.length"),
        ("吉A123456", "plate.length"),
        ("吉A12345挂", "plate.trailer"),
        ("吉a.12345挂", "plate.trailer"),
        ("吉A123挂", "plate.trailer"),
        ("吉A12O45", "plate.i_or_o"),
        ("吉A1234I", "plate.i_or_o"),
        ("吉O12345", "plate.issuer"),
        ("吉I12345", "plate.issuer"),
        ("吉A1234学", "plate.not_freight"),
        ("吉A1234警", "plate.not_freight"),
        ("使123456", "plate.not_freight"),
        ("吉A12345 吉A54321", "plate.several"),
        ("13812345678", "plate.refused"),
        ("K123+400", "plate.refused"),
        ("你好", "plate.refused"),
        ("", "plate.refused"),
        ("😀", "plate.refused"),
        ("吉林", "plate.refused"),
        ("日A12345", "plate.refused"),
    ],
)
def test_what_is_no_plate_is_told_why(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_plate(typed)
    assert refused.value.key == key


def test_the_letters_i_and_o_come_with_the_plate_that_is_meant() -> None:
    with pytest.raises(Refusal) as refused:
        parse_plate("吉AO123I")
    assert refused.value.facts["instead"] == "吉A01231"


@pytest.mark.parametrize(
    "words",
    [
        "西宁S101 K1+300",
        "川K1234+400",
        "电话13812345678",
        "藏G318国道",
        "京哈高速K1023",
        "青G109 12345",
        "吉A1234567",
        "冀A123公里",
    ],
)
def test_words_that_hold_no_plate(words: str) -> None:
    assert find_plate(words) is None


def test_a_plate_inside_a_sentence_is_found_with_its_span() -> None:
    words = "G12 长春东收费站不让下，吉 a·12345，等了两个小时"
    found = find_plate(words)
    assert found is not None
    plate, (start, end) = found
    assert plate.number == "吉A12345"
    assert tidy(words)[start:end] == "吉 a·12345"


@given(ordinary_plates, trailer_plates, small_plates, large_plates)
def test_every_plate_of_the_rule_has_its_kind(ordinary: str, trailer: str, small: str, large: str) -> None:
    assert parse_plate(ordinary).kind == "ordinary"
    assert parse_plate(trailer).kind == "trailer"
    assert parse_plate(small).kind == "new_energy_small"
    assert parse_plate(large).kind == "new_energy_large"


@given(plates, st.sampled_from(["·", " ", "-", ".", "・", "•", ""]))
def test_a_parsed_plate_reads_back_however_it_is_typed(number: str, gap: str) -> None:
    plate = parse_plate(number[:2].lower() + gap + number[2:].lower())
    assert plate.number == number
    assert parse_plate(str(plate)) == plate
    assert Plate.from_json(plate.to_json()) == plate


@given(ordinary_plates | small_plates | large_plates, trailer_plates)
def test_truck_and_trailer_read_back(truck: str, trailer: str) -> None:
    both = parse_plate(f"{truck} {trailer}")
    assert (both.number, both.trailer) == (truck, trailer)
    assert parse_plate(str(both)) == both


@given(anything)
def test_any_text_is_a_plate_or_a_refusal(text: str) -> None:
    try:
        plate = parse_plate(text)
    except Refusal:
        return
    assert parse_plate(str(plate)) == plate


@given(anything)
def test_every_plate_that_is_found_stands_where_it_is_said_to_stand(text: str) -> None:
    for plate, (start, end) in find_plates(text):
        assert parse_plate(tidy(text)[start:end]).number == plate.number
