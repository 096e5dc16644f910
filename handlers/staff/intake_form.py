"""A conversation's form as one page: its questions as fields, its parsers as checks, its refusals beside the fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Answers, Form, Given, Moment, Option, Question, Walk
from handlers.questions import ANONYMOUS
from locales.typed import normalise
from locales.words import Refusal, Say, say
from storage.models import Contact

PHONE, PHOTOS = "phone", "photos"
"""Questions that the page answers by itself: the caller's number stands above, and nobody shows photos by telephone."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question on the page: how it is typed, what it offers, and what stood there when it was refused."""

    name: str
    kind: str
    label: Say
    ask: Say
    options: tuple[Option, ...] = ()
    required: bool = False
    value: str = ""
    no: Say | None = None


@dataclass
class Typed:
    """What the clerk typed, read: answers as the form keeps them, and refusals by question."""

    answers: Answers = field(default_factory=dict)
    refused: dict[str, Say] = field(default_factory=dict)


def questions(form: Form, answers: Answers) -> list[Question]:
    """Every question of the form that these answers lead to, answered or not, look-ups left out."""
    play, found = form.questions(), list[Question]()
    try:
        question = next(play)
        while True:
            answer = answers.get(question.name)
            if question.fetch is None and question.name not in (PHONE, PHOTOS):
                found.append(form.worded(question))
            question = play.send(answer["value"] if answer else [] if question.fetch else None)
    except StopIteration:
        return found


def read(form: Form, typed: Mapping[str, str], mobile: str, *, named: bool, now: datetime) -> Typed:
    """Read every field with the question's own parser; what is required and empty refuses as the question does."""
    result = Typed()
    while (question := _unread(form, result)) is not None:
        words = typed.get(question.name, "").strip()
        if not words and (question.optional or question.later):
            result.answers[question.name] = {"raw": "", "value": None}
            continue
        if not words and question.options:
            result.refused[question.name] = say("intake.choose_one")
            continue
        pressed = words if words in {o.id for o in question.options if isinstance(o, Option)} else None
        try:
            given = Given(normalise(words), pressed, words=words)
            result.answers[question.name] = {"raw": words, "value": question.read(question, given, Moment(now))}
        except Refusal as no:
            result.refused[question.name] = no.say
    for question in _phones(form, result.answers):
        anonymous = Given(ANONYMOUS, ANONYMOUS) if not (named and mobile) else Given(mobile, words=mobile)
        if question.options or anonymous.pressed is None:
            value = question.read(question, anonymous, Moment(now))
            result.answers[PHONE] = {"raw": mobile if named else "", "value": value}
    return result


def _unread(form: Form, so_far: Typed) -> Question | None:
    """The next question; one at a time, since each answer may change what comes after it."""
    known = (*so_far.answers, *so_far.refused)
    return next((q for q in questions(form, so_far.answers) if q.name not in known), None)


async def looked_up(
    tx: AsyncSession, form: Form, contact: Contact, typed: Mapping[str, str], answers: Answers, now: datetime
) -> tuple[Answers, Walk]:
    """The answers with what the form looks up, and with choices that only a look-up offers."""
    known = {name: answer for name, answer in answers.items() if answer["value"] is not None or name == PHONE}
    while (walk := form.walk(known)).open is not None:
        question = walk.open
        if question.fetch is not None:
            found = await question.fetch(tx, contact, walk.values(known), now)
            known[question.name] = {"raw": "", "value": found, "fetched": True}
        elif question.optional and question.name in answers:
            known[question.name] = answers[question.name]
        elif words := typed.get(question.name, ""):
            value = question.read(question, Given(words, words), Moment(now))
            known[question.name] = {"raw": words, "value": value}
        else:
            break
    return known, walk


def fields(form: Form, typed: Mapping[str, str], result: Typed, extra: Question | None = None) -> list[Field]:
    """The fields of the page, in the order of the conversation; `extra`, which a look-up made it ask, first."""
    asked = questions(form, result.answers)
    if extra is not None and extra.name not in {q.name for q in asked}:
        asked.insert(0, extra)
    return [_field(form, q, typed.get(q.name, ""), result.refused.get(q.name)) for q in asked]


def _field(form: Form, question: Question, value: str, no: Say | None) -> Field:
    options = tuple(o for o in question.options if isinstance(o, Option))
    kind = "choice" if options else "words" if question.merge is not None else "line"
    label, ask = form.label(question), form.asks(question)
    required = not (question.optional or question.later)
    return Field(question.name, kind, label, ask, options, required, value, no)


def _phones(form: Form, answers: Answers) -> list[Question]:
    play = form.questions()
    found = []
    try:
        question = next(play)
        while True:
            if question.name == PHONE:
                found.append(question)
            answer = answers.get(question.name)
            question = play.send(answer["value"] if answer else [] if question.fetch else None)
    except StopIteration:
        return found
