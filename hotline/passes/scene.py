"""An application with all that stands beside it, as the machine's checks look at it, and what a check says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hotline.passes.offers import Offer, holds_until
from hotline.passes.wishes import ruled, wish_of
from hotline.rules.rulings import Ruling
from locales.words import Refusal, Say, say
from storage.models import Pass
from storage.review import Beside

State = Literal["fine", "look", "stop"]


@dataclass(frozen=True, slots=True)
class Check:
    """What the machine found: `fine`, something to `look` at, or what makes it `stop`; a person decides all the same.

    `passes` are the ids of other passes that it speaks of.
    """

    name: str
    state: State
    say: Say
    passes: tuple[int, ...] = ()


def found(name: str, state: State, what: str, passes: Sequence[int] = (), /, **facts: Any) -> Check:
    """A check with its sentence, `review.check.NAME.WHAT`."""
    return Check(name, state, say(f"review.check.{name}.{what}", **facts), tuple(passes))


@dataclass(frozen=True, slots=True)
class Scene:
    """One application, its offer and ruling as the packs read today, and what the ledger holds beside it.

    `offer` is None when the pack is gone, `ruling` when the pack no longer understands what was told.
    """

    pass_: Pass
    offer: Offer | None
    ruling: Ruling | None
    beside: Beside
    now: datetime

    @property
    def others(self) -> list[Any]:
        """Other applications and passes of this truck, newest first."""
        same = self.beside.others.get((self.pass_.plate, self.pass_.colour), [])
        return [row for row in same if row.id != self.pass_.id]

    @property
    def begins(self) -> datetime:
        """When it would begin to hold, were it issued now."""
        return self.pass_.valid_from or max(self.now, self.pass_.from_wished)

    @property
    def until(self) -> datetime | None:
        """Until when it would hold at the longest; None where the reviewer has to say."""
        if self.pass_.valid_until:
            return self.pass_.valid_until
        own: timedelta | None = self.offer.valid_for if self.offer else None
        ends = [self.begins + own] if own is not None else []
        ends += [self.pass_.until_wished] if self.pass_.until_wished else []
        ends += [last] if self.offer and (last := holds_until(self.offer, self.begins)) else []
        return min(ends) if ends else None


def ruling_of(pass_: Pass, offer: Offer | None) -> Ruling | None:
    """What the packs say today of what was applied for; None when they no longer understand it."""
    if offer is None:
        return None
    try:
        return ruled(offer, wish_of(pass_))
    except Refusal:
        return None
