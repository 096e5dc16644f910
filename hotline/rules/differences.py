"""What changed from one pack to another, in words: what an officer must do otherwise from that day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hotline import divisions
from hotline.rules.shelf import Pack
from hotline.rules.written import Condition, Day, Rule, Value, Words, Written
from locales.words import DEFAULT_LANGUAGE, Say, has, say


def differences(one: Pack, other: Pack) -> list[Say]:
    """Every difference between two packs, the dates first; none for two that mean the same."""
    a, b = one.written, other.written
    return [*_head(a, b), *_sources(a, b), *_parameters(a, b), *_facts(a, b), *_rules(a, b), *_more(a, b)]


def _head(a: Written, b: Written) -> Iterator[Say]:
    for name, before, after in (("from", a.pack.from_, b.pack.from_), ("until", a.pack.until, b.pack.until)):
        if before != after:
            yield say(f"rules.diff.{name}", before=_plain(before), after=_plain(after))
    if a.pack.divisions != b.pack.divisions:
        yield say("rules.diff.divisions", before=_places(a.pack.divisions), after=_places(b.pack.divisions))
    if a.pack.level != b.pack.level:
        was, is_now = (say(f"rules.level.{one.pack.level}") for one in (a, b))
        yield say("rules.diff.level", before=was, after=is_now)


def _places(codes: Sequence[str]) -> list[Say | str]:
    found = [(code, divisions.by_code(code)) for code in codes]
    return [
        one.full_name if one else say("directory.nation") if code == divisions.NATION else code for code, one in found
    ]


def _sources(a: Written, b: Written) -> Iterator[Say]:
    before, after = ({s.title for s in one.sources.values()} for one in (a, b))
    yield from (say("rules.diff.source.new", title=title) for title in sorted(after - before))
    yield from (say("rules.diff.source.gone", title=title) for title in sorted(before - after))


def _parameters(a: Written, b: Written) -> Iterator[Say]:
    for _, before, after in _paired(a.parameters, b.parameters):
        meaning = (after or before).meaning.say
        was, is_now = (one and [_value(value) for value in one.values] for one in (before, after))
        if was is None:
            yield say("rules.diff.parameter.new", name=meaning, after=_listed(is_now))
        elif is_now is None:
            yield say("rules.diff.parameter.gone", name=meaning, before=_listed(was))
        elif _listed(was) == _listed(is_now) and was != is_now:
            yield say("rules.diff.parameter.note", name=meaning)
        elif was != is_now:
            yield say("rules.diff.parameter.changed", name=meaning, before=_listed(was), after=_listed(is_now))


def _facts(a: Written, b: Written) -> Iterator[Say]:
    for _, before, after in _paired(a.facts, b.facts):
        if before is None:
            yield say("rules.diff.fact.new", name=after.label.say)
        elif after is None:
            yield say("rules.diff.fact.gone", name=before.label.say)
        elif before.model_dump() != after.model_dump():
            yield say("rules.diff.fact.changed", name=after.label.say)


def _rules(a: Written, b: Written) -> Iterator[Say]:
    before, after = ({rule.id: rule for rule in one.rules} for one in (a, b))
    for name, old, new in _paired(before, after):
        if old is None:
            yield say("rules.diff.rule.new", verdict=_verdict(new), words=new.say.say)
        elif new is None:
            yield say("rules.diff.rule.gone", verdict=_verdict(old), words=old.say.say)
        elif (old.verdict, old.class_) != (new.verdict, new.class_):
            yield say("rules.diff.rule.verdict", words=new.say.say, before=_verdict(old), after=_verdict(new))
        elif _conditions(old) != _conditions(new):
            yield say("rules.diff.rule.when", name=name, before=_conditions(old), after=_conditions(new))
        elif old.say != new.say or old.next != new.next or old.cite != new.cite:
            yield say("rules.diff.rule.words", words=new.say.say)
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield say("rules.diff.rule.order")


def _more(a: Written, b: Written) -> Iterator[Say]:
    bans = ({f"{ban.ground}{_conditions(ban)}": ban for ban in one.forbidden} for one in (a, b))
    for _, old, new in _paired(*bans):
        if old is None or new is None:
            yield say("rules.diff.ban.new" if old is None else "rules.diff.ban.gone", words=(new or old).say.say)
    also = ({more.id: more for more in one.also} for one in (a, b))
    for _, old, new in _paired(*also):
        if old is None or new is None:
            yield say("rules.diff.also.new" if old is None else "rules.diff.also.gone", words=(new or old).say.say)
        elif old != new:
            yield say("rules.diff.also.changed", words=new.say.say)


def _paired(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys((*one, *other)):
        yield name, one.get(name), other.get(name)


def _verdict(rule: Rule) -> Say:
    return verdict_of(rule.verdict, rule.class_)


def verdict_of(verdict: str, class_: str | None) -> Say:
    """A verdict in words, with its class where it has one."""
    words = say(f"rules.verdict.{verdict}")
    key = f"rules.class.{class_}"
    known = say(key) if has(DEFAULT_LANGUAGE, key) else class_
    return say("rules.verdict.of_class", verdict=words, name=known) if class_ else words


def _conditions(one: Condition) -> str:
    both = [" & ".join(one.all_), " | ".join(one.any_)]
    dated = [f"{since}.." for since in (one.from_,) if since] + [f"..{until}" for until in (one.until,) if until]
    return " ".join([*(f"({part})" for part in both if part), *dated]) or "-"


def _value(value: Value) -> tuple[Any, Day | None, Words | None]:
    return value.value, value.from_, value.note


def _listed(values: Any) -> list[str]:
    return [_plain(value) + (f" ({since}..)" if since else "") for value, since, _ in values]


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
