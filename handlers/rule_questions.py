"""Questions that come out of rule packs: asked one after the other, and only while they can still change the answer."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Fetch, Given, Moment, Option, Question, matching, said_as
from bot.questions import choice
from handlers import desk
from hotline import divisions
from hotline.approvals import approved_at
from hotline.formats.places import Place
from hotline.formats.tidy import tidy
from hotline.rules import shelf
from hotline.rules.atoms import NONE
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import Ruling, fits, rule_on
from hotline.rules.written import Day, Fact
from locales.words import DEFAULT_LANGUAGE, SHANGHAI, Refusal, Say, has, say
from storage.models import Contact

UNKNOWN = Option("cannot_tell", say("rules.unknown"))
"""For what somebody cannot tell; a pack that has an answer to that has an option `unknown` of its own."""

_NUMBER, _NUMBERS = re.compile(r"\d{1,9}(?:\.\d{1,9})?"), re.compile(r"-?\d[\d.]*(?:[eE][-+]?\d+)?")
_MARK, UNKNOWN_HERE = "fact_", "unknown"


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it is put to the packs: kept with the answers, so that each turn asks the same one."""

    schemes: tuple[str, ...]
    division: str
    day: Day
    given: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "schemes": list(self.schemes),
            "division": self.division,
            "day": self.day.isoformat(),
            "given": dict(self.given),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Put:
        """What `to_json` kept."""
        return cls(tuple(kept["schemes"]), kept["division"], Day.fromisoformat(kept["day"]), kept["given"])


KIND_OF = {"may_pass": ("passage", None), "need_pass": ("need", "pass_need"), "oversize": ("need", "oversize")}
"""What each form asks the packs: a kind of question, and which scheme of it where it is one."""


def is_asked_there(form: str, place: Place | None, now: datetime) -> bool:
    """Whether a pack is in force that answers this form's question at a place, or where this desk is."""
    kind, scheme = KIND_OF[form]
    division = (place and divisions.of_place(place)) or desk.division()
    found = shelf.newest().in_force(division, now.astimezone(SHANGHAI).date(), kind)
    return any(scheme in (None, pack.written.pack.scheme) for pack in found)


