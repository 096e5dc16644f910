"""Where from, where to, and what the rules want to know of it: read from an address or a form, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversation import Given, Moment, Option, Question
from handlers.pass_offers import needs_none, which
from handlers.rule_questions import UNKNOWN, Put, facts, ruled
from handlers.ruling_words import reasons
from hotline import divisions
from hotline.divisions import Division
from hotline.passes import typed
from hotline.passes.offers import Offer, offers
from hotline.passes.wishes import not_needed
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import Ruling
from locales.words import SHANGHAI, Refusal, Say

MARK = "fact_"
ENDS = {"from": "origin", "to": "destination"}


@dataclass(slots=True)
class Journey:
    """How far somebody has told where he goes; `problems` by the name of the field that has one.

    `several` are the divisions of one name among which he must choose, `question` is what a pack asks next.
    """

    typed: dict[str, str]
    origin: Division | None = None
    destination: Division | None = None
    problems: dict[str, Say] = field(default_factory=dict)
    several: dict[str, list[Division]] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)
    offer: Offer | None = None
    told: list[tuple[Question, Any]] = field(default_factory=list)
    question: Question | None = None
    ruling: Ruling | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed yet."""
        return any(self.typed.get(name) for name in ENDS)

    @property
    def is_told(self) -> bool:
        """Whether nothing more is to be asked of the way."""
        return self.offer is not None and self.question is None and not self.problems

    @property
    def facts(self) -> dict[str, Any]:
        """The pack's facts as they were told; what somebody could not tell is not among them."""
        return {
            question.name.removeprefix(MARK): value for question, value in self.told if value not in (None, UNKNOWN.id)
        }

    @property
    def goods(self) -> str | None:
        """The class of goods, where the pack asked for it."""
        name = self.offer.issuing.goods if self.offer else None
        found = self.facts.get(name) if name else None
        return str(found) if found is not None else None

    @property
    def none(self) -> list[Say]:
        """Why there is no pass to apply for: none is needed, with the clause, or the rules say why none is had."""
        if self.ruling is None or not needs_none(self.ruling):
            return []
        no = not_needed(self.ruling)
        return [no.say] if no is not None else list(reasons(self.ruling))

    @property
    def carried(self) -> dict[str, str]:
        """What the next form carries of it."""
        ends = {"from": self.origin, "to": self.destination}
        known = {name: end.code if end else self.typed.get(name, "") for name, end in ends.items()}
        if self.offer is not None:
            known["scheme"] = self.offer.scheme
        known |= {question.name: self.typed.get(question.name, "") for question, _ in self.told}
        return {name: value for name, value in known.items() if value}


def read(form: Mapping[str, str], now: datetime) -> Journey:
    """The journey that these fields tell, as far as they do."""
    journey = Journey({name: value.strip()[:100] for name, value in form.items() if _is_of_it(name)})
    if not journey.is_begun:
        return journey
    journey.origin, journey.destination = _end(journey, "from"), _end(journey, "to")
    if journey.origin is None or journey.destination is None:
        return journey
    day = now.astimezone(SHANGHAI).date()
    journey.offers = offers(journey.origin.code, journey.destination.code, day)
    if not journey.offers:
        journey.problems["to"] = Refusal("pass.apply.none").say
        return journey
    chosen = journey.typed.get("scheme")
    journey.offer = next((one for one in journey.offers if one.scheme == chosen), None) or _plain(journey.offers)
    if journey.offer is not None:
        _ask(journey, journey.offer, now)
    return journey


def _is_of_it(name: str) -> bool:
    return name in ENDS or name == "scheme" or name.startswith(MARK)


def _plain(known: list[Offer]) -> Offer | None:
    """The pass that is meant without a word, as in the chat: that for everyday goods."""
    kept = [{"scheme": one.scheme, "pack": one.pack.id, "division": one.division} for one in known]
    asking = which({"day": known[0].day.isoformat(), "offers": kept}, None)
    try:
        next(asking)
    except StopIteration as told:
        meant: Offer | None = told.value
        return meant
    return None


def _end(journey: Journey, name: str) -> Division | None:
    said = journey.typed.get(name, "")
    try:
        return divisions.by_code(typed.county(said))
    except Refusal as no:
        journey.problems[name] = no.say
        if several := typed.choices(said):
            journey.several[name] = several
        return None


def _ask(journey: Journey, offer: Offer, now: datetime) -> None:
    """Let the pack ask, in the order of the chat: what was answered goes on, the first open question stays."""
    assert journey.origin is not None
    assert journey.destination is not None
    given = journey_facts(journey.origin.code, journey.destination.code, offer.day, offer.scheme)
    put, declined, moment = Put((offer.scheme,), offer.division, offer.day, given), set[str](), Moment(now)
    asking, answer = facts(put.to_json()), None
    while True:
        try:
            question = asking.send(answer)
        except StopIteration:
            break
        raw = journey.typed.get(question.name, "")
        if not raw:
            journey.question = question
            return
        try:
            answer = question.read(question, _given(question, raw), moment)
        except Refusal as no:
            journey.question, journey.problems[question.name] = question, no.say
            return
        journey.told.append((question, answer))
        if answer in (None, UNKNOWN.id):
            declined.add(question.name.removeprefix(MARK))
    journey.ruling = ruled(put, offer.scheme, journey.facts, declined)


def _given(question: Question, raw: str) -> Given:
    known = {option.id for option in question.options if isinstance(option, Option)}
    return Given(text=raw, pressed=raw if raw in known else None, words=raw)
