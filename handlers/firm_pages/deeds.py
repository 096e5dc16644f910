"""What an applicant does with his pass: renew it in two clicks, tell what is missing, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from handlers.firm_pages import fields
from handlers.firm_pages.apply import done
from handlers.firm_pages.errand import Errand
from handlers.firm_pages.passes import found, of_contact
from handlers.firm_pages.summary import lines
from hotline.divisions import place_name
from hotline.firms import acting_for
from hotline.passes import applying
from hotline.passes.offers import Offer, offer_of
from hotline.passes.wishes import offer_for, renewal_of, wish_of
from locales.words import Refusal, Say, say
from storage import firms
from storage.models import COLOURS, Pass


async def ask_renewal(errand: Errand) -> web.StreamResponse:
    """What would be applied for once more, with the window and what has to be told anew."""
    async with errand.house.db.read() as tx:
        pass_, _ = await found(errand, tx)
    return await _renewal(errand, pass_, {})


async def renew(errand: Errand) -> web.StreamResponse:
    """The second click."""
    async with errand.house.db.read() as tx:
        pass_, _ = await found(errand, tx)
    told = fields.read(errand.form, _renewed_with(pass_, errand), errand, ())
    if told.problems:
        return await _renewal(errand, pass_, errand.form, told.problems)
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if not await errand.is_first(tx, errand.form.get("once", "")):
                return errand.onward("/passes")
            wish = renewal_of(pass_, errand.now)
            wish = replace(wish, **told.values)
            wish = replace(wish, from_wished=max(wish.from_wished, errand.now))
            fresh = await applying.apply(tx, contact, wish, errand.now)
    except Refusal as no:
        return await _renewal(errand, pass_, errand.form, sentence=no.say)
    return errand.onward(f"/passes/{fresh.code}/about", done(fresh))


async def ask_missing(errand: Errand) -> web.StreamResponse:
    """What was asked for, all of it on one page."""
    async with errand.house.db.read() as tx:
        pass_, _ = await found(errand, tx)
    if pass_.state != "returned":
        return errand.onward(f"/passes/{pass_.code}/about")
    return await _missing(errand, pass_, {})


async def complete(errand: Errand) -> web.StreamResponse:
    """What was missing is told; the clock starts anew."""
    async with errand.house.db.read() as tx:
        pass_, _ = await found(errand, tx)
        mine = await of_contact(tx, await errand.known(tx), errand)
    wanted = applying.asked(pass_, errand.now)
    told = fields.read(errand.form, wanted, errand, [firm.id or 0 for firm in mine])
    if told.problems:
        return await _missing(errand, pass_, errand.form, told.problems)
    values = told.values
    if "window" in wanted:
        values["from_wished"] = max(values["from_wished"], errand.now)
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if not await errand.is_first(tx, errand.form.get("once", "")):
                return errand.onward(f"/passes/{pass_.code}/about")
            await applying.complete(tx, pass_.id or 0, contact, replace(wish_of(pass_), **values), errand.now)
    except Refusal as no:
        return await _missing(errand, pass_, errand.form, sentence=no.say)
    return errand.onward(f"/passes/{pass_.code}/about", say("firm_pages.done.completed", plate=pass_.plate))


async def withdraw(errand: Errand) -> web.StreamResponse:
    """Wanted no more; said twice it is withdrawn once."""
    async with errand.house.db.read() as tx:
        pass_, _ = await found(errand, tx)
    where = f"/passes/{pass_.code}/about"
    if pass_.state == "withdrawn":
        return errand.onward(where)
    try:
        async with errand.house.db.write() as tx:
            await applying.withdraw(tx, pass_.id or 0, await errand.contact(tx), errand.now)
    except Refusal as no:
        return errand.onward(where, no.say)
    return errand.onward(where, say("firm_pages.done.withdrawn", plate=pass_.plate))


def _renewed_with(pass_: Pass, errand: Errand) -> tuple[str, ...]:
    """What a renewal asks: the window, and the tests, which do not keep."""
    offer = offer_of(pass_, errand.now)
    return ("window", "crew") if offer is not None and "test" in offer.issuing.asks else ("window",)


async def _renewal(
    errand: Errand,
    pass_: Pass,
    form: Mapping[str, str],
    problems: Mapping[str, Say] | None = None,
    *,
    sentence: Say | None = None,
) -> web.StreamResponse:
    wish, offer = renewal_of(pass_, errand.now), offer_of(pass_, errand.now)
    try:
        offer = offer_for(wish, errand.now)
    except Refusal as no:
        sentence = sentence or no.say
    async with errand.house.db.read() as tx:
        firm = await firms.by_id(tx, pass_.firm_id) if pass_.firm_id else None
        contact = await errand.known(tx)
        mine = [one for one, _ in await acting_for(tx, contact, errand.now)] if contact else []
    wanted = _renewed_with(pass_, errand)
    is_verified = firm is not None and firm.state == "verified" and firm.id in [one.id for one in mine]
    anew = {f"test{one}": "" for one in fields.PEOPLE}
    return errand.page(
        "pass_renew.html",
        status=422 if problems or sentence else 200,
        pass_=pass_,
        lines=[one for one in lines(offer, wish, firm.name if firm else None) if _stays(one.label, wanted)],
        next=fields.next_of(offer, wish, None, errand.now, verified=is_verified) if offer else None,
        test="crew" in wanted,
        v=fields.shown({**anew, **form} if "crew" in wanted else form, wish),
        **_common(offer, problems, sentence),
    )


def _stays(label: Say, wanted: tuple[str, ...]) -> bool:
    asked = {"firm_pages.line.from", "firm_pages.line.until"} | (
        {"firm_pages.line.person"} if "crew" in wanted else set()
    )
    return label.key not in asked


async def _missing(
    errand: Errand,
    pass_: Pass,
    form: Mapping[str, str],
    problems: Mapping[str, Say] | None = None,
    *,
    sentence: Say | None = None,
) -> web.StreamResponse:
    wish, offer, wanted = wish_of(pass_), offer_of(pass_, errand.now), applying.asked(pass_, errand.now)
    async with errand.house.db.read() as tx:
        mine = await of_contact(tx, await errand.known(tx), errand)
    ends: dict[str, Any] = {"from": place_name(wish.origin), "to": place_name(wish.destination)}
    ends["via"] = "、".join(place_name(code) for code in wish.via)
    return errand.page(
        "pass_missing.html",
        status=422 if problems or sentence else 200,
        pass_=pass_,
        wanted=wanted,
        test=offer is not None and "test" in offer.issuing.asks,
        v=fields.shown(ends | dict(form), wish),
        firms=mine,
        trucks=[],
        photo_count=0,
        kept_photos="",
        **_common(offer, problems, sentence),
    )


def _common(offer: Offer | None, problems: Mapping[str, Say] | None, sentence: Say | None) -> dict[str, Any]:
    return {
        "offer": offer,
        "problems": problems or {},
        "sentence": sentence,
        "colours": COLOURS,
        "people": fields.PEOPLE,
    }
