"""The rule packs, to be read: which hold where and when, and what of them must be looked at.

Nobody changes a pack here: packs are files, reviewed as a diff, so that who changed a rule and why is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiohttp import web

from handlers.staff.packs_asked import address, asked
from handlers.staff.packs_words import period, places, scheme_words, state
from handlers.staff.visit import Visit
from hotline.rules import watch
from hotline.rules.shelf import Pack, Shelf
from hotline.rules.watch import Concern
from hotline.rules.written import Day
from locales.words import Say

STATES = ("in_force", "to_come", "template", "ended")


@dataclass(frozen=True, slots=True)
class Row:
    """A pack in the list; `under` is the more specific one that goes before it there, when it is in force."""

    pack: Pack
    state: str
    scheme: Say | str
    places: Sequence[Say | str]
    period: Say | None
    secondary: int
    concerns: Sequence[Concern]
    under: Pack | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """Every pack; those first that hold at a place on a day."""
    wanted = asked(visit)
    books, unread = watch.on_hand()
    packs = sorted(books.packs.values(), key=_order) if books else []
    concerns = watch.concerns(books, wanted.home, wanted.today) if books else []
    schemes = books.schemes() if books else ()
    chosen = wanted.scheme if wanted.scheme in schemes else ""
    about = [pack for pack in packs if chosen in ("", pack.written.pack.scheme)]
    here = [
        row_of(pack, wanted.day, concerns, under)
        for pack, under in (_in_force(books, wanted.place, wanted.day) if books else ())
        if pack in about
    ]
    mine = {row.pack.id for row in here}
    others = [row_of(pack, wanted.day, concerns) for pack in about if pack.id not in mine]
    return await visit.page(
        "packs.html",
        asked=wanted,
        here=here,
        others=sorted(others, key=lambda row: STATES.index(row.state)),
        schemes=[(name, scheme_words(name)) for name in schemes],
        chosen=chosen,
        books=books,
        unread=unread,
        concerns=concerns,
        titles={pack.id: pack.written.pack.title.say for pack in packs},
        address=address,
    )


def row_of(pack: Pack, day: Day, concerns: Iterable[Concern], under: Pack | None = None) -> Row:
    """A pack as a list has it on a day."""
    head = pack.written.pack
    return Row(
        pack,
        state(pack, day),
        scheme_words(head.scheme),
        places(head),
        period(head.from_, head.until),
        sum(source.secondary for source in pack.written.sources.values()),
        [one for one in concerns if one.pack == pack.id],
        under,
    )


def _in_force(books: Shelf, place: str, day: Day) -> Iterator[tuple[Pack, Pack | None]]:
    """The packs that hold there, the most specific of each scheme first, and the one that goes before each."""
    for scheme in books.schemes():
        chain = books.chain(scheme, place, day)
        yield from ((pack, chain[at - 1] if at else None) for at, pack in enumerate(chain))


def _order(pack: Pack) -> tuple[str, Day, str]:
    head = pack.written.pack
    return head.scheme, head.from_, head.id
