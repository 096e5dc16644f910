"""转办 from a chat: a ticket goes to another department."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import choice, look_up, text
from handlers import staff_chat as chat
from hotline import divisions, moving, rights, staff_chat
from locales.words import Refusal, say
from storage import directory
from storage import tickets as ledger
from storage.models import Contact, Department

MOST = 20
"""Departments offered as buttons: those of the ticket's own division first, then those above it."""


def questions() -> Generator[Question, Any, str | None]:
    """Which ticket, which the button knows; where to, and why."""
    known = yield chat.about()
    if not (yield chat.is_staff()):
        return AT_ONCE
    number = known or (yield chat.which())
    there = yield look_up("departments", departments_for)
    if not (number and there):
        return AT_ONCE
    yield choice("to", [Option(one["id"], say("staff_chat.department", name=one["name"])) for one in there])
    yield text("why", longest=500, optional=True)
    return AT_ONCE


async def departments_for(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> list[dict[str, str]]:
    """Where the ticket may go, small enough to be kept with the answers; nowhere when it is not this member's."""
    member = await staff_chat.member_at(tx, contact)
    ticket = await ledger.by_number(tx, chat.number_of(answers) or "")
    if member is None or ticket is None or not await rights.may_see(tx, member, ticket):
        return []
    if not rights.may(member, "transfer"):
        return []
    found: dict[int, Department] = {}
    for code in dict.fromkeys((ticket.division, *divisions.ancestors(ticket.division), member.division)):
        for one in await directory.departments(tx, bounds=(code, code), at_work=True, limit=MOST):
            found[one.id or 0] = one
    wanted = [one for one in found.values() if one.id != ticket.department_id]
    return [{"id": str(one.id), "name": one.name} for one in wanted[:MOST]]


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    member = await chat.member(tx, contact)
    ticket = await staff_chat.within_reach(tx, member, "transfer", chat.number_of(answers))
    if "to" not in answers:
        raise Refusal("staff_chat.nowhere")
    moved = await moving.transfer(tx, ticket.id or 0, member, int(answers["to"]), answers.get("why") or "", now)
    return chat.told("staff_chat.handed_over", moved)


FORM = Form("hand_over", questions, submit, argument="about")
