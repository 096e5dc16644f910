"""What somebody must look at on the shelf of rule packs: not compared for long, ending soon, empty, or not loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from hotline.rules import shelf
from hotline.rules.atoms import current
from hotline.rules.shelf import BadPack, Mark, Pack, Shelf
from hotline.rules.written import Day
from locales.words import Say, say

CHECK_EVERY = timedelta(days=90)
"""A pack in force is to be compared with its sources again after this. Our own limit: no document sets one. In 2022 the
national rules changed after 3 days (11 and 14 April) to 154 (24 June, 25 November); a quarter is often enough for what
holds for years, and a bureau that lives through such a year compares with each notice."""

ENDS_SOON = timedelta(days=30)
"""How long before its end a pack is named: our own limit, time to find the next notice and to write it down."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something about a pack, or about a file that is none when `pack` is None; `say` tells it in words."""

    kind: str
    pack: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def say(self) -> Say:
        """The sentence."""
        return say(f"packs.watch.{self.kind}", **self.facts)


def on_hand() -> tuple[Shelf | None, list[Concern]]:
    """The packs as their files read now, and what does not load; then they are those loaded before, if any were.

    Files that do not load are read once, and again only when one of them has changed.
    """
    if wrong := _wrong(shelf.mark()):
        return before(), [Concern("unread", None, {"why": why}) for why in wrong]
    return shelf.load(), []


def before() -> Shelf | None:
    """The packs as they were last loaded; None when they never did."""
    try:
        return shelf.current()
    except BadPack:
        return None


def concerns(books: Shelf, place: str, today: Day) -> list[Concern]:
    """All that is to be looked at in the packs of a desk, whose division is `place`."""
    return [one for pack in books.packs.values() for one in _of(books, pack, place, today)]


def _of(books: Shelf, pack: Pack, place: str, today: Day) -> Iterator[Concern]:
    head = pack.written.pack
    if head.template:
        if not books.chain(head.scheme, place, today):
            yield Concern("empty", pack.id)
        return
    if not pack.written.holds(today):
        return
    if today - head.checked > CHECK_EVERY:
        yield Concern("unchecked", pack.id, {"checked": head.checked.isoformat(), "count": (today - head.checked).days})
    if head.until and head.until - today <= ENDS_SOON:
        last = (head.until - timedelta(days=1)).isoformat()
        after = _after(books, pack)
        yield Concern("followed" if after else "ending", pack.id, {"last": last} | ({"next": after} if after else {}))
    values = current(pack.written.parameters, today)
    if lacks := [pack.written.parameters[name].meaning.say for name, value in values.items() if value is None]:
        yield Concern("no_value", pack.id, {"count": len(lacks), "names": lacks})


def _after(books: Shelf, pack: Pack) -> str | None:
    """The pack that takes its place on the day it ends."""
    head = pack.written.pack
    assert head.until is not None
    after = (one for one in books.of(head.scheme) if one is not pack and one.written.holds(head.until))
    return next((one.id for one in after if all(one.covers(code) for code in head.divisions)), None)


@lru_cache(maxsize=2)
def _wrong(files: Mark) -> tuple[str, ...]:
    """Every fault of the files as they are, or of how they go together; none when all of them load."""
    try:
        shelf.load()
    except BadPack as first:
        return tuple(found) if (found := list(_faults(files))) else (str(first),)
    return ()


def _faults(files: Mark) -> Iterator[str]:
    for file, _, _ in files:
        try:
            shelf.read(file)
        except BadPack as wrong:
            yield str(wrong)
