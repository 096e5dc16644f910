"""A driver or a receiving firm files a trip before arrival (提前报备), and has the truck's code at once."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, yes_no
from handlers import filing_a_trip, rulings, trip_words
from handlers.questions import moment
from handlers.rule_questions import Put, facts, known_facts
from handlers.trip_questions import aboard, ahead, colour, colours_of, county, stay, trailer, truck, way, words_of
from hotline import decisions
from hotline.filings import filing as filings
from locales.words import say
from storage.models import Contact

DRIVER = Option("driver", say("file_trip.as.driver"))


def questions() -> Generator[Question, Any, str | None]:
    """From where to where and when; what the rules there ask; then who receives it, the truck, who is on board."""
    yield before()
    back = yield look_up("trip_before", filing_a_trip.trip_before)
    if back is None:
        yield county("origin")
        yield county("destination")
    offer = yield look_up("asked_there", filing_a_trip.offered)
    if offer is None:
        return AT_ONCE
    yield ahead("arrives")
    yield stay("stay")
    yield from facts((yield look_up("rules", filing_a_trip.asked_of_trip)))
    needs = yield look_up("needs", filing_a_trip.verdict_of)
    if needs == "NOT_NEEDED" or (needs not in (None, "NEEDED") and not (yield yes_no("anyway"))):
        return AT_ONCE
    if back is None:
        yield from _whose()
        plate = yield truck("plate")
        if len(colours_of(plate)) > 1:
            yield colour("colour", plate)
        if (yield look_up("live", filing_a_trip.live_code)):
            return AT_ONCE
        if "trailer" in offer["asks"] and "/" not in plate:
            yield trailer("trailer")
        if "goods" in offer["asks"]:
            yield words_of("goods", 20)
    if "crew" in offer["asks"] and not (yield look_up("standing", filing_a_trip.known_crew)):
        yield aboard("crew")
    if "test" in offer["asks"]:
        yield moment("tested")
    if back is None:
        yield way("via")
    return None


def _whose() -> Generator[Question, Any, None]:
    """In whose name, where somebody acts for a firm; and who receives it."""
    firms = yield look_up("trip_firms", filing_a_trip.firms_of)
    named = [Option(one["id"], say("file_trip.as.firm", name=one["name"])) for one in firms or ()]
    if not named or (yield choice("as", [DRIVER, *named])) == DRIVER.id:
        yield words_of("consignee", filings.LONGEST_WORDS)


def before() -> Question:
    """The code of the trip whose way back this is, which a button carries; else None, and nothing is asked."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _moment: Moment) -> str | None:
        return decisions.find_code(given.text)

    return Question("before", read, fetch=none)


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """The trip and its code; or that there is nothing to file, with the clause that says so."""
    if answers.get("asked_there") is None:
        return filing_a_trip.none_asked(filing_a_trip.destination_of(answers), now)
    put = Put.from_json(answers["rules"])
    ruling = filing_a_trip.ruling_of(put, answers)
    if ruling is not None and (ruling.verdict == "NOT_NEEDED" or answers.get("anyway") is False):
        return await rulings.answer(tx, put.schemes[0], answers, now)
    if answers.get("live"):
        return await filing_a_trip.one_code(tx, answers["live"])
    arrives = datetime.fromisoformat(answers["arrives"])
    leaves = arrives + timedelta(minutes=answers["stay"])
    facts_ = {**put.given, **known_facts(answers)}
    trip = await filing_a_trip.trip_of(tx, answers, arrives, leaves, facts_)
    made = await filings.file(tx, contact, trip, now)
    head = say("trip.filed", name=trip_words.name_of(made), number=made.number)
    return await trip_words.shown(tx, made, contact, head)


FORM = Form("file_trip", questions, submit, steps=8, menu=17, argument="before")
