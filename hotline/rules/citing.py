"""A citation as people read it: the document, its number, the item, who issued it and when."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.rules.rulings import Citation
from locales.words import Say, say


def cited(one: Citation) -> Say:
    """A document, its number, item and date; and that we read it second hand, where we did."""
    source = one.source
    parts: Sequence[Say | str] = [
        part
        for part in (
            say("rules.source.title", title=source.title),
            source.number,
            one.item
            if one.item and one.item.startswith("第")
            else one.item and say("rules.source.item", item=one.item),
            source.issuer,
            source.date.isoformat() if source.date else say("rules.source.undated"),
            say("rules.source.secondary") if source.secondary else None,
        )
        if part
    ]
    return say("rules.source", parts=list(parts))
