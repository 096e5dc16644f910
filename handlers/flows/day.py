"""日调度 in a chat: a leader asks for a day, or says whether it shall come every morning."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from handlers import desk
from handlers import staff_chat as chat
from hotline import dispatch, dispatch_news, rights
from hotline.formats.days import parse_day
from locales.words import SHANGHAI, Refusal, say
from storage import dispatch as days
from storage.models import Contact, Staff

SWITCH = {"on": True, "off": False}
A_DAY = timedelta(days=1)


def questions() -> Generator[Question, Any, str | None]:
    """Which day, or on and off; yesterday when nothing is said."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    yield Question("what", read_what, fetch=none)
    return AT_ONCE


def read_what(_question: Question, given: Given, _moment: Moment) -> str:
    """As it was typed; what day it is, is seen when it is known who asks."""
    return given.text.strip()[:40]


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    member, what = await chat.member(tx, contact), (answers.get("what") or "").casefold()
    if not rights.may(member, "see_passes"):
        raise Refusal("staff_chat.not_yours")
    today = now.astimezone(SHANGHAI).date()
    try:
        if what in SWITCH:
            await dispatch_news.want(tx, member, now, wanted=SWITCH[what])
            return Reply(say(f"day.{what}"), (_other(wants=SWITCH[what]),))
        return await _shown(tx, member, parse_day(what, today) if what else today - A_DAY, now)
    except Refusal as no:
        return Reply(no.say)


async def _shown(tx: AsyncSession, member: Staff, day: date, now: datetime) -> Reply:
    found = await dispatch.report(tx, member.division, day, now)
    options = [Option(f"/day {day - A_DAY}", say("day.button.before"))]
    if day < now.astimezone(SHANGHAI).date():
        options.append(Option(f"/day {day + A_DAY}", say("day.button.after")))
    if member.role in rights.LEADS:
        options.append(_other(wants=await days.wants(tx, member.id or 0)))
    picture = None if found.is_empty else dispatch_news.picture_of(found)
    return Reply(dispatch_news.sentence(found, desk.address()), tuple(options), picture=picture)


def _other(*, wants: bool) -> Option:
    """The button that turns it round."""
    name = "off" if wants else "on"
    return Option(f"/day {name}", say(f"day.button.{name}"))


FORM = Form("day", questions, submit, argument="what")
