"""What is closed on my road: a driver names a road or a facility."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import parsed
from hotline import facilities
from hotline.formats.describe import describe_place
from hotline.formats.places import Place, find_place
from hotline.formats.roads import NAMES
from hotline.formats.stakes import format_stake
from hotline.formats.tidy import shown
from locales.words import Refusal, Say, say, together
from storage.models import Closure, Contact, Facility

MOST = 8
"""More lines than this are not read in a cab; the rest is counted."""

REPORT = Option("/blockage", say("command.blockage"))


def questions() -> Generator[Question, Any, str | None]:
    yield parsed("where", read_where, lambda value: describe_place(Place.from_json(value)))
    return AT_ONCE


def read_where(given: Given, _moment: Moment) -> dict[str, Any]:
    """A road or a facility, or a refusal that shows what to write: a position alone names no road."""
    if given.position is not None:
        raise Refusal("closed.where.position")
    place = find_place(given.text)
    if place is None or not (place.road or place.road_name or place.facility):
        raise Refusal("closed.where.refused", typed=shown(given.text))
    return place.to_json()


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    place = Place.from_json(answers["where"])
    known = await facilities.known(tx, place.road or place.road_name, place.facility, MOST)
    if known.roads:
        choices = tuple(Option(f"/closed {road} {place.facility}", say("closed.on", road=road)) for road in known.roads)
        return Reply(say("closed.which", name=place.facility), choices)
    if not known.is_registered:
        return Reply(say("closed.unknown", place=describe_place(place)), (REPORT,))
    road = describe_place(Place(road=known.road, road_name=NAMES.get(known.road or "")))
    parts = []
    if known.asked is not None:
        parts.append(say(f"closed.asked.{known.asked.state}", name=known.asked.name))
    elif place.facility:
        parts.append(say("closed.asked.unknown", name=place.facility))
    if not known.shut:
        parts.append(say("closed.none", road=road, at=now))
    else:
        parts.append(say("closed.list", road=road, lines=lines(known.shut[:MOST], now)))
    if len(known.shut) > MOST:
        parts.append(say("closed.more", most=MOST))
    return Reply(together(*parts, say("closed.differs"), gap="\n"), (REPORT,))


def lines(shut: list[tuple[Facility, Closure]], now: datetime) -> list[Say]:
    """What is shut, where it is, since when, and until when it is to be."""
    return [line(place, facility, closure, now) for place, (facility, closure) in enumerate(shut, 1)]


def line(place: int, facility: Facility, closure: Closure, now: datetime) -> Say:
    """One of them; what should be open by now is said to be late."""
    return say(
        "closed.line.late" if closure.due_at <= now else "closed.line",
        place=place,
        name=name(facility),
        state=say(f"facility.state.{facility.state}"),
        since=closure.closed_at,
        due=closure.due_at,
    )


def name(facility: Facility) -> Say | str:
    """Its name, with its stake and direction where the register has them."""
    known = [format_stake(facility.stake_m)] if facility.stake_m is not None else []
    known += [facility.direction] if facility.direction else []
    return say("closed.name", name=facility.name, known=known) if known else facility.name


FORM = Form("closed", questions, submit, menu=9, argument="where")
