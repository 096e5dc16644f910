"""My firm: how it stands, who is in it, what it drives; ask people in, take trucks in, leave."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, photos
from handlers import firm_deeds, firm_lists
from handlers.firm_words import DEEDS, colour, last_day
from handlers.questions import plate
from hotline.firms.fleet import likely_colours
from hotline.firms.inviting import MAY_INVITE, MOST_AT_ONCE
from hotline.formats.plates import parse_plate
from locales.words import Refusal, say
from storage import firms
from storage.models import Contact

COUNTS = ("n1", "n5", "n20", "n50")
"""For how many drivers a code is."""

Asked = Generator[Question, Any, None]


def questions() -> Generator[Question, Any, str | None]:
    """What is wanted, which the button knows; of which firm; and what the deed itself asks."""
    deed = (yield wanted()) or "see"
    mine = yield look_up("firms", my_firms)
    able = [one for one in mine or () if one["role"] in DEEDS[deed]]
    if deed == "see" or not able:
        return AT_ONCE
    firm = able[0]
    if len(able) > 1:
        known = yield choice(
            "which", [Option(one["uscc"], say("my_firm.which.option", name=one["name"])) for one in able]
        )
        firm = next(one for one in able if one["uscc"] == known)
    if deed in ASKS:
        yield from ASKS[deed](firm)
    return AT_ONCE


def wanted() -> Question:
    """The deed after the command; without one the firm is shown."""

    async def nothing(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _moment: Moment) -> str:
        if given.text not in DEEDS:
            raise Refusal("dialogue.no_such_command")
        return given.text

    options = tuple(Option(deed, say(f"my_firm.deed.{deed}")) for deed in DEEDS)
    return Question("deed", read, options=options, fetch=nothing)


async def my_firms(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The firms in which somebody is, small enough to be kept with the answers."""
    known = await firms.of_contact(tx, contact.id or 0)
    return [{"id": firm.id, "uscc": firm.uscc, "name": firm.name, "role": member.role} for firm, member in known]


def _invite(firm: dict[str, Any]) -> Asked:
    role = yield choice("role", MAY_INVITE[firm["role"]])
    if MOST_AT_ONCE[role] > 1:
        yield choice("count", [Option(one, say("my_firm.count.option", people=one[1:])) for one in COUNTS])
    if role == "agent":
        yield last_day("until")
        yield photos("papers", at_most=3)


def _add(_firm: dict[str, Any]) -> Asked:
    number = (yield plate("plate")).partition("/")[0]
    if parse_plate(number).kind != "trailer":
        yield colour("colour", likely_colours(number), plate=number)


def _retire(_firm: dict[str, Any]) -> Asked:
    yield plate("truck")
    found = yield look_up("found", firm_lists.trucks_of_plate)
    if found and len(found) > 1:
        yield choice("which_truck", [Option(one["id"], say(f"firm.colour.{one['colour']}")) for one in found])


def _remove(_firm: dict[str, Any]) -> Asked:
    people = yield look_up("people", firm_lists.removable)
    if people:
        who = yield choice("who", firm_lists.as_options(people))
        yield choice("removing", ["yes", "no"], who=firm_lists.named(people, who))


def _void(_firm: dict[str, Any]) -> Asked:
    codes = yield look_up("codes", firm_lists.live_codes)
    if codes:
        yield choice("code", firm_lists.codes_as_options(codes))


def _extend(_firm: dict[str, Any]) -> Asked:
    agents = yield look_up("agents", firm_lists.agents)
    if agents:
        yield choice("agent", firm_lists.as_options(agents))
        yield last_day("until")
        yield photos("papers", at_most=3)


def _leave(firm: dict[str, Any]) -> Asked:
    yield choice("leaving", ["yes", "no"], firm=firm["name"])


ASKS = {
    "invite": _invite, "add": _add, "retire": _retire, "remove": _remove, "void": _void, "extend": _extend,
    "leave": _leave,
}  # fmt: skip


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    deed, mine = answers.get("deed") or "see", answers["firms"]
    if not mine:
        ways = ("register_firm", "join_firm")
        return Reply(say("my_firm.none"), tuple(Option(f"/{name}", say(f"command.{name}")) for name in ways))
    able = [one for one in mine if one["role"] in DEEDS[deed]]
    if not able:
        raise Refusal("firm.not_yours", roles=[say(f"firm.role.{role}") for role in DEEDS[deed]])
    if deed == "see":
        return await firm_lists.see(tx, contact, mine)
    firm = next((one for one in able if one["uscc"] == answers.get("which")), able[0])
    return await firm_deeds.DO[deed](tx, contact, firm["id"], answers, now)


FORM = Form("my_firm", questions, submit, menu=18, argument="deed")
