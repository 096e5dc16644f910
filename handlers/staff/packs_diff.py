"""Two versions of the rules next to each other, and what changed from one to the other, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from handlers.staff.packs_asked import address, asked, word
from handlers.staff.packs_words import condition_said, period, places, scheme_words
from handlers.staff.visit import Visit
from hotline.rules import watch
from hotline.rules.differences import differences
from hotline.rules.shelf import Pack, Shelf
from hotline.rules.written import Written
from locales.words import Refusal, Say, say


@dataclass(frozen=True, slots=True)
class Side:
    """One of two packs: its head, and those of the same scheme and place just before and after it."""

    pack: Pack
    places: Sequence[Say | str]
    period: Say | None
    before: Pack | None
    after: Pack | None


async def show(visit: Visit) -> web.StreamResponse:
    """The packs to choose from, and the differences of the two that are chosen."""
    books, unread = watch.on_hand()
    one, other, no = None, None, None
    try:
        one, other = (_named(books, word(visit, name)) for name in ("one", "other"))
    except Refusal as refused:
        no = refused.say
    return await visit.page(
        "packs_diff.html",
        asked=asked(visit),
        unread=unread,
        no=no,
        one=_side(books, one) if books and one else None,
        other=_side(books, other) if books and other else None,
        lines=[worded(line, one, other) for line in differences(one, other)] if one and other else None,
        groups=[(scheme_words(name), books.of(name)) for name in books.schemes()] if books else [],
        pairs=_pairs(books) if books else [],
        with_one=lambda name: {"one": name, "other": other.id if other else ""},
        with_other=lambda name: {"one": one.id if one else "", "other": name},
        address=address,
    )


def worded(line: Say, one: Pack, other: Pack) -> Say:
    """The same difference, with a rule's condition as a clerk reads it."""
    if line.key != "rules.diff.rule.when":
        return line
    name = line.facts["name"]
    before, after = (_condition(pack.written, name) for pack in (one, other))
    return say(line.key, name=name, before=before, after=after)


def _condition(written: Written, name: str) -> Say:
    rule = next(rule for rule in written.rules if rule.id == name)
    return condition_said(written, rule, rule.from_ or written.pack.from_)


def versions(books: Shelf, pack: Pack) -> tuple[Pack | None, Pack | None]:
    """The pack of the same scheme and place just before this one by date, and the one just after."""
    mine = set(pack.written.pack.divisions)
    row = [one for one in books.of(pack.written.pack.scheme) if one is pack or mine & set(one.written.pack.divisions)]
    at = row.index(pack)
    return row[at - 1] if at else None, row[at + 1] if at + 1 < len(row) else None


def _named(books: Shelf | None, name: str) -> Pack | None:
    if not name or books is None:
        return None
    if name not in books.packs:
        raise Refusal("packs.unknown", name=name)
    return books.packs[name]


def _side(books: Shelf, pack: Pack) -> Side:
    head = pack.written.pack
    return Side(pack, places(head), period(head.from_, head.until), *versions(books, pack))


def _pairs(books: Shelf) -> list[tuple[Pack, Pack]]:
    """Each pack with the next version of it."""
    found = ((pack, versions(books, pack)[1]) for name in books.schemes() for pack in books.of(name))
    return [(pack, after) for pack, after in found if after is not None]
