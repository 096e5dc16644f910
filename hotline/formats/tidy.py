"""The first thing that happens to every text: it becomes plain, and storable."""

from locales.typed import normalise


def tidy(text: str) -> str:
    """Plain text on one line: half-width, no invisible characters, single spaces.

    Twice, because taking an invisible character away can bring a letter and its accent together; lone surrogates go,
    because no database stores them.
    """
    storable = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join(normalise(normalise(storable)).split())


def shown(text: str, at_most: int = 20) -> str:
    """The user's own words short enough to be quoted back in a refusal."""
    return (text if len(text) <= at_most else text[: at_most - 1] + "…") or "…"
