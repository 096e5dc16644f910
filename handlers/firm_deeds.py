"""What a firm's people do in a chat: each deed is one verb, and says what happens next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers import firm_lists
from handlers.firm_words import join_address
from hotline.firms import fleet, inviting, members
from hotline.firms.members import day_of
from locales.words import Refusal, Say, say
from storage.models import Contact

Do = Callable[[AsyncSession, Contact, int, dict[str, Any], datetime], Awaitable[Reply]]


async def invite(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """A code, its link, and what to do with them."""
    until = answers.get("until")
    made = await inviting.invite(
        tx,
        contact,
        firm_id,
        answers["role"],
        now,
        count=_id(answers.get("count") or "n1"),
        authority_until=date.fromisoformat(until["day"]) if until else None,
        photos=answers.get("papers") or (),
    )
    facts = {"code": made.code, "link": join_address(made.code), "until": made.until, "people": made.left_over}
    words = say("my_firm.invited", role=say(f"firm.role.{made.role}"), **facts)
    return _told(firm_id, words, "members", "invite")


async def void(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """A code is good no more."""
    if not answers.get("code"):
        return _told(firm_id, say("my_firm.codes.none"), "members")
    await inviting.void(tx, contact, firm_id, _id(answers["code"]), now)
    return _told(firm_id, say("my_firm.voided"), "members", "invite")


async def remove(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """Somebody is out, if it was meant so."""
    if not answers.get("who"):
        return _told(firm_id, say("my_firm.members.nobody"), "members")
    if answers["removing"] == "no":
        return _told(firm_id, say("my_firm.stays"), "members")
    await members.remove(tx, contact, firm_id, _id(answers["who"]), now)
    name = firm_lists.named(answers["people"], answers["who"])
    return _told(firm_id, say("my_firm.removed", name=name), "members")


async def extend(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """An agent has more time."""
    if not answers.get("agent"):
        return _told(firm_id, say("my_firm.agents.none"), "members", "invite")
    until = date.fromisoformat(answers["until"]["day"])
    await members.extend(tx, contact, firm_id, _id(answers["agent"]), until, answers["papers"], now)
    return _told(firm_id, say("my_firm.extended", until=day_of(until)), "members")


async def add(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """A truck is the firm's, and the next one may follow."""
    number, _, trailer = answers["plate"].partition("/")
    made = await fleet.add(tx, contact, firm_id, number, answers.get("colour", "yellow"), trailer or None, now)
    facts = {"plate": made.plate, "colour": say(f"firm.colour.{made.colour}")}
    key = "my_firm.added.drawing" if made.trailer else "my_firm.added"
    words = say(key, **facts, **({"trailer": made.trailer} if made.trailer else {}))
    one_more = Option("/my_firm add", say("my_firm.add.more"))
    apply = Option("/apply_pass", say("firm.button.apply"))
    return Reply(words, (one_more, *_ways("vehicles"), apply), about=f"firm:{firm_id}")


async def retire(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """A truck is the firm's no more."""
    found = answers.get("found") or []
    if not found:
        raise Refusal("firm.vehicle.gone")
    gone = await fleet.retire(tx, contact, firm_id, _id(answers.get("which_truck") or found[0]["id"]), now)
    return _told(firm_id, say("my_firm.retired", plate=gone.plate), "vehicles", "add")


async def leave(tx: AsyncSession, contact: Contact, firm_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """Out of the firm, if it was meant so."""
    if answers["leaving"] == "no":
        return _told(firm_id, say("my_firm.stays"), "see")
    firm = await members.leave(tx, contact, firm_id, now)
    return Reply(say("my_firm.left", firm=firm.name))


def _id(chosen: str) -> int:
    """The number behind a choice, whose letter keeps it apart from its place in the list."""
    return int(chosen[1:])


def _told(firm_id: int, words: Say, *deeds: str) -> Reply:
    return Reply(words, _ways(*deeds), about=f"firm:{firm_id}")


def _ways(*deeds: str) -> tuple[Option, ...]:
    return tuple(Option(f"/my_firm {deed}", say(f"my_firm.deed.{deed}")) for deed in deeds)


DO: dict[str, Do] = {
    "invite": invite, "void": void, "remove": remove, "extend": extend, "add": add, "retire": retire, "leave": leave,
    "members": firm_lists.people, "vehicles": firm_lists.trucks,
}  # fmt: skip
