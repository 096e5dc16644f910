"""What a firm is shown of itself in a chat: how it stands, its people, its trucks, its codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers import desk
from handlers.firm_words import DEEDS, SHOWN, code_line, overview, person, truck
from hotline.firms import inviting
from hotline.formats.names import mask_name
from hotline.formats.plates import parse_plate
from locales.words import Say, say, together
from storage import firms
from storage.models import Contact, Firm, Member

MOST_CHOICES = 30
"""People or codes offered as buttons; the web page has all."""


async def see(tx: AsyncSession, contact: Contact, mine: Sequence[dict[str, Any]]) -> Reply:
    """How each of somebody's firms stands, and what he may do."""
    parts, roles, buttons = list[Say](), set[str](), list[Option]()
    for firm, member in await firms.of_contact(tx, contact.id or 0):
        people, trucks = await firms.count(tx, firm.id or 0), await firms.count_vehicles(tx, firm.id or 0)
        parts.append(overview(firm, member, people, trucks))
        roles.add(member.role)
        if member.role == "owner" and firm.state == "refused":
            buttons.append(Option(f"/register_firm {firm.uscc}", say("firm.button.correct")))
    deeds = ["invite", "add", "vehicles", "members"] if roles & {"owner", "clerk"} else []
    deeds = deeds or (["vehicles"] if "agent" in roles else [])
    buttons.append(Option("/mypasses", say("firm.button.passes")))
    buttons += [Option(f"/my_firm {deed}", say(f"my_firm.deed.{deed}")) for deed in (*deeds, "leave")]
    return Reply(together(*parts), tuple(buttons), about=f"firm:{mine[0]['id']}")


async def people(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """Who is in the firm, and by which codes more may come."""
    found = await firms.members(tx, firm_id, SHOWN + 1)
    codes = await inviting.codes(tx, contact, firm_id, now)
    parts = [say("my_firm.members", lines=[person(place, one) for place, one in enumerate(found[:SHOWN], 1)])]
    if len(found) > SHOWN:
        parts.append(_more(await firms.count(tx, firm_id) - SHOWN))
    if codes:
        parts.append(say("my_firm.codes", lines=[code_line(one) for one in codes[:SHOWN]]))
    me = await firms.member(tx, firm_id, contact.id or 0)
    deeds = ["invite", "remove"] if len(found) > 1 else ["invite"]
    deeds += ["void"] if codes else []
    deeds += ["extend"] if me and me.role == "owner" and any(one.role == "agent" for one in found) else []
    return Reply(together(*parts), _deeds(*deeds), about=f"firm:{firm_id}")


async def trucks(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """What the firm drives."""
    found = await firms.vehicles(tx, firm_id)
    me = await firms.member(tx, firm_id, contact.id or 0)
    keeps = me is not None and me.role in ("owner", "clerk")
    if not found:
        return Reply(say("my_firm.vehicles.none"), _deeds("add") if keeps else ())
    lines = [truck(place, one) for place, one in enumerate(found[:SHOWN], 1)]
    parts = [say("my_firm.vehicles", lines=lines, trucks=len(found))]
    if len(found) > SHOWN:
        parts.append(_more(len(found) - SHOWN))
    return Reply(together(*parts), _deeds("add", "retire") if keeps else (), about=f"firm:{firm_id}")


def _more(count: int) -> Say:
    return say("my_firm.more", more=count, address=f"{desk.address()}/firm")


def _deeds(*names: str) -> tuple[Option, ...]:
    return tuple(Option(f"/my_firm {name}", say(f"my_firm.deed.{name}")) for name in names)


# What a choice is made from; small enough to be kept with the answers.


async def removable(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Whom this member may take out: the owner anybody else, a clerk the drivers."""
    firm, me = await _firm(tx, contact, answers)
    if firm is None or me is None:
        return []
    found = [one for one in await firms.members(tx, firm.id or 0) if one.id != me.id]
    return [_brief(one) for one in found if me.role == "owner" or one.role == "driver"][:MOST_CHOICES]


async def agents(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The firm's agents, whose 授权 may be given anew."""
    firm, _ = await _firm(tx, contact, answers)
    found = await firms.members(tx, firm.id or 0) if firm else []
    return [_brief(one) for one in found if one.role == "agent"][:MOST_CHOICES]


async def live_codes(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """The codes that this member may take back."""
    firm, _ = await _firm(tx, contact, answers)
    found = await inviting.codes(tx, contact, firm.id or 0, now) if firm else []
    return [{"id": f"c{one.id}", "code": one.code, "role": one.role} for one in found][:MOST_CHOICES]


async def trucks_of_plate(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """The firm's trucks of this number: two, where it exists in two colours."""
    firm, _ = await _firm(tx, contact, answers)
    number = parse_plate(answers["truck"]).number
    found = await firms.vehicles(tx, firm.id or 0) if firm else []
    return [{"id": f"v{one.id}", "colour": one.colour} for one in found if one.plate == number]


async def _firm(tx: AsyncSession, contact: Contact, answers: dict[str, Any]) -> tuple[Firm | None, Member | None]:
    """The firm that the answers mean, and what this contact is in it now."""
    able = [one for one in answers["firms"] if one["role"] in DEEDS[answers["deed"]]]
    known = next((one for one in able if one["uscc"] == answers.get("which")), able[0])
    member = await firms.member(tx, known["id"], contact.id or 0)
    return (await firms.by_id(tx, known["id"]) if member else None), member


def _brief(member: Member) -> dict[str, Any]:
    return {"id": f"m{member.id}", "name": mask_name(member.name or "?"), "role": member.role,
            "since": member.joined_at.isoformat()}  # fmt: skip


def as_options(people_: Sequence[dict[str, Any]]) -> list[Option]:
    """People as buttons, by the first character of their name, what they are, and since when."""
    return [Option(one["id"], _called(one)) for one in people_]


def named(people_: Sequence[dict[str, Any]], member_id: str) -> Say | str:
    """Somebody among them."""
    return next((_called(one) for one in people_ if one["id"] == member_id), "?")


def _called(one: dict[str, Any]) -> Say:
    since = datetime.fromisoformat(one["since"])
    return say("my_firm.person.option", name=one["name"], role=say(f"firm.role.{one['role']}"), since=since)


def codes_as_options(codes: Sequence[dict[str, Any]]) -> list[Option]:
    """Codes as buttons."""
    return [
        Option(one["id"], say("my_firm.code.option", code=one["code"], role=say(f"firm.role.{one['role']}")))
        for one in codes
    ]
