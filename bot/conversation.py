"""A form is a generator of questions, replayed from the answers given so far; here are form and plain questions.

Nothing of a generator is ever stored: a conversation is the form's name and its answers, each kept as {raw, value}.
So a restart, a deploy, a change of language, 'back' and 'edit' need no code of their own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import Position
from locales.typed import normalise
from locales.words import LANGUAGES, Refusal, Say, has, render, say, translate
from storage.models import Contact

AT_ONCE = "at_once"
"""What `questions` returns when its answers need no review before they are submitted."""

Questions = Callable[[], Generator["Question", Any, str | None]]
Submit = Callable[[AsyncSession, Contact, dict[str, Any], datetime], Awaitable["Reply | Say"]]
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
    """Words and choices: what a turn says. `wants` may hold "position" and "photos"; `about` names what it concerns."""

    say: Say
    choices: tuple[Option, ...] = ()
    wants: tuple[str, ...] = ()
    about: str | None = None


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
    and `merge` joins what they bring.
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

    def still_offers(self, value: Any) -> bool:
        """Whether a stored choice is still among the options; an earlier answer may have changed them."""
        known = {o.id for o in self.options if isinstance(o, Option)}
        chosen = value if isinstance(value, list) else [value]
        return not known or all(one in known for one in chosen if isinstance(one, str))


def option_labels(option: Option) -> Iterable[str]:
    """The label of an option in every language, as people would type it."""
    for language in LANGUAGES:
        yield normalise(render(language, option.label)).casefold()


def _match(question: Question, text: str) -> str | None:
    wanted = normalise(text).casefold().rstrip("。.!！")
    for place, option in enumerate(question.options, 1):
        if isinstance(option, Option) and wanted in (str(place), option.id, *option_labels(option)):
            return option.id
    return None


def choice(
    name: str,
    options: Sequence[str | Option],
    *,
    recognise: Callable[[str], str | None] | None = None,
    optional: bool = False,
    **facts: Any,
) -> Question:
    """One of several; taken by button, number, label in any language, or what `recognise` makes of free words."""

    def read(question: Question, given: Given, _moment: Moment) -> Any:
        known = {o.id for o in question.options if isinstance(o, Option)}
        found = given.pressed if given.pressed in known else _match(question, given.text)
        if found is None and recognise is not None and (guess := recognise(given.text)) in known:
            found = guess
        if found is None:
            raise Refusal("question.choice.refused", count=len(known))
        return found

    return Question(name, read, options=tuple(options), optional=optional, facts=facts)


def yes_no(name: str, *, optional: bool = False) -> Question:
    """Yes or no, in the words that people use for them; the value is True or False."""
    options = (Option("yes", say("question.yes")), Option("no", say("question.no")))

    def read(question: Question, given: Given, _moment: Moment) -> bool:
        found = given.pressed or _match(question, given.text) or said_as(given.text, "question.yes", "question.no")
        if found not in ("yes", "no", "question.yes", "question.no"):
            raise Refusal("question.yes_no.refused")
        return found.endswith("yes")

    return Question(
        name, read, show=lambda v: say("question.yes" if v else "question.no"), options=options, optional=optional
    )


def said_as(text: str, *keys: str) -> str | None:
    """Which of these words a text is, by its label or its `.also` (others, split by |) in any language."""
    wanted = normalise(text).casefold().rstrip("。.!！")
    for key in keys:
        for language in LANGUAGES:
            others = translate(language, f"{key}.also").split("|") if has(language, f"{key}.also") else []
            if wanted and wanted in (translate(language, key).casefold(), *(o.strip().casefold() for o in others)):
                return key
    return None


DONE = Option("done", say("question.done"))


def many(name: str, options: Sequence[str | Option], *, optional: bool = False, **facts: Any) -> Question:
    """Any of several: each press adds or takes away one, 'done' ends; typed numbers or labels are taken at once.

    The value is the list of ids in the order of the options.
    """

    def read(question: Question, given: Given, _moment: Moment) -> list[str]:
        known = [o.id for o in question.options if isinstance(o, Option)]
        if given.pressed in known:
            return [given.pressed]
        typed = normalise(given.text).replace("、", ",")
        for apart in (",", ", "):  # a label may hold spaces, and spaces may stand between numbers
            found = [_match(question, w.strip()) for w in re.split(f"[{apart}]", typed) if w.strip()]
            if found and None not in found:
                return [i for i in known if i in found]
        raise Refusal("question.many.refused", count=len(known))

    def toggle(old: list[str], new: list[str]) -> list[str]:
        return [*(i for i in old if i not in new), *(i for i in new if i not in old)]

    return Question(
        name, read, show=str, options=tuple(options), optional=optional, gathers=True, merge=toggle, facts=facts
    )


def text(name: str, *, longest: int = 500, optional: bool = False, later: bool = False) -> Question:
    """Free words, at most `longest` characters; with `later`, words that come after join those before."""

    def join(old: str, new: str) -> str:
        both = f"{old}\n{new}"
        if len(both) > longest:
            raise Refusal("question.text.full", longest=longest, count=len(old))
        return both

    def read(_question: Question, given: Given, _moment: Moment) -> str:
        words = given.words or given.text
        if not words:
            raise Refusal("question.text.empty")
        if len(words) > longest:
            raise Refusal("question.text.too_long", longest=longest, count=len(words))
        return words

    return Question(name, read, optional=optional, later=later, merge=join)


def number(name: str, low: int, high: int, *, optional: bool = False) -> Question:
    """A whole number from `low` to `high`."""

    def read(_question: Question, given: Given, _moment: Moment) -> int:
        words = normalise(given.text).replace(",", "")
        value = int(words) if re.fullmatch("[+-]?[0-9]{1,18}", words) else None
        if value is None or not low <= value <= high:
            raise Refusal("question.number.refused", low=low, high=high)
        return value

    return Question(name, read, optional=optional)


def photos(name: str, *, at_most: int = 6, optional: bool = False, later: bool = False) -> Question:
    """Photos, one or several messages of them; the value is the list of attachment ids."""

    def read(_question: Question, given: Given, _moment: Moment) -> list[int]:
        if not given.photos:
            raise Refusal("question.photos.refused", at_most=at_most)
        return list(given.photos)[:at_most]

    def join(old: list[int], new: list[int]) -> list[int]:
        fresh = [i for i in new if i not in old]
        if fresh and len(old) >= at_most:
            raise Refusal("question.photos.full", at_most=at_most)
        return [*old, *fresh][:at_most]

    def show(ids: list[int]) -> Say:
        return say("question.photos.count", count=len(ids))

    return Question(
        name,
        read,
        show=show,
        optional=optional,
        later=later,
        gathers=True,
        merge=join,
        wants=("photos",),
        facts={"at_most": at_most},
    )


def parsed(
    name: str,
    read: Callable[[Given, Moment], Any],
    show: Callable[[Any], Say | str] = str,
    *,
    optional: bool = False,
    later: bool = False,
    wants: tuple[str, ...] = (),
    **facts: Any,
) -> Question:
    """A question of the trade: its parser gives a JSON-safe value or raises Refusal."""
    return Question(
        name,
        lambda _q, given, moment: read(given, moment),
        show=show,
        optional=optional,
        later=later,
        wants=wants,
        facts=facts,
    )


def look_up(name: str, fetch: Fetch) -> Question:
    """Something the engine reads once from the ledger and keeps with the answers, until an earlier answer changes."""

    def read(_question: Question, _given: Given, _moment: Moment) -> Any:
        raise AssertionError("a look-up is fetched, not answered")

    return Question(name, read, fetch=fetch)


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
                question = self._worded(question)
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
                    found.append(self._worded(question))
                question = play.send(answer["value"] if answer else None)
        return tuple(found)

    def _worded(self, question: Question) -> Question:
        """Options given by their id alone get the label `form.question.option`."""
        if all(isinstance(o, Option) for o in question.options):
            return question
        options = tuple(
            o if isinstance(o, Option) else Option(o, say(f"{self.name}.{question.name}.{o}")) for o in question.options
        )
        return Question(**{**question.__dict__, "options": options})

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
