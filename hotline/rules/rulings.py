"""A question put to the packs: which hold there on that day, what they answer, and what each clause is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline import divisions
from hotline.rules.atoms import NONE
from hotline.rules.boxes import axis
from hotline.rules.compiled import Compiled
from hotline.rules.shelf import Pack, Shelf
from hotline.rules.verdicts import Answer, evaluate
from hotline.rules.written import Day, Fact, Source, Written
from locales.words import Refusal

NOT_IN_FORCE = "NOT_IN_FORCE"
GREEN = frozenset({"ALLOW", "ALLOW_PRIORITY", "NOT_NEEDED"})
"""Verdicts after which there is nothing more to do before going."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of a pack, and the item in it that is meant."""

    source: Source
    item: str | None
    pack: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the packs say; `packs` are those in force, the most specific first, and none of them: NOT_IN_FORCE.

    Then `ended` is the pack that was in force before, if there was one. `assumed` is what was taken to be so because
    nobody said otherwise, as far as it matters.
    """

    scheme: str
    place: str
    day: Day
    packs: tuple[Pack, ...]
    of: Compiled | None
    answer: Answer | None
    ended: Pack | None = None
    assumed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """ALLOW, MANUAL ... or NOT_IN_FORCE."""
        return self.answer.verdict if self.answer else NOT_IN_FORCE

    @property
    def is_green(self) -> bool:
        """Whether nothing more is to be done before going."""
        return self.verdict in GREEN and not (self.answer and self.answer.open)

    @property
    def pack(self) -> Pack:
        """The most specific pack in force; only where there is one."""
        return self.packs[0]

    @property
    def facts(self) -> dict[str, Fact]:
        """Every fact that may be asked for, as the most specific pack words it."""
        known: dict[str, Fact] = {}
        for pack in self.packs:
            known = {**pack.written.facts, **known}
        return {one.name: known[one.name] for one in self.of.axes} if self.of else {}

    def cited(self, cites: Sequence[str], pack: str | None = None) -> list[Citation]:
        """What these citations of a pack, the most specific one unless another is named, mean."""
        written = next(one.written for one in self.packs if pack in (None, one.id))
        return [citation(written, cite) for cite in cites]


def citation(pack: Written, cite: str) -> Citation:
    """What a citation in a pack means."""
    source, _, item = cite.partition("#")
    return Citation(pack.sources[source], item or None, pack.pack.id)


def rule_on(
    shelf: Shelf, scheme: str, place: str, day: Day, facts: Mapping[str, Any], declined: Collection[str] = ()
) -> Ruling:
    """What holds for a question at a place (a code of GB/T 2260) on a day, as far as the facts go.

    Raises Refusal for a question that no pack knows, for an unknown fact, and for a value that a fact cannot have.
    """
    if scheme not in shelf.schemes():
        raise Refusal("rules.scheme.unknown", scheme=scheme, known=list(shelf.schemes()))
    chain = shelf.chain(scheme, place, day)
    if not chain:
        return Ruling(scheme, place, day, (), None, None, shelf.last(scheme, place, day))
    of = shelf.stands(chain, day)
    possible = {name for pack in chain for name in pack.written.facts}
    if strange := sorted(set(facts) - possible):
        raise Refusal("rules.fact.unknown", name=strange[0], known=sorted(possible))
    for one in of.axes:
        if one.name in facts and not fits(one.fact, facts[one.name]):
            raise Refusal("rules.fact.refused", name=one.name, allowed=allowed(one.fact))
    taken: dict[str, Any] = {}
    for pack in reversed(chain):
        taken |= pack.written.assumed(facts)
    answer = evaluate(of, {**taken, **facts}, declined)
    mattering = evaluate(of, facts).matters if taken else ()
    assumed = {name: value for name, value in taken.items() if name in mattering}
    return Ruling(scheme, place, day, chain, of, answer, assumed=assumed)


def fits(fact: Fact, value: Any) -> bool:
    """Whether a fact can have this value: what was kept with answers may be older than the pack."""
    try:
        axis("", fact, ()).cell(value)
    except ValueError:
        return False
    return True


def allowed(fact: Fact) -> str:
    """The values that a fact can have, as they are typed."""
    if fact.kind == "yes_no":
        return "yes, no"
    if fact.kind == "choice":
        return ", ".join(fact.options or ())
    low, high = (f"{edge:g}" for edge in (fact.low or 0, fact.high or 0))
    return f"{low}-{high}" + (f", {NONE}" if fact.none else "")


def read_value(fact: Fact, typed: str) -> Any:
    """A fact's value as it is typed: yes, no, an option, a number, none; raises ValueError or KeyError."""
    plain = typed.strip()
    if fact.kind == "yes_no":
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[plain.casefold()]
    if plain == NONE and fact.none:
        return plain
    if fact.kind == "choice":
        return {option: option for option in fact.options or ()}[plain]
    number = float(plain)
    return int(number) if number.is_integer() else number


def place_code(typed: str) -> str:
    """The division that a code or a name means; raises Refusal."""
    plain = typed.strip()
    if plain == divisions.NATION:
        return plain
    found = divisions.by_code(plain) if plain.isdecimal() else divisions.resolve(plain)
    if found is None:
        raise Refusal("rules.place.unknown", typed=plain)
    return found.code
