"""A template is filled in with dates, divisions, sources and values; not one rule or word has to be touched."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hotline.rules import shelf
from hotline.rules.compiled import compile_pack
from hotline.rules.shelf import FOLDER, BadPack, Shelf, read
from hotline.rules.verdicts import evaluate

TEMPLATE = FOLDER / "weather-control-template.toml"
FILLED = Path(__file__).parents[1] / "packs/filled/weather-control-220100-2026.toml"
WINTER = dt.date(2026, 12, 1)
OWN_TO_FILL = {"id", "title", "level", "divisions", "from", "until", "checked", "template", "note"}


def kept(file: Path) -> dict[str, Any]:
    """What nobody who fills it in may touch."""
    pack = tomllib.loads(file.read_text("utf-8"))
    del pack["cases"], pack["sources"]["bureau"]
    pack["pack"] = {name: value for name, value in pack["pack"].items() if name not in OWN_TO_FILL}
    for parameter in pack["parameters"].values():
        del parameter["values"]
    return pack


def test_filling_in_touches_dates_divisions_sources_and_values_alone() -> None:
    assert kept(FILLED) == kept(TEMPLATE)
    assert all(value.value is not None for one in read(FILLED).written.parameters.values() for value in one.values)


@pytest.fixture
def bureau() -> Iterator[Shelf]:
    """The shelf of the bureau that filled it in."""
    shelf.use(FILLED.parent)
    yield shelf.load()
    shelf.use(None)


def test_a_template_is_in_force_nowhere() -> None:
    assert shelf.load().chain("weather_control", "220100", WINTER) == ()


def test_filled_in_it_holds_for_the_places_and_days_of_the_bureau(bureau: Shelf) -> None:
    (found,) = bureau.chain("weather_control", "220102", WINTER)
    assert found.id == FILLED.stem
    assert bureau.chain("weather_control", "220100", dt.date(2027, 4, 1)) == ()
    assert bureau.chain("weather_control", "220200", WINTER) == ()


@pytest.mark.parametrize(
    ("facts", "parameter"),
    [
        ({"hazard": "flood", "vehicle": "truck", "water_depth_cm": 5}, "water_pass_cm"),
        ({"hazard": "wind", "vehicle": "truck", "wind_level": 3}, "wind_pass_level"),
    ],
)
def test_what_the_bureau_has_not_said_goes_to_a_person(facts: dict[str, Any], parameter: str) -> None:
    facts = {"closure_announced": False, **facts}
    as_it_stands = evaluate(compile_pack(read(TEMPLATE).written, (), WINTER), facts)
    assert (as_it_stands.verdict, as_it_stands.parameter) == ("MANUAL", parameter)
    assert not as_it_stands.rules, "nobody is told that he may go"
    filled = evaluate(compile_pack(read(FILLED).written, (), WINTER), facts)
    assert (filled.verdict, filled.parameter) == ("ALLOW", None)


def test_weather_and_closure_are_asked_for_before_anything_else() -> None:
    of = compile_pack(read(FILLED).written, (), WINTER)
    assert set(evaluate(of, {}).unknown[:2]) == {"hazard", "closure_announced"}
    fog = {"hazard": "fog", "closure_announced": False}
    assert set(evaluate(of, fog).unknown) == {"visibility_m", "road_iced", "vehicle"}
    assert set(evaluate(of, {**fog, "hazard": "flood"}).unknown) == {"vehicle", "water_depth_cm"}


def test_a_filled_in_copy_that_keeps_the_word_template_does_not_load(tmp_path: Path) -> None:
    text = FILLED.read_text("utf-8").replace("checked = 2026-10-20", "checked = 2026-10-20\ntemplate = true")
    (file := tmp_path / FILLED.name).write_text(text, "utf-8")
    with pytest.raises(BadPack, match="template names no division"):
        read(file)
