"""Which filing before arrival a place asks for, and what its pack says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline import divisions
from hotline.rules import shelf
from hotline.rules.atoms import current
from hotline.rules.shelf import Pack
from hotline.rules.written import Day, Filings
from locales.words import SHANGHAI
from storage.models import Filing


@dataclass(frozen=True, slots=True)
class Offer:
    """The filing that a pack asks for, as it stands on a day; `division` is where the trip goes."""

    pack: Pack
    filing: Filings
    division: str
    day: Day

    @property
    def scheme(self) -> str:
        """The question of the pack that says who files."""
        return self.pack.written.pack.scheme

    @property
    def window(self) -> timedelta | None:
        """How long before arrival at the latest; None where nobody says."""
        return self._span(self.filing.window_hours)

    @property
    def valid(self) -> timedelta | None:
        """How long the code holds from the planned arrival on; None where nobody says."""
        return self._span(self.filing.valid_hours)

    @property
    def stay(self) -> timedelta | None:
        """After how long somebody has stayed too long (短时间内不离开的: seed S1, 1.14); None where nobody says."""
        return self._span(self.filing.stay_hours)

    @property
    def open(self) -> tuple[str, ...]:
        """What the pack asks about and gives no number for: a person has to tell it."""
        named = {"window": self.filing.window_hours, "valid": self.filing.valid_hours, "stay": self.filing.stay_hours}
        return tuple(what for what, name in named.items() if name and self._span(name) is None)

    @property
    def realm(self) -> str:
        """Where one code counts: what the pack covers around the destination, or the city under the nation's pack."""
        around = (self.division, *divisions.ancestors(self.division))
        named = next((code for code in around if code in self.pack.written.pack.divisions), divisions.NATION)
        return f"{self.division[:4]}00" if named == divisions.NATION else named

    def _span(self, name: str | None) -> timedelta | None:
        known = current(self.pack.written.parameters, self.day)
        hours = known.get(name) if name else None
        return None if hours is None else timedelta(hours=float(hours))


def offer_at(destination: str, day: Day) -> Offer | None:
    """The filing that is asked for there on that day, by the most specific pack; None where none is."""
    books = shelf.current()
    chains = (books.chain(scheme, destination, day) for scheme in books.schemes())
    found = [chain[0] for chain in chains if chain and chain[0].written.filing]
    if not found:
        return None
    pack = min(found, key=lambda one: one.breadth(destination))
    assert pack.written.filing is not None
    return Offer(pack, pack.written.filing, destination, day)


def ended_at(destination: str, day: Day) -> Pack | None:
    """The pack that asked for a filing there, and ended before that day; the newest of them."""
    books = shelf.current()
    gone = [pack for scheme in books.schemes() if (pack := books.last(scheme, destination, day))]
    return max((one for one in gone if one.written.filing), key=lambda one: one.written.pack.from_, default=None)


def offer_of(filing: Filing) -> Offer | None:
    """The offer under which a trip was filed, by its pack as it reads today; None when the pack is gone."""
    pack = shelf.current().packs.get(filing.pack)
    if pack is None or pack.written.filing is None:
        return None
    return Offer(pack, pack.written.filing, filing.destination, filing.filed_at.astimezone(SHANGHAI).date())


def claim(offer: Offer, plate: str, colour: str) -> str:
    """What there may be one live code of: a truck, where the code counts (一车一码)."""
    return f"{offer.scheme}/{offer.realm}/{plate}/{colour}"


def local_day(now: datetime) -> Day:
    """The day on which a rule is asked for."""
    return now.astimezone(SHANGHAI).date()
