"""The moment in which an application becomes a pass: number, dates, signature, and the end of the one it renews."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.passes import blocks, keys
from hotline.passes.face import Face
from hotline.passes.offers import Offer, holds_until
from hotline.passes.telling import record
from locales.words import Refusal
from storage import passes as ledger
from storage.models import Pass, Staff

MINUTE = timedelta(minutes=1)


async def issue(
    tx: AsyncSession,
    pass_: Pass,
    offer: Offer,
    basis: dict[str, Any],
    now: datetime,
    *,
    by: Staff | None = None,
    valid_until: datetime | None = None,
    automatic: bool = False,
) -> Pass:
    """Issue it; `valid_until` is the reviewer's, for packs that give no days. Raises Refusal and then changes nothing.

    The pass that it renews ends here, in the same transaction, so that there never are two and no gap between them.
    What is granted at once is told by the turn that asked for it.
    """
    old = await ledger.lock(tx, pass_.renews_id) if pass_.renews_id else None
    is_live = old is not None and old.state == "issued"
    begins = (now if is_live else max(now, pass_.from_wished)).replace(second=0, microsecond=0)
    until = _until(offer, pass_, begins, valid_until)
    number = await blocks.take(tx, pass_.division)
    face = Face(
        kind="pass",
        number=number,
        plate=pass_.plate,
        colour=pass_.colour,
        origin=pass_.origin,
        destination=pass_.destination,
        valid_from=begins,
        valid_until=until,
        via=tuple(pass_.via),
        trailer=pass_.trailer or "",
        goods=pass_.goods,
        once=pass_.uses == "once",
    )
    payload = await keys.signed(tx, face, now)
    if old is not None and is_live:
        old.state, old.ended_at = "superseded", now
        await tx.flush()
        await record(tx, old, "superseded", "desk", now, by=pass_.id)
    plate = pass_.plate  # what a savepoint rolls back is forgotten too
    try:
        async with tx.begin_nested():
            pass_.number, pass_.payload, pass_.valid_from, pass_.valid_until = number, payload, begins, until
            pass_.state, pass_.issued_at, pass_.basis, pass_.automatic = "issued", now, basis, automatic
            pass_.decided_by, pass_.decided_at = by.id if by else None, now
            await tx.flush()
    except IntegrityError:
        raise Refusal("pass.live_already", plate=plate) from None
    actor = f"staff:{by.id}" if by else "desk"
    await record(tx, pass_, "issued", actor, now, quietly=automatic, automatic=automatic, basis=basis)
    return pass_


def _until(offer: Offer, pass_: Pass, begins: datetime, wanted: datetime | None) -> datetime:
    """The last moment: the pack's days or the reviewer's date, the applicant's wish and the pack's end, the earliest.

    Raises Refusal where nobody says until when, or it would be over before it begins.
    """
    own = begins + offer.valid_for if offer.valid_for is not None else None
    if own is None and wanted is None:
        raise Refusal("pass.until.missing")
    ends = [one for one in (own, wanted, pass_.until_wished, holds_until(offer, begins)) if one is not None]
    until = min(ends).replace(second=0, microsecond=0)
    if until < begins + MINUTE:
        raise Refusal("pass.until.over")
    return until
