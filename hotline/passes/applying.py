"""Applying for a pass: what is answered at once, what waits for a decision, and what its applicant may do meanwhile."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import decisions, timing
from hotline.firms.acting import may_apply
from hotline.passes import issuing
from hotline.passes.offers import Offer, claim, offer_of
from hotline.passes.standing import free, may_act
from hotline.passes.telling import record
from hotline.passes.wishes import (
    FIELDS,
    Wish,
    check,
    facts_of,
    not_needed,
    offer_for,
    ruled,
    wish_of,
)
from locales.words import Refusal, say
from storage import attachments, firms
from storage import passes as ledger
from storage.models import Contact, Pass


async def apply(tx: AsyncSession, contact: Contact, wish: Wish, now: datetime) -> Pass:
    """An application: the clock starts; the plain ones that a pack names are granted at once.

    Raises Refusal: no such pass today, none needed (with the clause), something missing, one that waits or is live.
    """
    wish = replace(wish, photos=await attachments.own(tx, contact, wish.photos))
    offer = offer_for(wish, now)
    ruling = ruled(offer, wish)
    if (no := not_needed(ruling)) is not None:
        raise no
    check(offer, wish, now)
    await _allowed(tx, contact, wish, now)
    wanted = claim(offer, wish.plate, wish.colour, wish.origin, wish.destination)
    old = await _renewed(tx, contact, wish, wanted, now)
    await free(tx, wanted, contact, now, renews=wish.renews_id)
    class_ = ruling.answer.class_ if ruling.answer else None
    pass_ = _new(offer, contact, wish, wanted, class_, now)
    try:
        async with tx.begin_nested():
            await ledger.add(tx, pass_)
    except IntegrityError:
        await free(tx, wanted, contact, now, renews=wish.renews_id)
        raise
    await attachments.keep_for(tx, wish.photos, f"pass:{pass_.id}")
    await record(tx, pass_, "applied", f"contact:{contact.id}", now, renews=old.id if old else None)
    await _at_once(tx, pass_, offer, now)
    return pass_


def asked(pass_: Pass, now: datetime) -> list[str]:
    """What a returned application may be changed in: what was asked for, and a window that is over by now."""
    is_past = pass_.until_wished is not None and pass_.until_wished <= now
    return [*pass_.missing, *(["window"] if is_past and "window" not in pass_.missing else [])]


async def complete(tx: AsyncSession, pass_id: int, contact: Contact, wish: Wish, now: datetime) -> Pass:
    """What was asked for is told, and only that is taken: it waits for a decision again, and the clock starts anew."""
    pass_ = await _mine(tx, pass_id, contact, now)
    if pass_.state != "returned" or (offer := offer_of(pass_, now)) is None:
        raise Refusal("pass.state.otherwise", state=say(f"pass.state.{pass_.state}"))
    wanted = asked(pass_, now)
    wish = replace(wish, photos=await attachments.own(tx, contact, wish.photos))
    told: Mapping[str, Any] = {name: getattr(wish, name) for one in wanted for name in FIELDS[one]}
    kept = [one.id or 0 for one in await attachments.of_about(tx, f"pass:{pass_.id}")]
    whole = wish_of(pass_, photos=kept)
    whole = replace(whole, **{name: value for name, value in told.items() if name != "photos" or value})
    whole = replace(whole, from_wished=max(whole.from_wished, now))
    if "route" in wanted:
        offer = offer_for(whole, now)
    if (no := not_needed(ruling := ruled(offer, whole))) is not None:
        raise no
    check(offer, whole, now)
    if "firm" in wanted:
        await _allowed(tx, contact, whole, now)
    await _claim_anew(tx, pass_, offer, whole, contact, now)
    for name in ("plate", "colour", "trailer", "goods", "goods_words", "origin", "destination", "firm_id"):
        setattr(pass_, name, getattr(whole, name))
    pass_.crew, pass_.facts, pass_.via = [dict(one) for one in whole.crew] or None, dict(whole.facts), list(whole.via)
    pass_.from_wished, pass_.until_wished, pass_.state = whole.from_wished, whole.until_wished, "applied"
    pass_.division, pass_.pack, pass_.pack_version = offer.division, offer.pack.id, offer.pack.version
    pass_.uses, pass_.steps = offer.issuing.uses, offer.issuing.steps
    class_ = ruling.answer.class_ if ruling.answer else None
    pass_.due_at = timing.after(now, offer.decide_within(class_, whole.origin, whole.destination))
    await attachments.keep_for(tx, wish.photos, f"pass:{pass_.id}")
    await record(tx, pass_, "completed", f"contact:{contact.id}", now)
    return pass_


async def withdraw(tx: AsyncSession, pass_id: int, contact: Contact, now: datetime) -> Pass:
    """Whoever applied wants it no more; only while nobody has decided."""
    pass_ = await _mine(tx, pass_id, contact, now)
    if pass_.state not in ("applied", "checked", "returned"):
        raise Refusal("pass.state.otherwise", state=say(f"pass.state.{pass_.state}"))
    pass_.state, pass_.ended_at = "withdrawn", now
    await record(tx, pass_, "withdrawn", f"contact:{contact.id}", now)
    return pass_


async def _mine(tx: AsyncSession, pass_id: int, contact: Contact, now: datetime) -> Pass:
    pass_ = await ledger.lock(tx, pass_id)
    if pass_ is None or not await may_act(tx, pass_, contact, now):
        raise Refusal("pass.unknown")
    return pass_


async def _allowed(tx: AsyncSession, contact: Contact, wish: Wish, now: datetime) -> None:
    """Raises Refusal for whoever does not act for the firm in whose name he applies."""
    if wish.firm_id is not None:
        firm, member = await firms.by_id(tx, wish.firm_id), await firms.member(tx, wish.firm_id, contact.id or 0)
        if firm is None or member is None or not may_apply(firm, member, now):
            raise Refusal("pass.apply.firm")


async def _renewed(tx: AsyncSession, contact: Contact, wish: Wish, wanted: str, now: datetime) -> Pass | None:
    """The pass that is to be renewed; raises Refusal when it is not his, another truck's or another route's."""
    if wish.renews_id is None:
        return None
    old = await ledger.lock(tx, wish.renews_id)
    if old is None or not await may_act(tx, old, contact, now):
        raise Refusal("pass.unknown")
    if old.claim != wanted:
        raise Refusal("pass.apply.otherwise")
    if old.number is None or old.state == "revoked":
        raise Refusal("pass.state.otherwise", state=say(f"pass.state.{old.state}"))
    return old


async def _claim_anew(tx: AsyncSession, pass_: Pass, offer: Offer, wish: Wish, contact: Contact, now: datetime) -> None:
    """The truck or the route of a returned application was wrong: it claims the right one; raises Refusal."""
    wanted = claim(offer, wish.plate, wish.colour, wish.origin, wish.destination)
    if wanted == pass_.claim:
        return
    if pass_.renews_id is not None:
        raise Refusal("pass.apply.otherwise")
    await free(tx, wanted, contact, now, but=pass_.id)
    try:
        async with tx.begin_nested():
            pass_.claim = wanted
            await tx.flush()
    except IntegrityError:
        await tx.refresh(pass_)
        await free(tx, wanted, contact, now, but=pass_.id)
        raise


def _new(offer: Offer, contact: Contact, wish: Wish, wanted: str, class_: str | None, now: datetime) -> Pass:
    return Pass(
        code=decisions.new_code(),
        scheme=offer.scheme,
        pack=offer.pack.id,
        pack_version=offer.pack.version,
        division=offer.division,
        claim=wanted,
        batch=wish.batch,
        firm_id=wish.firm_id,
        contact_id=contact.id or 0,
        plate=wish.plate,
        colour=wish.colour,
        trailer=wish.trailer,
        goods=wish.goods,
        goods_words=wish.goods_words,
        origin=wish.origin,
        destination=wish.destination,
        via=list(wish.via),
        crew=[dict(one) for one in wish.crew] or None,
        facts=dict(wish.facts),
        from_wished=wish.from_wished,
        until_wished=wish.until_wished,
        uses=offer.issuing.uses,
        steps=offer.issuing.steps,
        renews_id=wish.renews_id,
        missing=[],
        applied_at=now,
        due_at=timing.after(now, offer.decide_within(class_, wish.origin, wish.destination)),
        changed_at=now,
    )


async def _at_once(tx: AsyncSession, pass_: Pass, offer: Offer, now: datetime) -> None:
    """Grant what the pack calls plain, to a firm that is verified; what cannot be granted now waits for a person."""
    line = offer.grants(facts_of(offer, pass_.facts, pass_.goods))
    firm = await firms.by_id(tx, pass_.firm_id) if pass_.firm_id else None
    if line is None or firm is None or firm.state != "verified" or offer.valid_for is None:
        return
    try:
        async with tx.begin_nested():
            basis = {"pack": pass_.pack, "cite": line.cite[0]}
            await issuing.issue(tx, pass_, offer, basis, now, automatic=True)
    except Refusal:  # no serial is left: the desk sees it in its queue, and why when it approves
        await tx.refresh(pass_)
        return
    if zlib.crc32(pass_.code.encode()) % 10_000 < offer.issuing.sample * 10_000:
        pass_.sample = "due"
        await tx.flush()
