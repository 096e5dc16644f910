"""Sets of facts as boxes: for each fact the cells in which it may lie, as bits. All of it is exact.

The atoms of a pack cut each fact into cells, within which none of them can tell one value from another. A rule holds in
a union of boxes; which rule is the first to hold is a matter of taking boxes away from boxes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import Any

from hotline.rules.atoms import NONE, Atom
from hotline.rules.written import Fact

Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One fact, cut into cells; `samples` holds a value of each.

    A number is cut at `edges`; `places` are where its cells lie between them.
    """

    name: str
    fact: Fact
    samples: tuple[Any, ...]
    edges: tuple[float, ...] = ()
    places: tuple[tuple[int, bool], ...] = ()

    @property
    def whole(self) -> int:
        """Every cell."""
        return (1 << len(self.samples)) - 1

    def mask(self, atom: Atom) -> int:
        """The cells in which an atom holds."""
        return sum(1 << at for at, sample in enumerate(self.samples) if atom.holds(sample))

    def cell(self, value: Any) -> int:
        """The bit of the cell in which a value lies; raises ValueError for what the fact cannot be."""
        if self.fact.kind == "number":
            return 1 << self._interval(value)
        if isinstance(value, bool) != (self.fact.kind == "yes_no") or value not in self.samples:
            raise ValueError(f"{self.name} cannot be {value!r}")
        return 1 << self.samples.index(value)

    def _interval(self, value: Any) -> int:
        if value == NONE and self.fact.none is not None:
            return self.samples.index(NONE)
        low, high = self.fact.low or 0, self.fact.high or 0
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high or (self.fact.whole and value != int(value)):
            raise ValueError(f"{self.name} cannot be {value!r}")
        return self.places.index(_where(self.edges, value))


def _where(edges: Sequence[float], value: float) -> tuple[int, bool]:
    """Between which edges a number lies, and whether it is one."""
    at = bisect_left(edges, value)
    return at, at < len(edges) and edges[at] == value


def axis(name: str, fact: Fact, atoms: Iterable[Atom]) -> Axis:
    """The fact as these atoms cut it."""
    if fact.kind == "yes_no":
        return Axis(name, fact, (True, False))
    if fact.kind == "choice":
        return Axis(name, fact, tuple(fact.options or ()))
    low, high = fact.low or 0, fact.high or 0
    edges = sorted({c for atom in atoms for c in atom.constants if c != NONE and low <= c <= high})
    inside = [_between(left, right, whole=fact.whole) for left, right in pairwise(edges)]
    found = [low, *(e for e in edges if not fact.whole or e == int(e)), *(i for i in inside if i is not None), high]
    by_place = {_where(edges, value): value for value in reversed(found)}
    places = tuple(sorted(by_place))
    samples: list[Any] = [by_place[place] for place in places]
    return Axis(name, fact, (*samples, NONE) if fact.none else tuple(samples), tuple(edges), places)


def _between(left: float, right: float, *, whole: bool) -> float | None:
    """A number between two edges; None when there is no whole one."""
    if not whole:
        return (left + right) / 2
    return floor(left) + 1 if floor(left) + 1 < right else None


class Frame:
    """Boxes as one number each, the cells of all axes side by side: what is asked of many pairs is then cheap.

    Above the cells of each axis stands one bit of its own. Adding `cells` carries into it unless the axis is empty.
    """

    def __init__(self, axes: Sequence[Axis]):
        self.shifts: list[int] = []
        self.bits: list[int] = []
        self.cells, at = 0, 0
        for one in axes:
            self.shifts.append(at)
            self.cells |= one.whole << at
            at += len(one.samples) + 1
            self.bits.append(1 << (at - 1))
        self.all = sum(self.bits)

    def packed(self, box: Box) -> int:
        """The number that a box is."""
        return sum(mask << shift for mask, shift in zip(box, self.shifts, strict=True))

    def empty(self, number: int) -> int:
        """The bits of the axes on which nothing is left: 0 for a box."""
        return self.all & ~(number + self.cells)

    def cut(self, numbers: Iterable[int]) -> int:
        """The bits of the axes on which these boxes differ; on any other they can tell nothing apart."""
        some, every = 0, -1
        for number in numbers:
            some, every = some | number, every & number
        return self.all & ((some & ~every) + self.cells)

    def joined(self, numbers: Iterable[int]) -> list[int]:
        """The same set in fewer boxes, as `joined` makes them."""
        found, again = list(numbers), True
        while again and len(found) > 1:
            again = False
            for shift, bit in zip(self.shifts, self.bits, strict=True):
                field, by_rest = bit - (1 << shift), dict[int, int]()
                for number in found:
                    rest = number & ~field
                    by_rest[rest] = by_rest.get(rest, 0) | number
                again |= len(by_rest) < len(found)
                found = list(by_rest.values())
        return found


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes share."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def without(box: Box, taken: Box) -> list[Box]:
    """A box less another one, as boxes that do not overlap."""
    if not all(a & b for a, b in zip(box, taken, strict=True)):
        return [box]
    left, rest = [], list(box)
    for at, gone in enumerate(taken):
        if outside := rest[at] & ~gone:
            left.append((*rest[:at], outside, *rest[at + 1 :]))
            rest[at] &= gone
    return left


def less(boxes: Iterable[Box], taken: Iterable[Box]) -> list[Box]:
    """Boxes less others."""
    left = list(boxes)
    for one in taken:
        left = [piece for box in left for piece in without(box, one)]
    return left


def shared(boxes: Iterable[Box], others: Sequence[Box]) -> list[Box]:
    """What is in both; without overlap when neither has any."""
    return [both for box in boxes for other in others if (both := meet(box, other)) is not None]


def apart(boxes: Iterable[Box]) -> list[Box]:
    """The same set as boxes that do not overlap."""
    found: list[Box] = []
    for box in boxes:
        found += less([box], found)
    return found


def joined(boxes: Iterable[Box]) -> list[Box]:
    """The same set in fewer boxes: those that differ in one fact alone become one."""
    found, again = list(boxes), True
    while again:
        again = False
        for at in range(len(found[0]) if found else 0):
            by_rest: dict[Box, int] = {}
            for box in found:
                rest = (*box[:at], 0, *box[at + 1 :])
                by_rest[rest] = by_rest.get(rest, 0) | box[at]
            again |= len(by_rest) < len(found)
            found = [(*rest[:at], mask, *rest[at + 1 :]) for rest, mask in by_rest.items()]
    return found
