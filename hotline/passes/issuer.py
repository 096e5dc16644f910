"""Who issues the passes of a division, and how he is reached: on the pass, and for whoever checks it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import organisation
from hotline.divisions import place_name

FUNCTION = "pass"
"""By which the directory names who issues passes."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The department that answers for passes in a division, as the directory has it; None where it has nothing."""

    division: str
    name: str | None
    reached_by: str | None

    @property
    def called(self) -> str:
        """The department, or no more than the place whose bureau it is."""
        return self.name or place_name(self.division)


async def issuer_of(tx: AsyncSession, division: str) -> Issuer:
    """Who issues passes in a division, or in the nearest one above it that has somebody."""
    found = await organisation.responsible(tx, FUNCTION, division)
    return Issuer(division, found.name, found.reached_by) if found else Issuer(division, None, None)
