"""What somebody applies for: which pass that is, what the rules say of it, and what is still to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hotline.formats.plates import parse_plate
from hotline.passes.offers import Offer, is_division, offers
from hotline.rules import shelf
from hotline.rules.citing import cited
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import Ruling, citation, fits, rule_on
from locales.words import SHANGHAI, Refusal, Say, say
from storage.models import COLOURS, Pass

MOST_VIA = 8
MOST_CREW = 4
LONGEST_WORDS = 200
LONGEST_NAME = 30
LONGEST_AHEAD = timedelta(days=31)
"""How long before the journey one may apply; our own number, like the others here."""

NOT_NEEDED = "NOT_NEEDED"


@dataclass(frozen=True)
class Wish:
    """What somebody applies for: a truck, its load and its way; `crew` are {"name", "tested_at"}, times in ISO 8601.

    `trailer` is None while nobody has said, "" where there is none. `facts` are those of the pack; `renews_id` is the
    pass that this one shall follow.
    """

    scheme: str
    origin: str
    destination: str
    plate: str
    colour: str
    goods: str
    from_wished: datetime
    until_wished: datetime | None = None
    via: tuple[str, ...] = ()
    trailer: str | None = None
    goods_words: str | None = None
    crew: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[int] = ()
    firm_id: int | None = None
    renews_id: int | None = None
    batch: str | None = None


FIELDS: Mapping[str, tuple[str, ...]] = {
    "plate": ("plate", "colour"),
    "goods": ("goods", "facts"),
    "goods_words": ("goods_words",),
    "crew": ("crew",),
    "test": ("crew",),
    "trailer": ("trailer",),
    "photos": ("photos",),
    "route": ("origin", "destination", "via", "facts"),
    "window": ("from_wished", "until_wished"),
    "firm": ("firm_id",),
}
"""What can be asked for when an application is returned, and what of a wish it is."""


def wish_of(pass_: Pass, **changed: Any) -> Wish:
    """What was applied for, as it stands in the ledger; photos are kept beside it."""
    known = Wish(
        scheme=pass_.scheme,
        origin=pass_.origin,
        destination=pass_.destination,
        plate=pass_.plate,
        colour=pass_.colour,
        goods=pass_.goods,
        from_wished=pass_.from_wished,
        until_wished=pass_.until_wished,
        via=tuple(pass_.via),
        trailer=pass_.trailer,
        goods_words=pass_.goods_words,
        crew=tuple(pass_.crew or ()),
        facts=pass_.facts,
        firm_id=pass_.firm_id,
        renews_id=pass_.renews_id,
        batch=pass_.batch,
    )
    return replace(known, **changed)


def renewal_of(pass_: Pass, now: datetime, **changed: Any) -> Wish:
    """The same once more, from now on: in the moment that it is issued the old one ends."""
    fresh = {"from_wished": now, "until_wished": None, "renews_id": pass_.id, "batch": None}
    return wish_of(pass_, **fresh | changed)


def offer_for(wish: Wish, now: datetime) -> Offer:
    """The pass that is wished for; raises Refusal when there is none such for this journey today."""
    if not all(is_division(code) for code in (wish.origin, wish.destination)):
        raise Refusal("pass.apply.route", most=MOST_VIA)
    day = now.astimezone(SHANGHAI).date()
    for offer in offers(wish.origin, wish.destination, day):
        if offer.scheme == wish.scheme:
            return offer
    raise Refusal("pass.apply.none")


def ruled(offer: Offer, wish: Wish) -> Ruling:
    """What the pack says of this journey; its class of goods counts as the fact that the pack calls so."""
    journey = journey_facts(wish.origin, wish.destination, offer.day, offer.scheme)
    said = {**journey, **facts_of(offer, wish.facts, wish.goods)}
    chain = shelf.current().chain(offer.scheme, offer.division, offer.day)
    known = {name: fact for pack in reversed(chain) for name, fact in pack.written.facts.items()}
    fitting = {name: value for name, value in said.items() if name in known and fits(known[name], value)}
    return rule_on(shelf.current(), offer.scheme, offer.division, offer.day, fitting)


def facts_of(offer: Offer, facts: Mapping[str, Any], goods: str) -> dict[str, Any]:
    """The facts of the pack, with the class of goods among them."""
    return {**facts, offer.issuing.goods: goods} if offer.issuing.goods else dict(facts)


def not_needed(ruling: Ruling) -> Refusal | None:
    """That no pass is needed, with the clause; None when one is, or when only a person can say."""
    if ruling.verdict != NOT_NEEDED or ruling.answer is None or ruling.answer.open:
        return None
    rule = ruling.answer.rules[0]
    return Refusal("pass.apply.not_needed", why=rule.say.say, clause=clause(ruling.pack.written, rule.cite[0]))


def clause(pack: Any, cite: str) -> Say:
    """A clause of a pack as people read it."""
    return cited(citation(pack, cite))


def missing(offer: Offer, wish: Wish) -> list[str]:
    """Everything that is still to be told, at one time (一次性告知, 行政许可法 article 32(4)).

    What was shown for the pass that this one follows need not be shown again.
    """
    found, asks = [], offer.issuing.asks
    if wish.goods == "other" and not wish.goods_words:
        found.append("goods_words")
    if "crew" in asks and not wish.crew:
        found.append("crew")
    if "test" in asks and not all(one.get("tested_at") for one in wish.crew or ({},)):
        found.append("test")
    if "trailer" in asks and wish.trailer is None:
        found.append("trailer")
    if "photos" in asks and not wish.photos and wish.renews_id is None:
        found.append("photos")
    return found


def check(offer: Offer, wish: Wish, now: datetime) -> None:
    """Raises Refusal for what cannot be, and for everything that is missing, at one time."""
    if not all(is_division(code) for code in (wish.origin, wish.destination, *wish.via)) or len(wish.via) > MOST_VIA:
        raise Refusal("pass.apply.route", most=MOST_VIA)
    plate = parse_plate(wish.plate)
    if plate.number != wish.plate or plate.kind == "trailer" or wish.colour not in COLOURS:
        raise Refusal("pass.apply.colour")
    if wish.trailer and _is_no_trailer(wish.trailer):
        raise Refusal("pass.apply.trailer")
    if wish.goods not in offer.goods or len(wish.goods_words or "") > LONGEST_WORDS:
        raise Refusal("pass.apply.goods", most=LONGEST_WORDS)
    if len(wish.crew) > MOST_CREW or not all(_is_named(one) for one in wish.crew):
        raise Refusal("pass.apply.crew", most=MOST_CREW)
    if not now - timedelta(hours=1) <= wish.from_wished <= now + LONGEST_AHEAD:
        raise Refusal("pass.apply.from", most=LONGEST_AHEAD.days)
    if wish.until_wished is not None and wish.until_wished <= max(wish.from_wished, now):
        raise Refusal("pass.apply.until")
    if lacking := missing(offer, wish):
        raise Refusal("pass.apply.missing", what=[say(f"pass.missing.{name}") for name in lacking])


def _is_no_trailer(text: str) -> bool:
    plate = parse_plate(text)
    return plate.kind != "trailer" or plate.number != text


def _is_named(one: Mapping[str, Any]) -> bool:
    return 0 < len(str(one.get("name") or "").strip()) <= LONGEST_NAME
