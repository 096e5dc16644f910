"""The trace tells the same story as the answer: what a plain walk of the list sees, rule by rule and atom by atom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.rules.compiled import compile_pack
from hotline.rules.trace import Step, trace
from hotline.rules.verdicts import evaluate
from hotline.rules.written import Written
from tests.rules import oracle
from tests.rules.made import DAYS, SAMPLES, packs

days = st.sampled_from(DAYS)
above = st.lists(packs("wide"), max_size=1) | st.tuples(packs("wide"), packs("wider")).map(list)
whole = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SAMPLES.items()})


def walked(steps: tuple[Step, ...]) -> Step | None:
    """The first rule that nothing above forbids and that may hold, for a whole set of facts."""
    return next((one for one in steps if one.outcome != "overridden" and one.seen.holds is not False), None)


@settings(max_examples=60)
@given(pack=packs(), wider=above, day=days, truth=whole)
def test_with_every_fact_known_the_first_that_holds_decides(
    pack: Written, wider: list[Written], day: dt.date, truth: dict[str, Any]
) -> None:
    of = compile_pack(pack, wider, day)
    steps, answer, told = trace(of, truth), evaluate(of, truth), oracle.decide(pack, wider, day, truth)
    first = walked(steps)
    assert (first and first.rule.id) == told.rule
    assert [rule.id for rule in (*answer.rules, *answer.silent)] == ([first.rule.id] if first else [])
    assert answer.parameter == (first.seen.parameter if first else None)
    assert [one.outcome for one in steps].count("decides") == (first is not None)
    assert {one.rule.id for one in steps if one.outcome == "overridden"} == {rule for rule, _ in told.overridden}
    for one in steps:
        held = oracle.holds(pack, one.rule, day, truth)
        assert one.seen.holds is (None if held is oracle.UNKNOWN else held)
        for atom in (*one.seen.every, *one.seen.some):
            seen = oracle.atom(pack, atom.text, day, truth)
            assert atom.holds is (None if seen is oracle.UNKNOWN else seen)


@settings(max_examples=60)
@given(pack=packs(), wider=above, day=days, truth=whole, open_=st.sets(st.sampled_from(list(SAMPLES)), max_size=2))
def test_with_some_of_them_it_says_what_all_that_is_possible_agrees_on(
    pack: Written, wider: list[Written], day: dt.date, truth: dict[str, Any], open_: set[str]
) -> None:
    facts = {name: value for name, value in truth.items() if name not in open_}
    of = compile_pack(pack, wider, day)
    steps, answer = trace(of, facts), evaluate(of, facts)
    every = list(oracle.completions(facts, oracle.used(pack, wider, day)))
    first = {oracle.decide(pack, wider, day, one).rule for one in every}
    assert {one.rule.id for one in steps if one.outcome in ("decides", "possible")} == first - {None}
    assert any(one.outcome == "decides" for one in steps) == (len(first) == 1 and None not in first)
    if not answer.open:
        assert {rule.id for rule in (*answer.rules, *answer.silent)} == first - {None}
    assert {one.rule.id for one in answer.overridden} <= {one.rule.id for one in steps if one.override}
    for one in steps:
        held = {oracle.holds(pack, one.rule, day, other) for other in every}
        if one.seen.holds is None:
            assert oracle.UNKNOWN in held if one.seen.parameter else held == {True, False}
        else:
            assert held == {one.seen.holds}
        _explained(one)


def _explained(step: Step) -> None:
    """The atom that is named did settle it."""
    by, seen = step.seen.by, step.seen
    if by is not None:
        assert by.holds is seen.holds
        assert by in (*seen.every, *seen.some)
    if seen.holds is False and any(atom.holds is False for atom in seen.every):
        assert by is not None
