"""One turn of a conversation: a message and where its contact stands go in; a reply and a new standing come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import answers as so_far
from bot import commands, screens
from bot.conversation import AT_ONCE, Begin, Form, Given, Moment, Option, Question, Reply, Walk, said_as
from bot.questions import DONE
from bot.turn import Turn
from locales.words import LANGUAGES, Refusal, Say, negotiate, say, together
from storage import contacts, said

RESUME_AFTER = timedelta(minutes=30)
"""A form left alone for longer than this is resumed or restarted, not answered blindly."""

REVIEW, EDIT, ADD, RESUME = "review", "edit", "add:", "resume:"

LONGEST_LABEL = 200
"""Characters; nobody types out a longer button."""

MORE_WORDS = 5
"""Characters beside a value that are more than its wrapping: 车牌是吉A12345 is a plate, 吉A12345也堵在这 says more."""


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
            return await self._free(turn)
        if turn.incoming.kind == "edited":
            return await self._again(turn, say("dialogue.edited"))
        if turn.given.is_empty:
            return await self._again(turn, say("dialogue.cannot_read"))
        return await self._in_form(turn, form)

    # What was asked for by name.

    async def _obey(self, turn: Turn, name: str, rest: str) -> Reply:
        form = self.forms.get(turn.standing.form or "")
        match name:
            case "start" | "menu":
                unfinished = (say("dialogue.put_aside"),) if form and turn.answers else ()
                turn.leave()
                words = say("dialogue.welcome" if name == "start" else "dialogue.menu")
                return screens.menu(self.forms, together(*unfinished, words))
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
                if turn.standing.form == "language":
                    turn.leave()
                    return Reply(say("dialogue.language_set"))
                return await self._again(turn, say("dialogue.language_set"))
            case "language" if form and form.name != "language":
                offered = tuple(Option(f"/language {tag}", say(f"language.{tag}")) for tag in LANGUAGES)
                return await self._beside(turn, Reply(say("language.to.ask"), offered))
            case _ if name in self.forms:
                begin = self._with_argument(turn, self.forms[name], rest)
                return (form and await self._aside(turn, begin)) or await self._begin(turn, begin)
        if form:
            return await self._again(turn, say("dialogue.no_such_command"))
        return screens.menu(self.forms, say("dialogue.nothing_to_do"))

    async def _aside(self, turn: Turn, begin: Begin) -> Reply | None:
        """A form that needs to ask nothing answers at once; what is being filled goes on after it."""
        form, contact = self.forms[begin.form], turn.standing.contact
        answers, walk = await so_far.look_up(turn.tx, form, contact, begin.answers, turn.now)
        if walk.open is not None or walk.ending != AT_ONCE:
            return None
        try:
            async with turn.tx.begin_nested():
                result = await form.submit(turn.tx, contact, walk.values(answers), turn.now)
        except Refusal as no:
            result = no.say
        if isinstance(result, Begin):
            return None
        return await self._beside(turn, result if isinstance(result, Reply) else Reply(result))

    async def _beside(self, turn: Turn, reply: Reply) -> Reply:
        """A reply, and where we were, in one bubble; what is being filled is not offered anew."""
        where_we_were = await self._again(turn, reply.say)
        choices = tuple(option for option in reply.choices if option.id != f"/{turn.standing.form}")
        joined = (*where_we_were.choices, *choices)
        return replace(where_we_were, choices=joined, about=reply.about, picture=reply.picture)

    def _with_argument(self, turn: Turn, form: Form, rest: str) -> Begin:
        question = form.walk({}).open
        if not rest or question is None or question.name != form.argument:
            return Begin(form.name)
        try:
            value = question.read(question, Given(text=rest), Moment(turn.now))
        except Refusal:
            return Begin(form.name)
        return Begin(form.name, {question.name: {"raw": rest, "value": value}})

    async def _offered(self, turn: Turn) -> tuple[str, str] | None:
        """The command that a text names by number or label, among the choices of what we said last, or asked last."""
        if not turn.given.text or len(turn.given.text) > LONGEST_LABEL:
            return None
        for offered in await said.last_choices(turn.tx, turn.standing.contact, turn.standing.asked_row):
            chosen = screens.named([Option(choice, label) for choice, label in offered], turn.given.text)
            if chosen is not None and chosen.startswith("/"):
                return commands.recognise(chosen, self.forms)
        return None

    # Messages that no form takes.

    async def _free(self, turn: Turn) -> Reply:
        if command := await self._offered(turn):
            return await self._obey(turn, *command)
        try:
            async with turn.tx.begin_nested():
                answered = await self._answered(turn)
        except Refusal as no:
            return screens.menu(self.forms, no.say)
        if answered is not None:
            return await self._begin(turn, answered) if isinstance(answered, Begin) else answered
        if turn.given.is_empty:
            return screens.menu(self.forms, say("dialogue.cannot_read"))
        return screens.menu(self.forms, say("dialogue.welcome" if turn.standing.is_new else "dialogue.not_understood"))

    async def _answered(self, turn: Turn) -> Reply | Begin | None:
        for reply in self.replies:
            if (answered := await reply(turn)) is not None:
                return answered
        return None

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
        silent = turn.now - turn.standing.turned_at > RESUME_AFTER and turn.given.pressed is None
        if silent and not turn.answers and not self._chooses(turn, form):
            turn.leave()
            return await self._free(turn)
        if silent and turn.answers and not stage.startswith(RESUME):
            turn.standing.stage, turn.standing.held = RESUME + stage, turn.given.to_json()
            return screens.resume(form, form.walk(turn.answers), turn.answers)
        if turn.given.photos and form.photos and stage != ADD + form.photos:
            turn.standing.answers = so_far.keep_aside(turn.answers, form.photos, turn.given.photos)
            turn.given = replace(turn.given, photos=())
            if turn.given.is_empty:
                return await self._again(turn, screens.noted(form, form.photos))
        if stage.startswith(RESUME):
            return await self._resume(turn, form)
        if stage == REVIEW:
            return await self._review(turn, form)
        if stage == EDIT:
            return await self._edit(turn, form)
        walk = form.walk(turn.answers)
        question = walk.named(stage.removeprefix(ADD)) if stage.startswith(ADD) else walk.open
        if question is None or question.fetch is not None:
            return await self._next(turn, form)
        return await self._answer(turn, form, question)

    def _chooses(self, turn: Turn, form: Form) -> bool:
        """Whether the message names a choice of the question that is open."""
        walk = form.walk(turn.answers)
        return walk.open is not None and bool(screens.chosen(screens.ask(form, walk, walk.open, {}), turn.given))

    async def _answer(self, turn: Turn, form: Form, question: Question) -> Reply:
        ends = turn.given.pressed == DONE.id or said_as(turn.given.text, "question.done") is not None
        if question.gathers and ends:
            return await self._gathered(turn, form, question)
        gathers = question.gathers and (bool(turn.given.photos) or turn.given.pressed is not None)
        try:
            value = question.read(question, turn.given, Moment(turn.now))
            self._keep(turn, form, question, value, opens=gathers, joins=gathers)
        except Refusal as no:
            screen = screens.ask(form, form.walk(turn.answers), question, turn.answers)
            command = await self._command(turn, screens.chosen(screen, turn.given))
            return await self._obey(turn, *command) if command else await self._again(turn, no.say)
        if not gathers:
            return await self._next(turn, form)
        if not value or not turn.answers[question.name]["value"]:
            turn.standing.answers = so_far.forget(form, turn.answers, question.name)
            return screens.ask(form, form.walk(turn.answers), question, turn.answers)
        caption = replace(turn.given, photos=()) if turn.given.photos else Given()
        taken = await self._take(turn, form, caption) if caption.text else None
        return screens.gathering(form, question, turn.answers, *([taken] if isinstance(taken, Say) else []))

    async def _command(self, turn: Turn, chosen: str | None) -> tuple[str, str] | None:
        """The command that a choice is, or that a text names which is no choice of this screen."""
        if chosen is not None:
            return commands.recognise(chosen, self.forms) if chosen.startswith("/") else None
        return await self._offered(turn)

    def _keep(
        self, turn: Turn, form: Form, question: Question, value: Any, *, opens: bool = False, joins: bool = False
    ) -> None:
        turn.standing.answers = so_far.keep(form, turn.answers, question, turn.given, value, opens=opens, joins=joins)

    async def _gathered(self, turn: Turn, form: Form, question: Question) -> Reply:
        answer = turn.answers.get(question.name)
        if answer is None or not answer["value"]:
            return await self._skip(turn, form)
        turn.standing.answers = so_far.leave_alone(turn.answers)
        return await self._next(turn, form)

    async def _next(self, turn: Turn, form: Form, *notes: Say, introduce: bool = False) -> Reply:
        """Fetch what is to be looked up, then ask what is open, or review, or submit.

        `introduce`: say first what is known, since the form did not begin with its first question.
        """
        turn.standing.stage, turn.standing.held = "", None
        turn.standing.answers, walk = await so_far.look_up(turn.tx, form, turn.standing.contact, turn.answers, turn.now)
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
        if command := await self._command(turn, chosen):
            return await self._obey(turn, *command)
        if chosen == "submit" or (chosen is None and said_as(turn.given.text, "review.submit")):
            return await self._submit(turn, form, walk)
        if chosen == "edit" or (chosen is None and said_as(turn.given.text, "review.edit")):
            turn.standing.stage = EDIT
            return screens.edit(form, walk, turn.answers)
        if chosen is not None and (question := walk.named(chosen.removeprefix(ADD))):
            turn.standing.stage = ADD + question.name
            return screens.ask(form, walk, question, turn.answers)
        taken = await self._take(turn, form, turn.given)
        return await self._again(turn, taken.say) if isinstance(taken, Refusal) else await self._next(turn, form, taken)

    async def _take(self, turn: Turn, form: Form, given: Given) -> Say | Refusal:
        """Something typed where nothing was asked: the first question that understands it takes it, or says why not.

        When it took less than was said (a plate out of a sentence), the words as they are go to whoever takes words.
        """
        refused, noted = Refusal("question.choice.refused", count=2), list[str]()
        for question in form.walk(turn.answers).met:
            if not question.later and not (given.position is not None and "position" in question.wants):
                continue
            try:
                value = question.read(question, given, Moment(turn.now))
                self._keep(turn, form, question, value, joins=question.later)
            except Refusal as no:
                refused = no
                continue
            noted.append(question.name)
            if given.position is not None or len(given.text) < len(str(value)) + MORE_WORDS:
                break
        return screens.noted(form, *noted) if noted else refused

    async def _edit(self, turn: Turn, form: Form) -> Reply:
        walk = form.walk(turn.answers)
        chosen = screens.chosen(screens.edit(form, walk, turn.answers), turn.given)
        if command := await self._command(turn, chosen):
            return await self._obey(turn, *command)
        question = walk.named(chosen) if chosen else None
        if question is None:
            return await self._again(
                turn, say("question.choice.refused", count=len(screens.editable(walk, turn.answers)))
            )
        turn.standing.answers = so_far.ask_again(turn.answers, question.name)
        if question.later:
            turn.standing.stage = ADD + question.name
            return screens.ask(form, walk, question, turn.answers)
        return await self._next(turn, form)

    async def _resume(self, turn: Turn, form: Form) -> Reply:
        walk = form.walk(turn.answers)
        chosen = screens.chosen(screens.resume(form, walk, turn.answers), turn.given)
        if command := await self._command(turn, chosen):
            return await self._obey(turn, *command)
        chosen = chosen or said_as(turn.given.text, "resume.continue", "resume.restart") or ""
        if chosen.endswith("continue"):
            held, turn.standing.held = turn.standing.held, None
            turn.standing.stage = turn.standing.stage.removeprefix(RESUME)
            turn.standing.turned_at = turn.now
            if held:
                turn.given = Given.from_json(held)
                return await self._in_form(turn, form)
            return await self._next(turn, form)
        if chosen.endswith("restart"):
            held, anew = turn.standing.held or {}, dict[str, dict[str, Any]]()
            if form.photos and held.get("photos"):
                anew = so_far.keep_aside({}, form.photos, held["photos"])
            turn.leave()
            return await self._begin(turn, Begin(form.name, anew))
        return screens.resume(form, walk, turn.answers, say("question.choice.refused", count=2))

    async def _back(self, turn: Turn, form: Form) -> Reply:
        stage = turn.standing.stage
        if stage == EDIT or stage.startswith(ADD) or so_far.being_changed(turn.answers):
            turn.standing.answers = so_far.leave_alone(turn.answers)
            return await self._next(turn, form)
        names = {q.name for q in form.walk(turn.answers).met if q.fetch is None}
        answered = [name for name in turn.answers if name in names]
        if not answered:
            turn.leave()
            return screens.menu(self.forms, say("dialogue.left"))
        turn.standing.answers = so_far.forget(form, turn.answers, answered[-1])
        return await self._next(turn, form)

    async def _skip(self, turn: Turn, form: Form) -> Reply:
        walk, stage = form.walk(turn.answers), turn.standing.stage
        if stage == EDIT or stage.startswith(ADD) or so_far.being_changed(turn.answers):
            return await self._back(turn, form)
        if walk.open is None:
            return await self._again(turn, say("dialogue.nothing_to_skip"))
        if not walk.open.optional:
            return await self._again(turn, say("dialogue.cannot_skip"))
        turn.standing.answers = {**turn.answers, walk.open.name: {"raw": "", "value": None}}
        return await self._next(turn, form)

    async def _submit(self, turn: Turn, form: Form, walk: Walk) -> Reply:
        try:
            async with turn.tx.begin_nested():
                result = await form.submit(turn.tx, turn.standing.contact, walk.values(turn.answers), turn.now)
        except Refusal as no:
            return await self._refused(turn, form, walk, no)
        turn.leave()
        if isinstance(result, Begin):
            return await self._begin(turn, result)
        return result if isinstance(result, Reply) else Reply(result)

    async def _refused(self, turn: Turn, form: Form, walk: Walk, no: Refusal) -> Reply:
        """The world has moved on: look-ups are made anew, and the last answer, or the review, stands open."""
        last = [name for name in turn.answers if (q := walk.named(name)) and q.fetch is None and not q.later]
        turn.standing.answers = so_far.doubt(form, turn.answers)
        if walk.ending != AT_ONCE:
            return await self._next(turn, form, no.say)
        if not last:
            turn.leave()
            return screens.menu(self.forms, no.say)
        turn.standing.answers = so_far.forget(form, turn.answers, last[-1])
        return await self._next(turn, form, no.say)
