"""What a question asks for: the grams that carry weight, and the words that stand for the same thing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.search import grams, pieces

FILE = Path(__file__).with_name("words.toml")

MOST_PIECES = 24
"""Pieces of a question that are looked for; a longer text is pasted, not asked."""

LONGEST = 300
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for: any of its own grams, or one of the words that mean the same, whole."""

    grams: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `words.toml`, ready to be applied."""

    ignored: re.Pattern[str]
    known: re.Pattern[str]
    groups: dict[str, tuple[str, ...]]


@cache
def words() -> Words:
    """The lists, read once; longer words are seen before the shorter ones in them."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    groups: dict[str, list[str]] = {}
    for group in told["alike"]:
        made = [plain(word) for word in group]
        for word in made:
            groups.setdefault(word, []).extend(other for other in made if other != word)
    keep = sorted({*map(plain, told["whole"]), *groups}, key=lambda word: (-len(word), word))
    drop = sorted(told["ignored"], key=lambda word: (-len(word), word))
    return Words(
        re.compile(f"({'|'.join(map(re.escape, keep))})|(?:{'|'.join(map(re.escape, drop))})"),
        re.compile("|".join(map(re.escape, sorted(groups, key=lambda word: (-len(word), word))))),
        {word: tuple(dict.fromkeys(others)) for word, others in groups.items()},
    )


def terms(question: str) -> list[Term]:
    """What is asked for; empty when a question is all question words, or single characters."""
    known = words()
    told = known.ignored.sub(lambda found: found[1] or " ", plain(question[:LONGEST]))
    found: dict[tuple[str, ...], Term] = {}
    taken: set[int] = set()
    for word in known.known.finditer(told):
        own = tuple(weighed(word[0]))
        taken.update(range(word.start() - 1, word.end()))  # what crosses the edge of a word is none
        found.setdefault(own or (word[0],), Term(own, known.groups[word[0]]))
    for piece in list(re.finditer(r"\S+", told))[:MOST_PIECES]:
        if piece[0].isascii():
            made = [(piece.start(), gram) for gram in weighed(piece[0])]
        else:
            made = [(piece.start() + at, gram) for at, gram in enumerate(weighed(piece[0]))]
        for at, gram in made:
            if at not in taken:
                found.setdefault((gram,), Term((gram,)))
    return list(found.values())


def plain(text: str) -> str:
    """The text as it is compared, its pieces with a space between them."""
    return " ".join(pieces(text))


def weighed(piece: str) -> list[str]:
    """The grams of a piece that count: every two characters of Chinese, the longest beginning of another word."""
    return [gram for one in pieces(piece) for gram in (grams(one) if one[0] > "\u2e7f" else grams(one)[-1:])]
