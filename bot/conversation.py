"""A form is a generator of questions, replayed from the answers given so far; here are form and question.

Nothing of a generator is ever stored: a conversation is the form's name and its answers, each kept as {raw, value}.
So a restart, a deploy, a change of language, 'back' and 'edit' need no code of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import Position
from locales.typed import normalise
from locales.words import LANGUAGES, Say, has, render, say, translate
from storage.models import Contact

AT_ONCE = "at_once"
"""What `questions` returns when its answers need no review before they are submitted."""

Questions = Callable[[], Generator["Question", Any, str | None]]
Submit = Callable[[AsyncSession, Contact, dict[str, Any], datetime], Awaitable["Reply | Say | Begin"]]
Fetch = Callable[[AsyncSession, Contact, dict[str, Any], datetime], Awaitable[Any]]
Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave in one message: a button of the current question, a position, photos (attachment ids), text.

    `text` is normalised for whoever reads meaning into it; `words` are as they were typed, for whoever keeps them.
    """

    text: str = ""
    pressed: str | None = None
    position: Position | None = None
    photos: tuple[int, ...] = ()
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that we can read: a voice message, a sticker."""
        return not (self.text or self.pressed or self.position or self.photos)

    def to_json(self) -> dict[str, Any]:
        """All but the button, which answers only the bubble that carried it."""
        return {**asdict(self), "pressed": None}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Given:
        """What `to_json` kept."""
        position = kept["position"] and Position(**kept["position"])
        return cls(kept["text"], None, position, tuple(kept["photos"]), kept["words"])


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `id` is what is stored (or a /command), `label` what is read."""

    id: str
    label: Say


