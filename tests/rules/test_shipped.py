"""Every pack that we ship: its questions end, each of its rules is reached, and its words are whole."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.shelf import FOLDER, Pack, read
from hotline.rules.verdicts import evaluate

FILES = sorted(FOLDER.rglob("*.toml"))
WALKS = 150


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.stem)
def pack(request: pytest.FixtureRequest) -> Pack:
    return read(request.param)


def stands(pack: Pack) -> list[Compiled]:
    """The pack on each of the days on which something in it changes."""
    return [compile_pack(pack.written, (), day) for day in pack.written.breaks()]


def test_every_way_of_asking_ends_in_a_verdict(pack: Pack) -> None:
    """Every walk there is where they are few, else some: no fact is asked twice, and each question is of use."""
    dice = random.Random(pack.id)
    for of in stands(pack):
        open_: list[dict[str, Any]] = [{}]
        for _ in range(WALKS):
            if not open_:
                break
            facts = open_.pop(dice.randrange(len(open_)))
            answer = evaluate(of, facts)
            assert answer.open == bool(answer.unknown)
            if answer.ask is None:
                assert answer.rules or answer.gap or answer.parameter
                continue
            assert answer.ask not in facts and len(facts) < len(of.axes)
            samples = of.axes[of.axis(answer.ask)].samples
            open_ += [{**facts, answer.ask: value} for value in samples]


def test_every_rule_decides_some_case(pack: Pack) -> None:
    """Reached by facts, not only by construction: a set of facts out of each box brings its own rule."""
    reached = set()
    for of in stands(pack):
        for box, line in of.lines:
            facts = {one.name: one.samples[mask.bit_length() - 1] for one, mask in zip(of.axes, box, strict=True)}
            answer = evaluate(of, facts)
            assert not answer.open
            speaks = line.rule is not None and line.rule.verdict == line.verdict
            assert [rule.id for rule in answer.rules] == ([line.rule.id] if speaks else [])
            assert speaks or answer.gap or answer.parameter
            assert (answer.verdict, answer.class_) == (line.verdict, line.class_)
            reached |= {line.rule.id} if line.rule else set()
    assert reached == {rule.id for rule in pack.written.rules}


def test_nothing_is_refused_by_a_machine(pack: Pack) -> None:
    for rule in pack.written.rules:
        assert rule.verdict not in ("DENY", "REFUSE")
        if rule.verdict == "MANUAL":
            assert rule.next, f"{rule.id}: what shall he do now?"


def test_it_has_cases_for_its_rules_and_its_last_day(pack: Pack) -> None:
    cases = pack.written.cases
    assert len(cases) >= len(pack.written.rules) // 2
    if pack.written.pack.until:
        assert any(case.verdict == "NOT_IN_FORCE" and case.on >= pack.written.pack.until for case in cases)
