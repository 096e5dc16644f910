"""An application in lines, as it is looked at before it is sent and read afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.firm_pages.journey import Journey
from handlers.rule_questions import shown_fact
from hotline.divisions import place_name
from hotline.passes.offers import Offer
from hotline.passes.wishes import Wish
from locales.words import Say, say
from storage.models import Pass


@dataclass(frozen=True, slots=True)
class Line:
    """What it is called, and what it is."""

    label: Say
    value: Say | str | datetime


def lines(offer: Offer | None, wish: Wish, firm: str | None, journey: Journey | None = None) -> list[Line]:
    """Everything that is applied for."""
    return [
        Line(label if isinstance(label, Say) else say(label), value)
        for label, value in _all(offer, wish, firm, journey)
    ]


def _all(
    offer: Offer | None, wish: Wish, firm: str | None, journey: Journey | None
) -> Iterator[tuple[Say | str, Say | str | datetime]]:
    if offer is not None:
        yield "firm_pages.line.pass", offer.issuing.name.say
    yield "firm_pages.line.way", way(wish.origin, wish.via, wish.destination)
    yield "firm_pages.line.truck", say("firm_pages.truck", plate=wish.plate, colour=say(f"firm.colour.{wish.colour}"))
    if wish.trailer is not None:
        yield "firm_pages.line.trailer", wish.trailer or say("firm_pages.no_trailer")
    yield "firm_pages.line.goods", goods(offer, wish)
    if journey is not None:
        known = offer.issuing.goods if offer else None
        for question, value in journey.told:
            if question.own_label is not None and question.name != f"fact_{known}":
                yield question.own_label, question.show(value)
    elif offer is not None:
        facts = offer.pack.written.facts
        yield from (
            (facts[name].label.say, shown_fact(facts[name], value))
            for name, value in wish.facts.items()
            if name in facts
        )
    yield from (("firm_pages.line.person", person(one)) for one in wish.crew)
    yield "firm_pages.line.from", say("firm_pages.moment", at=wish.from_wished)
    if wish.until_wished is not None:
        yield "firm_pages.line.until", say("firm_pages.moment", at=wish.until_wished)
    if wish.photos:
        yield "firm_pages.line.photos", say("question.photos.count", count=len(wish.photos))
    yield "firm_pages.line.firm", firm or say("firm_pages.own_name")


def way(origin: str, via: tuple[str, ...] | list[str], destination: str) -> Say:
    """From, over, to."""
    ends = {"origin": place_name(origin), "destination": place_name(destination)}
    return (
        say("firm_pages.way.via", via=[place_name(code) for code in via], **ends)
        if via
        else say("firm_pages.way", **ends)
    )


def way_of(pass_: Pass) -> Say:
    """The way of a pass."""
    return way(pass_.origin, pass_.via, pass_.destination)


def goods(offer: Offer | None, wish: Wish) -> Say | str:
    """What is carried: its class, or the words where the class is no more than "something else"."""
    kind = offer.goods.get(wish.goods) if offer else None
    if wish.goods_words and wish.goods == "other":
        return wish.goods_words
    if wish.goods_words and kind:
        return say("firm_pages.goods", kind=kind, words=wish.goods_words)
    return kind or wish.goods_words or wish.goods


def person(one: Mapping[str, str]) -> Say | str:
    """Somebody on board, with the time of the test where there is one."""
    name, at = str(one.get("name") or ""), one.get("tested_at")
    return say("firm_pages.tested", name=name, at=datetime.fromisoformat(at)) if at else name
