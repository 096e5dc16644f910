"""The command's parsers, and the words of every refusal."""

import ast
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hotline.formats
from hotline.formats import PARSERS
from hotline.formats.describe import describe_place
from hotline.formats.directions import WAYS
from hotline.formats.facilities import KINDS
from hotline.formats.places import Place
from locales.words import LANGUAGES, Refusal, has, render
from tests.formats.strategies import anything

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SOURCES = sorted(Path(hotline.formats.__file__).parent.glob("*.py"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("plate", "吉a·12345", {"number": "吉A12345", "kind": "ordinary", "trailer": None}),
        ("road", "102国道", {"number": "G102", "name": None, "kind": "national_road"}),
        ("stake", "k123.4", {"stake": "K123+400", "stake_m": 123_400, "line": None}),
        ("mobile", "138 1234 5678", {"mobile": "13812345678", "masked": "138****5678"}),
        ("credit_code", "9122 0102 ma17w5xk22", {"code": "91220102MA17W5XK22", "division": "220102"}),
        ("day_ahead", "年底", {"day": "2026-12-31"}),
        ("moment", "14:30", {"moment": "2026-11-20T06:30:00+00:00", "local": "2026-11-20T14:30:00+08:00"}),
        (
            "place",
            "G102 K123+400 往长春方向",
            {"road": "G102", "road_name": None, "stake": "K123+400", "stake_m": 123_400, "line": None,
             "direction": "长春", "facility": None, "facility_kind": None, "latitude": None, "longitude": None,
             "datum": None, "text": "G102 K123+400 往长春方向"},
        ),
    ],
)  # fmt: skip
def test_what_the_command_prints(kind: str, text: str, value: dict[str, object]) -> None:
    assert PARSERS[kind](text, NOW) == value


@given(st.sampled_from(sorted(PARSERS)), anything)
def test_every_parser_gives_json_or_a_refusal_that_can_be_said(kind: str, text: str) -> None:
    try:
        assert json.loads(json.dumps(PARSERS[kind](text, NOW)))
    except Refusal as refused:
        for language in LANGUAGES:
            assert render(language, refused.say)


def test_every_key_in_the_code_has_words_in_every_language() -> None:
    literals = (node.value for source in SOURCES for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str))  # fmt: skip
    rooms = "plate|road|stake|place|mobile|moment|credit_code|name|day_ahead"
    found = {text for text in literals if re.fullmatch(rf"({rooms})\.[a-z_]*[a-z]", text)}
    assert {"plate.no_province", "place.which_road", "moment.too_old", "place.way"} <= found
    for language in LANGUAGES:
        assert [key for key in sorted(found) if not has(language, key)] == []


def test_every_direction_and_kind_of_facility_has_words() -> None:
    places = [
        Place(road="G12", direction=direction)
        for direction in (*WAYS, *"东南西北", "东向西", "西向东", "南向北", "北向南")
    ]
    places += [Place(road="G12", facility_kind=kind) for kind in KINDS]
    for place in places:
        assert re.fullmatch("[ -~]+", render("en", describe_place(place)))
        assert render("zh_CN", describe_place(place)).startswith("G12 ")


def test_a_place_of_which_nothing_is_known_is_said_so() -> None:
    assert render("en", describe_place(Place())) == "place not given"
