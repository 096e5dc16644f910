"""My trips: what is filed, what happens on each, and what its driver, filer or receiving firm does with it."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import look_up, yes_no
from handlers import trip_words
from hotline import decisions
from hotline.divisions import place_name
from hotline.filings import crews, filing, moving, parties
from hotline.firms import acting_for
from locales.words import Refusal, say, together
from storage import crews as register_of
from storage import filings as ledger
from storage.models import Contact, Filing

MOST = 8
DEEDS = {"entered": moving.enter, "loading": moving.load, "left": moving.leave}
NEW, CREW = Option("/file_trip", say("command.file_trip")), Option("/register_crew", say("command.register_crew"))


def questions() -> Generator[Question, Any, str | None]:
    """Which trip and what with it, as a button carries it; giving one up is asked once more."""
    wanted = yield which()
    if wanted and wanted.get("do") in ("cancel", "crew") and (yield look_up("mine", is_mine)):
        yield yes_no("sure")
    return AT_ONCE


def which() -> Question:
    """The code after the command and what to do; None: the list."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _moment: Moment) -> dict[str, str] | None:
        words = given.text.split()
        if found := re.fullmatch(r"crew[ -]?(\d{1,18})", given.text.strip()):
            return {"crew": found[1], "do": "crew"}
        code = decisions.find_code(given.text)
        do = next((word for word in words if word in (*DEEDS, "cancel", "drive")), "see")
        return {"code": code, "do": do} if code else None

    return Question("trip", read, fetch=none)


async def is_mine(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> bool:
    """Whether there is anything to be sure about: his own, and still to come."""
    wanted = answers["trip"]
    if "crew" in wanted:
        row = await register_of.by_id(tx, int(wanted["crew"]))
        return row is not None and row.contact_id == contact.id and row.ended_at is None
    found = await ledger.by_code(tx, wanted["code"])
    return found is not None and found.state == "filed" and await parties.may_act(tx, found, contact, now)


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    wanted = answers.get("trip")
    if wanted is None:
        return await listed(tx, contact, now)
    if "sure" in answers and not answers["sure"]:
        return Reply(say("mytrips.kept"), (Option("/mytrips", say("command.mytrips")),))
    if "crew" in wanted:
        row = await crews.end(tx, int(wanted["crew"]), contact, now)
        return Reply(say("crew.ended", plate=row.plate, place=place_name(row.division)), (CREW,))
    found = await ledger.by_code(tx, wanted["code"])
    if found is None:
        raise Refusal("trip.unknown")
    return await _done(tx, found, wanted["do"], contact, now)


async def _done(tx: AsyncSession, found: Filing, do: str, contact: Contact, now: datetime) -> Reply:
    if do == "drive":
        found = await filing.join(tx, found.code, contact, now)
    elif do == "cancel":
        found = await filing.cancel(tx, found.id or 0, contact, now)
    elif do in DEEDS:
        found = await DEEDS[do](tx, await filing.held(tx, found.id or 0, contact, now), f"contact:{contact.id}", now)
    elif not await parties.may_act(tx, found, contact, now):
        return _for_its_driver(found)
    head = None if do == "see" else say(f"mytrips.done.{do}")
    return await trip_words.shown(tx, found, contact, head, code=do in ("see", "drive"))


def _for_its_driver(found: Filing) -> Reply:
    """Who has the code and is no party yet: perhaps he drives it, since his consignee sent it to him."""
    if found.driver_id is not None or found.state not in ("filed", "entered", "loading"):
        raise Refusal("trip.unknown")
    drive = Option(f"/mytrips {found.code} drive", say("trip.button.drive"))
    return Reply(say("mytrips.yours", line=trip_words.line(found)), (drive,))


async def listed(tx: AsyncSession, contact: Contact, now: datetime) -> Reply:
    """His trips, those to his firms, and the crews that he registered."""
    firms = [firm.id or 0 for firm, _ in await acting_for(tx, contact, now)]
    trips = await ledger.of_contact(tx, contact.id or 0, firms, MOST)
    standing = await register_of.of_contact(tx, contact.id or 0, MOST)
    if not trips and not standing:
        return Reply(say("mytrips.none"), (NEW,))
    parts, ways = [], []
    if trips:
        lines = [say("mytrips.numbered", place=n, line=trip_words.line(one)) for n, one in enumerate(trips, 1)]
        parts.append(say("mytrips.list", lines=lines))
        ways += [
            Option(f"/mytrips {one.code}", say("mytrips.one", place=n, plate=one.plate))
            for n, one in enumerate(trips, 1)
        ]
    if standing:
        lines = [
            say("crew.line", plate=one.plate, place=place_name(one.division), until=one.until.isoformat())
            for one in standing
        ]
        parts.append(say("crew.list", lines=lines))
        ways += [Option(f"/mytrips crew-{one.id}", say("crew.button.end", plate=one.plate)) for one in standing]
    return Reply(together(*parts), (*ways, NEW))


FORM = Form("mytrips", questions, submit, menu=19, argument="trip")
