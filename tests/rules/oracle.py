"""The rules once more, in the plainest way: try each set of facts there is, and walk the list for each of them.

Atoms are read with Python itself, so that nothing of what is tested is used to test it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from hotline.rules.written import Condition, Rule, Written
from tests.rules.made import PARAMETERS, SAMPLES

UNKNOWN = object()


@dataclass(frozen=True)
class Found:
    """What the list says of one whole set of facts."""

    rule: str | None
    silent: bool
    verdict: str
    class_: str | None
    asked: tuple[str, ...]
    also: frozenset[str]
    forbidden: frozenset[tuple[str, int]]
    overridden: frozenset[tuple[str, str]]

    @property
    def key(self) -> tuple[Any, ...]:
        return self.verdict, self.class_, self.asked


def completions(facts: Mapping[str, Any], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every set of facts that agrees with these."""
    choices = [(facts[name],) if name in facts else SAMPLES[name] for name in names]
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def used(pack: Written, wider: Sequence[Written], day: dt.date) -> list[str]:
    """The facts that anything hangs on that day."""
    conditions = [c for _, c in pack.conditions()] + [ban for one in wider for ban in one.forbidden]
    texts = " ".join(text for c in conditions if c.holds(day) for text in c.atoms)
    return [name for name in SAMPLES if name in texts]


def decide(pack: Written, wider: Sequence[Written], day: dt.date, facts: Mapping[str, Any]) -> Found:
    """Walk the list."""
    bans = [
        (one.pack.id, n, ban.ground)
        for one in (pack, *wider)
        for n, ban in enumerate(one.forbidden)
        if ban.holds(day) and holds(one, ban, day, facts) is True
    ]
    overridden = set()
    for rule in pack.rules:
        answer = holds(pack, rule, day, facts) if rule.holds(day) else False
        if answer is False:
            continue
        above = [by for by, _, ground in bans if by != pack.pack.id and ground == rule.ground]
        if above:
            overridden.add((rule.id, above[0]))
            continue
        return _found(pack, day, facts, rule, answer is True, bans, overridden)
    return _found(pack, day, facts, None, True, bans, overridden)


def _found(
    pack: Written,
    day: dt.date,
    facts: Mapping[str, Any],
    rule: Rule | None,
    is_sure: bool,
    bans: list[tuple[str, int, str]],
    overridden: set[tuple[str, str]],
) -> Found:
    verdict = rule.verdict if rule and is_sure else "MANUAL"
    class_ = rule.class_ if rule and is_sure else None
    said = [
        more
        for more in pack.also
        if more.holds(day) and (not more.of or class_ in more.of) and holds(pack, more, day, facts) is True
    ]
    return Found(
        rule.id if rule else None,
        rule is not None and rule.verdict != verdict,
        verdict,
        class_,
        tuple(more.id for more in said if more.asks),
        frozenset(more.id for more in said),
        frozenset((by, n) for by, n, _ in bans),
        frozenset(overridden),
    )


def holds(pack: Written, condition: Condition, day: dt.date, facts: Mapping[str, Any]) -> Any:
    """True, False, or UNKNOWN when it hangs on a parameter that nobody knows."""
    every = [atom(pack, text, day, facts) for text in condition.all_]
    some = [atom(pack, text, day, facts) for text in condition.any_]
    if False in every or (some and all(one is False for one in some)):
        return False
    sure = all(one is True for one in every) and (not some or True in some)
    return True if sure else UNKNOWN


def atom(pack: Written, text: str, day: dt.date, facts: Mapping[str, Any]) -> Any:
    """One comparison."""
    words: dict[str, Any] = {**facts, "none": "none"}
    for name in PARAMETERS:
        values = [value.value for value in pack.parameters[name].values if value.holds(day)]
        words[name] = values[-1] if values else None
        if name in text.split() and words[name] is None:
            return UNKNOWN
    fact, sign = text.split(maxsplit=1)[0], "".join(c for c in text if c in "<>")
    if sign and facts.get(fact) == "none":
        return False
    return bool(eval(_code(text), {"__builtins__": {}}, words))


_code = cache(partial(compile, filename="atom", mode="eval"))
