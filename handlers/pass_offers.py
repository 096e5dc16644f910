"""Which pass there is for a journey, as a form keeps it with its answers, and the wish that the answers make."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Question
from bot.questions import choice, look_up, photos, text
from handlers import pass_questions as ask
from handlers.rule_questions import Put, known_facts
from hotline.firms.acting import acting_for
from hotline.passes import standing
from hotline.passes.offers import Offer, claim, offers
from hotline.passes.wishes import LONGEST_WORDS, NOT_NEEDED, Wish
from hotline.rules import shelf
from hotline.rules.journeys import journey_facts
from hotline.rules.rulings import Ruling
from hotline.rules.written import LEVELS, Day
from locales.words import SHANGHAI, say
from storage import firms
from storage import passes as ledger
from storage.models import Contact

NONE, MYSELF, OTHER_GOODS = "none", "myself", "other"
MOST_TRUCKS = 6
"""Trucks that stand as buttons: a screen on a phone holds no more."""
MOST_LOOKED_THROUGH = 30


async def offered(tx: AsyncSession, _contact: Contact, answers: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The passes that there are for the journey, and what the journey tells by itself."""
    origin, destination = ends_of(answers)
    day = now.astimezone(SHANGHAI).date()
    found = offers(origin, destination, day)
    return {
        "day": day.isoformat(),
        "offers": [{"scheme": one.scheme, "pack": one.pack.id, "division": one.division} for one in found],
        "journeys": {one.scheme: journey_facts(origin, destination, day, one.scheme) for one in found},
    }


def ends_of(answers: Mapping[str, Any]) -> tuple[str, str]:
    """From where to where."""
    journey = {**answers, **(answers.get("journey") or {})}
    return journey["origin"], journey["destination"]


