"""What becomes of a form's answers when one is kept, changed or taken back: every function gives new answers.

An answer is {raw, value}, and may carry a mark: `open` (more of it may come), `again` (it is asked anew and holds until
then), `fetched` (it was looked up, with the choices that were made from it in `after`), `verbatim` (it is the message
itself, which nobody need be told who just wrote it).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Answers, Form, Given, Question, Walk
from storage.models import Contact


def keep(
    form: Form,
    answers: Answers,
    question: Question,
    given: Given,
    value: Any,
    *,
    opens: bool = False,
    joins: bool = False,
) -> Answers:
    """The answers with this one. `joins`: beside what was given before, `opens`: more may come; `merge` may refuse."""
    old = answers.get(question.name)
    if joins and old is not None and not old.get("again") and old["value"] is not None and question.merge is not None:
        value = question.merge(old["value"], value)
    if old is not None and old["value"] != value:
        answers = doubt(form, answers, question.name)
    kept = {"raw": _raw(given), "value": value} | ({"open": True} if opens else {})
    return _without(answers, question.name) | {question.name: kept}


def keep_aside(answers: Answers, name: str, found: Sequence[Any]) -> Answers:
    """Things for a question that nobody has asked yet, such as photos; they join what came before."""
    old = answers.get(name) or {"value": None}
    joined = [*(old["value"] or ()), *(one for one in found if one not in (old["value"] or ()))]
    return {**answers, name: {"raw": "", "value": joined}}


def ask_again(answers: Answers, name: str) -> Answers:
    """This answer is asked anew; until the new one comes the old one holds."""
    return {**answers, name: {**answers[name], "again": True}}


def leave_alone(answers: Answers) -> Answers:
    """Nothing is asked anew after all, and nothing more comes: what was given before holds."""
    return {
        name: answer if answer.get("fetched") else _settled(answer)
        for name, answer in answers.items()
        if not (answer.get("open") and answer["value"] == [])
    }


def being_changed(answers: Answers) -> bool:
    """Whether an answer that was there already is being asked anew."""
    return any(answer.get("again") and not answer.get("fetched") for answer in answers.values())


def forget(form: Form, answers: Answers, name: str) -> Answers:
    """The answers without this one."""
    return _without(doubt(form, answers, name), name)


def doubt(form: Form, answers: Answers, name: str | None = None) -> Answers:
    """What was looked up after question `name` is looked up anew (None: everything), since what it rests on changed."""
    met = form.walk({known: _settled(answer) for known, answer in answers.items()}).met
    names = [question.name for question in met]
    firm = names[: names.index(name)] if name in names else [] if name is None else names
    doubted = dict(answers)
    for at, question in enumerate(met):
        if question.name in answers and answers[question.name].get("fetched") and question.name not in firm:
            after = [q.name for q in met[at + 1 :] if q.options and not q.later]
            doubted[question.name] = {**answers[question.name], "again": True, "after": after}
    for other, answer in answers.items():
        if answer.get("fetched") and other not in names:
            doubted[other] = {**answer, "again": True}
    return doubted


async def look_up(
    tx: AsyncSession, form: Form, contact: Contact, answers: Answers, now: datetime
) -> tuple[Answers, Walk]:
    """Fetch what the form looks up next, as far as the answers reach; a choice from a list that changed is dropped."""
    walk = form.walk(answers)
    while walk.open is not None and walk.open.fetch is not None:
        name, old = walk.open.name, answers.get(walk.open.name)
        found = await walk.open.fetch(tx, contact, walk.values(answers), now)
        if old is not None and old["value"] != found:
            answers = _without(answers, *old.get("after", ()))
        answers = {**answers, name: {"raw": "", "value": found, "fetched": True}}
        walk = form.walk(answers)
    return answers, walk


def _settled(answer: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in answer.items() if k not in ("again", "open")}


def _without(answers: Answers, *names: str) -> Answers:
    return {name: answer for name, answer in answers.items() if name not in names}


def _raw(given: Given) -> str:
    if given.position:
        return f"{given.position.latitude},{given.position.longitude}"
    return given.text or given.pressed or ""
