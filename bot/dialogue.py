"""One turn of a conversation: a message and where its contact stands go in; a reply and a new standing come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import commands, screens
from bot.channels import Incoming, Position
from bot.conversation import AT_ONCE, DONE, Answers, Begin, Form, Given, Moment, Question, Reply, Walk, said_as
from locales.words import LANGUAGES, Refusal, Say, negotiate, say
from storage import contacts, outbox
from storage.turns import Standing

RESUME_AFTER = timedelta(minutes=30)
"""A form left alone for longer than this is resumed or restarted, not answered blindly."""

REVIEW, EDIT, ADD, RESUME = "review", "edit", "add:", "resume:"


@dataclass(slots=True)
class Turn:
    """What one turn works with: the transaction, who wrote and where they stand, what they gave, and when."""

    tx: AsyncSession
    standing: Standing
    given: Given
    incoming: Incoming
    now: datetime

    @property
    def answers(self) -> Answers:
        """The answers so far."""
        return self.standing.answers

    def leave(self) -> None:
        """No form is being filled any more."""
        self.standing.form, self.standing.answers, self.standing.stage, self.standing.held = None, {}, "", None


FreeReply = Callable[[Turn], Awaitable[Reply | Begin | None]]


class Dialogue:
    """Every form, and the ordered answers to messages that no form takes."""

    def __init__(self, forms: Mapping[str, Form], replies: Sequence[FreeReply]):
        self.forms, self.replies = forms, replies

    async def play(self, turn: Turn) -> Reply:
        """One turn: changes `turn.standing` and what a form's submit touches; never fails for what a person typed."""
        command = commands.recognise(turn.given.text, self.forms) if turn.given.text else None
        if command is not None:
            return await self._obey(turn, *command)
        form = self.forms.get(turn.standing.form or "")
        if turn.incoming.pressed is not None and (form is None or turn.incoming.pressed.row != turn.standing.asked_row):
            return await self._again(turn, say("dialogue.old_button"))
        if form is None:
            turn.leave()
            by_number = await self._by_number(turn)
            return await self._obey(turn, *by_number) if by_number else await self._free(turn)
        if turn.incoming.kind == "edited":
            return await self._again(turn, say("dialogue.edited"))
        if turn.given.is_empty:
            return await self._again(turn, say("dialogue.cannot_read"))
        return await self._in_form(turn, form)

    # What was asked for by name.

    async def _obey(self, turn: Turn, name: str, rest: str) -> Reply:
        form = self.forms.get(turn.standing.form or "")
        match name:
            case "start":
                turn.leave()
                return screens.menu(self.forms, say("dialogue.welcome"))
            case "menu":
                turn.leave()
                return screens.menu(self.forms, say("dialogue.menu"))
            case "help":
                return await self._again(turn, say("dialogue.help"))
            case "cancel":
                turn.leave()
                return screens.menu(self.forms, say("dialogue.cancelled" if form else "dialogue.nothing_to_cancel"))
            case "back" if form:
                return await self._back(turn, form)
            case "skip" if form:
                return await self._skip(turn, form)
            case "language" if rest and (language := negotiate(rest, "")) in LANGUAGES:
                await contacts.set_language(turn.tx, turn.standing.contact, language)
                return await self._again(turn, say("dialogue.language_set"))
            case _ if name in self.forms and self.forms[name].asks_nothing:
                return await self._aside(turn, self.forms[name])
            case _ if name in self.forms:
                return await self._begin(turn, self._with_argument(turn, self.forms[name], rest))
        return screens.menu(self.forms, say("dialogue.nothing_to_do"))

    async def _aside(self, turn: Turn, form: Form) -> Reply:
        """A form that asks nothing answers at once; what is being filled goes on after it."""
        result = await form.submit(turn.tx, turn.standing.contact, {}, turn.now)
        reply = result if isinstance(result, Reply) else Reply(result)
        if turn.standing.form not in self.forms:
            return reply
        where_we_were = await self._again(turn, reply.say)
        return replace(where_we_were, choices=(*where_we_were.choices, *reply.choices), about=reply.about)

    def _with_argument(self, turn: Turn, form: Form, rest: str) -> Begin:
        question = form.walk({}).open
        if not rest or question is None or question.name != form.argument:
            return Begin(form.name)
        try:
            value = question.read(question, Given(text=rest), Moment(turn.now))
        except Refusal:
            return Begin(form.name)
        return Begin(form.name, {question.name: {"raw": rest, "value": value}})

    async def _by_number(self, turn: Turn) -> tuple[str, str] | None:
        """A bare number answers the choices of our last message; here it can only mean a command."""
        row, typed = turn.standing.asked_row, turn.given.text
        if row is None or not (typed.isascii() and typed.isdecimal() and len(typed) < 3):
            return None
        chosen = await outbox.choice_at(turn.tx, row, int(typed))
        return commands.recognise(chosen, self.forms) if chosen and chosen.startswith("/") else None

    # Messages that no form takes.

    async def _free(self, turn: Turn) -> Reply:
        for reply in self.replies:
            answered = await reply(turn)
            if isinstance(answered, Begin):
                return await self._begin(turn, answered)
            if answered is not None:
                return answered
        if turn.given.is_empty:
            return screens.menu(self.forms, say("dialogue.cannot_read"))
        return screens.menu(self.forms, say("dialogue.welcome" if turn.standing.is_new else "dialogue.not_understood"))

    async def _begin(self, turn: Turn, begin: Begin) -> Reply:
        put_aside = [say("dialogue.put_aside")] if turn.answers else []
        turn.leave()
        form = self.forms[begin.form]
        turn.standing.form, turn.standing.answers = form.name, dict(begin.answers)
        walk = form.walk(turn.answers)
        turn.standing.answers = {q.name: turn.answers[q.name] for q in walk.met if q.name in turn.answers} | {
            name: answer for name, answer in begin.answers.items() if walk.named(name) is None
        }
        return await self._next(turn, form, *put_aside, introduce=form.argument is None)

    # Inside a form.

    async def _in_form(self, turn: Turn, form: Form) -> Reply:
        stage = turn.standing.stage
        if stage.startswith(RESUME):
            return await self._resume(turn, form)
        if turn.now - turn.standing.turned_at > RESUME_AFTER and turn.given.pressed is None:
            turn.standing.stage, turn.standing.held = RESUME + stage, _held(turn.given)
            return screens.resume(form, form.walk(turn.answers), turn.answers)
        if stage == REVIEW:
            return await self._review(turn, form)
        if stage == EDIT:
            return await self._edit(turn, form)
        walk = form.walk(turn.answers)
        question = walk.named(stage.removeprefix(ADD)) if stage.startswith(ADD) else walk.open
        if question is None or question.fetch is not None:
            return await self._next(turn, form)
        return await self._answer(turn, form, question)

    async def _answer(self, turn: Turn, form: Form, question: Question) -> Reply:
        ends = turn.given.pressed == DONE.id or said_as(turn.given.text, "question.done") is not None
        if question.gathers and ends:
            return await self._gathered(turn, form, question)
        try:
            value = question.read(question, turn.given, Moment(turn.now))
        except Refusal as no:
            chosen = screens.chosen(screens.ask(form, form.walk(turn.answers), question, turn.answers), turn.given)
            if chosen is not None and (command := commands.recognise(chosen, self.forms)):
                return await self._obey(turn, *command)
            return await self._again(turn, no.say)
        self._keep(
            turn,
            form,
            question,
            value,
            stays_open=question.gathers and (bool(turn.given.photos) or turn.given.pressed is not None),
        )
        if turn.answers[question.name].get("open"):
            return screens.gathering(form, question, turn.answers)
        return await self._next(turn, form)

    def _keep(self, turn: Turn, form: Form, question: Question, value: Any, *, stays_open: bool = False) -> None:
        old = turn.answers.pop(question.name, None)
        if old is not None and old["value"] is not None and question.merge is not None:
            value = question.merge(old["value"], value)
        kept = {"raw": _raw(turn.given), "value": value}
        turn.standing.answers = {**turn.answers, question.name: {**kept, "open": True} if stays_open else kept}

    async def _gathered(self, turn: Turn, form: Form, question: Question) -> Reply:
        answer = turn.answers.get(question.name)
        if answer is None or not answer["value"]:
            return await self._skip(turn, form)
        turn.standing.answers = {**turn.answers, question.name: {"raw": answer["raw"], "value": answer["value"]}}
        return await self._next(turn, form)

    async def _next(self, turn: Turn, form: Form, *notes: Say, introduce: bool = False) -> Reply:
        """Fetch what is to be looked up, then ask what is open, or review, or submit.

        `introduce`: say first what is known, since the form did not begin with its first question.
        """
        turn.standing.stage = ""
        walk = form.walk(turn.answers)
        while walk.open is not None and walk.open.fetch is not None:
            values = {q.name: turn.answers[q.name]["value"] for q in walk.met if q.name in turn.answers}
            found = await walk.open.fetch(turn.tx, turn.standing.contact, values, turn.now)
            turn.standing.answers = {**turn.answers, walk.open.name: {"raw": "", "value": found}}
            walk = form.walk(turn.answers)
        if walk.open is not None:
            begun = screens.begun(form, walk, turn.answers) if introduce else ()
            return screens.ask(form, walk, walk.open, turn.answers, *notes, *begun)
        if walk.ending == AT_ONCE:
            return await self._submit(turn, form, walk)
        turn.standing.stage = REVIEW
        return screens.review(form, walk, turn.answers, *notes)

    async def _again(self, turn: Turn, note: Say) -> Reply:
        """Say something, then where we were: the same question, the review, or the menu."""
        form, stage = self.forms.get(turn.standing.form or ""), turn.standing.stage
        if form is None:
            return screens.menu(self.forms, note)
        walk = form.walk(turn.answers)
        if stage.startswith(RESUME):
            return screens.resume(form, walk, turn.answers, note)
        if stage == EDIT:
            return screens.edit(form, walk, turn.answers, note)
        if stage.startswith(ADD) and (question := walk.named(stage.removeprefix(ADD))):
            return screens.ask(form, walk, question, turn.answers, note)
        return await self._next(turn, form, note)

    async def _review(self, turn: Turn, form: Form) -> Reply:
        walk = form.walk(turn.answers)
        chosen = screens.chosen(screens.review(form, walk, turn.answers), turn.given)
        if chosen is not None and chosen.startswith("/"):
            return await self._obey(turn, chosen[1:], "")
        if chosen == "submit" or (chosen is None and said_as(turn.given.text, "review.submit")):
            return await self._submit(turn, form, walk)
        if chosen == "edit" or (chosen is None and said_as(turn.given.text, "review.edit")):
            turn.standing.stage = EDIT
            return screens.edit(form, walk, turn.answers)
        if chosen is not None and (question := walk.named(chosen.removeprefix(ADD))):
            turn.standing.stage = ADD + question.name
            return screens.ask(form, walk, question, turn.answers)
        return await self._supplement(turn, form, walk)

    async def _supplement(self, turn: Turn, form: Form, walk: Walk) -> Reply:
        """Typed on the review screen: the first question that understands it takes it."""
        refused: Refusal | None = None
        for question in walk.met:
            takes_position = turn.given.position is not None and "position" in question.wants
            if not question.later and not takes_position:
                continue
            try:
                value = question.read(question, turn.given, Moment(turn.now))
            except Refusal as no:
                refused = no
                continue
            self._keep(turn, form, question, value)
            if takes_position:
                self._drop_look_ups(turn, form)
            return await self._next(turn, form, say("dialogue.noted", label=say(f"{form.name}.{question.name}.label")))
        return await self._again(turn, refused.say if refused else say("question.choice.refused", count=2))

    async def _edit(self, turn: Turn, form: Form) -> Reply:
        walk = form.walk(turn.answers)
        chosen = screens.chosen(screens.edit(form, walk, turn.answers), turn.given)
        if chosen is not None and chosen.startswith("/"):
            return await self._obey(turn, chosen[1:], "")
        question = walk.named(chosen) if chosen else None
        if question is None:
            return await self._again(
                turn, say("question.choice.refused", count=len(screens.editable(walk, turn.answers)))
            )
        self._forget(turn, form, question.name)
        if question.later:
            turn.standing.stage = ADD + question.name
            return screens.ask(form, walk, question, turn.answers)
        return await self._next(turn, form)

    async def _resume(self, turn: Turn, form: Form) -> Reply:
        walk = form.walk(turn.answers)
        chosen = screens.chosen(screens.resume(form, walk, turn.answers), turn.given)
        if chosen is not None and chosen.startswith("/"):
            return await self._obey(turn, chosen[1:], "")
        chosen = chosen or said_as(turn.given.text, "resume.continue", "resume.restart") or ""
        if chosen.endswith("continue"):
            held, turn.standing.held = turn.standing.held, None
            turn.standing.stage = turn.standing.stage.removeprefix(RESUME)
            turn.standing.turned_at = turn.now
            if held:
                turn.given = _released(held)
                return await self._in_form(turn, form)
            return await self._next(turn, form)
        if chosen.endswith("restart"):
            turn.leave()
            return await self._begin(turn, Begin(form.name))
        return screens.resume(form, walk, turn.answers, say("question.choice.refused", count=2))

    async def _back(self, turn: Turn, form: Form) -> Reply:
        stage = turn.standing.stage
        walk = form.walk(turn.answers)
        if stage == EDIT or stage.startswith(ADD):
            return await self._next(turn, form)
        names = {q.name for q in walk.met if q.fetch is None}
        answered = [name for name in turn.answers if name in names]
        if not answered:
            turn.leave()
            return screens.menu(self.forms, say("dialogue.left"))
        self._forget(turn, form, answered[-1])
        return await self._next(turn, form)

    async def _skip(self, turn: Turn, form: Form) -> Reply:
        walk, stage = form.walk(turn.answers), turn.standing.stage
        if stage.startswith(ADD) or stage == EDIT:
            return await self._next(turn, form)
        if walk.open is None or not walk.open.optional:
            return await self._again(turn, say("dialogue.cannot_skip"))
        turn.standing.answers = {**turn.answers, walk.open.name: {"raw": "", "value": None}}
        return await self._next(turn, form)

    def _forget(self, turn: Turn, form: Form, name: str) -> None:
        turn.standing.answers = {k: v for k, v in turn.answers.items() if k != name}
        self._drop_look_ups(turn, form)

    def _drop_look_ups(self, turn: Turn, form: Form) -> None:
        fetched = {q.name for q in form.walk(turn.answers).met if q.fetch is not None}
        turn.standing.answers = {k: v for k, v in turn.answers.items() if k not in fetched}

    async def _submit(self, turn: Turn, form: Form, walk: Walk) -> Reply:
        values = {q.name: turn.answers[q.name]["value"] for q in walk.met if q.name in turn.answers}
        try:
            async with turn.tx.begin_nested():
                result = await form.submit(turn.tx, turn.standing.contact, values, turn.now)
        except Refusal as no:
            if walk.ending != AT_ONCE:
                turn.standing.stage = REVIEW
                return await self._again(turn, no.say)
            last = [name for name in turn.answers if walk.named(name)]
            if not last:
                turn.leave()
                return screens.menu(self.forms, no.say)
            self._forget(turn, form, last[-1])
            return await self._next(turn, form, no.say)
        turn.leave()
        if isinstance(result, Begin):
            return await self._begin(turn, result)
        return result if isinstance(result, Reply) else Reply(result)


def _raw(given: Given) -> str:
    if given.position:
        return f"{given.position.latitude},{given.position.longitude}"
    return given.text or given.pressed or ""


def _held(given: Given) -> dict[str, Any]:
    return asdict(given)


def _released(held: dict[str, Any]) -> Given:
    position = held.get("position")
    return Given(held["text"], None, Position(**position) if position else None, tuple(held["photos"]), held["words"])
