"""An answer of the rule packs that is kept: shown to an officer by its code, and replayed as it was."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.tidy import tidy
from hotline.rules.rulings import Ruling, rule_on
from hotline.rules.shelf import Shelf
from locales.words import Refusal
from storage.models import Decision

KEPT = timedelta(days=365)
"""How long an answer can be shown: as long as a complaint about it may take; our own limit."""

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are mistaken for each other when they are read out or typed."""

LENGTH = 12
"""31^12 codes: nobody comes upon one by trying."""


def new_code() -> str:
    """A fresh code."""
    return "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))


async def keep(
    tx: AsyncSession, ruling: Ruling, facts: Mapping[str, Any], place: dict[str, Any] | None, now: datetime
) -> Decision:
    """Keep what was answered, and from which facts; the code is what its asker shows."""
    kept = Decision(
        code=new_code(),
        scheme=ruling.scheme,
        division=ruling.place,
        day=ruling.day,
        packs=[{"id": pack.id, "version": pack.version} for pack in ruling.packs],
        facts=dict(facts),
        place=place,
        verdict=ruling.verdict,
        at=now,
    )
    tx.add(kept)
    await tx.flush()
    return kept


def replay(kept: Decision, shelf: Shelf) -> tuple[Ruling, bool] | None:
    """The same question again as of its day, and whether the packs still read as they did then.

    None when its packs are gone, or no longer know what was asked: then nobody can say what was answered.
    """
    try:
        ruling = rule_on(shelf, kept.scheme, kept.division, kept.day, kept.facts)
    except Refusal:
        return None
    if ruling.answer is None:
        return None
    now = [{"id": pack.id, "version": pack.version} for pack in ruling.packs]
    return ruling, now == kept.packs


def find_code(text: str) -> str | None:
    """The code in a text, an address of a card too; None when there is none."""
    found = re.findall(rf"(?<![0-9A-Z])[{_LETTERS}]{{{LENGTH}}}(?![0-9A-Z])", tidy(text).upper())
    return found[-1] if found else None
