"""One rule pack in words: sources, dated values, questions, rules in their order, and its cases with their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from handlers.rule_questions import shown_fact, unit_of
from handlers.staff.packs import row_of
from handlers.staff.packs_asked import address, asked
from handlers.staff.packs_diff import versions
from handlers.staff.packs_words import ConditionShown, condition_words, period, sources
from handlers.staff.visit import Visit
from hotline.rules import watch
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import NOT_IN_FORCE
from hotline.rules.shelf import Pack, Shelf
from hotline.rules.verdicts import evaluate
from hotline.rules.written import Case, Condition, Day, Fact, Parameter, Value, Written
from locales.words import Say, say

NAME = "{name:[a-z0-9][a-z0-9-]{0,63}}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule, a forbidden ground or something more: its condition, its sources, and whether it holds on the day."""

    of: Any
    condition: ConditionShown
    sources: Sequence[Say]
    holds: bool
    verdict: Say | None = None


@dataclass(frozen=True, slots=True)
class ValueShown:
    """What a parameter is, since and until when, and where that is written."""

    value: Say | str
    period: Say | None
    sources: Sequence[Say]
    note: Say | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A case: what is known, what must come out, and what does."""

    case: Case
    facts: Sequence[tuple[Say, Say | str]]
    wanted: Say
    found: Say
    is_right: bool


async def show(visit: Visit) -> web.StreamResponse:
    """The pack of this name, as it stands on a day on which it holds: the one nearest to the day asked for."""
    books, unread = watch.on_hand()
    pack = books.packs.get(visit.request.match_info["name"]) if books else None
    if books is None or pack is None:
        raise web.HTTPNotFound
    wanted = asked(visit)
    written, head = pack.written, pack.written.pack
    day = _within(head.from_, head.until, wanted.day)
    before, after = versions(books, pack)
    cases = [_tried(books, pack, case) for case in written.cases]
    return await visit.page(
        "packs_one.html",
        asked=wanted,
        pack=pack,
        head=head,
        row=row_of(pack, wanted.today, watch.concerns(books, wanted.home, wanted.today)),
        unread=unread,
        day=day,
        breaks=written.breaks(),
        stands=max((one for one in written.breaks() if one <= day), default=head.from_),
        cited={name: (sources(written, [name])[0], source) for name, source in written.sources.items()},
        parameters=[(name, one, _values(written, one, day)) for name, one in written.parameters.items()],
        facts=[(name, one, _may_be(one)) for name, one in written.facts.items()],
        rules=[_spoken(written, rule, day, verdict_of(rule.verdict, rule.class_)) for rule in written.rules],
        bans=[_spoken(written, ban, day) for ban in written.forbidden],
        also=[_spoken(written, more, day) for more in written.also],
        cases=cases,
        all_right=all(one.is_right for one in cases),
        before=before,
        after=after,
        ended_by=sources(written, [head.ended_by])[0] if head.ended_by else None,
        address=address,
    )


def _within(first: Day, until: Day | None, day: Day) -> Day:
    """The day, or the nearest one on which a pack with these dates holds."""
    last = until - timedelta(days=1) if until else day
    return max(first, min(day, last))


def _spoken(written: Written, one: Condition, day: Day, verdict: Say | None = None) -> Spoken:
    return Spoken(one, condition_words(written, one, day), sources(written, one.cite), one.holds(day), verdict)


def _values(written: Written, parameter: Parameter, day: Day) -> list[ValueShown]:
    return [
        ValueShown(
            _value(written, parameter, value),
            period(value.from_, value.until),
            sources(written, value.cite),
            value.note.say if value.note else None,
            value.holds(day),
        )
        for value in parameter.values
    ]


def _value(written: Written, parameter: Parameter, value: Value) -> Say | str:
    """A value as it is read: with its unit, or by the words of the options that it lists."""
    plain = value.value
    if plain is None:
        return say("packs.unstated")
    many = plain if isinstance(plain, tuple) else (plain,)
    lists = next((f for f in written.facts.values() if f.options and all(one in f.options for one in many)), None)
    if lists is not None:
        return say("packs.listed", values=[shown_fact(lists, one) for one in many])
    if isinstance(plain, bool):
        return say("question.yes" if plain else "question.no")
    unit = unit_of(parameter.unit)
    values = [say("rules.number", value=f"{n:g}", unit=unit) if not isinstance(n, str) else n for n in many]
    return say("packs.listed", values=values)


def _may_be(fact: Fact) -> Say:
    """What a fact can be."""
    if fact.kind == "yes_no":
        return say("packs.fact.yes_no")
    if fact.kind == "choice":
        return say("packs.listed", values=[words.say for words in (fact.options or {}).values()])
    low, high = (f"{edge:g}" for edge in (fact.low or 0, fact.high or 0))
    reach = say("packs.fact.number", low=low, high=high, unit=unit_of(fact.unit))
    return say("packs.listed", values=[reach, fact.none.say]) if fact.none else reach


def _tried(books: Shelf, pack: Pack, case: Case) -> Tried:
    """The case put to the pack alone, as its file's own test does."""
    facts = [
        (pack.written.facts[name].label.say, shown_fact(pack.written.facts[name], v)) for name, v in case.facts.items()
    ]
    wanted = verdict_of(case.verdict, case.class_)
    if not pack.written.holds(case.on):
        return Tried(case, facts, wanted, verdict_of(NOT_IN_FORCE, None), case.verdict == NOT_IN_FORCE)
    answer = evaluate(books.stands([pack], case.on), {**pack.written.assumed(case.facts), **case.facts})
    is_right = answer.verdict == case.verdict and case.class_ in (None, answer.class_)
    return Tried(case, facts, wanted, verdict_of(answer.verdict, answer.class_), is_right)
