"""What may be done with a ticket: one row a verb, with its fields, when it is offered, and how its form is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.moments import typed_moment
from handlers.staff.visit import Visit
from hotline import closing, incidents, moving, rights, tickets, timing, unsaid
from hotline.numbers import find_number
from hotline.unsaid import TEN_SECONDS
from locales.words import Refusal
from storage import tickets as ledger
from storage.models import OPEN, OUTCOMES, Assist, Callback, Extension, Staff, Ticket

PROOFS = ("photo", "document", "confirmation")
SATISFACTIONS = ("satisfied", "mostly", "unsatisfied")
ANSWERS = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form of the ticket's page as it was sent, and its fields as the verbs take them."""

    visit: Visit
    ticket: Ticket

    @property
    def of(self) -> tuple[int, Staff]:
        """Which ticket, and who acts: what every verb takes first."""
        return self.ticket.id or 0, self.visit.staff

    @property
    def now(self) -> datetime:
        """When it came."""
        return self.visit.now

    @property
    def words(self) -> str:
        """The words that were typed."""
        return self.visit.form.get("words", "")

    def chosen(self, name: str) -> str:
        """What was chosen, or nothing; the verb says what is missing."""
        return self.visit.form.get(name, "")

    def department(self) -> int:
        """The department that was chosen from the list; raises Refusal."""
        typed = self.visit.form.get("department", "")
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 18):
            raise Refusal("desk.transfer.unknown")
        return int(typed)

    def until(self) -> datetime:
        """The moment that was typed; raises Refusal."""
        return typed_moment(self.visit.form.get("until", ""), self.visit.house.settings.zone)

    def is_yes(self) -> bool:
        """Which of two buttons was pressed; raises Refusal when neither was."""
        if self.chosen("answer") not in ANSWERS:
            raise Refusal("page.choose")
        return self.chosen("answer") == "yes"

    async def other(self, tx: AsyncSession) -> Ticket:
        """The ticket whose number was typed or pressed, if this reader may see it; raises Refusal."""
        number = find_number(self.visit.form.get("master", ""))
        found = await ledger.by_number(tx, number) if number else None
        if found is None or not await rights.may_see(tx, self.visit.staff, found):
            raise Refusal("page.merge.unknown")
        return found

    async def ticked(self, tx: AsyncSession) -> list[int]:
        """The tickets whose boxes were ticked; raises Refusal when none was, or one is out of reach."""
        ids = [name.removeprefix("gather-") for name in self.visit.form if name.startswith("gather-")]
        found = [await tx.get(Ticket, int(i)) for i in ids if i.isascii() and i.isdecimal() and len(i) <= 18]
        seen = [one for one in found if one is not None and await rights.may_see(tx, self.visit.staff, one)]
        if not seen or len(seen) < len(ids):
            raise Refusal("page.gather.none" if not ids else "page.merge.unknown")
        return [one.id or 0 for one in seen]


@dataclass(frozen=True, slots=True)
class Scene:
    """How a ticket stands for one reader: what decides which verbs are offered."""

    ticket: Ticket
    staff: Staff
    now: datetime
    extension: Extension | None = None
    callback: Callback | None = None
    assists: tuple[Assist, ...] = ()
    undo_seconds: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is somebody's work."""
        return self.ticket.status in OPEN

    @property
    def is_resolved(self) -> bool:
        """Whether it has a result and is not struck off."""
        return self.ticket.status == "resolved"

    @property
    def helps(self) -> bool:
        """Whether the reader's department was asked to help and has not done so yet."""
        mine = self.staff.department_id
        return mine is not None and any(one.department_id == mine and one.done_at is None for one in self.assists)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: words, line, choice (one of `options`, worded `keys`...), department, moment."""

    name: str
    kind: str
    options: tuple[str, ...] = ()
    keys: str = ""
    required: bool = True


WORDS = Field("words", "words")
WHY = Field("words", "words", required=False)


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb of the page: its name in address, form and words, what it does, when it is offered, and where.

    `right` is its name in `rights.VERBS`, where that differs; `closes`: refused while news of the reporter is unread.
    """

    name: str
    do: Callable[[AsyncSession, Asked], Awaitable[Any]]
    fields: tuple[Field, ...]
    when: Callable[[Scene], bool]
    group: str
    right: str = ""
    closes: bool = False
    answers: bool = False

    @property
    def needs(self) -> str:
        """The right that it takes."""
        return self.right or self.name


async def _merge(tx: AsyncSession, asked: Asked) -> Ticket:
    ticket_id, staff = asked.of
    return await incidents.merge(tx, ticket_id, (await asked.other(tx)).id or 0, staff, asked.now)


async def _gather(tx: AsyncSession, asked: Asked) -> Ticket:
    ticket_id, staff = asked.of
    return await incidents.merge_all(tx, await asked.ticked(tx), ticket_id, staff, asked.now)


async def _rate(tx: AsyncSession, asked: Asked) -> Ticket:
    ticket_id, staff = asked.of
    how = asked.chosen("satisfaction")
    if how not in SATISFACTIONS:
        raise Refusal("page.choose")
    return await closing.rate(tx, ticket_id, f"staff:{staff.id}", how, asked.words, asked.now, by=staff)


def _may_review(scene: Scene) -> bool:
    ticket = scene.ticket
    undecided = ticket.needs_review and ticket.reviewer_id is None
    return scene.is_resolved and undecided and ticket.resolver_id != scene.staff.id


