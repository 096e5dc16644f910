"""How often the right clause comes first, and among the first three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.library import search
from hotline.library.splitting import anchor_of


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the questions, and those whose clause did not come first, with what did."""

    at_1: float
    at_3: float
    missed: list[tuple[str, str, str]]


async def recall(tx: AsyncSession, asked: Sequence[dict[str, Any]]) -> Recall:
    """Put every question, and see where its clause comes."""
    first, third, missed = 0, 0, []
    for one in asked:
        hits = await search.find(tx, one["ask"], 3)
        found = [(hit.found.document.slug, hit.found.clause.anchor) for hit in hits]
        wanted = (one["document"], anchor_of(one["clause"]))
        first += found[:1] == [wanted]
        third += wanted in found
        if found[:1] != [wanted]:
            missed.append((one["ask"], one["clause"], str(found[:1])))
    return Recall(first / len(asked), third / len(asked), missed)
