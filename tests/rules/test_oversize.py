"""大件分类: how little is asked, and whether the sentences say the numbers that the pack holds."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.shelf import FOLDER, read
from hotline.rules.verdicts import Answer, evaluate

PACK = read(FOLDER / "cn-oversize-2016.toml").written
TODAY = dt.date(2026, 3, 1)
SEMI: dict[str, Any] = {
    "height_m": 3.9, "width_m": 2.5, "length_m": 17, "mass_t": 40, "train": True, "axles": 6, "drive_axles": 2,
    "separable": False, "obstacle": "none_of_these", "extent": "cross_province",
}  # fmt: skip


@pytest.fixture(scope="module")
def of() -> Compiled:
    return compile_pack(PACK, (), TODAY)


def asked(of: Compiled, truth: dict[str, Any]) -> tuple[list[str], Answer]:
    """The questions one by one, and what they end in."""
    facts: dict[str, Any] = {}
    while (answer := evaluate(of, facts)).ask is not None:
        facts[answer.ask] = truth[answer.ask]
    return list(facts), answer


def test_a_small_truck_is_asked_for_its_four_measures(of: Compiled) -> None:
    questions, answer = asked(of, {**SEMI, "mass_t": 17})
    assert questions == ["height_m", "width_m", "length_m", "mass_t"]
    assert answer.verdict == "NOT_NEEDED"


def test_a_usual_semi_trailer_is_asked_six_questions(of: Compiled) -> None:
    questions, answer = asked(of, SEMI)
    assert questions[:4] == ["height_m", "width_m", "length_m", "mass_t"]
    assert sorted(questions[4:]) == ["axles", "train"]
    assert answer.verdict == "NOT_NEEDED"


def test_driven_axles_are_asked_for_between_46_and_49_tonnes_only(of: Compiled) -> None:
    assert "drive_axles" in asked(of, {**SEMI, "mass_t": 47})[0]
    for tonnes in (46, 49.5):
        assert "drive_axles" not in asked(of, {**SEMI, "mass_t": tonnes})[0]


def test_a_tall_load_is_classed_at_once_and_asked_what_else_decides(of: Compiled) -> None:
    questions, answer = asked(of, {**SEMI, "height_m": 4.8})
    assert questions[0] == "height_m" and sorted(questions[1:]) == ["extent", "obstacle", "separable"]
    assert (answer.verdict, answer.class_) == ("NEEDED", "III")
    assert {"authority-cross-province", "days-3-cross-province", "outline"} <= {more.id for more in answer.also}


def test_every_number_in_its_sentences_is_one_that_the_pack_cites() -> None:
    held = {f"{value.value:g}" for parameter in PACK.parameters.values() for value in parameter.values}
    known = held | {"2016", "2021", "62"}  # the text itself
    for one in (*PACK.rules, *PACK.also):
        for words in (one.say.zh, one.say.en):
            assert set(re.findall(r"\d+(?:\.\d+)?", words)) <= known, one.id
    asked_for = PACK.facts["obstacle"].ask
    assert {"10", "13", "18", "20"} == set(re.findall(r"\d+", asked_for.zh)) == set(re.findall(r"\d+", asked_for.en))


def test_it_says_each_time_that_it_is_the_text_of_2016(of: Compiled) -> None:
    assert all(source.secondary for source in PACK.sources.values())
    for truth in (SEMI, {**SEMI, "height_m": 4.8}):
        assert "text-of-2016" in {more.id for more in asked(of, truth)[1].also}
