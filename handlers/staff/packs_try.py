"""Facts in, verdict out, and how it came about; as of any day. A GET, so that the address can be passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from handlers.rule_questions import shown_fact, unit_of
from handlers.ruling_words import assumed
from handlers.staff.guard import clean
from handlers.staff.packs_asked import LONGEST, Asked, address, asked
from handlers.staff.packs_words import ConditionShown, condition_words, either, place_words, scheme_words, sources
from handlers.staff.visit import Visit
from hotline.rules import watch
from hotline.rules.atoms import NONE
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import Ruling, read_value, rule_on
from hotline.rules.shelf import Shelf
from hotline.rules.trace import SeenAtom, Step, trace
from hotline.rules.written import Day, Fact
from locales.words import Refusal, Say, say

MARK = "fact_"
"""Before a fact's name in the address, so that no fact is taken for a place or a day."""


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as a field of the form: what was typed, what it offers, what it means empty, and why it was not taken."""

    name: str
    fact: Fact
    typed: str
    choices: Sequence[tuple[str, Say]]
    empty: Say
    no: Say | None
    is_next: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, what it rests on, and what stands beside it."""

    say: Say
    sources: Sequence[Say]
    other: Say | None = None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A rule of the trace: its condition with what is known of each atom, and the atom that settled it."""

    step: Step
    condition: ConditionShown
    sources: Sequence[Say]
    known: dict[str, SeenAtom]
    says: dict[str, Say]
    verdict: Say
    parameter: Say | None


async def show(visit: Visit) -> web.StreamResponse:
    """The form for a scheme, a place and a day; and what the packs answer to what is filled in."""
    books, unread = watch.on_hand()
    wanted = asked(visit)
    schemes = books.schemes() if books else ()
    here = books.in_force(wanted.place, wanted.day) if books else []
    first = next((pack.written.pack.scheme for pack in here), schemes[0] if schemes else "")
    scheme = wanted.scheme if wanted.scheme in schemes else first
    facts: dict[str, Any] = {}
    wrong: dict[str, Say] = {}
    ruling = None
    if books and scheme:
        facts, wrong = _facts(visit, books, scheme, wanted)
        ruling = rule_on(books, scheme, wanted.place, wanted.day, facts)
    answer = ruling.answer if ruling else None
    return await visit.page(
        "packs_try.html",
        asked=wanted,
        unread=unread,
        scheme=scheme,
        schemes=[(name, scheme_words(name)) for name in schemes],
        in_force={pack.written.pack.scheme for pack in here},
        place=place_words(wanted.place),
        ruling=ruling,
        answer=answer,
        fields=_fields(visit, ruling, wrong) if ruling else [],
        verdict=verdict_of(ruling.verdict, answer.class_ if answer else None) if ruling else None,
        possible=either([verdict_of(one, None) for one in answer.possible]) if answer else "",
        unknown=[ruling.facts[name].label.say for name in answer.unknown] if ruling and answer else [],
        rules=_rules(ruling) if ruling else [],
        bans=_bans(ruling) if ruling else [],
        overridden=_overridden(ruling) if ruling else [],
        also=_also(ruling) if ruling else [],
        steps=_steps(ruling, facts) if ruling else [],
        assumed=assumed(ruling) if ruling and answer else [],
        not_stated=_meaning(ruling, answer.parameter) if ruling and answer and answer.parameter else None,
        last=_last(ruling.ended.written.pack.until) if ruling and ruling.ended else None,
        address=address,
        mark=MARK,
    )


def _facts(visit: Visit, books: Shelf, scheme: str, wanted: Asked) -> tuple[dict[str, Any], dict[str, Say]]:
    """What is filled in, and what of it cannot be; a fact that is empty is not known."""
    known: dict[str, Any] = {}
    wrong: dict[str, Say] = {}
    for name, fact in rule_on(books, scheme, wanted.place, wanted.day, {}).facts.items():
        typed = _typed(visit, name)
        if not typed:
            continue
        try:
            value = read_value(fact, typed)
            rule_on(books, scheme, wanted.place, wanted.day, {name: value})
        except (KeyError, ValueError, OverflowError, Refusal):
            wrong[name] = (
                say("packs.try.refused", low=f"{fact.low or 0:g}", high=f"{fact.high or 0:g}")
                if (fact.kind == "number")
                else say("packs.try.no_option")
            )
        else:
            known[name] = value
    return known, wrong


def _typed(visit: Visit, name: str) -> str:
    """What stands in a field; a ticked "none at all" goes before a number beside it."""
    typed = [clean(one).strip()[:LONGEST] for one in visit.request.query.getall(MARK + name, [])]
    return NONE if NONE in typed else next((one for one in typed if one), "")


def _fields(visit: Visit, ruling: Ruling, wrong: dict[str, Say]) -> list[Field]:
    ask = ruling.answer.ask if ruling.answer else None
    return [
        Field(name, fact, _typed(visit, name), _choices(fact), _empty(fact), wrong.get(name), name == ask)
        for name, fact in ruling.facts.items()
    ]


def _empty(fact: Fact) -> Say:
    """What an empty field means."""
    if fact.assume is not None:
        return say("packs.try.assumed", value=shown_fact(fact, fact.assume))
    if fact.kind != "number":
        return say("rules.unknown")
    low, high = (f"{edge:g}" for edge in (fact.low or 0, fact.high or 0))
    return say("packs.try.number", low=low, high=high, unit=unit_of(fact.unit))


def _choices(fact: Fact) -> list[tuple[str, Say]]:
    if fact.kind == "yes_no":
        return [("yes", say("question.yes")), ("no", say("question.no"))]
    return [(name, words.say) for name, words in (fact.options or {}).items()]


def _rules(ruling: Ruling) -> list[Line]:
    found = ruling.answer.rules if ruling.answer else ()
    return [Line(one.say.say, _cited(ruling, one.cite), one.next.say if one.next else None) for one in found]


def _bans(ruling: Ruling) -> list[Line]:
    found = ruling.answer.forbidden if ruling.answer else ()
    return [Line(one.forbidden.say.say, _cited(ruling, one.forbidden.cite, one.pack)) for one in found]


def _overridden(ruling: Ruling) -> list[Line]:
    """A local rule, and what a wider pack says instead."""
    found = ruling.answer.overridden if ruling.answer else ()
    return [Line(one.rule.say.say, _cited(ruling, one.forbidden.cite, one.by), one.forbidden.say.say) for one in found]


def _also(ruling: Ruling) -> list[Line]:
    return [Line(one.say.say, _cited(ruling, one.cite)) for one in (ruling.answer.also if ruling.answer else ())]


def _steps(ruling: Ruling, facts: dict[str, Any]) -> list[StepShown]:
    if ruling.of is None:
        return []
    written, day = ruling.pack.written, ruling.day
    found = []
    taken: dict[str, Any] = {}
    for pack in reversed(ruling.packs):
        taken |= pack.written.assumed(facts)
    for step in trace(ruling.of, {**taken, **facts}):
        condition, seen = condition_words(written, step.rule, day), step.seen
        found.append(
            StepShown(
                step,
                condition,
                sources(written, step.rule.cite),
                {one.text: one for one in (*seen.every, *seen.some)},
                {one.text: one.say for one in (*condition.every, *condition.some)},
                _verdict(step),
                _meaning(ruling, seen.parameter) if seen.parameter else None,
            )
        )
    return found


def _verdict(step: Step) -> Say:
    """What a rule says; where it hangs on what no document states, it is a person who says it."""
    if step.outcome == "decides" and step.seen.parameter:
        return verdict_of("MANUAL", None)
    return verdict_of(step.rule.verdict, step.rule.class_)


def _meaning(ruling: Ruling, parameter: str) -> Say:
    return ruling.pack.written.parameters[parameter].meaning.say


def _cited(ruling: Ruling, cites: Sequence[str], pack: str | None = None) -> list[Say]:
    written = next(one.written for one in ruling.packs if pack in (None, one.id))
    return sources(written, cites)


def _last(until: Day | None) -> str:
    return (until - timedelta(days=1)).isoformat() if until else ""