def _may_decide(scene: Scene) -> bool:
    return scene.extension is not None and scene.extension.asked_by != scene.staff.id


def _may_ask_extension(scene: Scene) -> bool:
    return scene.is_open and scene.extension is None and scene.now < scene.ticket.resolution_due_at


def _may_reopen(scene: Scene) -> bool:
    is_over = scene.ticket.status in ("struck_off", "declined")
    return scene.is_resolved or (is_over and scene.staff.role in rights.LEADS)


def _may_take(scene: Scene) -> bool:
    ticket = scene.ticket
    return scene.is_open and (ticket.assignee_id is None or ticket.status == "assigned")


def _may_resolve(scene: Scene) -> bool:
    mine = scene.ticket.assignee_id in (None, scene.staff.id) or scene.ticket.status != "handling"
    return scene.is_open and (mine or scene.staff.role in rights.LEADS)


def _may_send_back(scene: Scene) -> bool:
    ticket, mine = scene.ticket, scene.staff.department_id
    return scene.is_open and mine is not None and ticket.department_id == mine and not ticket.returns


def _is_open(scene: Scene) -> bool:
    return scene.is_open


def _is_resolved(scene: Scene) -> bool:
    return scene.is_resolved


_DEPARTMENT = Field("department", "department")
_OUTCOME = Field("outcome", "choice", OUTCOMES, "ticket.outcome.")
_PROOF = Field("proof", "choice", PROOFS, "page.proof.")
_SATISFACTION = Field("satisfaction", "choice", SATISFACTIONS, "rate.how.")

TABLE = (
    Deed("take", lambda tx, a: tickets.take(tx, *a.of, a.now), (), _may_take, "head"),
    Deed("take_back", lambda tx, a: unsaid.take_back(tx, *a.of, a.now), (), lambda s: s.undo_seconds > 0, "undo"),
    Deed(
        "decide_extension",
        lambda tx, a: timing.decide_extension(tx, *a.of, a.is_yes(), a.now),
        (), _may_decide, "extension", answers=True,
    ),
    Deed("gather", _gather, (), _is_open, "near", right="merge"),
    Deed(
        "reply",
        lambda tx, a: tickets.reply(tx, *a.of, a.words, a.now, hold=TEN_SECONDS),
        (WORDS,), _is_open, "main",
    ),
    Deed("note", lambda tx, a: tickets.note(tx, *a.of, a.words, a.now), (WORDS,), lambda s: True, "main"),
    Deed("ask", lambda tx, a: tickets.ask(tx, *a.of, a.words, a.now), (WORDS,), _is_open, "main"),
    Deed(
        "resolve",
        lambda tx, a: closing.resolve(
            tx, *a.of, a.words, a.now, outcome=a.visit.form.get("outcome", ""), hold=TEN_SECONDS
        ),
        (_OUTCOME, WORDS), _may_resolve, "main", closes=True,
    ),
    Deed(
        "review",
        lambda tx, a: closing.review(tx, *a.of, a.is_yes(), a.words, a.now),
        (WHY,), _may_review, "end", answers=True,
    ),
    Deed(
        "strike_off",
        lambda tx, a: closing.strike_off(tx, *a.of, a.chosen("proof"), a.words, a.now),
        (_PROOF, WHY), _is_resolved, "end", closes=True,
    ),
    Deed("rate", _rate, (_SATISFACTION, WHY), _is_resolved, "end"),
    Deed("called", lambda tx, a: closing.called(tx, *a.of, a.now), (), lambda s: s.callback is not None, "end"),
    Deed("reopen", lambda tx, a: closing.reopen(tx, *a.of, a.words, a.now), (WORDS,), _may_reopen, "end"),
    Deed(
        "transfer",
        lambda tx, a: moving.transfer(tx, *a.of, a.department(), a.words, a.now),
        (_DEPARTMENT, WHY), _is_open, "move",
    ),
    Deed(
        "ask_assist",
        lambda tx, a: moving.ask_assist(tx, *a.of, a.department(), a.words, a.now),
        (_DEPARTMENT, WHY), _is_open, "move",
    ),
    Deed(
        "assist",
        lambda tx, a: moving.assist(tx, *a.of, a.words, a.now),
        (WORDS,), lambda s: s.is_open and s.helps, "main",
    ),
    Deed("send_back", lambda tx, a: moving.send_back(tx, *a.of, a.words, a.now), (WORDS,), _may_send_back, "move"),
    Deed(
        "ask_extension",
        lambda tx, a: timing.ask_extension(tx, *a.of, a.until(), a.words, a.now),
        (Field("until", "moment"), WORDS), _may_ask_extension, "move",
    ),
    Deed("merge", _merge, (Field("master", "line"),), _is_open, "move"),
    Deed("split", lambda tx, a: incidents.split(tx, *a.of, a.now), (), lambda s: s.ticket.status == "merged", "head"),
    Deed(
        "decline",
        lambda tx, a: closing.decline(tx, *a.of, a.words, a.now),
        (WORDS,), _is_open, "move", closes=True,
    ),
)  # fmt: skip
"""Every verb of the page, in the order in which a form of it is shown."""

DEEDS = {deed.name: deed for deed in TABLE}


def offered(scene: Scene) -> list[Deed]:
    """What this reader may do with the ticket as it stands."""
    return [deed for deed in TABLE if rights.may(scene.staff, deed.needs) and deed.when(scene)]
