"""What the two ends of a journey tell the rule packs by themselves."""

from __future__ import annotations

from typing import Any

from hotline.rules import shelf
from hotline.rules.written import Day


def journey_facts(origin: str, destination: str, day: Day, scheme: str | None) -> dict[str, Any]:
    """Facts that nobody need be asked for; that a county has no pack does not tell that it has no scheme."""
    known: dict[str, Any] = {"crosses_province": origin[:2] != destination[:2], "extent": extent(origin, destination)}
    for name, end in (("origin_has_scheme", origin), ("destination_has_scheme", destination)):
        chain = shelf.current().chain(scheme, end, day) if scheme else ()
        if chain and chain[0].written.pack.level != "nation":
            known[name] = True
    return known


def extent(origin: str, destination: str) -> str:
    """How far a journey leads, as the order on oversize loads divides it: by it the authority is found."""
    shared = (("cross_province", 2), ("cross_city", 4), ("cross_county", 6))
    return next((name for name, digits in shared if origin[:digits] != destination[:digits]), "within_county")
