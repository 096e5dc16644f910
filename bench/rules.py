"""How many questions about rules are answered in a second, and how long packs take to be read and made ready."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from bench.results import Result
from hotline.rules import shelf, verdicts
from hotline.rules.atoms import Atom, current, parse
from hotline.rules.boxes import Axis
from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.verdicts import evaluate

RUNS = 5
QUESTIONS = 200
"""Sets of facts for each pack, from nothing known to all of it."""

Question = tuple[Compiled, dict[str, Any]]
Walk = Callable[[Mapping[str, Any]], str | None]


async def rules() -> list[Result]:
    """Each shipped pack on its first day under the packs above it, on one core."""
    loading = [_timed(_load) for _ in range(RUNS)]
    packs = _stands()
    compiling = [_timed(lambda of=of: compile_pack(of.pack, of.wider, of.day)) for of in packs for _ in range(RUNS)]
    questions = _questions(packs)
    walks = {of: _walk(of) for of in packs}
    floor = len(questions) / median(_timed(lambda: [walks[of](facts) for of, facts in questions]) for _ in range(RUNS))
    fresh = [_missed(questions) for _ in range(RUNS)]
    again = [_timed(lambda: [evaluate(of, facts) for of, facts in questions]) for _ in range(RUNS)]
    slowest = max(packs, key=lambda of: sum(_missed([one]) for one in questions if one[0] is of))
    ofs = [one for one in questions if one[0] is slowest]
    return [
        Result(
            "rules.new", len(questions) / median(fresh), "answers/s", floor,
            f"nothing remembered; {len(packs)} packs, {len(questions)} sets of facts; at least 1,000",
        ),
        Result("rules.new.slowest", len(ofs) / _missed(ofs), "answers/s", note=slowest.pack.pack.id),
        Result("rules.again", len(questions) / median(again), "answers/s", floor, "asked before with the same facts"),
        Result("rules.compile", median(compiling) * 1000, "ms", note=f"one pack; at most {max(compiling) * 1000:.0f}"),
        Result("rules.shelf", median(loading), "s", note="read, checked, each case run"),
    ]  # fmt: skip


def _timed(deed: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def _load() -> None:
    shelf._read.cache_clear()
    shelf.load()


def _stands() -> list[Compiled]:
    """Every pack on its first day, with the wider ones of its question."""
    found = []
    for pack in shelf.load().packs.values():
        place, day = (*pack.written.pack.divisions, "000000")[0], pack.written.pack.from_
        chain = [one for one in shelf.load().chain(pack.written.pack.scheme, place, day) if one is not pack]
        found.append(compile_pack(pack.written, [one.written for one in chain], day))
    return found


def _questions(packs: Sequence[Compiled]) -> list[Question]:
    """As they come at the desk: some facts known and some not, no two sets alike on purpose."""
    dice = random.Random(7)
    return [
        (of, {axis.name: _value(axis, dice) for axis in dice.sample(of.axes, dice.randint(0, len(of.axes)))})
        for of in packs
        for _ in range(QUESTIONS)
    ]


def _value(axis: Axis, dice: random.Random) -> Any:
    if axis.fact.kind != "number" or dice.random() < 0.5:
        return dice.choice(axis.samples)
    value = dice.uniform(axis.fact.low or 0, axis.fact.high or 0)
    return int(value) if axis.fact.whole else value


def _missed(questions: Sequence[Question]) -> float:
    """Seconds when nothing is remembered from one question to the next."""
    begun = time.perf_counter()
    for of, facts in questions:
        verdicts._answer.cache_clear()
        evaluate(of, facts)
    return time.perf_counter() - begun


def _walk(of: Compiled) -> Walk:
    """The floor: the same atoms down the same list; it gives up where a fact is missing, and asks for nothing."""
    values = current(of.pack.parameters, of.day)
    lists: list[tuple[str, list[Atom], list[Atom]]] = [
        (rule.id, *([parse(text, of.pack, values) for text in texts] for texts in (rule.all_, rule.any_)))
        for rule in of.pack.rules
        if rule.holds(of.day)
    ]

    def walk(facts: Mapping[str, Any]) -> str | None:
        for name, every, some in lists:
            if any(atom.fact not in facts for atom in (*every, *some)):
                return None
            if all(atom.holds(facts[atom.fact]) for atom in every) and (
                not some or any(atom.holds(facts[atom.fact]) for atom in some)
            ):
                return name
        return None

    return walk
