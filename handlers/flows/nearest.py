"""The nearest place to be tested, to charge, to rest or to hand over; and whether a checkpoint is an approved one."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, parsed
from handlers import desk, near_by
from hotline import nearest
from hotline.formats.describe import describe_place
from hotline.formats.places import Place
from hotline.point_entry import KINDS
from hotline.point_words import recognise_kind
from locales.words import say
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which kind, and from where; whoever asks for farther ones has said both."""
    before = yield asked_before()
    if before is None:
        kinds = [Option(kind, say(f"point.kind.{kind}")) for kind in KINDS]
        kind = yield choice("kind", kinds, recognise=recognise_kind)
        known = say(f"nearest.where.of.{'checkpoint' if kind == 'checkpoint' else 'others'}")
        yield parsed("where", read_where, show_where, wants=("position",), what=known)
    return AT_ONCE


def asked_before() -> Question:
    """What the button "farther" carries: kind, how many were told, and where; else None, and nothing is asked."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    return Question("asked", lambda _question, given, _at: near_by.read_again(given.text, desk.division()), fetch=none)


def read_where(given: Given, _moment: Moment) -> dict[str, Any]:
    """A position, whatever names a place on a road, or a division."""
    return near_by.read_where(given, desk.division()).to_json()


def show_where(value: dict[str, Any]) -> Any:
    """How the place reads."""
    return describe_place(Place.from_json(value))


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    asked = answers.get("asked") or {"kind": answers["kind"], "skip": 0, "where": answers["where"]}
    place, kind, skip = Place.from_json(asked["where"]), asked["kind"], asked["skip"]
    found = await nearest.nearest(tx, kind, place, desk.division(), now, skip=skip)
    here = await near_by.checkpoint_here(tx, place, now) if kind == "checkpoint" and not skip else []
    return near_by.told(kind, place, skip, found, here, now)


FORM = Form("nearest", questions, submit, menu=4, argument="asked")
