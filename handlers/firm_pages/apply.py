"""GET /apply: do I need one, and apply for it: the way, what the pack asks, the truck, a look at all of it, submit.

The way and the pack's questions stand in the address, so that "back" works and nothing is written by reading. What
concerns people stands in forms; what was checked is carried signed, and is checked again by the verb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.firm_pages import fields
from handlers.firm_pages.errand import Errand
from handlers.firm_pages.journey import Journey, read
from handlers.firm_pages.summary import lines
from handlers.ruling_words import reasons
from hotline import decisions
from hotline.firms import acting_for
from hotline.passes import applying, standing
from hotline.passes.offers import Offer, claim
from hotline.passes.wishes import LONGEST_AHEAD, Wish, check, not_needed
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import fits
from locales.words import Refusal, Say, say
from storage import firms
from storage.models import COLOURS, Contact, Firm, Pass, Vehicle

HERE = "/apply"


async def show(errand: Errand) -> web.StreamResponse:
    """As far as the address tells the way: where to, what the pack asks next, that none is needed, or the truck."""
    journey = read(errand.request.query, errand.now)
    if not journey.is_told:
        return errand.page(
            "apply_way.html",
            status=422 if journey.problems else 200,
            journey=journey,
            step=_step(journey),
            change=f"{HERE}?{urlencode({'from': _named(journey, 'from'), 'to': _named(journey, 'to'), 'change': '1'})}",
            changing="change" in errand.request.query,
        )
    if journey.none:
        return errand.page("apply_none.html", journey=journey, way=journey.carried, is_free=_is_free(journey))
    return await _truck(errand, journey, {})


async def keep(errand: Errand) -> web.StreamResponse:
    """The answer that no pass is needed, kept under a code that can be shown at the barrier."""
    journey = read(errand.form, errand.now)
    if not journey.is_told or journey.ruling is None or not _is_free(journey):
        return errand.onward(f"{HERE}?{urlencode(journey.carried)}")
    ruling, offer = journey.ruling, _offer(journey)
    origin, destination = _ends(journey)
    said = {**journey_facts(origin, destination, offer.day, offer.scheme), **journey.facts}
    given = {name: value for name, value in said.items() if name in ruling.facts and fits(ruling.facts[name], value)}
    async with errand.house.db.write() as tx:
        kept = await decisions.keep(tx, ruling, given, None, errand.now)
    return errand.onward(f"/rules/{kept.code}")


async def look(errand: Errand) -> web.StreamResponse:
    """All that was typed on one page, or the truck again with a sentence at each field that has a problem."""
    journey = read(errand.form, errand.now)
    if not journey.is_told or journey.none:
        return errand.onward(f"{HERE}?{urlencode(journey.carried)}")
    offer, (mine, trucks) = _offer(journey), await _firms_and_trucks(errand)
    errand.form = fields.as_usual(errand.form, trucks)
    told = fields.read(errand.form, wanted(offer, journey), errand, [firm.id or 0 for firm in mine])
    earlier = _photos_of(errand)
    if "photos" in told.values:
        told.values["photos"] = tuple(dict.fromkeys((*earlier, *errand.photos)))
    blank = {"plate": "", "colour": "", "from_wished": errand.now}
    fields.lacking(told, offer, wish_of(journey, blank | told.values))
    if told.problems:
        return await _truck(errand, journey, errand.form, told.problems, photos=told.values.get("photos", ()))
    wish = wish_of(journey, told.values)
    try:
        check(offer, wish, errand.now)
        await _free(errand, offer, wish)
    except Refusal as no:
        return await _truck(errand, journey, errand.form, sentence=no.say, photos=wish.photos)
    firm = next((one for one in mine if one.id == wish.firm_id), None)
    class_ = journey.ruling.answer.class_ if journey.ruling and journey.ruling.answer else None
    carried = {
        "way": journey.carried,
        "form": {name: value for name, value in errand.form.items() if name not in ("form", "kept")},
        "values": fields.as_json(told.values),
        "once": errand.new_once(),
    }
    return errand.page(
        "apply_look.html",
        lines=lines(offer, wish, firm.name if firm else None, journey),
        next=fields.next_of(offer, wish, class_, errand.now, verified=firm is not None and firm.state == "verified"),
        kept=errand.keep("apply", carried),
        offer=offer,
    )


async def change(errand: Errand) -> web.StreamResponse:
    """Back from the look to the truck, with everything as it was typed."""
    kept = errand.kept("apply")
    journey = read(kept["way"], errand.now)
    if not journey.is_told:
        return errand.onward(HERE)
    return await _truck(errand, journey, kept["form"], photos=tuple(kept["values"].get("photos", ())))


async def submit(errand: Errand) -> web.StreamResponse:
    """The application itself; the same form sent twice leads to the same place and applies once."""
    kept = errand.kept("apply")
    journey = read(kept["way"], errand.now)
    if not journey.is_told or journey.none:
        return errand.onward(f"{HERE}?{urlencode(kept['way'])}")
    values = fields.from_json(kept["values"])
    wish = wish_of(journey, values)
    wish = replace(wish, from_wished=max(wish.from_wished, errand.now))
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if not await errand.is_first(tx, kept["once"]):
                return errand.onward("/passes")
            pass_ = await applying.apply(tx, contact, wish, errand.now)
    except Refusal as no:
        return await _truck(errand, journey, kept["form"], sentence=no.say, photos=wish.photos)
    return errand.onward(f"/passes/{pass_.code}/about", done(pass_))


def done(pass_: Pass) -> Say:
    """What came of it."""
    if pass_.state == "issued":
        return say("firm_pages.done.issued", number=pass_.number or "", until=pass_.valid_until or "")
    return say("firm_pages.done.applied", plate=pass_.plate, due=pass_.due_at)


def wanted(offer: Offer, journey: Journey) -> tuple[str, ...]:
    """What the truck's form asks for: what every application needs, and what this pack asks besides."""
    asks = offer.issuing.asks
    return tuple(
        name
        for name in fields.WHOLE
        if name not in ("crew", "photos", "goods") or name in asks or (name == "goods" and journey.goods is None)
        or (name == "crew" and "test" in asks)
    )  # fmt: skip


