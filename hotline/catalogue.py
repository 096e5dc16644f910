"""The service catalogue: what people bring to the desk, how soon it is answered, and who answers; all of it is data."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from hotline.clocks import Span

PACK = Path(__file__).parent / "packs/catalogue.toml"

CLASSES = ("consult", "complaint", "advice", "help")
"""信息咨询, 投诉举报, 意见建议 (the three of JT/T 1019.1 as 12328 uses them) and 求助, which 12345 has besides."""

FUNCTIONS = (
    "transport", "road", "toll", "police", "health", "code", "pass", "enforcement", "relief", "policy",
    "locality",
)  # fmt: skip
"""The words by which the directory names who is responsible."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How matters of one kind and sub-kind are handled; spans are times until something is due."""

    kind: str
    what: str
    hotline_class: str
    function: str
    priority: str
    first: Span
    next: Span
    resolution: Span
    cite: str
    callback: float = 0.0
    by_road: bool = False
    reviewer: bool = False
    confidential: bool = False
    express: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every rule by (kind, what), the digits of the kinds, and the numbers that hold for all."""

    rules: Mapping[tuple[str, str], Rule]
    digits: Mapping[str, str]
    sources: Mapping[str, Mapping[str, Any]]
    escalate: Mapping[str, Span]
    warn_at: float
    callback_tries: int

    def rule(self, kind: str, what: str) -> Rule:
        """The rule of a matter; raises KeyError for one that the catalogue does not know."""
        return self.rules[kind, what]

    def whats(self, kind: str) -> tuple[str, ...]:
        """The sub-kinds of a kind, in the order of the pack."""
        return tuple(what for one, what in self.rules if one == kind)


class BadPack(ValueError):
    """A catalogue that cannot be used; the message names file, table and reason."""


@cache
def load(file: Path = PACK) -> Catalogue:
    """The catalogue of this file; raises BadPack, so that a wrong pack stops the start and not a driver."""
    try:
        pack = tomllib.loads(file.read_text("utf-8"))
        head, sources = pack["pack"], pack["sources"]
        rules = {
            (kind, what): _rule(file, kind, what, {"cite": head["cite"], **table, **own}, sources)
            for kind, table in pack["kinds"].items()
            for what, own in table["what"].items()
        }
        digits = {kind: str(table["digit"]) for kind, table in pack["kinds"].items()}
        if len(set(digits.values())) != len(digits) or any(not d.isdecimal() or len(d) != 1 for d in digits.values()):
            raise BadPack(f"{file.name}: kinds: each needs a digit of its own")
        escalate = {p: Span.parse(head[f"escalate_{p}"]) for p in ("urgent", "normal")}
        return Catalogue(rules, digits, sources, escalate, float(head["warn_at"]), int(head["callback_tries"]))
    except (KeyError, AttributeError, TypeError, tomllib.TOMLDecodeError) as error:
        raise BadPack(f"{file.name}: {type(error).__name__}: {error}") from error


def _rule(file: Path, kind: str, what: str, table: dict[str, Any], sources: Mapping[str, Any]) -> Rule:
    where = f"{file.name}: kinds.{kind}.what.{what}"
    known = {f.name for f in fields(Rule)} - {"kind", "what", "hotline_class"} | {"class", "digit", "what"}
    if strange := set(table) - known:
        raise BadPack(f"{where}: unknown words {sorted(strange)}")
    for name, allowed in (("class", CLASSES), ("function", FUNCTIONS), ("priority", ("urgent", "normal"))):
        if table.get(name) not in allowed:
            raise BadPack(f"{where}: {name} must be one of {', '.join(allowed)}")
    if table["cite"] not in sources:
        raise BadPack(f"{where}: cites {table['cite']!r}, which is no source of this pack")
    if not 0 <= float(table.get("callback", 0)) <= 1:
        raise BadPack(f"{where}: callback is a share between 0 and 1")
    try:
        spans: dict[str, Any] = {name: Span.parse(table[name]) for name in ("first", "next", "resolution")}
    except ValueError as error:
        raise BadPack(f"{where}: {error}") from error
    plain = {n: v for n, v in table.items() if n not in (*spans, "class", "digit", "what")}
    return Rule(kind=kind, what=what, hotline_class=table["class"], **spans, **plain)


def is_sampled(number: str, share: float) -> bool:
    """Whether this ticket is among the share that is asked; the same answer whenever it is asked."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4]) < share * 2**32
