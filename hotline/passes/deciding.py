"""What reviewers decide: check, approve, return, refuse, revoke, look at a sample. Every decision cites its basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import rights
from hotline.organisation import upwards
from hotline.passes.issuing import issue
from hotline.passes.offers import Offer, offer_of
from hotline.passes.telling import record
from hotline.rules.rulings import citation
from locales.words import Refusal, say
from storage import passes as ledger
from storage.models import NEVER, Pass, Staff

MISSING = ("plate", "goods", "goods_words", "crew", "test", "trailer", "photos", "route", "window", "firm")
"""What can be asked for when an application is returned."""

LONGEST_WORDS = 500


async def approve(
    tx: AsyncSession,
    by: Staff,
    pass_id: int,
    now: datetime,
    *,
    cite: str | None = None,
    valid_until: datetime | None = None,
) -> Pass:
    """The first of two agrees, or the last one does and the pass is issued. Raises Refusal."""
    pass_, offer = await _open(tx, by, pass_id, "decide_pass", now)
    basis = _basis(offer, cite)
    if pass_.steps == 2 and pass_.state == "applied":
        pass_.state, pass_.checked_by, pass_.checked_at = "checked", by.id, now
        await record(tx, pass_, "checked", f"staff:{by.id}", now, basis=basis)
        return pass_
    if pass_.checked_by == by.id:
        raise Refusal("pass.two_people")
    return await issue(tx, pass_, offer, basis, now, by=by, valid_until=valid_until)


async def send_back(
    tx: AsyncSession, by: Staff, pass_id: int, missing: Sequence[str], words: str, now: datetime
) -> Pass:
    """Ask the applicant for all that is missing, once (一次性告知): later only what was asked for already.

    No clock runs against the desk until he answers.
    """
    pass_, offer = await _open(tx, by, pass_id, "decide_pass", now)
    asked = [name for name in MISSING if name in missing]
    if not asked:
        raise Refusal("pass.return.what")
    if pass_.missing and not set(asked) <= set(pass_.missing):
        raise Refusal("pass.return.once")
    pass_.state, pass_.missing, pass_.basis, pass_.words = "returned", asked, _basis(offer, None), _worded(words)
    pass_.checked_by = pass_.checked_at = None
    pass_.due_at = NEVER
    await record(tx, pass_, "returned", f"staff:{by.id}", now, missing=asked)
    return pass_


async def refuse(tx: AsyncSession, by: Staff, pass_id: int, cite: str, words: str, now: datetime) -> Pass:
    """No, with the clause and the reason in words."""
    pass_, offer = await _open(tx, by, pass_id, "decide_pass", now)
    pass_.basis, pass_.words = _basis(offer, cite or ""), _worded(words)
    pass_.state, pass_.decided_by, pass_.decided_at, pass_.ended_at = "refused", by.id, now, now
    if pass_.checked_by == by.id:
        pass_.checked_by = None
    await record(tx, pass_, "refused", f"staff:{by.id}", now, basis=pass_.basis)
    return pass_


async def revoke(tx: AsyncSession, by: Staff, pass_id: int, cite: str, words: str, now: datetime) -> Pass:
    """It holds no longer from now on, with the clause and the reason; its number is never given again."""
    pass_ = await _seen(tx, by, pass_id, "revoke_pass")
    if pass_.state != "issued":
        raise Refusal("pass.state.otherwise", state=say(f"pass.state.{pass_.state}"))
    return await _end(tx, by, pass_, cite, words, now)


async def look_at(
    tx: AsyncSession, by: Staff, pass_id: int, now: datetime, *, keeps: bool, cite: str = "", words: str = ""
) -> Pass:
    """A sample of what was granted at once: it stays, or it is revoked."""
    pass_ = await _seen(tx, by, pass_id, "decide_pass" if keeps else "revoke_pass")
    if pass_.sample != "due":
        raise Refusal("pass.sample.done")
    pass_.sample = "kept" if keeps else "revoked"
    await record(tx, pass_, "sampled", f"staff:{by.id}", now, kept=keeps)
    if keeps or pass_.state != "issued":
        return pass_
    return await _end(tx, by, pass_, cite, words, now)


def may_see(staff: Staff, pass_: Pass) -> bool:
    """Whether a pass lies within somebody's reach: the desk and departments, in their division and those in it."""
    return rights.may(staff, "see_passes") and staff.division in upwards(pass_.division)


async def _end(tx: AsyncSession, by: Staff, pass_: Pass, cite: str, words: str, now: datetime) -> Pass:
    offer, said = offer_of(pass_, now), cite.strip()
    if offer is None and not said:
        raise Refusal("pass.basis.unknown")
    pass_.basis = _basis(offer, cite) if offer else {"pack": pass_.pack, "cite": said}
    pass_.words = _worded(words)
    pass_.state, pass_.ended_at = "revoked", now
    await record(tx, pass_, "revoked", f"staff:{by.id}", now, basis=pass_.basis)
    return pass_


async def _seen(tx: AsyncSession, by: Staff, pass_id: int, verb: str) -> Pass:
    pass_ = await ledger.lock(tx, pass_id)
    if pass_ is None or not may_see(by, pass_):
        raise Refusal("pass.unknown")
    if not rights.may(by, verb):
        raise Refusal("pass.not_yours")
    return pass_


async def _open(tx: AsyncSession, by: Staff, pass_id: int, verb: str, now: datetime) -> tuple[Pass, Offer]:
    pass_ = await _seen(tx, by, pass_id, verb)
    if pass_.state not in ("applied", "checked"):
        raise Refusal("pass.state.otherwise", state=say(f"pass.state.{pass_.state}"))
    offer = offer_of(pass_, now)
    if offer is None:
        raise Refusal("pass.pack.gone", pack=pass_.pack)
    return pass_, offer


def _basis(offer: Offer, cite: str | None) -> dict[str, Any]:
    """What a decision rests on: a source of the pack and an item in it; the pack's own where nothing else is said."""
    chosen = offer.issuing.cite[0] if cite is None else cite.strip()
    try:
        citation(offer.pack.written, chosen)
    except KeyError:
        raise Refusal("pass.basis.unknown") from None
    return {"pack": offer.pack.id, "cite": chosen}


def _worded(words: str) -> str:
    plain = words.strip()
    if not plain:
        raise Refusal("desk.words_missing")
    if len(plain) > LONGEST_WORDS:
        raise Refusal("question.text.too_long", longest=LONGEST_WORDS, count=len(plain))
    return plain
