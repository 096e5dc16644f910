"""The clauses that answer a question, the best first, each with the words that were found in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.library import asking, ranking
from hotline.library.asking import Term
from hotline.library.ranking import Scored, Weights
from locales.words import Refusal
from storage import library
from storage.library import Found

MOST = 800
"""Clauses that one search scores: those that have the rarest of what was asked for."""

SNIPPET = 90
"""Characters of a clause that a list shows."""

HERE = 1.25
"""What a clause of the place that a question names is worth beside the same words from elsewhere."""


STRONG, FITS = 1.5, 0.18
"""What the best clause must reach to be an answer: set on the questions of tests/library, between those and chatter."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that answers: its score, how much of the question it holds (0 to 1), and what to show of it.

    `strength` is the score in words that only one clause has, so that it means the same in a library of any size;
    `marked` are the ranges of `snippet` that were asked for, from and up to.
    """

    found: Found
    score: float
    fit: float
    strength: float
    snippet: str
    marked: tuple[tuple[int, int], ...]


def answers(hits: Sequence[Hit]) -> bool:
    """Whether the best of these is good enough to be told to somebody who did not ask for a list."""
    return bool(hits) and hits[0].strength >= STRONG and hits[0].fit >= FITS


async def find(tx: AsyncSession, question: str, limit: int = 10) -> list[Hit]:
    """The best clauses; raises Refusal when there is nothing to look for: question words alone, or one character."""
    terms = asking.terms(question)
    if not terms:
        raise Refusal("library.too_short")
    grams = _grams(terms)
    common = await library.how_common(tx, grams)
    rows = await library.holding(tx, list(_leading(grams, common)), MOST) if common else []
    weights = Weights(total := await library.how_many(tx), common)
    ranked = await _by_place(tx, question, ranking.rank(terms, weights, rows))
    whole = await library.whole(tx, [one.words for one in ranked[:limit]])
    return [_hit(found, one, terms, total) for found, one in zip(whole, ranked, strict=False)]


def _grams(terms: Sequence[Term]) -> list[str]:
    made = [gram for term in terms for gram in term.grams]
    made += [gram for term in terms for word in term.others for gram in asking.weighed(word)]
    return list(dict.fromkeys(made))


def _leading(grams: Sequence[str], common: dict[str, int]) -> Iterator[str]:
    """The rarest grams, as many as lead to no more clauses than are scored; at least the rarest one."""
    room = MOST
    for gram in sorted(common, key=lambda one: (common[one], one)):
        if common[gram] > room and room < MOST:
            return
        room -= common[gram]
        yield gram


async def _by_place(tx: AsyncSession, question: str, ranked: list[Scored]) -> list[Scored]:
    """The same, with the clauses of a place that the question names before the like of other places."""
    documents = await library.documents(tx, {one.words.document_id for one in ranked})
    here = {key for key, document in documents.items() if any(name in question for name in _names(document.division))}
    if not here or len(here) == len(documents):
        return ranked
    moved = [
        Scored(one.words, round(one.score * HERE, 6), one.fit) if one.words.document_id in here else one
        for one in ranked
    ]
    return sorted(moved, key=lambda one: -one.score)  # the sort is stable: equal ones stay as they were


@cache
def _names(code: str | None) -> tuple[str, ...]:
    """A division's name as people say it: 长春 for 长春市."""
    found = divisions.by_code(code) if code else None
    if found is None or code == divisions.NATION:
        return ()
    name = found.name
    short = name[:-1] if len(name) > 2 and name[-1] in "省市县区州盟旗" else name
    return tuple(dict.fromkeys((name, short)))


def _hit(found: Found, one: Scored, terms: Sequence[Term], total: int) -> Hit:
    text = found.clause.text.replace("\n", " ") or found.clause.heading
    marked = ranking.marks(terms, text)
    start = _start(text, marked)
    cut = text[start : start + SNIPPET]
    inside = [(max(a - start, 0), min(b - start, len(cut))) for a, b in marked if b > start and a < start + len(cut)]
    before, after = "…" if start else "", "…" if start + SNIPPET < len(text) else ""
    shifted = tuple((a + len(before), b + len(before)) for a, b in inside)
    return Hit(found, one.score, one.fit, round(one.score / log(1 + total), 3), before + cut + after, shifted)


def _start(text: str, marked: Sequence[tuple[int, int]]) -> int:
    """Where the stretch begins that shows most of what was asked for; at the beginning of a sentence if one is near."""
    if len(text) <= SNIPPET or not marked:
        return 0
    shown = {a: sum(min(d, a + SNIPPET) - c for c, d in marked if c >= a and c < a + SNIPPET) for a, _ in marked}
    best = min(shown, key=lambda a: (-shown[a], a))
    stop = max((text.rfind(mark, max(0, best - 24), best) for mark in "。；，"), default=-1)
    return min(stop + 1 if stop >= 0 else max(best - 6, 0), max(len(text) - SNIPPET, 0))
