"""A pack as it stands on one day, with the wider packs above it, made ready to answer.

The result holds every set of facts in exactly one box, and each box knows which rule is the first to hold there. So
what is still possible, and which question can still matter, is read off and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hotline.rules import boxes
from hotline.rules.atoms import Atom, current, parse
from hotline.rules.boxes import Axis, Box, Frame, axis
from hotline.rules.written import Also, Condition, Day, Fact, Forbidden, Rule, Written


@dataclass(frozen=True, slots=True)
class Line:
    """A rule where it can be the first to hold, or (`rule` is None) where no rule holds at all.

    `unknown` names the parameter without which only a person can say; `also` what must be asked for besides.
    """

    rule: Rule | None
    also: tuple[str, ...] = ()
    unknown: str | None = None

    @property
    def verdict(self) -> str:
        """What is answered."""
        return "MANUAL" if self.rule is None or self.unknown else self.rule.verdict

    @property
    def class_(self) -> str | None:
        """Which kind of it; none while only a person can say."""
        return None if self.rule is None or self.unknown else self.rule.class_

    @property
    def key(self) -> tuple[str, str | None, tuple[str, ...]]:
        """What makes one answer another one than the next."""
        return self.verdict, self.class_, self.also


Piece = tuple[Box, Line]


@dataclass(frozen=True, slots=True)
class Override:
    """Where a rule would have held, had a wider pack not forbidden its ground."""

    rule: Rule
    forbidden: Forbidden
    by: str
    where: tuple[Box, ...]


@dataclass(frozen=True, eq=False)
class Compiled:
    """One pack on one day: its axes, the boxes with their lines, and the conditions that are only ever read."""

    pack: Written
    wider: tuple[Written, ...]
    day: Day
    axes: tuple[Axis, ...]
    lines: tuple[tuple[Box, Line], ...]
    overrides: tuple[Override, ...]
    forbidden: tuple[tuple[str, Forbidden, tuple[Box, ...]], ...]
    also: tuple[tuple[Also, tuple[Box, ...]], ...]
    parameters: Mapping[str, Any]

    @cached_property
    def frame(self) -> Frame:
        """How its boxes are written as numbers."""
        return Frame(self.axes)

    @cached_property
    def packed(self) -> tuple[tuple[int, Line], ...]:
        """The lines, their boxes as numbers, and the same line always as the same object."""
        same: dict[Line, Line] = {}
        return tuple((self.frame.packed(box), same.setdefault(line, line)) for box, line in self.lines)

    def axis(self, name: str) -> int:
        """The place of a fact among the axes; raises KeyError."""
        for at, one in enumerate(self.axes):
            if one.name == name:
                return at
        raise KeyError(name)


def compile_pack(pack: Written, wider: Sequence[Written], day: Day) -> Compiled:
    """The pack on this day, under these wider packs; raises BadAtom."""
    space = _Space.of(pack, wider, day)
    bans = [(one, ban, space.certain(one, ban)) for one in (pack, *wider) for ban in one.forbidden if ban.holds(day)]
    from_above = [(one.pack.id, ban, where) for one, ban, where in bans if one is not pack]
    left, lines, overrides = [space.everywhere], list[Piece](), list[Override]()
    for rule in pack.rules:
        if not rule.holds(day):
            continue
        for where, unknown in space.where(pack, rule):
            free = where
            for by, ban, banned in from_above:
                if rule.ground is not None and rule.ground == ban.ground:
                    overrides.append(Override(rule, ban, by, tuple(boxes.shared(boxes.shared(left, free), banned))))
                    free = boxes.less(free, banned)
            lines += [(box, Line(rule, (), unknown)) for box in boxes.joined(boxes.apart(boxes.shared(left, free)))]
            left = boxes.less(left, free)
    lines += [(box, Line(None)) for box in boxes.joined(left)]
    more = [(one, tuple(space.certain(pack, one))) for one in pack.also if one.holds(day)]
    return Compiled(
        pack,
        tuple(wider),
        day,
        space.axes,
        tuple(_refined(lines, more)),
        tuple(o for o in overrides if o.where),
        tuple((one.pack.id, ban, tuple(where)) for one, ban, where in bans),
        tuple(more),
        space.parameters[pack.pack.id],
    )


def _refined(lines: Iterable[Piece], more: Sequence[tuple[Also, tuple[Box, ...]]]) -> Iterator[Piece]:
    """Each box, cut where something that is asked for begins to hold."""
    found = list(lines)
    for one, where in more:
        if not one.asks:
            continue
        cut: list[Piece] = []
        for box, line in found:
            if not concerns(one, line):
                cut.append((box, line))
                continue
            within = replace(line, also=(*line.also, one.id))
            cut += [(piece, within) for piece in boxes.joined(boxes.apart(boxes.shared([box], where)))]
            cut += [(piece, line) for piece in boxes.joined(boxes.less([box], where))]
        found = cut
    yield from found


def concerns(more: Also, line: Line) -> bool:
    """Whether something more is said beside this answer."""
    return not more.of or line.class_ in more.of


@dataclass(frozen=True, slots=True)
class _Space:
    """The facts of a pack and of what is above it, cut by all their atoms."""

    axes: tuple[Axis, ...]
    atoms: Mapping[tuple[str, str], Atom]
    parameters: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, pack: Written, wider: Sequence[Written], day: Day) -> _Space:
        """The axes that the pack needs: its own facts, and those that the grounds forbidden above it hang on."""
        facts: dict[str, Fact] = {}
        atoms: dict[tuple[str, str], Atom] = {}
        parameters: dict[str, Mapping[str, Any]] = {}
        for one in (pack, *wider):
            values = parameters[one.pack.id] = current(one.parameters, day)
            conditions: Sequence[Condition] = [c for _, c in one.conditions()] if one is pack else one.forbidden
            for text in (text for condition in conditions if condition.holds(day) for text in condition.atoms):
                atom = atoms[one.pack.id, text] = parse(text, one, values)
                facts.setdefault(atom.fact, one.facts[atom.fact])
        in_order = [name for one in (pack, *wider) for name in one.facts if name in facts]
        axes = tuple(
            axis(name, facts[name], [atom for atom in atoms.values() if atom.fact == name])
            for name in dict.fromkeys(in_order)
        )
        return cls(axes, atoms, parameters)

    @property
    def everywhere(self) -> Box:
        """The box of all facts."""
        return tuple(one.whole for one in self.axes)

    def where(self, pack: Written, condition: Condition) -> list[tuple[list[Box], str | None]]:
        """Where a condition holds, in parts; each with the parameter that nobody knows, when it hangs on one there."""
        every = [self.atoms[pack.pack.id, text] for text in condition.all_]
        some = [self.atoms[pack.pack.id, text] for text in condition.any_]
        base = self._narrowed(self.everywhere, every)
        unknown = next((atom.unknown for atom in every if atom.unknown), None)
        if not all(base):
            return []
        if not some:
            return [([base], unknown)]
        found = [box for atom in some if not atom.unknown and all(box := self._narrowed(base, [atom]))]
        open_ = [atom.unknown for atom in some if atom.unknown]
        return [(boxes.apart(found), unknown), *([([base], unknown or open_[0])] if open_ else [])]

    def certain(self, pack: Written, condition: Condition) -> list[Box]:
        """Where a condition holds whatever the parameters are that nobody knows."""
        return [box for where, unknown in self.where(pack, condition) if not unknown for box in where]

    def _narrowed(self, box: Box, atoms: Iterable[Atom]) -> Box:
        masks = list(box)
        for atom in atoms:
            at = next(at for at, one in enumerate(self.axes) if one.name == atom.fact)
            masks[at] &= self.axes[at].mask(atom)
        return tuple(masks)
