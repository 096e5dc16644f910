"""A firm registers by the code of its licence; its owner says anew what was refused."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import look_up, parsed, photos
from handlers import desk
from handlers.firm_words import credit_code, seat
from hotline.divisions import place_name
from hotline.firms import registering
from hotline.firms.registering import MOST_PHOTOS, Entry, parse_firm_name
from hotline.formats.names import mask_name, parse_name
from hotline.formats.phones import mask_mobile, parse_mobile
from locales.words import Refusal, Say, from_json, say, to_json
from storage import firms
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """The code first, since it tells whether the firm is there; what an owner puts right he may leave as it was."""
    uscc = yield credit_code("uscc")
    known = yield look_up("known", what_is_known)
    if known and "no" in known:
        return AT_ONCE
    old = known or {}
    yield _asked(parsed("name", _name, optional=bool(old)), old.get("name"))
    division = old.get("division")
    yield _asked(seat("seat", uscc, division), place_name(division) if division else None)
    yield _asked(parsed("person", _person, mask_name, optional=bool(old)), old.get("person"))
    yield _asked(parsed("phone", _phone, mask_mobile, optional=bool(old)), old.get("phone"))
    yield photos("papers", at_most=MOST_PHOTOS, optional=bool(old))
    return None


def _name(given: Given, _moment: Moment) -> str:
    return parse_firm_name(given.text)


def _person(given: Given, _moment: Moment) -> str:
    return parse_name(given.text)


def _phone(given: Given, _moment: Moment) -> str:
    return parse_mobile(given.text)


def _asked(question: Question, old: str | None) -> Question:
    """The question in other words where there is an answer already, which stays when it is skipped."""
    own = say(f"register_firm.{question.name}.again", old=old) if old else None
    return Question(**{**question.__dict__, "own_ask": own})


async def what_is_known(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """None for a firm that may be registered; what its owner said before; or why nobody may."""
    firm = await firms.by_uscc(tx, answers["uscc"])
    member = await firms.member(tx, firm.id or 0, contact.id or 0) if firm else None
    if firm is not None and member is not None and member.role == "owner" and firm.state != "suspended":
        return {
            "firm": firm.id, "name": firm.name, "division": firm.division, "person": mask_name(firm.contact_name),
            "phone": mask_mobile(firm.phone),
        }  # fmt: skip
    try:
        await registering.may_register(tx, contact, answers["uscc"])
    except Refusal as no:
        return {"no": to_json(no.say)}
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    known = answers["known"] or {}
    if "no" in known:
        return _not_now(from_json(known["no"]))
    home = desk.division()
    if "firm" not in known:
        firm = await registering.register(tx, contact, _entry(answers, {}), home, now)
        return Reply(say("register_firm.thanks", name=firm.name), _next(), about=f"firm:{firm.id}")
    was = await firms.by_id(tx, known["firm"])
    assert was is not None
    old = {name: getattr(was, name) for name in ("name", "division", "contact_name", "phone")}
    firm = await registering.correct(tx, contact, known["firm"], _entry(answers, old), home, now)
    return Reply(say("register_firm.corrected", name=firm.name), _next(), about=f"firm:{firm.id}")


def _entry(answers: dict[str, Any], old: dict[str, str]) -> Entry:
    """What was answered, with what was said before where nothing was."""
    where = answers.get("seat")
    return Entry(
        uscc=answers["uscc"],
        name=answers.get("name") or old["name"],
        division=where["code"] if where else old["division"],
        contact_name=answers.get("person") or old["contact_name"],
        phone=answers.get("phone") or old["phone"],
        photos=answers.get("papers") or (),
    )


def _next() -> tuple[Option, ...]:
    return Option("/my_firm invite", say("my_firm.deed.invite")), Option("/my_firm add", say("my_firm.deed.add"))


def _not_now(no: Say) -> Reply:
    """Why it cannot be registered, and what leads on: a code from its people, or a clerk."""
    if no.key == "firm.taken.yours":
        return Reply(no, (Option("/my_firm", say("command.my_firm")),))
    join = () if no.key == "firm.taken.suspended" else (Option("/join_firm", say("command.join_firm")),)
    return Reply(no, (*join, Option("/consult", say("rules.ask_a_clerk"))))


FORM = Form("register_firm", questions, submit, steps=6, argument="uscc")
