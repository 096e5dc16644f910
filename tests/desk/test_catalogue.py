"""The service catalogue is data, and data that is wrong does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline import blockages, catalogue
from hotline.catalogue import CLASSES, FUNCTIONS, PACK, BadPack, is_sampled
from locales.words import keys


def test_every_matter_has_times_a_department_and_words() -> None:
    rules = catalogue.load().rules
    assert {kind for kind, _ in rules} == {
        "blockage", "consult", "complaint", "advice", "help", "code_appeal", "pass_query",
    }  # fmt: skip
    for (kind, what), rule in rules.items():
        assert rule.hotline_class in CLASSES and rule.function in FUNCTIONS
        assert {f"kind.{kind}", f"{kind}.what.{what}", f"class.{rule.hotline_class}"} <= keys("zh_CN")


def test_every_blockage_that_a_driver_can_name_is_known() -> None:
    assert set(catalogue.load().whats("blockage")) == set(blockages.KINDS)


def test_a_blocked_truck_waits_two_hours_and_a_complaint_has_a_reviewer() -> None:
    """National briefing of 24 June 2022; problem ledgers are struck off with a reviewer (seed S4, 4.15)."""
    known = catalogue.load()
    assert str(known.rule("blockage", "turned_back").resolution) == "2h"
    assert str(known.rule("blockage", "other").resolution) == "3d"
    assert known.rule("complaint", "fine").reviewer and known.rule("complaint", "fine").confidential


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (('resolution = "2h"', 'resolution = "2 moons"'), "kinds.blockage.what.turned_back"),
        (('function = "transport"', 'function = "kitchen"'), "function must be one of"),
        (('class = "complaint"', 'class = "gossip"'), "class must be one of"),
        (('cite = "n6"', 'cite = "hearsay"'), "no source of this pack"),
        (('digit = "2"', 'digit = "1"'), "a digit of its own"),
        (("callback = 0.3", "callback = 3"), "share between 0 and 1"),
        (('first = "30m"', 'frist = "30m"'), "unknown words"),
        (("[pack]", "[pack"), "TOMLDecodeError"),
    ],
)
def test_a_wrong_pack_names_its_fault(tmp_path: Path, wrong: tuple[str, str], said: str) -> None:
    text = PACK.read_text("utf-8")
    assert wrong[0] in text
    (file := tmp_path / "catalogue.toml").write_text(text.replace(*wrong), "utf-8")
    with pytest.raises(BadPack, match=said):
        catalogue.load(file)


def test_sampling_is_steady_and_about_as_often_as_asked() -> None:
    numbers = [f"220100-20260301-1-{n:06d}" for n in range(4000)]
    asked = [number for number in numbers if is_sampled(number, 0.3)]
    assert asked == [number for number in numbers if is_sampled(number, 0.3)]
    assert 0.27 < len(asked) / len(numbers) < 0.33
    assert all(is_sampled(n, 1.0) for n in numbers) and not any(is_sampled(n, 0.0) for n in numbers)
