"""The answer from the facts known so far: three-valued and exact, and the questions that can still matter.

A verdict is given when every set of facts that agrees with what is known leads to it. Otherwise it is asked for what
can still change it, the most decisive first; what nobody can tell leads to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any

from hotline.rules import boxes
from hotline.rules.boxes import Box, Frame
from hotline.rules.compiled import Compiled, Line, Override, concerns
from hotline.rules.trace import seen
from hotline.rules.written import Also, Forbidden, Rule

Key = tuple[str, str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Ban:
    """A ground on which nobody may be stopped, and the pack that forbids it."""

    pack: str
    forbidden: Forbidden


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of the answer. While it is `open`, `verdict` is what is certain all the same, else MANUAL.

    Then `matters` are the facts that would decide, and `unknown` those of them that can still be asked.

    `rules` are those that decide (several, when each that is still possible says the same); `gap` tells that no rule
    speaks of this, `parameter` names what the document leaves open, and `silent` are rules that hang on it: their own
    words would promise what nobody knows.
    """

    verdict: str
    class_: str | None
    rules: tuple[Rule, ...]
    forbidden: tuple[Ban, ...]
    also: tuple[Also, ...]
    overridden: tuple[Override, ...]
    unknown: tuple[str, ...]
    matters: tuple[str, ...]
    possible: tuple[str, ...]
    open: bool = False
    gap: bool = False
    parameter: str | None = None
    silent: tuple[Rule, ...] = ()

    @property
    def ask(self) -> str | None:
        """The fact to ask for next."""
        return self.unknown[0] if self.unknown else None


def evaluate(of: Compiled, facts: Mapping[str, Any], declined: Collection[str] = ()) -> Answer:
    """The answer; facts of no concern are passed over, and those in `declined` are not asked for again.

    Raises ValueError, with the fact's name first, for a value that the fact cannot have.
    """
    known = tuple(one.cell(facts[one.name]) if one.name in facts else one.whole for one in of.axes)
    answer = _answer(of, known)
    asked = tuple(name for name in answer.matters if name not in declined)
    return answer if asked == answer.unknown else replace(answer, unknown=asked)


@lru_cache(maxsize=4096)
def _answer(of: Compiled, known: Box) -> Answer:
    """The answer, with nothing declined."""
    lines, matters = _look(of, known)
    keys = {line.key for line in lines}
    verdicts = tuple(dict.fromkeys(line.verdict for line in lines))
    classes = {line.class_ for line in lines}
    is_open, verdict = len(keys) > 1, floor(verdicts)
    # never the words of a rule that would say more than anybody knows
    said = (line.rule for line in lines if line.rule is not None and line.rule.verdict == line.verdict == verdict)
    hanging = (line.rule for line in lines if line.rule is not None and line.rule.verdict != line.verdict)
    is_told = not is_open or (verdict in verdicts and (len(classes) == 1 or len(verdicts) > 1) and verdict != "MANUAL")
    return Answer(
        verdict,
        classes.pop() if len(classes) == 1 else None,
        tuple(dict.fromkeys(said)) if is_told else (),
        tuple(Ban(by, ban) for by, ban, where in of.forbidden if _certain(known, where)),
        tuple(more for more, where in of.also if _is_said(more, lines, known, where)),
        tuple(one for one in of.overrides if _is_overridden(of, one, known)),
        matters,
        matters,
        verdicts,
        is_open,
        any(line.rule is None for line in lines) and not is_open,
        next((line.unknown for line in lines if line.unknown), None) if not is_open else None,
        () if is_open else tuple(dict.fromkeys(hanging)),
    )


def floor(verdicts: Sequence[str]) -> str:
    """What is certain of verdicts that may all be: the only one, the lesser of two good ones, else MANUAL."""
    if len(verdicts) == 1:
        return verdicts[0]
    return "ALLOW" if set(verdicts) == {"ALLOW", "ALLOW_PRIORITY"} else "MANUAL"


def _look(of: Compiled, known: Box) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines that are still possible, and the facts that can still change the answer, most decisive first."""
    frame, within = of.frame, of.frame.packed(known)
    near = [(both, line) for box, line in of.packed if not frame.empty(both := box & within)]
    lines = tuple({id(line): line for _, line in near}.values())
    if len({line.key for line in lines}) < 2:
        # Several rules may still say the same: the sentence that is told must be of one that holds for certain.
        return tuple(sorted(lines, key=lambda line: len(lines) > 1 and not _holds(of, line.rule, known))), ()
    by_key: dict[Key, list[int]] = {}
    for box, line in near:
        by_key.setdefault(line.key, []).append(box)
    answers = [frame.joined(found) for found in by_key.values()]
    deciding = _deciding(frame, answers)
    mattering = [at for at, bit in enumerate(frame.bits) if deciding & bit]
    left = {at: _left_open(answers, [1 << frame.shifts[at] + n for n in _ones(known[at])]) for at in mattering}
    ranked = sorted(mattering, key=lambda at: (of.axes[at].fact.last, left[at], at))
    return lines, tuple(of.axes[at].name for at in ranked)


def _holds(of: Compiled, rule: Rule | None, known: Box) -> bool:
    """Whether a rule's own condition holds, whatever is still unknown and whichever rule comes first."""
    return rule is not None and seen(of, rule, known).holds is True


def _deciding(frame: Frame, answers: Sequence[Sequence[int]]) -> int:
    """The bits of those facts in which alone two sets of facts can differ that have different answers."""
    found, every, cells = 0, frame.all, frame.cells
    most = frame.cut(box for boxes_ in answers for box in boxes_)
    for ones, others in combinations(answers, 2):
        for one in ones:
            for other in others:
                empty = every & ~((one & other) + cells)  # frame.empty, of many thousand pairs
                if not empty & (empty - 1):
                    found |= empty
                    if found == most:
                        return found
    return found


def _left_open(answers: Sequence[Sequence[int]], cells: Sequence[int]) -> float:
    """How much is open on average when this fact is known: the answers that are left, less one."""
    return sum(sum(any(box & cell for box in found) for found in answers) - 1 for cell in cells) / len(cells)


def _ones(mask: int) -> list[int]:
    """The places of the bits that are set."""
    return [at for at in range(mask.bit_length()) if mask >> at & 1]


def _is_overridden(of: Compiled, one: Override, known: Box) -> bool:
    """Whether a rule is certainly kept from holding, be it by this ground or another, and may be by this one."""
    every = [box for other in of.overrides if other.rule is one.rule for box in other.where]
    return any(boxes.meet(box, known) is not None for box in one.where) and _certain(known, every)


def _certain(known: Box, where: Sequence[Box]) -> bool:
    """Whether a condition holds whatever is still unknown."""
    return not boxes.less([known], where)


def _is_said(more: Also, lines: Sequence[Line], known: Box, where: Sequence[Box]) -> bool:
    return all(concerns(more, line) for line in lines) and _certain(known, where)
