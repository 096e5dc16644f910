"""Somebody applies for a pass: whether he needs one first, then everything that it takes, once."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Question, Reply
from bot.questions import look_up
from handlers import pass_offers as offer_
from handlers import pass_questions as ask
from handlers import pass_words
from handlers.rule_questions import answered, facts, known_facts
from handlers.ruling_words import told
from hotline import decisions
from hotline.passes import applying, wishes
from hotline.passes.offers import is_division
from hotline.rules.rulings import fits
from locales.words import Refusal
from storage import decisions as kept_ones
from storage.models import Contact

_JOURNEY = re.compile(r"(?:(\d{6})-(\d{6})(?:-|$))?([0-9A-Z]{12})?", re.ASCII)


def questions() -> Generator[Question, Any, str | None]:
    """The journey and what the rules ask of it; who needs a pass then tells truck, load, crew and time."""
    known: dict[str, Any] = {"journey": (yield begun_elsewhere())}
    if "origin" not in (known["journey"] or {}):
        known["origin"] = yield ask.county("origin")
        known["destination"] = yield ask.county("destination")
    known["told_before"] = yield look_up("told_before", answered_before)
    known["passes"] = yield look_up("passes", offer_.offered)
    offer = yield from offer_.which(known["passes"], known["told_before"])
    if offer is None:
        return AT_ONCE
    put = offer_.put_of(offer, known)
    said = yield from facts(put.to_json())
    if said is not None and offer_.needs_none(said[0]):
        return AT_ONCE
    yield from offer_.goods(offer, {**put.given, **(said[1] if said else {})})
    yield ask.counties("via")
    yield from offer_.in_whose_name()
    truck = yield from offer_.vehicle((yield look_up("my_trucks", offer_.trucks_of)) or [])
    if (yield look_up("in_the_way", offer_.in_the_way)):
        return AT_ONCE
    asks = offer.issuing.asks
    if "trailer" in asks and not (truck or {}).get("trailer"):
        yield ask.trailer("trailer")
    yield from offer_.on_board(asks)
    yield ask.begins("begins")
    if offer.valid_for is None:
        yield ask.ends("ends")
    yield offer_.pictures(asks)
    return None


def begun_elsewhere() -> Question:
    """What the button under an answer of the rules carries, as far as it is known: both ends, and the answer's code."""

    async def none(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> None:
        return None

    def read(_question: Question, given: Given, _at: Moment) -> dict[str, Any]:
        found = _JOURNEY.fullmatch(given.text.upper())
        if found is None or not all(is_division(end) for end in (found[1], found[2]) if end):
            raise Refusal("pass.apply.route", most=wishes.MOST_VIA)
        ends = {"origin": found[1], "destination": found[2]} if found[1] else {}
        return {**ends, "code": found[3]}

    return Question("journey", read, fetch=none)


async def answered_before(
    tx: AsyncSession, _contact: Contact, answers: dict[str, Any], _now: datetime
) -> dict[str, Any] | None:
    """What was told already when the rules were asked, by the code of that answer."""
    code = (answers.get("journey") or {}).get("code")
    kept = await kept_ones.by_code(tx, code) if code else None
    return {"scheme": kept.scheme, "facts": dict(kept.facts)} if kept else None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    offer = offer_.chosen(answers)
    if offer is None:
        return pass_words.none_here()
    put = offer_.put_of(offer, answers)
    ruling = answered(put, offer.scheme, answers)
    if offer_.needs_none(ruling):
        known = {**put.given, **known_facts(answers)}
        fitting = {name: v for name, v in known.items() if name in ruling.facts and fits(ruling.facts[name], v)}
        return told(ruling, await decisions.keep(tx, ruling, fitting, None, now))
    if answers.get("in_the_way"):
        return await pass_words.there_already(tx, answers["in_the_way"])
    return pass_words.applied(await applying.apply(tx, contact, offer_.wish_from(offer, answers, now), now))


FORM = Form("apply_pass", questions, submit, steps=9, menu=15, argument="journey", photos="photos")
