"""What a turn says: a question with its progress, the review, the list of what can be changed, the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation import Answers, Form, Given, Option, Question, Reply, Walk, option_labels
from bot.questions import DONE
from locales.typed import normalise
from locales.words import Say, say, together

BACK, SKIP, CANCEL = (Option(f"/{name}", say(f"command.{name}")) for name in ("back", "skip", "cancel"))


def menu(forms: Mapping[str, Form], note: Say) -> Reply:
    """What one may start, as buttons under a sentence."""
    offered = sorted((f for f in forms.values() if f.menu is not None), key=lambda f: f.menu or 0)
    return Reply(note, tuple(Option(f"/{f.name}", say(f"command.{f.name}")) for f in offered))


def ask(form: Form, walk: Walk, question: Question, answers: Answers, *notes: Say) -> Reply:
    """A question, how far we are, and the ways out of it."""
    words = form.asks(question)
    if form.steps > 1 and not question.later:
        step = 1 + sum(1 for q in walk.met if q.fetch is None and q.name in answers and q is not question)
        words = say("dialogue.step", words=words, step=step, steps=max(step, form.steps))
    gathered = (DONE,) if question.gathers and question.name in answers else ()
    options = tuple(o for o in question.options if isinstance(o, Option))
    return Reply(together(*notes, words), (*options, *gathered, *_ways_out(question, answers)), question.wants)


def _ways_out(question: Question, answers: Answers) -> tuple[Option, ...]:
    skip = (SKIP,) if question.optional and not question.later else ()
    return (*skip, *((BACK,) if answers else ()), CANCEL)


def gathering(form: Form, question: Question, answers: Answers, *notes: Say) -> Reply:
    """Something came, more may come."""
    value = answers[question.name]["value"]
    so_far = form.show(question, value)
    options = tuple(o for o in question.options if isinstance(o, Option))
    words = together(*notes, say("dialogue.gathering", so_far=so_far))
    return Reply(words, (*options, DONE, *_ways_out(question, answers)), question.wants)


def known(form: Form, questions: Sequence[Question], answers: Answers) -> list[Say]:
    """The answers to these questions, each as "label: value"."""
    return [
        say("dialogue.pair", **pair(form, q, answers))
        for q in questions
        if q.fetch is None and q.name in answers and answers[q.name]["value"] is not None
    ]


def noted(form: Form, *names: str) -> Say:
    """These answers were taken."""
    return say("dialogue.noted", label=[say(f"{form.name}.{name}.label") for name in names])


def begun(form: Form, walk: Walk, answers: Answers) -> tuple[Say, ...]:
    """What a message held already when its form began, also for questions yet to come."""
    questions = (*walk.met, *form.ahead(walk, answers))
    found = known(form, questions, {name: a for name, a in answers.items() if not a.get("verbatim")})
    return (say(f"{form.name}.begun", known=found),) if found else ()


def review(form: Form, walk: Walk, answers: Answers, *notes: Say) -> Reply:
    """Everything on one screen before it is submitted; what may be added stands as buttons."""
    words = say(f"{form.name}.review", lines=known(form, walk.met, answers))
    add = tuple(
        Option(f"add:{q.name}", say(f"{form.name}.{q.name}.add")) for q in walk.met if q.later and q.name not in answers
    )
    choices = (Option("submit", say("review.submit")), *add, Option("edit", say("review.edit")), CANCEL)
    wants = tuple(dict.fromkeys(w for q in walk.met if q.later for w in q.wants))
    return Reply(together(*notes, words), choices, wants)


def editable(walk: Walk, answers: Answers) -> list[Question]:
    """The questions whose answers can be changed."""
    return [q for q in walk.met if q.fetch is None and q.name in answers]


def edit(form: Form, walk: Walk, answers: Answers, *notes: Say) -> Reply:
    """Which answer to change; a long one is cut, since it stands on a button."""
    options = tuple(
        Option(q.name, say("dialogue.edit.option", **pair(form, q, answers))) for q in editable(walk, answers)
    )
    return Reply(together(*notes, say("dialogue.edit")), (*options, BACK, CANCEL))


def pair(form: Form, question: Question, answers: Answers) -> dict[str, Any]:
    """The facts of "label: value"."""
    value = form.show(question, answers[question.name]["value"])
    return {"label": form.label(question), "value": value}


def resume(form: Form, walk: Walk, answers: Answers, *notes: Say) -> Reply:
    """After a long silence: go on or begin anew?"""
    words = say("dialogue.resume", form=say(f"command.{form.name}"), lines=known(form, walk.met, answers))
    choices = (Option("continue", say("resume.continue")), Option("restart", say("resume.restart")), CANCEL)
    return Reply(together(*notes, words), choices)


def chosen(screen: Reply, given: Given) -> str | None:
    """Which option of a screen was meant: by button, by number, by label in any language."""
    if given.pressed in [option.id for option in screen.choices]:
        return given.pressed
    return named(screen.choices, given.text)


def named(choices: Sequence[Option], text: str) -> str | None:
    """Which of these choices a text names, by its number or by its label in any language."""
    wanted = normalise(text).casefold()
    for place, option in enumerate(choices, 1):
        if wanted and wanted in (str(place), *option_labels(option)):
            return option.id
    return None