def fitting(scheme: str, known: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Those of these facts that the nation's pack knows, with values that they can have."""
    chain = shelf.newest().chain(scheme, divisions.NATION, now.astimezone(SHANGHAI).date())
    facts_ = chain[0].written.facts if chain else {}
    return {name: value for name, value in known.items() if name in facts_ and fits(facts_[name], value)}


def put(kind: str, scheme: str | None = None) -> Fetch:
    """A look-up: which schemes of this kind (or this one alone) are in force where the answers say, today."""

    async def fetch(tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime) -> dict[str, Any]:
        day, books = now.astimezone(SHANGHAI).date(), shelf.newest()
        ends = [end for name in ("where", "origin", "destination") if (end := _division(answers.get(name)))]
        found, given = divisions.NATION, dict[str, Any]()
        for end in ends:
            own = [pack for pack in books.in_force(end, day, kind) if scheme in (None, pack.written.pack.scheme)]
            if found == divisions.NATION or any(pack.written.pack.level != "nation" for pack in own):
                found = end
        if len(ends) == 2:
            given = journey_facts(ends[0], ends[1], day, scheme)
        if kind == "passage" and await approved_at(tx, Place.from_json(answers["where"]), day):
            given["checkpoint_kind"] = "approved"
        names = (pack.written.pack.scheme for pack in books.in_force(found, day, kind))
        return Put(tuple(name for name in names if scheme in (None, name)), found, day, given).to_json()

    return fetch


def _division(place: dict[str, Any] | None) -> str | None:
    return divisions.of_place(Place.from_json(place)) if place else None


def facts(asked: Mapping[str, Any] | None) -> Generator[Question, Any, tuple[Ruling, dict[str, Any]] | None]:
    """Which scheme is meant where several hold; then whatever can still change its answer, most decisive first.

    It returns what the packs say in the end, and the facts that were told.
    """
    which = Put.from_json(asked) if asked else None
    if which is None or not which.schemes:
        return None
    scheme = which.schemes[0]
    if len(which.schemes) > 1:
        titles = {
            pack.written.pack.scheme: pack.written.pack.title
            for pack in shelf.current().in_force(which.division, which.day)
        }
        scheme = yield choice("scheme", [Option(name, titles[name].say) for name in which.schemes])
    known, declined = dict[str, Any](), set[str]()
    while True:
        ruling = ruled(which, scheme, known, declined)
        to_confirm = (one for one in ruling.assumed if ruling.facts[one].last and one not in declined)
        name = (ruling.answer and ruling.answer.ask) or next(to_confirm, None)
        if name is None:
            return ruling, known
        value = yield fact_question(name, ruling.facts[name])
        if value in (None, UNKNOWN.id) or not fits(ruling.facts[name], value):
            declined.add(name)
        else:
            known[name] = value


def ruled(
    which: Put, scheme: str, known: Mapping[str, Any], declined: set[str] | frozenset[str] = frozenset()
) -> Ruling:
    """The answer of the packs to this question; what the journey itself tells counts where a pack asks for it."""
    books = shelf.current()
    chain = books.chain(scheme, which.division, which.day)
    wanted = {name: fact for pack in reversed(chain) for name, fact in pack.written.facts.items()}
    said = {**which.given, **known}
    fitting = {name: value for name, value in said.items() if name in wanted and fits(wanted[name], value)}
    return rule_on(books, scheme, which.division, which.day, fitting, declined)


def answered(which: Put, scheme: str, answers: Mapping[str, Any]) -> Ruling:
    """The answer from what a form's questions were answered."""
    known = known_facts(answers)
    return ruled(which, scheme, known, frozenset(declined_facts(answers)))


def known_facts(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The facts among a form's answers."""
    return {
        name.removeprefix(_MARK): value
        for name, value in answers.items()
        if name.startswith(_MARK) and value not in (None, UNKNOWN.id)
    }


def declined_facts(answers: Mapping[str, Any]) -> set[str]:
    """The facts that somebody could not tell."""
    return {
        name.removeprefix(_MARK)
        for name, value in answers.items()
        if name.startswith(_MARK) and value in (None, UNKNOWN.id)
    }


def fact_question(name: str, fact: Fact) -> Question:
    """A fact as a question in its pack's own words; whoever cannot tell may say so."""
    options: tuple[Option, ...]
    if fact.kind == "yes_no":
        options = (Option("yes", say("question.yes")), Option("no", say("question.no")), UNKNOWN)
    elif fact.kind == "choice":
        known = fact.options or {}
        options = tuple(Option(one, words.say) for one, words in known.items())
        options += () if UNKNOWN_HERE in known else (UNKNOWN,)
    else:
        options = (*((Option(NONE, fact.none.say),) if fact.none else ()), UNKNOWN)

    def read(question: Question, given: Given, _moment: Moment) -> Any:
        pressed = given.pressed if given.pressed in {one.id for one in options} else None
        return _read(fact, question, pressed, given.text)

    return Question(
        _MARK + name,
        read,
        show=lambda value: _shown(fact, value),
        options=options,
        own_ask=fact.ask.say,
        own_label=fact.label.say,
    )


def _read(fact: Fact, question: Question, pressed: str | None, text: str) -> Any:
    if fact.kind == "number":
        found = pressed or _named(question, text)
        return found if found is not None else _number(fact, text)
    found = pressed or matching(question, text)
    if fact.kind == "yes_no" and found is None:
        heard = said_as(text, "question.yes", "question.no")
        found = heard and heard.removeprefix("question.")
    if found is None:
        raise Refusal("question.choice.refused", count=len(question.options))
    return {"yes": True, "no": False}.get(found, found) if fact.kind == "yes_no" else found


def _named(question: Question, text: str) -> str | None:
    """An option named by its words: a bare number is a value here, never the place of an option."""
    return None if _NUMBER.search(text) else matching(question, text)


def _number(fact: Fact, text: str) -> float | int:
    found = _NUMBERS.findall(tidy(text).replace(",", ""))
    value = float(found[0]) if len(found) == 1 and _NUMBER.fullmatch(found[0]) else None
    low, high = fact.low or 0, fact.high or 0
    if value is None or not low <= value <= high or (fact.whole and not value.is_integer()):
        raise Refusal("rules.number.refused", low=f"{low:g}", high=f"{high:g}", unit=unit_of(fact.unit))
    return int(value) if value.is_integer() else value


def _shown(fact: Fact, value: Any) -> Say | str:
    if isinstance(value, bool):
        return say("question.yes" if value else "question.no")
    if value == UNKNOWN.id:
        return UNKNOWN.label
    if value == NONE and fact.none:
        return fact.none.say
    if fact.options and value in fact.options:
        return fact.options[value].say
    return say("rules.number", value=f"{value:g}", unit=unit_of(fact.unit))


def unit_of(unit: str | None) -> Say | str:
    """A unit as people write it."""
    key = f"rules.unit.{unit}"
    return say(key) if unit and has(DEFAULT_LANGUAGE, key) else unit or ""


def shown_fact(fact: Fact, value: Any) -> Say | str:
    """How a fact's value reads."""
    return _shown(fact, value)
