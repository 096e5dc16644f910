"""What a select offers, as HTML: a list of five hundred people is written once, and not for each page anew."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

KEPT = 256
"""Lists that are remembered: of people and departments, and of words in each language."""


def options(choices: Iterable[tuple[object, str]], chosen: object = "") -> Markup:
    """The options of these values and their words, the one that is `chosen` marked."""
    written = _written(tuple((str(value), words) for value, words in choices))
    value = f' value="{escape(str(chosen))}"'
    return Markup(written.replace(value, f"{value} selected", 1))  # noqa: S704 # both parts are escaped


@lru_cache(KEPT)
def _written(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in choices)
