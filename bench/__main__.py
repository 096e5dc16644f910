"""`python -m bench [NAME...]`: measure all or some, print a table, and write var/bench.json."""

from __future__ import annotations

import asyncio
import signal
import sys
import warnings
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from bench.houses import ROOT
from bench.ledger import pages
from bench.library import library
from bench.parse import parse
from bench.results import Result, table, write
from bench.reviews import reviews
from bench.rules import rules
from bench.sender import sender
from bench.start import start
from bench.turns import turns
from bench.verification import verification
from storage import sealed

MEASURES: dict[str, Callable[[], Coroutine[Any, Any, list[Result]]]] = {
    "turns.postgresql": partial(turns, "postgresql"),
    "turns.sqlite": partial(turns, "sqlite"),
    "start": start,
    "sender": sender,
    "parse": parse,
    "rules": rules,
    "ledger": pages,
    "library": library,
    "reviews": reviews,
    "verification": verification,
}


def main(names: Sequence[str]) -> int:
    """Measure what a name begins with ("turns" is both); all when none is given."""
    chosen = {known: measure for known, measure in MEASURES.items() if not names or known.startswith(tuple(names))}
    if not chosen:
        print(f"measures: {', '.join(MEASURES)}")
        return 2
    warnings.filterwarnings("ignore", module="platformdirs")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nothing is left behind
    sealed.use_keys("measured")
    found: list[Result] = []
    for name, measure in chosen.items():
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found += asyncio.run(measure())
    print(table(found))
    write(found, ROOT / "var" / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
