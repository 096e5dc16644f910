"""Somebody joins a firm by the code that it gave him; he hears what the firm will see, and agrees or not."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, parsed
from hotline.decisions import find_code
from hotline.firms import inviting, members
from hotline.firms.members import day_of
from hotline.formats.names import mask_name, parse_name
from hotline.formats.tidy import shown
from locales.words import Refusal, Say, from_json, say, to_json
from storage.models import Contact

REFUSED = "refuse"


def questions() -> Generator[Question, Any, str | None]:
    """The code, which the link knows; then who joins, and whether he agrees."""
    yield parsed("code", read_code)
    offer = yield look_up("offer", offered)
    if offer is None or "no" in offer:
        return AT_ONCE
    facts = {"firm": offer["firm"], "role": _role(offer)}
    yield parsed("name", lambda given, _moment: parse_name(given.text), mask_name, **facts)
    sees = say(f"join_firm.sees.{offer['role']}")
    yield choice("consent", ["agree", REFUSED], sees=sees, **facts)
    return AT_ONCE


def read_code(given: Given, _moment: Moment) -> str:
    """The code in the text, a link too; blanks within it do no harm."""
    found = find_code(given.text) or find_code(given.text.replace(" ", "").replace("-", ""))
    if found is None:
        raise Refusal("join_firm.code.refused", typed=shown(given.text))
    return found


async def offered(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Which firm asks him in and as what, or why none does."""
    found = await inviting.look(tx, contact, answers["code"], now)
    if isinstance(found, Say):
        return {"no": to_json(found)}
    invitation, firm = found
    until = invitation.authority_until
    return {"firm": firm.name, "role": invitation.role, "until": until.isoformat() if until else None}


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    offer = answers["offer"]
    if "no" in offer:
        no = from_json(offer["no"])
        known = Option("/my_firm", say("command.my_firm"))
        again = Option("/join_firm", say("join_firm.try_again"))
        return Reply(no, (known if no.key == "firm.join.already" else again,))
    if answers["consent"] == REFUSED:
        return Reply(say("join_firm.refused", firm=offer["firm"]))
    firm, member = await members.join(tx, contact, answers["code"], answers["name"], now)
    onward = [] if member.role == "driver" else [Option("/apply_pass", say("firm.button.apply"))]
    words = say(f"join_firm.joined.{member.role}", firm=firm.name, role=_role(offer))
    return Reply(words, (*onward, Option("/my_firm", say("command.my_firm"))), about=f"firm:{firm.id}")


def _role(offer: dict[str, Any]) -> Say:
    role = say(f"firm.role.{offer['role']}")
    until = offer.get("until")
    return say("firm.role.until", role=role, until=day_of(date.fromisoformat(until))) if until else role


FORM = Form("join_firm", questions, submit, steps=3, argument="code")
