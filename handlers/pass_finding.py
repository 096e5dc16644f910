"""Which pass a form is about: by its code on the button, or one of those that somebody has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Given, Moment, Option, Question
from bot.questions import choice, look_up
from handlers.pass_questions import worded
from hotline.passes import reading
from hotline.passes.reading import Named
from hotline.passes.standing import may_act
from locales.words import Refusal, say
from storage import passes as ledger
from storage.models import Contact, Pass

MOST = 8


def one_of_mine(states: Sequence[str]) -> Generator[Question, Any, str | None]:
    """The code of a pass: the button's, or one of mine in these states; None where there is none."""
    code = yield by_button()
    if code is not None:
        return str(code)
    mine = yield look_up("my_passes", _mine(states))
    if not mine:
        return None
    if len(mine) == 1:
        return str(mine[0]["code"])
    options = [Option(one["code"], say("pass_forms.option", plate=one["plate"], words=one["words"])) for one in mine]
    return str((yield worded(choice("pick", options))))


def by_button() -> Question:
    """The code that the button carries; else None, and nothing is asked."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _at: Moment) -> str:
        found = reading.find(given.text)
        if found is None or found.code is None:
            raise Refusal("pass.unknown")
        return found.code

    return Question("code", read, fetch=none)


def _mine(states: Sequence[str]) -> Callable[..., Awaitable[list[dict[str, str]]]]:
    async def fetch(
        tx: AsyncSession, contact: Contact, _answers: Mapping[str, Any], now: datetime
    ) -> list[dict[str, str]]:
        found = await reading.mine(tx, contact, now, MOST, states)
        return [{"code": one.code, "plate": one.plate, "words": one.number or one.destination} for one in found]

    return fetch


async def found(tx: AsyncSession, contact: Contact, answers: Mapping[str, Any], now: datetime) -> Pass | None:
    """The pass that was meant, for whoever may act on it."""
    code = code_of(answers)
    pass_ = await ledger.by_code(tx, code) if code else None
    return pass_ if pass_ is not None and await may_act(tx, pass_, contact, now) else None


def code_of(answers: Mapping[str, Any]) -> str | None:
    """The code that the answers came to."""
    mine = answers.get("my_passes") or []
    told = answers.get("code") or answers.get("pick") or (mine[0]["code"] if len(mine) == 1 else None)
    return str(told) if told else None


async def read_by(tx: AsyncSession, text: str, contact: Contact, now: datetime) -> list[Pass] | None:
    """The passes that a text names, as far as they may be read; None when it names none at all."""
    name: Named | None = reading.find(text)
    return None if name is None else await reading.named(tx, name, contact, now, MOST)
