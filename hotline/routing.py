"""Where a matter goes: kind and division to a department and whoever is on duty there; a road's section to its chief.

Nobody found is no fault of the reporter's: the matter stays with the desk, never nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import organisation
from hotline.catalogue import Rule
from hotline.formats.places import Place
from storage.models import Department, Staff


@dataclass(frozen=True, slots=True)
class Way:
    """A department and who holds its post now; both None: the desk's own queue."""

    department: Department | None = None
    member: Staff | None = None


async def way(tx: AsyncSession, rule: Rule, place: Place | None, division: str, now: datetime) -> Way:
    """Who is responsible for such a matter, there and now."""
    if rule.by_road and place is not None and place.road:
        found = await organisation.chief(tx, place.road, place.stake_m, now)
        if found is not None:
            return Way(*found)
    department = await organisation.responsible(tx, rule.function, division)
    return await to(tx, department, now)


async def to(tx: AsyncSession, department: Department | None, now: datetime) -> Way:
    """The way into this department; an organisation outside has nobody at our desk."""
    if department is None:
        return Way()
    member = None if department.outside else await organisation.holder(tx, department.id or 0, now)
    return Way(department, member)