@dataclass(frozen=True, slots=True)
class Reply:
    """Words and choices: what a turn says. `wants` may hold "position" and "photos"; `about` names what it concerns.

    `picture` says by codes and ids what is drawn beside the words: {"kind": "pass", "pass": 30}.
    """

    say: Say
    choices: tuple[Option, ...] = ()
    wants: tuple[str, ...] = ()
    about: str | None = None
    picture: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Begin:
    """Start a form, with the answers that the message already held (question name -> {raw, value})."""

    form: str
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a question may know while it reads: the time now."""

    now: datetime


Read = Callable[["Question", Given, Moment], Any]


@dataclass(frozen=True)
class Question:
    """One question. `read` gives the value or raises Refusal; `show` tells how a value reads on the review screen.

    `optional` may be skipped; `later` is not asked but offered on the review screen; `gathers` takes several messages,
    and `merge` joins what they bring. Its words are in the catalogues under its name, unless it brings its own.
    """

    name: str
    read: Read
    show: Callable[[Any], Say | str] = str
    options: tuple[Option | str, ...] = ()
    optional: bool = False
    later: bool = False
    gathers: bool = False
    merge: Callable[[Any, Any], Any] | None = None
    wants: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    fetch: Fetch | None = None
    own_ask: Say | None = None
    own_label: Say | None = None

    def still_offers(self, value: Any) -> bool:
        """Whether a stored choice is still among the options; an earlier answer may have changed them."""
        known = {o.id for o in self.options if isinstance(o, Option)}
        chosen = value if isinstance(value, list) else [value]
        return not known or all(one in known for one in chosen if isinstance(one, str))


def option_labels(option: Option) -> Iterable[str]:
    """The label of an option in every language, as people would type it."""
    for language in LANGUAGES:
        yield normalise(render(language, option.label)).casefold()


def matching(question: Question, text: str) -> str | None:
    """The id of the option that a text names, by number, id or label in any language."""
    wanted = normalise(text).casefold().rstrip("。.!！")
    for place, option in enumerate(question.options, 1):
        if isinstance(option, Option) and wanted in (str(place), option.id, *option_labels(option)):
            return option.id
    return None


def said_as(text: str, *keys: str) -> str | None:
    """Which of these words a text is, by its label or its `.also` (others, split by |) in any language."""
    wanted = normalise(text).casefold().rstrip("。.!！")
    for key in keys:
        for language in LANGUAGES:
            others = translate(language, f"{key}.also").split("|") if has(language, f"{key}.also") else []
            if wanted and wanted in (translate(language, key).casefold(), *(o.strip().casefold() for o in others)):
                return key
    return None


@dataclass(frozen=True)
class Form:
    """Questions, and what becomes of their answers. `steps` is the usual number of steps, for the progress shown.

    `menu` puts the form into the menu, lowest first; None keeps it out. `argument` names the question that the words
    after the form's command answer (`/ticket 220100-...`). `photos` names the question for which photos are kept
    whenever they come: an album arrives as several messages, and its first opens the form.
    """

    name: str
    questions: Questions
    submit: Submit
    steps: int = 1
    menu: int | None = None
    argument: str | None = None
    photos: str | None = None

    def walk(self, answers: Answers) -> Walk:
        """Play the form from these answers up to the first question they leave open."""
        play, met, open_now, ending = self.questions(), [], None, None
        try:
            question = next(play)
            while True:
                question = self.worded(question)
                answer = answers.get(question.name)
                met.append(question)
                if answer is not None and _holds(answer) and question.still_offers(answer["value"]):
                    question = play.send(answer["value"])
                elif question.later:
                    question = play.send(None)
                else:
                    open_now = question
                    break
        except StopIteration as end:
            ending = end.value
        return Walk(tuple(met), open_now, ending)

    def ahead(self, walk: Walk, answers: Answers) -> tuple[Question, ...]:
        """The questions past the open one that have answers, as far as they can be reached without its answer.

        For showing alone: what cannot be reached so is shown when its turn comes.
        """
        play, passed, found = self.questions(), {q.name for q in walk.met}, list[Question]()
        with suppress(Exception):  # a form need not bear an answer that is missing
            question = next(play)
            while True:
                answer = answers.get(question.name)
                if answer is not None and question.name not in passed:
                    found.append(self.worded(question))
                question = play.send(answer["value"] if answer else None)
        return tuple(found)

    def worded(self, question: Question) -> Question:
        """Options given by their id alone get the label `form.question.option`."""
        if all(isinstance(o, Option) for o in question.options):
            return question
        options = tuple(
            o if isinstance(o, Option) else Option(o, say(f"{self.name}.{question.name}.{o}")) for o in question.options
        )
        return Question(**{**question.__dict__, "options": options})

    def asks(self, question: Question) -> Say:
        """The words of a question."""
        return question.own_ask or say(f"{self.name}.{question.name}.ask", **question.facts)

    def label(self, question: Question) -> Say:
        """What its answer is called."""
        return question.own_label or say(f"{self.name}.{question.name}.label")

    def show(self, question: Question, value: Any) -> Say | str | list[Any]:
        """How the answer to a question reads."""
        labels = {o.id: o.label for o in question.options if isinstance(o, Option)}
        if value is None:
            return say("question.skipped")
        if isinstance(value, str) and value in labels:
            return labels[value]
        if isinstance(value, list) and labels:
            return [labels[v] for v in value if v in labels]
        return question.show(value)


def _holds(answer: Mapping[str, Any]) -> bool:
    """Whether an answer is complete, and is not being asked anew (see `bot.answers`)."""
    return not answer.get("open") and not answer.get("again")


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions met on the way, the one left open (None: all answered), and what the generator returned."""

    met: tuple[Question, ...]
    open: Question | None
    ending: str | None

    def values(self, answers: Answers) -> dict[str, Any]:
        """The value of every answered question on the way, by name."""
        return {q.name: answers[q.name]["value"] for q in self.met if q.name in answers and q is not self.open}

    def named(self, name: str) -> Question | None:
        """The question of this name, if it was met."""
        return next((q for q in self.met if q.name == name), None)
