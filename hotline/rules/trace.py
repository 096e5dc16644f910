"""How an answer came about: each rule of the list in its order, whether it holds, and which atom settled that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from hotline.rules import boxes
from hotline.rules.atoms import parse
from hotline.rules.boxes import Box
from hotline.rules.compiled import Compiled, Override
from hotline.rules.written import Condition, Rule

Outcome = Literal["decides", "possible", "fails", "after", "overridden"]
"""It decides; it may still be the first to hold; it does not hold; those before it leave it nothing; a wider pack
forbids what it is strict about."""


@dataclass(frozen=True, slots=True)
class SeenAtom:
    """An atom with what is known: it holds, it does not, or (None) nobody can say yet.

    `parameter` is the one without a value, when that is why.
    """

    text: str
    fact: str
    holds: bool | None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A condition with what is known; `holds` is exact, so it may be surer than its atoms one by one.

    `parameter` is the one without a value on which it hangs, when what is known of the facts does not settle it.
    """

    every: tuple[SeenAtom, ...]
    some: tuple[SeenAtom, ...]
    holds: bool | None
    parameter: str | None = None

    @property
    def by(self) -> SeenAtom | None:
        """The atom that settled it, or by which it is still open; None where no single one does."""
        settled = next((one for one in self.every if one.holds is self.holds), None) if self.holds is not True else None
        if settled is not None or self.holds is False:
            return settled
        return next((one for one in self.some if one.holds is self.holds), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of the list, how its condition stands, and what came of it."""

    rule: Rule
    seen: Seen
    outcome: Outcome
    override: Override | None = None


def trace(of: Compiled, facts: Mapping[str, Any]) -> tuple[Step, ...]:
    """Every rule that is in force on the day, in its order, as far as the facts go.

    Raises ValueError, with the fact's name first, for a value that the fact cannot have.
    """
    known = tuple(one.cell(facts[one.name]) if one.name in facts else one.whole for one in of.axes)
    first = {line.rule.id if line.rule else None for box, line in of.lines if boxes.meet(box, known) is not None}
    steps = []
    for rule in of.pack.rules:
        if rule.holds(of.day):
            found = seen(of, rule, known)
            over = [one for one in of.overrides if one.rule.id == rule.id]
            is_over = bool(over) and not boxes.less([known], [box for one in over for box in one.where])
            outcome: Outcome = "overridden" if is_over else _outcome(rule, found, first)
            steps.append(Step(rule, found, outcome, over[0] if is_over else None))
    return tuple(steps)


def seen(of: Compiled, condition: Condition, known: Box) -> Seen:
    """How a condition of the pack itself stands."""
    every, box = _atoms(of, condition.all_, known)
    some, _ = _atoms(of, condition.any_, known)
    lacks = [one.parameter for one in every if one.parameter]
    if not all(box):
        return Seen(every, some, False)
    where = [box]
    if some:
        where = [_narrowed(of, one.text, box) for one in some if not one.parameter]
        where = [one for one in where if all(one)]
        if boxes.less([box], where):  # elsewhere it hangs on what nobody wrote down
            lacks += [one.parameter for one in some if one.parameter]
            if not where and not any(one.parameter for one in some):
                return Seen(every, some, False)
    holds = None if lacks or boxes.less([known], where) else True
    return Seen(every, some, holds, lacks[0] if lacks else None)


def _atoms(of: Compiled, texts: Sequence[str], known: Box) -> tuple[tuple[SeenAtom, ...], Box]:
    """Each atom as it stands, and the part of what is known in which all of them hold."""
    found, box = [], known
    for text in texts:
        at, mask, lacks = _cut(of, text)
        holds = True if not known[at] & ~mask else None if known[at] & mask else False
        found.append(SeenAtom(text, of.axes[at].name, None if lacks else holds, lacks))
        box = _narrowed(of, text, box)
    return tuple(found), box


def _narrowed(of: Compiled, text: str, box: Box) -> Box:
    at, mask, _ = _cut(of, text)
    return (*box[:at], box[at] & mask, *box[at + 1 :])


@lru_cache(maxsize=4096)
def _cut(of: Compiled, text: str) -> tuple[int, int, str | None]:
    """The axis of an atom, the cells in which it holds, and the parameter that it lacks."""
    atom = parse(text, of.pack, of.parameters)
    at = of.axis(atom.fact)
    return at, of.axes[at].mask(atom), atom.unknown


def _outcome(rule: Rule, found: Seen, first: set[str | None]) -> Outcome:
    if rule.id in first:
        return "decides" if len(first) == 1 else "possible"
    return "fails" if found.holds is False else "after"
