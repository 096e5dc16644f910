"""The answer is exact: it is what a plain walk of the list gives for every set of facts that is still possible."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.verdicts import Answer, evaluate
from hotline.rules.written import Written
from tests.rules import oracle
from tests.rules.made import DAYS, SAMPLES, WORDS, _pack, known, packs
from tests.rules.oracle import Found

days = st.sampled_from(DAYS)
above = st.lists(packs("wide"), max_size=1) | st.tuples(packs("wide"), packs("wider")).map(list)


def matters(found: dict[tuple[Any, ...], Found], names: list[str], at: int) -> bool:
    """Whether two sets of facts that differ in this one alone have different answers."""
    beside: dict[tuple[Any, ...], set[Any]] = defaultdict(set)
    for values, one in found.items():
        beside[(*values[:at], *values[at + 1 :])].add(one.key)
    return any(len(keys) > 1 for keys in beside.values())


def table(pack: Written, wider: list[Written], day: dt.date, facts: dict[str, Any]) -> dict[tuple[Any, ...], Found]:
    names = oracle.used(pack, wider, day)
    every = oracle.completions(facts, names)
    return {tuple(one.values()): oracle.decide(pack, wider, day, one) for one in every}


def agrees(answer: Answer, of: Compiled, found: dict[tuple[Any, ...], Found], names: list[str]) -> None:
    """The answer, held against every set of facts that is still possible."""
    all_ = list(found.values())
    verdicts, classes, keys = ({getattr(one, part) for one in all_} for part in ("verdict", "class_", "key"))
    assert answer.open == (len(keys) > 1)
    is_good = verdicts == {"ALLOW", "ALLOW_PRIORITY"}  # then the lesser of the two is certain
    assert answer.verdict == (verdicts.pop() if len(verdicts) == 1 else "ALLOW" if is_good else "MANUAL")
    assert answer.class_ == (classes.pop() if len(classes) == 1 else None)
    if not answer.open:
        assert {rule.id for rule in answer.rules} == {one.rule for one in all_ if one.rule and not one.silent}
        assert {rule.id for rule in answer.silent} == {one.rule for one in all_ if one.silent}
        assert answer.gap == any(one.rule is None for one in all_)
    assert {rule.id for rule in answer.rules} <= {one.rule for one in all_ if one.verdict == answer.verdict}
    assert set(answer.unknown) == {name for at, name in enumerate(names) if matters(found, names, at)}
    assert {more.id for more in answer.also} == frozenset.intersection(*(one.also for one in all_))
    packs_ = {one.pack.id: one for one in (of.pack, *of.wider)}
    said = {(ban.pack, _place(packs_[ban.pack], ban.forbidden)) for ban in answer.forbidden}
    assert said == frozenset.intersection(*(one.forbidden for one in all_))
    stopped = frozenset.intersection(*(frozenset(rule for rule, _ in one.overridden) for one in all_))
    every = {(rule, by) for one in all_ for rule, by in one.overridden if rule in stopped}
    assert {(one.rule.id, one.by) for one in answer.overridden} == every


def _place(pack: Written, ban: Any) -> int:
    return next(n for n, one in enumerate(pack.forbidden) if one is ban)


@settings(max_examples=70)
@given(pack=packs(), wider=above, day=days, facts=known)
def test_it_is_what_a_plain_walk_of_the_list_gives(
    pack: Written, wider: list[Written], day: dt.date, facts: dict[str, Any]
) -> None:
    of = compile_pack(pack, wider, day)
    names = oracle.used(pack, wider, day)
    found = table(pack, wider, day, facts)
    agrees(evaluate(of, facts), of, found, names)
    for values, one in list(found.items())[:: max(1, len(found) // 25)]:
        agrees(evaluate(of, dict(zip(names, values, strict=True))), of, {values: one}, names)


def test_a_rule_that_asks_for_nothing_is_overridden_like_any_other() -> None:
    """Without a single fact a box has no sides, and is yet not empty; found by the test above on a day of its own."""
    nothing = {"all": [], "any": [], "from": None, "until": None, "cite": ["s"], "ground": "star", "say": WORDS}
    unset = [{"value": None, "cite": ["s"]}]
    rule = {**nothing, "verdict": "ALLOW", "class": None}

    def made(name: str, forbidden: list[dict[str, Any]]) -> Written:
        drawn = {"rules": [dict(rule)], "forbidden": forbidden, "also": [], "limit": unset, "listed": unset}
        return _pack(name, drawn)

    answer = evaluate(compile_pack(made("made", []), [made("wide", [dict(nothing)])], DAYS[0]), {})
    assert (answer.verdict, [(one.rule.id, one.by) for one in answer.overridden]) == ("MANUAL", [("rules-0", "wide")])


@settings(max_examples=50)
@given(pack=packs(), wider=above, day=days, seed=st.integers(0, 2**16))
def test_questions_end_in_the_verdict_of_the_whole_truth(
    pack: Written, wider: list[Written], day: dt.date, seed: int
) -> None:
    """Whatever is asked first: each question is of use, none is asked twice, and what was decided stays so."""
    dice = random.Random(seed)
    truth = {name: dice.choice(values) for name, values in SAMPLES.items()}
    of = compile_pack(pack, wider, day)
    whole = evaluate(of, truth)
    assert not whole.open
    assert whole == evaluate(of, dict(reversed(truth.items())))
    for choose in (lambda answer: answer.ask, lambda answer: dice.choice(answer.unknown)):
        facts: dict[str, Any] = {}
        while (answer := evaluate(of, facts)).open:
            name = choose(answer)
            assert name not in facts
            if len(answer.possible) == 1:
                assert answer.verdict == whole.verdict
            facts[name] = truth[name]
        assert (answer.verdict, answer.class_) == (whole.verdict, whole.class_)
        assert set(answer.also) <= set(whole.also) and set(answer.forbidden) <= set(whole.forbidden)
        declined = evaluate(of, {}, declined=[*truth])
        assert not declined.unknown and declined.verdict == evaluate(of, {}).verdict


@settings(max_examples=50)
@given(pack=packs(), wider=above, day=days, facts=known, more=known)
def test_one_more_fact_never_contradicts(
    pack: Written, wider: list[Written], day: dt.date, facts: dict[str, Any], more: dict[str, Any]
) -> None:
    of = compile_pack(pack, wider, day)
    before, after = evaluate(of, facts), evaluate(of, {**more, **facts})
    assert set(after.possible) <= set(before.possible)
    assert set(after.matters) <= set(before.matters)
    assert set(before.forbidden) <= set(after.forbidden) and set(before.also) <= set(after.also)
    if not before.open:
        assert (after.verdict, after.class_, after.open) == (before.verdict, before.class_, False)
