"""A pass as it is shown to people: what stands on its face, how it stands now, and who issued it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import place_name
from hotline.passes.issuer import Issuer, issuer_of
from hotline.passes.offers import Offer, offer_of
from locales.words import Say, say
from storage import firms
from storage.models import PENDING, Pass

Standing = Literal[
    "waiting", "returned", "refused", "withdrawn", "not_yet", "valid", "used", "expired", "revoked", "superseded"
]

LIVE = frozenset({"not_yet", "valid"})
"""Only these bear a code: where there is no network an officer's list may not yet know that one has ended."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is read on a pass beside its row."""

    pass_: Pass
    standing: Standing
    name: Say
    goods: Say
    way: tuple[str, ...]
    notes: tuple[Say, ...]
    issuer: Issuer
    firm: str | None

    @property
    def is_live(self) -> bool:
        """Whether it is good, now or from its first moment on."""
        return self.standing in LIVE


def standing(pass_: Pass, now: datetime) -> Standing:
    """How a pass stands at a moment: the clock's job may not have ended yet what is over."""
    if pass_.state in PENDING:
        return "returned" if pass_.state == "returned" else "waiting"
    if pass_.state != "issued" or pass_.valid_from is None or pass_.valid_until is None:
        return pass_.state  # type: ignore[return-value]  # the schema allows no other
    if now >= pass_.valid_until:
        return "expired"
    return "valid" if now >= pass_.valid_from else "not_yet"


async def shown(tx: AsyncSession, pass_: Pass, now: datetime) -> Shown:
    """The pass as anybody may see it to whom its holder shows it: no names, no phone."""
    offer = offer_of(pass_, now)
    firm = await firms.by_id(tx, pass_.firm_id) if pass_.firm_id else None
    return Shown(
        pass_,
        standing(pass_, now),
        offer.issuing.name.say if offer else say("face.name"),
        _goods(pass_, offer),
        tuple(place_name(code) for code in (pass_.origin, *pass_.via, pass_.destination)),
        tuple(note.say for note in offer.issuing.notes) if offer else (),
        await issuer_of(tx, pass_.division),
        firm.name if firm else None,
    )


def grouped(number: str) -> str:
    """A number as it is read out: the division, then the serial."""
    return f"{number[:6]} {number[6:]}"


def _goods(pass_: Pass, offer: Offer | None) -> Say:
    kind = (offer.goods if offer else {}).get(pass_.goods)
    if pass_.goods_words:
        plain = say("face.words", words=pass_.goods_words)
        return say("face.goods", kind=kind, words=pass_.goods_words) if kind and pass_.goods != "other" else plain
    return kind or say("face.words", words=pass_.goods)
