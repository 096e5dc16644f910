"""Rule packs in words: scheme, place and time of a pack, and its conditions as a clerk reads them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.rule_questions import shown_fact
from hotline import divisions
from hotline.rules.atoms import NONE, current
from hotline.rules.citing import cited
from hotline.rules.rulings import citation
from hotline.rules.shelf import Pack
from hotline.rules.written import Condition, Day, Fact, Head, Written
from locales.words import DEFAULT_LANGUAGE, Say, has, say

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "in", ast.NotIn: "not_in",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtomShown:
    """An atom in words, and as it stands in the file."""

    say: Say
    text: str


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """What must all hold, and of what one must; neither: it always holds. `dates` when it holds for a part only."""

    every: Sequence[AtomShown]
    some: Sequence[AtomShown]
    dates: Say | None


def scheme_words(name: str) -> Say | str:
    """What a scheme is about; one that a bureau made up goes by its own name."""
    key = f"packs.scheme.{name}"
    return Say(key) if has(DEFAULT_LANGUAGE, key) else name


def ground_words(name: str) -> Say | str:
    """What a rule is strict about; a ground that a bureau made up goes by its own name."""
    key = f"rules.ground.{name}"
    return Say(key) if has(DEFAULT_LANGUAGE, key) else name


def place_words(code: str) -> Say | str:
    """A division by its name."""
    if code == divisions.NATION:
        return say("directory.nation")
    return divisions.place_name(code)


def places(head: Head) -> Sequence[Say | str]:
    """Where a pack holds; a template nowhere yet."""
    return [place_words(code) for code in head.divisions] or [say("packs.template")]


def period(since: Day | None, until: Day | None) -> Say | None:
    """From which day to which last day; None without either."""
    last = (until - timedelta(days=1)).isoformat() if until else None
    if since and last:
        return say("packs.period", since=since.isoformat(), last=last)
    if since:
        return say("packs.period.open", since=since.isoformat())
    return say("packs.period.last", last=last) if last else None


def state(pack: Pack, day: Day) -> str:
    """Whether it is a template, in force, over, or still to come."""
    head = pack.written.pack
    if head.template:
        return "template"
    if pack.written.holds(day):
        return "in_force"
    return "to_come" if day < head.from_ else "ended"


def sources(written: Written, cites: Sequence[str]) -> list[Say]:
    """What these citations of a pack mean."""
    return [cited(citation(written, cite)) for cite in cites]


def condition_words(written: Written, one: Condition, day: Day) -> ConditionShown:
    """A condition with the values that its parameters have on a day."""
    values = current(written.parameters, day)
    every, some = ([AtomShown(atom_words(written, t, values), t) for t in texts] for texts in (one.all_, one.any_))
    return ConditionShown(every, some, period(one.from_, one.until))


def condition_said(written: Written, one: Condition, day: Day) -> Say:
    """The same in one breath: “A, B and (C or D), from a day on”."""
    of = condition_words(written, one, day)
    parts = [*(part.say for part in of.every), *([either([part.say for part in of.some])] if of.some else [])]
    said = say("packs.listed", values=parts) if parts else say("packs.no_condition")
    return say("packs.dated", words=said, dates=of.dates) if of.dates else said


def atom_words(written: Written, text: str, values: Mapping[str, Any]) -> Say:
    """`test_age_hours <= test_hours` as it is said: 核酸阴性 ≤ 48 h. The atom is one that the pack was loaded with."""
    match ast.parse(text, mode="eval").body:
        case ast.Name(id=name):
            return say("packs.atom.yes", fact=written.facts[name].label.say)
        case ast.UnaryOp(operand=ast.Name(id=name)):
            return say("packs.atom.no", fact=written.facts[name].label.say)
        case ast.Compare(left=ast.Name(id=name), ops=[sign], comparators=[right]):
            return _compared(written.facts[name], _SIGNS[type(sign)], _constant(right, values))
    raise AssertionError(text)


def _compared(fact: Fact, sign: str, constant: Any) -> Say:
    label = fact.label.say
    if constant is None:
        return say(f"packs.atom.{sign}", fact=label, value=say("packs.atom.unstated"))
    if isinstance(constant, bool):
        return say("packs.atom.yes" if constant == (sign == "eq") else "packs.atom.no", fact=label)
    if isinstance(constant, tuple):
        return say(f"packs.atom.{sign}", fact=label, value=either([shown_fact(fact, one) for one in constant]))
    is_sum = isinstance(constant, int | float) and sign in ("eq", "ne")
    return say(
        f"packs.atom.{sign}.number" if is_sum else f"packs.atom.{sign}", fact=label, value=shown_fact(fact, constant)
    )


def either(many: Sequence[Say | str]) -> Say | str:
    """One of these."""
    if len(many) < 2:
        return many[0] if many else say("packs.nothing")
    said = say("packs.either", one=many[-2], other=many[-1])
    for one in reversed(many[:-2]):
        said = say("packs.either.more", one=one, other=said)
    return said


def _constant(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """What stands at the right: a parameter's value on the day, None where nobody knows it, or a constant."""
    match node:
        case ast.Name(id=name):
            return values.get(name, NONE)
        case ast.List(elts=many) | ast.Tuple(elts=many):
            return tuple(_constant(one, values) for one in many)
    return ast.literal_eval(node)
