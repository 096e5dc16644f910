"""Roads by number and by name."""

import re
from typing import Any

import pytest
from hypothesis import given

from hotline.formats.roads import FORMER, NAMES, Road, parse_road, road
from locales.words import Refusal
from tests.formats.strategies import anything, road_numbers


@pytest.mark.parametrize(
    ("typed", "number", "name", "kind"),
    [
        ("G12", "G12", "珲乌高速", "national_expressway"),
        ("ｇ１２", "G12", "珲乌高速", "national_expressway"),
        ("G 12", "G12", "珲乌高速", "national_expressway"),
        ("G-12高速", "G12", "珲乌高速", "national_expressway"),
        ("g12珲乌高速公路", "G12", "珲乌高速", "national_expressway"),
        ("珲乌高速（G12）", "G12", "珲乌高速", "national_expressway"),
        ("G十二", "G12", "珲乌高速", "national_expressway"),
        ("京哈高速", "G1", "京哈高速", "national_expressway"),
        ("京哈", "G1", "京哈高速", "national_expressway"),
        ("京哈线", "G1", "京哈高速", "national_expressway"),
        ("京港澳高速", "G4", "京港澳高速", "national_expressway"),
        ("沈吉高速", "G1212", "沈吉高速", "national_expressway"),
        ("首都环线", "G95", "首都环线高速", "national_expressway"),
        ("G4W2", "G0421", "许广高速", "national_expressway"),
        ("g15w3", "G1523", "甬莞高速", "national_expressway"),
        ("G102", "G102", None, "national_road"),
        ("102国道", "G102", None, "national_road"),
        ("国道102", "G102", None, "national_road"),
        ("G102国道", "G102", None, "national_road"),
        ("国道G102线", "G102", None, "national_road"),
        ("幺零二国道", "G102", None, "national_road"),
        ("一百零二国道", "G102", None, "national_road"),
        ("S210", "S210", None, "provincial_road"),
        ("210省道", "S210", None, "provincial_road"),
        ("S26抚长高速", "S26", "抚长高速", "provincial_expressway"),
        ("s2601", "S2601", None, "provincial_expressway"),
        ("X123", "X123", None, "county_road"),
        ("Y012", "Y012", None, "township_road"),
        ("C003", "C003", None, "village_road"),
        ("Z001", "Z001", None, "special_road"),
    ],
)
def test_a_road_as_it_is_typed(typed: str, number: str, name: str | None, kind: Any) -> None:
    assert parse_road(typed) == Road(number, name, kind)


def test_the_number_on_the_sign_wins_over_a_name_beside_it() -> None:
    assert parse_road("G12京哈高速").number == "G12"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("机场高速", "road.name_only"),
        ("G12和G1", "road.several"),
        ("G12345", "road.refused"),
        ("G0", "road.refused"),
        ("X12", "road.refused"),
        ("K123", "road.refused"),
        ("102", "road.refused"),
        ("G123次列车", "road.refused"),
        ("京哈公路", "road.refused"),
        ("高速", "road.refused"),
        ("准备下高速", "road.refused"),
        ("13812345678", "road.refused"),
        ("你好", "road.refused"),
        ("", "road.refused"),
    ],
)
def test_what_is_no_road_is_told_why(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_road(typed)
    assert refused.value.key == key


def test_the_table_holds_expressways_only_and_every_name_once() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    assert all(re.fullmatch("G([0-9]{1,2}|[0-9]{4})", number) for number in NAMES)
    assert all(name.endswith("高速") for name in NAMES.values())
    assert set(FORMER.values()) <= set(NAMES)


@pytest.mark.parametrize("number", sorted(NAMES))
def test_every_name_of_the_table_is_its_number(number: str) -> None:
    assert parse_road(NAMES[number]) == road(number)
    assert parse_road(NAMES[number] + "公路") == road(number)
    assert parse_road(number + NAMES[number]) == road(number)


@given(road_numbers)
def test_a_parsed_road_reads_back(number: str) -> None:
    parsed = parse_road(number.lower())
    assert parsed.number == number
    assert parse_road(str(parsed)) == parsed
    assert Road.from_json(parsed.to_json()) == parsed


@given(anything)
def test_any_text_is_a_road_or_a_refusal(text: str) -> None:
    try:
        parsed = parse_road(text)
    except Refusal:
        return
    assert parse_road(str(parsed)).number == parsed.number
