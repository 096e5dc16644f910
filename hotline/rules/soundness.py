"""What can be wrong in a pack that is well written as a file: every fault in a sentence that names rule and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from hotline.rules.atoms import BadAtom, current, parse
from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.verdicts import evaluate
from hotline.rules.written import Case, Written


def faults(pack: Written) -> Iterator[str]:
    """Every fault of a pack by itself."""
    first = [*_uncited(pack), *_twice(pack), *_out_of_time(pack), *_atoms(pack), *_issued(pack)]
    yield from first
    if first:
        return
    stands = {day: compile_pack(pack, (), day) for day in pack.breaks()}
    yield from _unreachable(pack, list(stands.values()))
    for case in pack.cases:
        stand = stands[max(day for day in stands if day <= case.on)] if pack.holds(case.on) else None
        yield from (f"case {case.name!r}: {fault}" for fault in _case(stand, case))


def _uncited(pack: Written) -> Iterator[str]:
    used = set()
    for where, cite in pack.cited():
        source = cite.partition("#")[0]
        used.add(source)
        if source not in pack.sources:
            yield f"{where}: cites {source!r}, which is no source of this pack"
    for source in set(pack.sources) - used:
        yield f"sources.{source}: nothing cites it"


def _twice(pack: Written) -> Iterator[str]:
    names = Counter([f"rule {rule.id}" for rule in pack.rules] + [f"also {more.id}" for more in pack.also])
    yield from (f"{name}: there are {count} of this name" for name, count in names.items() if count > 1)


def _out_of_time(pack: Written) -> Iterator[str]:
    begins, ends = pack.pack.from_, pack.pack.until
    for where, condition in pack.conditions():
        if condition.from_ and condition.until and condition.until <= condition.from_:
            yield f"{where}: until is not after from"
        is_before = condition.until is not None and condition.until <= begins
        if is_before or (ends is not None and condition.from_ is not None and condition.from_ >= ends):
            yield f"{where}: its dates lie outside the pack's"
    for name, parameter in pack.parameters.items():
        for one, after in pairwise(parameter.values):
            next_ = after.from_ or begins
            if next_ <= (one.from_ or begins) or (one.until is not None and one.until > next_):
                yield f"parameters.{name}: two values hold on {next_}"


def _atoms(pack: Written) -> Iterator[str]:
    used: set[str | None] = (
        {pack.issuing.goods} if pack.issuing else set()
    )  # which an application asks for, whatever the rules ask
    for day in pack.breaks():
        values = current(pack.parameters, day)
        for where, condition in pack.conditions():
            for text in condition.atoms:
                try:
                    fact = parse(text, pack, values).fact
                except BadAtom as error:
                    yield f"{where}: {error}"
                    return
                if where != "pass.automatic":  # which is looked at only after the rules have asked
                    used.add(fact)
    yield from (f"facts.{name}: no condition asks for it" for name in pack.facts if name not in used)


def _issued(pack: Written) -> Iterator[str]:
    """What the parts on passes and filings name must be there."""
    if pack.issuing and pack.issuing.goods and getattr(pack.facts.get(pack.issuing.goods), "kind", None) != "choice":
        yield f"pass.goods: {pack.issuing.goods} is no choice among the facts of this pack"
    yield from _granted(pack)
    named = {"pass.valid_days": pack.issuing.valid_days if pack.issuing else None}
    if pack.filing:
        for one in ("window_hours", "valid_hours", "stay_hours"):
            named[f"filing.{one}"] = getattr(pack.filing, one)
    for where, name in named.items():
        if not name:
            continue
        if name not in pack.parameters:
            yield f"{where}: {name} is no parameter of this pack"
        elif not all(_is_count(value.value) for value in pack.parameters[name].values):
            yield f"{where}: {name} is to be a number above 0, or not known"


def _granted(pack: Written) -> Iterator[str]:
    """A pass belongs to the question who needs one; its classes are those of the rules; nothing is granted blindly."""
    if pack.issuing is None:
        return
    if pack.pack.kind != "need":
        yield "pass: belongs to a pack of the kind need"
    classes = {rule.class_ for rule in pack.rules}
    for name in ("decide_within_of", "decide_within_across"):
        strange = sorted(set(getattr(pack.issuing, name)) - classes)
        yield from (f"pass.{name}: {one} is the class of no rule of this pack" for one in strange)
    if any(not line.atoms for line in pack.issuing.automatic):
        yield "pass.automatic: a line without a condition would grant everything"


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)


def _unreachable(pack: Written, stands: list[Compiled]) -> Iterator[str]:
    reached = {line.rule.id for one in stands for _, line in one.lines if line.rule}
    for rule in pack.rules:
        if rule.id not in reached:
            yield f"rule {rule.id}: can never be reached; those before it leave nothing to it"
    for more in pack.also:
        if not any(where for one in stands for found, where in one.also if found.id == more.id):
            yield f"also {more.id}: its condition can never hold"


def _case(stand: Compiled | None, case: Case) -> Iterator[str]:
    if stand is None:
        if case.verdict != "NOT_IN_FORCE":
            yield f"the pack is not in force on {case.on}"
        return
    if strange := set(case.facts) - set(stand.pack.facts):
        yield f"{sorted(strange)[0]} is no fact of this pack"
        return
    try:
        answer = evaluate(stand, {**stand.pack.assumed(case.facts), **case.facts})
    except ValueError as error:
        yield str(error)
        return
    said = {more.id for more in answer.also}
    grounds = {ban.forbidden.ground for ban in answer.forbidden}
    for what, wanted, found in (
        ("verdict", case.verdict, answer.verdict),
        ("class", case.class_, answer.class_),
        ("asks", case.asks, answer.unknown),
    ):
        if wanted is not None and (set(wanted) != set(found or ()) if what == "asks" else wanted != found):
            yield f"{what} is {found!r}, not {wanted!r}"
    decided = [rule.id for rule in (*answer.rules, *answer.silent)]
    if case.rule is not None and [case.rule] != decided[:1]:
        yield f"decided by {decided}, not by {case.rule}"
    yield from (f"{ground} is not forbidden" for ground in case.forbidden if ground not in grounds)
    yield from (f"{more} is not said" for more in case.also if more not in said)
