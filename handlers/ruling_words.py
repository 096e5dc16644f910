"""What is said of a ruling: the answer first, then the clause with its document and date, then what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.conversation import Option, Reply
from handlers import desk
from handlers.rule_questions import shown_fact
from hotline import divisions
from hotline.rules.citing import cited
from hotline.rules.compiled import Override
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import Ruling, citation
from locales.words import Say, say, together
from storage.models import Decision

KINDS = ("authority", "limit", "document", "note")
"""What is said besides, in the order in which somebody acts on it."""

MOST_LINES = 8
MOST_GROUNDS = 4
"""Forbidden grounds that a driver reads in his cab; the card has them all."""

OFFERS = {"appeal": "/code_appeal", "nearest": "/nearest", "filing": "/file_trip"}
"""The forms behind what a rule offers."""

CLERK, REPORT = Option("/consult", say("rules.ask_a_clerk")), Option("/blockage", say("command.blockage"))


def told(ruling: Ruling, decision: Decision | None, *ways: Option) -> Reply:
    """The whole answer; what is no longer in force says so, and who still stops trucks for it can be reported.

    `ways` are what else can be done now; they stand first.
    """
    if ruling.answer is None:
        return Reply(together(*not_in_force(ruling)), _ways(ruling, None))
    head = say(
        "rules.green" if ruling.is_green else "rules.amber", verdict=verdict_of(ruling.verdict, ruling.answer.class_)
    )
    parts = [together(head, *reasons(ruling), gap="\n"), *_clauses(ruling), *_besides(ruling), *_bans(ruling)]
    if decision is not None:
        is_at_the_barrier = ruling.pack.written.pack.kind == "passage"
        parts.append(say("rules.card" if is_at_the_barrier else "rules.card.keep", address=card_of(decision)))
    return Reply(together(*parts), (*ways, *_ways(ruling, decision)))


def card_of(decision: Decision) -> str:
    """The address under which an officer can open and check the answer."""
    return f"{desk.address()}/rules/{decision.code}"


def not_in_force(ruling: Ruling) -> Iterable[Say]:
    """That nothing is in force, and what was."""
    yield say("rules.none")
    if ruling.ended is None:
        return
    head = ruling.ended.written.pack
    assert head.until is not None, "a pack that ended has a last day"
    last = head.until - timedelta(days=1)
    yield say("rules.ended", title=head.title.say, last=last.isoformat())
    if head.ended_by:
        yield say("rules.clause", source=cited(citation(ruling.ended.written, head.ended_by)))


def reasons(ruling: Ruling) -> Iterable[Say]:
    """Why, in a sentence or two, and what to do now."""
    answer = ruling.answer
    assert answer is not None
    if answer.open:
        unknown = [ruling.facts[axis.name].label.say for axis in _open_axes(ruling)]
        yield say("rules.open", facts=unknown)
    elif answer.gap:
        yield say("rules.gap")
    for rule in answer.rules[:1]:
        yield rule.say.say
        if rule.next:
            yield rule.next.say
    if answer.parameter:
        yield say("rules.not_stated", name=ruling.pack.written.parameters[answer.parameter].meaning.say)


def _open_axes(ruling: Ruling) -> Iterable[Any]:
    """What could not be told and would have decided."""
    assert ruling.answer is not None
    assert ruling.of is not None
    return [axis for axis in ruling.of.axes if axis.name in ruling.answer.matters]


def place_of(ruling: Ruling) -> Say:
    """Where it was asked about."""
    found = divisions.by_code(ruling.place)
    return say("answer.place", name=found.full_name) if found else say("directory.nation")


def _clauses(ruling: Ruling) -> Iterable[Say]:
    assert ruling.answer is not None
    cites = list(dict.fromkeys(cite for rule in ruling.answer.rules[:1] for cite in rule.cite))
    if cites:
        yield say("rules.clauses", sources=[cited(one) for one in ruling.cited(cites[:2])])


def assumed(ruling: Ruling) -> list[Say]:
    """What was taken to be so, as "label: value"."""
    return told_facts(ruling, ruling.assumed)


def told_facts(ruling: Ruling, facts: Mapping[str, Any]) -> list[Say]:
    """Facts as "label: value", in the order of the pack."""
    known = ((fact, facts[name]) for name, fact in ruling.facts.items() if name in facts)
    return [say("dialogue.pair", label=fact.label.say, value=shown_fact(fact, value)) for fact, value in known]


def _besides(ruling: Ruling) -> Iterable[Say]:
    assert ruling.answer is not None
    if ruling.assumed:
        yield say("rules.assumed", facts=assumed(ruling))
    also = sorted(ruling.answer.also, key=lambda more: KINDS.index(more.kind))
    if also:
        lines = [more.say.say for more in also[:MOST_LINES]]
        left = [say("rules.more", count=len(also) - MOST_LINES)] if len(also) > MOST_LINES else []
        yield say("rules.also", lines=[*lines, *left])
    yield from (_overridden(ruling, one) for one in ruling.answer.overridden)


def _overridden(ruling: Ruling, one: Override) -> Say:
    by = next(pack.written for pack in ruling.packs if pack.id == one.by)
    return say("rules.overridden", local=one.rule.say.say, wider=cited(citation(by, one.forbidden.cite[0])))


def _bans(ruling: Ruling) -> Iterable[Say]:
    assert ruling.answer is not None
    bans = ruling.answer.forbidden[:MOST_GROUNDS]
    if bans:
        yield say("rules.forbidden", lines=[ban.forbidden.say.say for ban in bans])


def _ways(ruling: Ruling, decision: Decision | None) -> tuple[Option, ...]:
    """What can be done next, in one tap."""
    if decision is None or ruling.answer is None:
        return REPORT, CLERK
    offered = dict.fromkeys(one for rule in ruling.answer.rules for one in rule.offer if one in OFFERS)
    ways = [Option(OFFERS[one], say(f"command.{OFFERS[one][1:]}")) for one in offered]
    if ruling.pack.written.pack.kind == "passage":
        ways.append(Option(f"/refused {decision.code}", say("rules.report")))
    return *ways, CLERK
