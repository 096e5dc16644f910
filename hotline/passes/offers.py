"""Which pass there is to be had for a journey, and what its pack says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hotline import divisions
from hotline.clocks import Span
from hotline.organisation import upwards
from hotline.rules import shelf
from hotline.rules.atoms import current, parse
from hotline.rules.shelf import Pack
from hotline.rules.written import Day, Issuing, Simple
from locales.words import SHANGHAI, Say, say
from storage.models import Pass


@dataclass(frozen=True, slots=True)
class Offer:
    """A pass that a pack issues, as it stands on a day; `division` is whose bureau issues it."""

    pack: Pack
    issuing: Issuing
    division: str
    day: Day

    @property
    def scheme(self) -> str:
        """The question of the pack that says who needs it."""
        return self.pack.written.pack.scheme

    @property
    def goods(self) -> dict[str, Say]:
        """The classes of goods, each with its words; one class alone where the pack has none."""
        if self.issuing.goods is None:
            return {"other": say("pass.goods.other")}
        options = self.pack.written.facts[self.issuing.goods].options or {}
        return {name: words.say for name, words in options.items()}

    @property
    def valid_for(self) -> timedelta | None:
        """How long it holds; None where the pack does not know, and the reviewer says until when."""
        known = current(self.pack.written.parameters, self.day)
        days = known.get(self.issuing.valid_days) if self.issuing.valid_days else None
        return None if days is None else timedelta(days=float(days))

    def decide_within(self, class_: str | None, origin: str, destination: str) -> Span:
        """By when it is decided, from the application on; `class_` is what the pack's rules made of it."""
        own = self.issuing
        usual = own.decide_within_of.get(class_ or "", own.decide_within)
        is_far = origin[:2] != destination[:2]
        return Span.parse(own.decide_within_across.get(class_ or "", usual) if is_far else usual)

    def grants(self, facts: Mapping[str, Any]) -> Simple | None:
        """The line by which the pack grants this application at once; None when somebody has to look at it.

        A fact that nobody told never grants anything.
        """
        known = current(self.pack.written.parameters, self.day)
        for line in self.issuing.automatic:
            if not line.holds(self.day):
                continue
            atoms = {text: parse(text, self.pack.written, known) for text in line.atoms}
            held = {
                text: atom.unknown is None and atom.fact in facts and atom.holds(facts[atom.fact])
                for text, atom in atoms.items()
            }
            if all(held[text] for text in line.all_) and (not line.any_ or any(held[text] for text in line.any_)):
                return line
        return None


def offers(origin: str, destination: str, day: Day) -> list[Offer]:
    """The passes that there are for a journey on a day, one for each scheme.

    Whose pack is the more specific issues it, the destination's where both are alike: the bureau of the end that runs
    the scheme takes the application (DOMAIN R2, N10). Where the pack says so it is the division that holds the way.
    """
    books, found = shelf.current(), dict[str, Offer]()
    for scheme in books.schemes():
        ends = [(end, chain) for end in (destination, origin) if (chain := books.chain(scheme, end, day))]
        with_pass = [(end, chain[0]) for end, chain in ends if chain[0].written.issuing]
        if not with_pass:
            continue
        end, pack = min(with_pass, key=lambda one: one[1].breadth(one[0]))
        assert pack.written.issuing is not None
        issuing = pack.written.issuing
        by = end if issuing.issued_by == "end" else holding(origin, destination)
        found[scheme] = Offer(pack, issuing, by, day)
    return list(found.values())


def holding(origin: str, destination: str) -> str:
    """The smallest division that holds both ends; across provinces the one of origin, which speaks for all of them."""
    if origin[:2] != destination[:2]:
        return f"{origin[:2]}0000"
    return next(code for code in upwards(origin) if divisions.is_within(destination, code))


def offer_of(pass_: Pass, now: datetime) -> Offer | None:
    """The offer under which a pass was applied for, by its pack as it reads today; None when the pack is gone."""
    pack = shelf.current().packs.get(pass_.pack)
    if pack is None or pack.written.issuing is None:
        return None
    day = now.astimezone(SHANGHAI).date()
    last = pack.written.pack.until
    if last is not None and day >= last:
        day = last - timedelta(days=1)
    return Offer(pack, pack.written.issuing, pass_.division, max(day, pack.written.pack.from_))


def holds_until(offer: Offer, at: datetime) -> datetime | None:
    """The moment at which the pack itself ends, when no pass of it holds any longer; None where it has no end."""
    until = offer.pack.written.pack.until
    return None if until is None else max(at, datetime.combine(until, datetime.min.time(), SHANGHAI))


def claim(offer: Offer, plate: str, colour: str, origin: str, destination: str) -> str:
    """What there may be one live pass of: the truck on its route, or the truck."""
    route = f"/{origin}-{destination}" if offer.issuing.per == "route" else ""
    return f"{offer.scheme}/{plate}/{colour}{route}"


def is_division(code: str) -> bool:
    """Whether a journey can begin or end there: a division that exists today."""
    found = divisions.by_code(code)
    return found is not None and found.is_current
