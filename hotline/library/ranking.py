"""How well a clause answers: BM25 over grams and words of the same meaning, headings before text before titles.

The sum is made in Python, from counts that both databases give alike, so that both put the same clause first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from hotline.library.asking import Term, weighed
from storage.library import Indexed

K1, B = 1.2, 0.45
"""Saturation and length norm of BM25; clauses are short, so that length tells less than in whole documents."""

USUAL = 150
"""Characters of a usual clause, to which the length of one is compared."""

HEAD, BODY, ABOUT = 2.4, 1.0, 0.5
"""What a word counts in the heading and search words, in the text, and in the titles above."""

OTHERS = 0.7
"""What a word of the same meaning counts, beside the word itself."""

WHOLE = 0.4
"""The part of a score that hangs on how much of the question a clause holds: one rare word is no answer."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A clause's words with its score, and which share of what was asked it holds."""

    words: Indexed
    score: float
    fit: float


class Weights:
    """How much each gram tells, from how many clauses have it."""

    def __init__(self, total: int, common: Mapping[str, int]):
        self._total, self._common = total, common

    def of(self, gram: str) -> float:
        """The inverse document frequency; a gram that no clause has tells as much as one that one clause has."""
        many = max(self._common.get(gram, 0), 1)
        return log(1 + max(self._total - many + 0.5, 0.1) / (many + 0.5))

    def has(self, gram: str) -> bool:
        """Whether any clause has it."""
        return gram in self._common

    def word(self, word: str) -> float:
        """What a whole word tells: as much as its grams together, yet no more than two of them."""
        told = sorted((self.of(gram) for gram in weighed(word)), reverse=True)
        return sum(told[:2])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A term ready to be counted: what to look for, with what it tells; `mass` is what holding all of it is worth."""

    own: tuple[tuple[str, float], ...]
    others: tuple[tuple[str, float], ...]
    mass: float


def rank(terms: Sequence[Term], weights: Weights, rows: Sequence[Indexed]) -> list[Scored]:
    """The clauses with their scores, the best first; equal ones by what can be told from their words alone."""
    asked = [_ready(term, weights) for term in terms]
    mass = sum(one.mass for one in asked)
    scored = []
    for row in rows:
        fields, length = (row.head, row.body, row.about), len(row.body)
        score = held = 0.0
        for one in asked:
            told, share = _told(one, fields, length)
            score += told
            held += share
        if score > 0:
            fit = held / mass if mass else 0.0
            scored.append(Scored(row, round(score * (1 - WHOLE + WHOLE * fit), 6), round(fit, 4)))
    return sorted(scored, key=lambda one: (-one.score, -one.fit, len(one.words.body), one.words.body, one.words.about))


def _ready(term: Term, weights: Weights) -> _Asked:
    own = [(_start(gram), weights.of(gram)) for gram in term.grams]
    mass = sum(told for _, told in own)
    known = [word for word in term.others if all(weights.has(gram) for gram in weighed(word))]
    others = [
        (_start(word), OTHERS * (min(mass, told) if own else told)) for word in known for told in [weights.word(word)]
    ]
    if others and not any(weights.has(gram) for gram in term.grams):
        mass = max(told for _, told in others)
    return _Asked(tuple(own), tuple(others), mass)


def _start(sought: str) -> str:
    """How it stands in the plain text: a word of letters or digits counts from its beginning."""
    return f" {sought}" if sought[0].isascii() else sought


def _told(asked: _Asked, fields: tuple[str, str, str], length: int) -> tuple[float, float]:
    """What a clause scores for one term, and how much of the term it holds."""
    own = share = 0.0
    for sought, told in asked.own:
        if often := _often(sought, fields):
            own += told * _saturated(often, length)
            share += told
    for sought, told in asked.others:
        if often := _often(sought, fields):
            own, share = max(own, told * _saturated(often, length)), max(share, told)
    return own, min(share, asked.mass)


def _often(sought: str, fields: tuple[str, str, str]) -> float:
    head, body, about = fields
    return HEAD * head.count(sought) + BODY * body.count(sought) + ABOUT * about.count(sought)


def _saturated(often: float, length: int) -> float:
    return often * (K1 + 1) / (often + K1 * (1 - B + B * length / USUAL))


def _ahead(sought: str) -> str:
    written = r"[\W_]*".join(map(re.escape, sought.split(" ")))
    return f"(?=({written}))"


def marks(terms: Sequence[Term], text: str) -> list[tuple[int, int]]:
    """Where the text has what was asked for: ranges of characters, from and up to, that do not touch."""
    lower = text.casefold()
    if len(lower) != len(text):
        lower = text
    sought = {gram for term in terms for gram in (*term.grams, *term.others)}
    covered = sorted(
        (found.start(), found.start() + len(found[1]))
        for one in sought
        for found in re.finditer(_ahead(one), lower)  # looked ahead, so that those that overlap count too
    )
    joined: list[tuple[int, int]] = []
    for start, end in covered:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