def which(found: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> Generator[Question, Any, Offer | None]:
    """Which of the passes is meant; that for everyday goods, or the one that was asked about, goes without saying."""
    known = rebuilt(found)
    if (plain := _plain(known, before)) is not None or not known:
        return plain
    nearest = sorted(known, key=lambda one: -LEVELS.index(one.pack.written.pack.level))
    options = [Option(one.scheme, one.issuing.name.say) for one in nearest]
    told = yield ask.worded(choice("which", [*options, Option(NONE, say("pass_forms.which.none"))]))
    return next((one for one in known if one.scheme == told), None)


def chosen(answers: Mapping[str, Any]) -> Offer | None:
    """The pass that `which` ended with."""
    known = rebuilt(answers["passes"])
    plain = _plain(known, answers.get("told_before"))
    return plain or next((one for one in known if one.scheme == answers.get("which")), None)


def _plain(known: Sequence[Offer], before: Mapping[str, Any] | None) -> Offer | None:
    """The one pass that is meant without a word: an oversize load is asked about by itself, everyday goods are not."""
    asked = [one for one in known if before and one.scheme == before["scheme"]]
    here = asked or [one for one in known if one.pack.written.pack.level != "nation"] or known
    return here[0] if len(here) == 1 and (asked or here[0].issuing.goods) else None


def rebuilt(found: Mapping[str, Any] | None) -> list[Offer]:
    """The offers that were kept; one whose pack is gone is left out."""
    if not found:
        return []
    day, packs = Day.fromisoformat(found["day"]), shelf.current().packs
    known = ((one, packs.get(one["pack"])) for one in found["offers"])
    return [
        Offer(pack, pack.written.issuing, one["division"], day) for one, pack in known if pack and pack.written.issuing
    ]


def put_of(offer: Offer, answers: Mapping[str, Any]) -> Put:
    """The question to the packs: whether this pass is needed; what was answered before counts."""
    journey = answers["passes"]["journeys"].get(offer.scheme, {})
    before = answers.get("told_before") or {}
    told = before.get("facts", {}) if before.get("scheme") == offer.scheme else {}
    return Put((offer.scheme,), offer.division, offer.day, {**told, **journey})


def needs_none(ruling: Ruling | None) -> bool:
    """Whether the answer ends the matter: no pass is needed, or the rules say why there is none to be had for it."""
    if ruling is None or ruling.answer is None or ruling.answer.open or ruling.answer.gap:
        return False
    return ruling.verdict == NOT_NEEDED or (ruling.verdict == "MANUAL" and bool(ruling.answer.rules))


def goods_of(offer: Offer, known: Mapping[str, Any]) -> str | None:
    """The class of goods as far as the facts tell it."""
    if offer.issuing.goods is None:
        return OTHER_GOODS
    told = known.get(offer.issuing.goods)
    return told if told in offer.goods else None


def goods(offer: Offer, known: Mapping[str, Any]) -> Generator[Question, Any, None]:
    """What is carried, where the facts have not told; and in words where no class says it."""
    told = goods_of(offer, known)
    if told is None:
        told = yield ask.worded(choice("goods", [Option(name, words) for name, words in offer.goods.items()]))
    if told == OTHER_GOODS:
        yield ask.worded(text("goods_words", longest=LONGEST_WORDS))


def vehicle(known: Sequence[Mapping[str, Any]]) -> Generator[Question, Any, Mapping[str, Any] | None]:
    """The truck and the colour of its plate, which is asked for where the plate does not tell it."""
    told = yield ask.truck("truck", known)
    plate = told.get("plate", "") if isinstance(told, Mapping) else ""
    if plate and not told.get("colour"):
        possible = ask.colours(plate)
        if len(possible) > 1:
            yield ask.colour("colour", possible)
    return told if isinstance(told, Mapping) else None


def on_board(asks: Sequence[str], names: Sequence[str] | None = None) -> Generator[Question, Any, None]:
    """Who is on board, unless that is known, and when each was tested, as far as the pack asks for it."""
    if names is None and {"crew", "test"} & set(asks):
        told = yield ask.crew("crew")
        names = [one["name"] for one in told] if isinstance(told, list) else []
    before: Mapping[str, str] | None = None
    for place, name in enumerate(names or () if "test" in asks else ()):
        before = yield ask.tested(place, name, before)


def crew_of(answers: Mapping[str, Any], known: Sequence[Mapping[str, Any]] = ()) -> tuple[dict[str, Any], ...]:
    """Everybody on board with the tests that were told; `known` are those of before."""
    named = [dict(one) for one in answers.get("crew") or known]
    for place, one in enumerate(named):
        if told := answers.get(f"tested_{place}"):
            one["tested_at"] = told["at"]
    return tuple(named)


def truck_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Plate, colour and trailer, as the fields of a wish are called."""
    told = answers["truck"]
    colour = told.get("colour") or answers.get("colour") or next(iter(ask.colours(told["plate"])), "")
    trailer = answers["trailer"]["plate"] if answers.get("trailer") else told.get("trailer")
    return {"plate": told["plate"], "colour": colour, "trailer": trailer}


def window_of(answers: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """From when until when, as the fields of a wish are called."""
    starts, ends = answers.get("begins"), answers.get("ends")
    return {
        "from_wished": now if starts in (None, ask.NOW) else max(now, ask.moment_of(starts)),
        "until_wished": ask.moment_of(ends) if ends else None,
    }


def pictures(asks: Sequence[str]) -> Question:
    """Photos of the papers: asked for where the pack wants them, offered elsewhere."""
    return ask.worded(photos("photos", later="photos" not in asks))


def in_whose_name() -> Generator[Question, Any, int | None]:
    """A firm for which somebody acts, or himself; whoever acts for none is not asked."""
    known = yield look_up("apply_for", firms_of)
    if not known:
        return None
    options = [Option(one["id"], say("pass_forms.firm", name=one["name"])) for one in known]
    told = yield ask.worded(choice("firm", [*options, Option(MYSELF, say("pass_forms.myself"))]))
    return firm_of({"firm": told})


async def firms_of(
    tx: AsyncSession, contact: Contact, _answers: Mapping[str, Any], now: datetime
) -> list[dict[str, str]]:
    """The firms in whose name somebody may apply."""
    return [{"id": str(firm.id), "name": firm.name} for firm, _ in await acting_for(tx, contact, now)]


def firm_of(answers: Mapping[str, Any]) -> int | None:
    """The firm that was chosen."""
    told = answers.get("firm")
    return int(told) if told and told != MYSELF and str(told).isdecimal() else None


async def in_the_way(
    tx: AsyncSession, contact: Contact, answers: Mapping[str, Any], now: datetime
) -> dict[str, Any] | None:
    """What this truck has on this route already: nobody need tell the rest, then; None when nothing stands there."""
    offer, truck, (origin, destination) = chosen(answers), truck_of(answers), ends_of(answers)
    if offer is None:
        return None
    wanted = claim(offer, truck["plate"], truck["colour"], origin, destination)
    other = await standing.in_the_way(tx, wanted)
    if other is None:
        return None
    return {"code": other.code} if await standing.may_act(tx, other, contact, now) else {"plate": truck["plate"]}


async def trucks_of(
    tx: AsyncSession, contact: Contact, answers: Mapping[str, Any], _now: datetime
) -> list[dict[str, Any]]:
    """The trucks of the firm, or those that somebody applied for before; the newest first."""
    firm = firm_of(answers)
    if firm is not None:
        rows: Sequence[Any] = (await firms.vehicles(tx, firm))[:MOST_TRUCKS]
    else:
        rows = await ledger.of_contact(tx, contact.id or 0, MOST_LOOKED_THROUGH, no_firm=True)
    found = {(one.plate, one.colour): one.trailer for one in reversed(rows)}
    listed = [{"plate": plate, "colour": colour, "trailer": found[plate, colour]} for plate, colour in found]
    return [{name: value for name, value in one.items() if value} for one in reversed(listed)][:MOST_TRUCKS]


def wish_from(offer: Offer, answers: Mapping[str, Any], now: datetime) -> Wish:
    """What the answers of the form wish for."""
    origin, destination = ends_of(answers)
    facts = {**put_of(offer, answers).given, **known_facts(answers)}
    return Wish(
        scheme=offer.scheme,
        origin=origin,
        destination=destination,
        via=tuple(answers.get("via") or ()),
        goods=goods_of(offer, facts) or answers.get("goods") or OTHER_GOODS,
        goods_words=answers.get("goods_words"),
        facts={name: value for name, value in facts.items() if name in offer.pack.written.facts},
        crew=crew_of(answers),
        photos=tuple(answers.get("photos") or ()),
        firm_id=firm_of(answers),
        **truck_of(answers),
        **window_of(answers, now),
    )
