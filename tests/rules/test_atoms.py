"""An atom compares one fact with constants; anything else does not load, and nothing of it is ever run."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.rules.atoms import BadAtom, parse
from hotline.rules.boxes import axis
from hotline.rules.written import Written
from tests.rules.made import FIRST, HEAD, WORDS

FACTS: dict[str, dict[str, Any]] = {
    "height_m": {"kind": "number", "low": 0, "high": 10},
    "axles": {"kind": "number", "low": 2, "high": 8, "whole": True},
    "test_age_hours": {"kind": "number", "low": 0, "high": 100, "none": WORDS},
    "code": {"kind": "choice", "options": {"green": WORDS, "red": WORDS}},
    "pass_held": {"kind": "yes_no"},
}
PACK = Written.model_validate(
    {
        "pack": {"id": "a", "divisions": ["000000"], **HEAD},
        "sources": {"s": {"title": "t", "issuer": "i", "date": FIRST}},
        "parameters": {
            "limit": {"meaning": WORDS, "values": [{"value": 4, "cite": ["s"]}]},
            "listed": {"meaning": WORDS, "values": [{"value": ["green"], "cite": ["s"]}]},
            "left_open": {"meaning": WORDS, "values": [{"cite": ["s"]}]},
        },
        "facts": {name: {"ask": WORDS, "label": WORDS, **fact} for name, fact in FACTS.items()},
        "rules": [{"id": "r", "verdict": "MANUAL", "say": WORDS, "cite": ["s"]}],
        "cases": [{"name": "c", "on": FIRST, "verdict": "MANUAL"}],
    }
)
VALUES = {"limit": 4, "listed": ("green",), "left_open": None}


def holds(text: str, value: Any) -> bool:
    return parse(text, PACK, VALUES).holds(value)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("height_m <= 4", 4, 4.01),
        ("height_m < 4", 3.99, 4),
        ("height_m > limit", 4.01, 4),
        ("height_m >= limit", 4, 3.99),
        ("height_m == 4.2", 4.2, 4.21),
        ("height_m > -1", 0, None),
        ("axles in [2, 4]", 4, 3),
        ("axles not in (2, 4)", 3, 2),
        ("code == 'green'", "green", "red"),
        ("code != 'green'", "red", "green"),
        ("code in listed", "green", "red"),
        ("code not in listed", "red", "green"),
        ("pass_held", True, False),
        ("not pass_held", False, True),
        ("pass_held == False", False, True),
        ("test_age_hours <= 48", 48, "none"),
        ("test_age_hours > 48", 49, "none"),
        ("test_age_hours == none", "none", 0),
        ("test_age_hours != none", 0, "none"),
        ("test_age_hours != 48", "none", 48),
        ("test_age_hours not in [48]", "none", 48),
    ],
)
def test_an_atom_holds_exactly_where_it_says(text: str, yes: Any, no: Any) -> None:
    assert holds(text, yes)
    assert no is None or not holds(text, no)


def test_a_parameter_without_a_value_is_named() -> None:
    assert parse("height_m <= left_open", PACK, VALUES).unknown == "left_open"
    assert parse("height_m <= limit", PACK, VALUES).unknown is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("__import__('os').system('true')", "does not compare"),
        ("open('x')", "does not compare"),
        ("height_m.real > 4", "does not compare"),
        ("height_m > code.__class__", "does not compare"),
        ("height_m > max(1, 2)", "does not compare"),
        ("height_m > axles", "axles is no parameter"),
        ("2 < height_m < 4", "does not compare"),
        ("4 < height_m", "does not compare"),
        ("height_m > 4 and pass_held", "does not compare"),
        ("height_m + 1 > 4", "does not compare"),
        ("height_m > 2 + 2", "does not compare"),
        ("height_m is 4", "does not compare"),
        ("not height_m > 4", "does not compare"),
        ("[height_m for _ in code]", "does not compare"),
        ("(lambda: height_m)()", "does not compare"),
        ("height_m := 4", "is no comparison"),
        ("height_m >", "is no comparison"),
        ("height_m > 4; code", "is no comparison"),
        ("height_m > 4\0", "is no comparison"),
        ("", "is no comparison"),
        ("not " * 50_000 + "pass_held", "is no comparison"),
        ("width_m > 4", "width_m is no fact"),
        ("height_m > limits", "limits is no parameter"),
        ("height_m", "height_m is no question of yes or no"),
        ("not code", "code is no question of yes or no"),
        ("height_m > 'tall'", "is a number"),
        ("height_m > True", "is a number"),
        ("height_m == none", "is a number"),
        ("test_age_hours > none", "is a number"),
        ("test_age_hours in ['never']", "is a number"),
        ("code == 'purple'", "no option of code"),
        ("code in ['green', 'purple']", "no option of code"),
        ("code > 'green'", "has no order"),
        ("code in 'green'", "needs a list"),
        ("code == listed", "no option of code"),
        ("height_m in limit", "needs a list"),
        ("pass_held == 1", "compared with True or False"),
        ("pass_held > False", "has no order"),
    ],
)
def test_what_is_no_comparison_of_one_fact_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadAtom, match=why):
        parse(text, PACK, VALUES)


@given(st.text(max_size=30) | st.text("height_m<>=!'[]()0. notin", max_size=20))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    with contextlib.suppress(BadAtom):
        parse(text, PACK, VALUES)


def cells(fact: str, *texts: str) -> tuple[Any, ...]:
    return axis(fact, PACK.facts[fact], [parse(text, PACK, VALUES) for text in texts]).samples


def test_numbers_are_cut_at_their_borders_and_nowhere_else() -> None:
    assert cells("height_m", "height_m <= 4", "height_m > 4.2") == (0, 4, 4.1, 4.2, 10)
    assert cells("height_m", "height_m <= 0", "height_m >= 10", "height_m > 99") == (0, 5, 10)
    assert cells("height_m") == (0,)
    assert cells("test_age_hours", "test_age_hours > 48") == (0, 48, 100, "none")


def test_whole_numbers_have_no_cell_between_neighbours() -> None:
    assert cells("axles", "axles > 3", "axles >= 4") == (2, 3, 4, 8)
    assert cells("axles", "axles > 3.5") == (2, 8)
    assert cells("axles", "axles > 2", "axles >= 8") == (2, 3, 8)


def test_a_value_lies_in_the_cell_of_its_neighbours() -> None:
    cut = axis("height_m", PACK.facts["height_m"], [parse("height_m <= 4", PACK, VALUES)])
    assert [cut.cell(value) for value in (0, 3.99, 4, 4.0, 4.01, 10)] == [1, 1, 2, 2, 4, 4]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("height_m", 10.01), ("height_m", -1), ("height_m", "4"), ("height_m", True), ("height_m", "none"),
        ("height_m", float("nan")), ("height_m", float("inf")), ("axles", 2.5), ("axles", None),
        ("code", "purple"), ("code", True), ("pass_held", 1), ("pass_held", "yes"), ("test_age_hours", "never"),
    ],
)  # fmt: skip
def test_what_a_fact_cannot_be_is_refused_by_name(fact: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{fact} cannot be"):
        axis(fact, PACK.facts[fact], []).cell(value)