def wish_of(journey: Journey, values: Mapping[str, Any]) -> Wish:
    """The whole wish: the way as it was told, and what the truck's form brought."""
    offer = _offer(journey)
    origin, destination = _ends(journey)
    own = {name: value for name, value in journey.facts.items() if name != offer.issuing.goods}
    told = {"goods": journey.goods or next(iter(offer.goods)), **values}
    return Wish(scheme=offer.scheme, origin=origin, destination=destination, facts=own, **told)


async def _truck(
    errand: Errand,
    journey: Journey,
    form: Mapping[str, str],
    problems: Mapping[str, Say] | None = None,
    *,
    sentence: Say | None = None,
    photos: Sequence[int] = (),
) -> web.StreamResponse:
    offer = _offer(journey)
    firms_, trucks = await _firms_and_trucks(errand)
    first = {"from_at": fields.local(errand.now), "firm": str(firms_[0].id) if firms_ else fields.OWN_NAME}
    return errand.page(
        "apply_truck.html",
        status=422 if problems or sentence else 200,
        journey=journey,
        offer=offer,
        way=journey.carried,
        wanted=wanted(offer, journey),
        test="test" in offer.issuing.asks,
        why=list(reasons(journey.ruling)) if journey.ruling and journey.ruling.answer else [],
        v=first | dict(form),
        problems=problems or {},
        sentence=sentence,
        firms=firms_,
        trucks=trucks,
        colours=COLOURS,
        people=fields.PEOPLE,
        latest=fields.local(errand.now + LONGEST_AHEAD),
        kept_photos=errand.keep("photos", {"ids": list(photos)}) if photos else "",
        photo_count=len(photos),
    )


async def _firms_and_trucks(errand: Errand) -> tuple[list[Firm], list[Vehicle]]:
    async with errand.house.db.read() as tx:
        mine = await _acting(tx, await errand.known(tx), errand)
        trucks = [truck for firm in mine for truck in await firms.vehicles(tx, firm.id or 0)]
    return mine, trucks


async def _acting(tx: AsyncSession, contact: Contact | None, errand: Errand) -> list[Firm]:
    return [firm for firm, _ in await acting_for(tx, contact, errand.now)] if contact else []


async def _free(errand: Errand, offer: Offer, wish: Wish) -> None:
    """Say before the look, and not only after it, that one waits for this truck and route already, or is live."""
    async with errand.house.db.read() as tx:
        contact = await errand.known(tx) or Contact(
            channel="web", account="", address="", language=errand.language, created_at=errand.now
        )
        taken = claim(offer, wish.plate, wish.colour, wish.origin, wish.destination)
        await standing.free(tx, taken, contact, errand.now)


def _photos_of(errand: Errand) -> tuple[int, ...]:
    """Photos that came with an earlier sending of this form, so that a typing slip costs nobody a second upload."""
    if not errand.form.get("photos_kept"):
        return ()
    return tuple(errand.kept("photos", "photos_kept")["ids"])


def _is_free(journey: Journey) -> bool:
    """Whether no pass is needed, which is an answer that can be shown on the road."""
    return journey.ruling is not None and not_needed(journey.ruling) is not None


def _offer(journey: Journey) -> Offer:
    assert journey.offer is not None, "only asked for once the way is told"
    return journey.offer


def _ends(journey: Journey) -> tuple[str, str]:
    assert journey.origin is not None
    assert journey.destination is not None
    return journey.origin.code, journey.destination.code


def _named(journey: Journey, name: str) -> str:
    end = journey.origin if name == "from" else journey.destination
    return end.full_name if end else journey.typed.get(name, "")


def _step(journey: Journey) -> str:
    return "rules" if journey.offers and journey.origin and journey.destination else "way"
