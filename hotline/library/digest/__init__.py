"""What ships with the house: published documents in our own words, so that a fresh start already answers."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from hotline.library.reading import Published
from hotline.library.splitting import Piece, anchor_of

FOLDER = Path(__file__).parent


@cache
def digests() -> dict[str, Published]:
    """Every digest by its document's slug; read once."""
    return {one.slug or "": one for one in map(read, sorted(FOLDER.glob("*.toml")))}


def read(file: Path) -> Published:
    """One digest: a document's particulars, and for each clause our words and the words by which it is asked for."""
    told = tomllib.loads(file.read_text("utf-8"))
    clauses = tuple(
        Piece(anchor_of(one["at"]), one["at"], one["heading"], (), [one["text"]]) for one in told["clauses"]
    )
    words = {anchor_of(one["at"]): one.get("words", "") for one in told["clauses"]}
    return Published(clauses=clauses, source="digest", words=words, **told["document"])
