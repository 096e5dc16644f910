"""Classes of goods in words: a code as some pack worded it, wherever no single pack is meant."""

from __future__ import annotations

from hotline.rules import shelf
from locales.words import Say, say


def words_of(code: str) -> Say:
    """A class of goods; of two packs that have the same code the younger one's words count.

    An empty code is a check of something that nobody knows; one that no pack has any more is shown as it is.
    """
    if code in ("", "other"):
        return say("dispatch.goods.other" if code else "dispatch.goods.unknown")
    packs = sorted(shelf.current().packs.values(), key=lambda pack: pack.written.pack.from_, reverse=True)
    for pack in packs:
        issuing = pack.written.issuing
        fact = pack.written.facts[issuing.goods] if issuing and issuing.goods else None
        if fact is not None and fact.options and code in fact.options:
            return fact.options[code].say
    return say("dispatch.goods.code", code=code)
