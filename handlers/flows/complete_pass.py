"""An application came back: only what is missing is asked for, and it goes on where it was."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import choice, look_up, photos, text
from handlers import pass_finding, pass_words
from handlers import pass_offers as offer_
from handlers import pass_questions as ask
from hotline.passes import applying
from hotline.passes.offers import offer_of
from hotline.passes.wishes import LONGEST_WORDS, Wish, wish_of
from hotline.rules import shelf
from locales.words import say
from storage.models import Contact


def questions() -> Generator[Question, Any, str | None]:
    """Which; then each thing that is missing, in the order of the form."""
    if (yield from pass_finding.one_of_mine(("returned",))) is None:
        return AT_ONCE
    it = yield look_up("returned", what_is_missing)
    if it is None:
        return AT_ONCE
    for name in it["asked"]:
        yield from MISSING[name](it)
    return None


def _route(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield ask.county("origin")
    yield ask.county("destination")
    yield ask.counties("via")


def _goods(it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    pack = shelf.current().packs.get(it["pack"])
    fact = pack.written.issuing.goods if pack and pack.written.issuing else None
    known = pack.written.facts[fact].options or {} if pack and fact else {}
    options = [Option(name, words.say) for name, words in known.items()]
    told = (yield ask.worded(choice("goods", options))) if options else offer_.OTHER_GOODS
    if told == offer_.OTHER_GOODS:
        yield from _goods_words(it)


def _goods_words(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield ask.worded(text("goods_words", longest=LONGEST_WORDS))


def _plate(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield from offer_.vehicle(())


def _trailer(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield ask.trailer("trailer")


def _crew(it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield from offer_.on_board(("crew", *it["asks"]))


def _test(it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield from offer_.on_board(("test",), it["crew"] or None)


def _photos(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield ask.worded(photos("photos"))


def _window(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield ask.begins("begins")
    yield ask.ends("ends")


def _firm(_it: Mapping[str, Any]) -> Generator[Question, Any, None]:
    yield from offer_.in_whose_name()


MISSING = {
    "plate": _plate,
    "goods": _goods,
    "goods_words": _goods_words,
    "crew": _crew,
    "test": _test,
    "trailer": _trailer,
    "photos": _photos,
    "route": _route,
    "window": _window,
    "firm": _firm,
}
"""What can be missing, and what is asked for it."""


async def what_is_missing(
    tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """What was asked for; None when nothing is, or it is not this contact's."""
    pass_ = await pass_finding.found(tx, contact, answers, now)
    if pass_ is None or pass_.state != "returned":
        return None
    asked, offer = applying.asked(pass_, now), offer_of(pass_, now)
    if "crew" in asked:
        asked = [name for name in asked if name != "test"]
    if "goods" in asked:
        asked = [name for name in asked if name != "goods_words"]
    crew = [one["name"] for one in pass_.crew or ()]
    asks = [name for name in (offer.issuing.asks if offer else ()) if name == "test"]
    return {"asked": [one for one in MISSING if one in asked], "pack": pass_.pack, "crew": crew, "asks": asks}


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    if pass_finding.code_of(answers) is None:
        return Reply(say("complete_pass.none"), (pass_words.MY_PASSES,))
    pass_ = await pass_finding.found(tx, contact, answers, now)
    if pass_ is None:
        return pass_words.where_to_check()
    if answers.get("returned") is None:
        return Reply(say("complete_pass.not_now", state=pass_words.state_of(pass_)), (pass_words.button("see", pass_),))
    done = await applying.complete(tx, pass_.id or 0, contact, _told(wish_of(pass_), answers, now), now)
    return pass_words.applied(done)


def _told(was: Wish, answers: Mapping[str, Any], now: datetime) -> Wish:
    """What was applied for, with what is told now."""
    plain = ("origin", "destination", "goods", "goods_words")
    told: dict[str, Any] = {name: answers[name] for name in plain if answers.get(name) is not None}
    if answers.get("trailer"):
        told["trailer"] = answers["trailer"]["plate"]
    if "truck" in answers:
        told |= {name: value for name, value in offer_.truck_of(answers).items() if value is not None}
    if "via" in answers or "origin" in answers:
        told["via"] = tuple(answers.get("via") or ())
    if "begins" in answers:
        told |= offer_.window_of(answers, now)
    if "firm" in answers:
        told["firm_id"] = offer_.firm_of(answers)
    told["crew"] = offer_.crew_of(answers, was.crew)
    told["photos"] = tuple(answers.get("photos") or ())
    return Wish(**{**was.__dict__, **told})


FORM = Form("complete_pass", questions, submit, argument="code", photos="photos")
