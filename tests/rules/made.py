"""Packs that nobody wrote: every kind of fact, atom, rule and date, and a wider pack above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from hypothesis import strategies as st

from hotline.rules.written import VERDICTS, Written

FIRST = dt.date(2022, 4, 1)
DAYS = tuple(FIRST + dt.timedelta(days=n) for n in range(4))
WORDS = {"zh": "字", "en": "word"}
HEAD = {"kind": "other", "scheme": "made", "title": WORDS, "level": "city", "from": FIRST, "checked": FIRST}
OPTIONS = ("red", "green", "blue")
HIGHEST = 2

FACTS: dict[str, dict[str, Any]] = {
    "open": {"kind": "yes_no"},
    "code": {"kind": "choice", "options": dict.fromkeys(OPTIONS, WORDS)},
    "hours": {"kind": "number", "low": 0, "high": HIGHEST, "none": WORDS},
    "metres": {"kind": "number", "low": 0, "high": HIGHEST, "last": True},
    "axles": {"kind": "number", "low": 0, "high": HIGHEST, "whole": True},
}
PARAMETERS: dict[str, tuple[str, ...]] = {"limit": ("hours", "metres", "axles"), "listed": ("code",)}
"""Each parameter, and the facts that may be compared with it."""

NUMBERS = (0, 0.5, 1, HIGHEST, HIGHEST + 1)
LISTS = ([], ["red"], ["red", "blue"])


def _atoms() -> Iterator[str]:
    """Every atom there is over these facts; those that are seldom right more often."""
    yield from ("open", "not open", "open == True", "open != True")
    for option in OPTIONS:
        yield from (f"code == {option!r}", f"code != {option!r}")
    for listed in (*LISTS, "listed"):
        yield from (f"code in {listed}", f"code not in {listed}")
    for name in ("hours", "metres", "axles"):
        for sign in ("<", "<=", ">", ">=", "==", "!="):
            yield from (f"{name} {sign} {constant}" for constant in (*NUMBERS, "limit", "limit"))
        yield from (f"{name} in {list(NUMBERS[:3])}", f"{name} not in {list(NUMBERS[1:4])}")
    yield from 4 * ("hours == none", "hours != none", "hours not in [1]")


ATOMS = st.lists(st.sampled_from(sorted(_atoms())), max_size=2)
ATOM = st.lists(st.sampled_from(sorted(_atoms())), max_size=1)
DAY = st.sampled_from((None, None, None, *DAYS))
CLASS = st.sampled_from((None, "I", "II"))
CONDITION = {"all": ATOMS, "any": ATOMS, "from": DAY, "until": DAY, "cite": st.just(["s"])}
BAN = {"all": ATOM, "any": ATOM, "ground": st.sampled_from(("star", "star", "no_pass")), "say": st.just(WORDS)}
RULE = {
    "verdict": st.sampled_from(VERDICTS[:5]),
    "class": CLASS,
    "ground": st.sampled_from(("star", "star", "no_pass", None)),
    "say": st.just(WORDS),
}
MORE = {"of": st.sampled_from(([], [], ["I"], ["II"])), "asks": st.booleans(), "say": st.just(WORDS)}
LIMIT = {"value": st.sampled_from((*NUMBERS, None, None, None)), "cite": st.just(["s"])}
LISTED = {"value": st.sampled_from((*LISTS, None, None)), "cite": st.just(["s"])}

parts = st.fixed_dictionaries(
    {
        "rules": st.lists(st.fixed_dictionaries({**CONDITION, **RULE}), min_size=1, max_size=4),
        "forbidden": st.lists(st.fixed_dictionaries({**CONDITION, **BAN}), max_size=2),
        "also": st.lists(st.fixed_dictionaries({**CONDITION, **MORE}), max_size=2),
        "limit": st.lists(st.fixed_dictionaries(LIMIT), min_size=1, max_size=2),
        "listed": st.lists(st.fixed_dictionaries(LISTED), min_size=1, max_size=1),
    }
)


def _pack(name: str, drawn: dict[str, Any]) -> Written:
    """A whole pack, well formed and otherwise as it comes."""
    limits = [{**value, "from": DAYS[2 * n]} for n, value in enumerate(drawn.pop("limit"))]
    listed = drawn.pop("listed")
    for kind in ("rules", "also"):
        drawn[kind] = [{"id": f"{kind}-{n}", **one} for n, one in enumerate(drawn[kind])]
    return Written.model_validate(
        {
            "pack": {"id": name, "divisions": ["220100"], **HEAD},
            "sources": {"s": {"title": "t", "issuer": "i", "date": FIRST}},
            "parameters": {
                "limit": {"meaning": WORDS, "values": limits},
                "listed": {"meaning": WORDS, "values": listed},
            },
            "facts": {fact: {"ask": WORDS, "label": WORDS, **shape} for fact, shape in FACTS.items()},
            "cases": [{"name": "c", "on": FIRST, "verdict": "MANUAL"}],
            **drawn,
        }
    )


def packs(name: str = "made") -> st.SearchStrategy[Written]:
    """Packs of this name."""
    return parts.map(partial(_pack, name))


_CELLS = (0, 0.25, 0.5, 0.75, 1, 1.5, HIGHEST)

SAMPLES: dict[str, tuple[Any, ...]] = {
    "open": (True, False),
    "code": OPTIONS,
    "hours": ("none", *_CELLS),
    "metres": _CELLS,
    "axles": tuple(range(HIGHEST + 1)),
}
"""Values of each fact, one in every cell that constants like ours can cut."""

known = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in SAMPLES.items()})
"""Some of the facts."""
