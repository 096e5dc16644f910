"""An atom compares one fact with constants: `test_age_hours <= test_hours`, `code != "green"`, `goods in key_goods`.

Python's own parser reads it and nothing of it is ever run: what is no comparison of this kind is refused.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.rules.written import Day, Fact, Parameter, Written

NONE = "none"
"""The value of a number that somebody has not: never tested."""

_COMPARES: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, many: value in many,
    ast.NotIn: lambda value, many: value not in many,
}
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_LISTS = (ast.In, ast.NotIn)


class BadAtom(ValueError):
    """An atom that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Which fact, the constants it is compared with, and whether it holds for a value of the fact.

    `unknown` names a parameter that has no value: then nobody but a person can say.
    """

    fact: str
    constants: tuple[Any, ...]
    holds: Callable[[Any], bool]
    unknown: str | None = None


def parse(text: str, pack: Written, values: Mapping[str, Any]) -> Atom:
    """The atom that a text means, with these values of the parameters; raises BadAtom."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadAtom(f"{text!r} is no comparison") from None
    match tree:
        case ast.Name(id=name):
            return _truth(_fact(name, pack), name, True)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return _truth(_fact(name, pack), name, False)
        case ast.Compare(left=ast.Name(id=name), ops=[compare], comparators=[right]) if type(compare) in _COMPARES:
            return _compared(text, name, compare, right, pack, values)
    raise BadAtom(f"{text!r} does not compare one fact with constants")


def _truth(fact: Fact, name: str, wanted: bool) -> Atom:
    if fact.kind != "yes_no":
        raise BadAtom(f"{name} is no question of yes or no; compare it with something")
    return Atom(name, (True, False), lambda value: value is wanted)


def _compared(
    text: str, name: str, compare: ast.cmpop, right: ast.expr, pack: Written, values: Mapping[str, Any]
) -> Atom:
    fact = _fact(name, pack)
    if isinstance(right, ast.Name) and right.id in pack.parameters:
        if values.get(right.id) is None:
            return Atom(name, (), lambda _: True, right.id)
        constant = values[right.id]
    else:
        constant = _constant(text, right)
    many = isinstance(compare, _LISTS)
    if many and (isinstance(constant, str) or not isinstance(constant, Sequence)):
        raise BadAtom(f"{text!r}: `in` needs a list")
    constants = tuple(constant) if many else (constant,)
    for one in constants:
        _known(text, name, fact, one, is_order=isinstance(compare, _ORDERS))
    test, against = _COMPARES[type(compare)], constants if many else constant

    def holds(value: Any) -> bool:
        if value == NONE and fact.kind == "number":
            return isinstance(compare, ast.NotEq | ast.NotIn) if NONE not in constants else test(value, against)
        return test(value, against)

    return Atom(name, constants, holds)


def _constant(text: str, node: ast.expr) -> Any:
    """A number, a word in quotes, True, False, none, or a list of these."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Name(id="none"):
            return NONE
        case ast.List(elts=many) | ast.Tuple(elts=many):
            return tuple(_constant(text, one) for one in many)
        case ast.Name(id=name):
            raise BadAtom(f"{text!r}: {name} is no parameter of this pack")
    raise BadAtom(f"{text!r} does not compare one fact with constants")


def _known(text: str, name: str, fact: Fact, constant: Any, *, is_order: bool) -> None:
    """Whether a constant is one that the fact can have."""
    if fact.kind == "choice" and constant not in (fact.options or ()):
        raise BadAtom(f"{text!r}: {constant!r} is no option of {name}")
    if fact.kind == "yes_no" and not isinstance(constant, bool):
        raise BadAtom(f"{text!r}: {name} is compared with True or False")
    if fact.kind == "number" and constant == NONE and fact.none is not None and not is_order:
        return
    if fact.kind == "number" and (isinstance(constant, bool) or not isinstance(constant, int | float)):
        raise BadAtom(f"{text!r}: {name} is a number, {constant!r} is none")
    if fact.kind != "number" and is_order:
        raise BadAtom(f"{text!r}: {name} has no order")


def _fact(name: str, pack: Written) -> Fact:
    if name not in pack.facts:
        raise BadAtom(f"{name} is no fact of this pack")
    return pack.facts[name]


def current(parameters: Mapping[str, Parameter], day: Day) -> dict[str, Any]:
    """What each parameter is on a day, by its newest value; None where nobody knows."""
    found: dict[str, Any] = {}
    for name, parameter in parameters.items():
        held = [value for value in parameter.values if value.holds(day)]
        found[name] = held[-1].value if held else None
    return found
