"""Where reports crowd: grouped counts of a short window, and how many there were of the same before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Ticket

By = Literal["stretch", "facility", "what"]
"""What makes reports one crowd: ten kilometres of a road, a facility, or kind and sub-kind in a division."""

STRETCH_M = 10_000
"""Metres of road that count as one place: twice as far as a queue before a closed toll station; our own number."""

_PROVINCE = func.substr(col(Ticket.division), literal_column("1"), literal_column("2"))
"""Two provinces have an S26 each, and a toll station of the same name; places are told apart by it."""

_KEYS: dict[By, tuple[Any, ...]] = {  # constants as literals: PostgreSQL takes two parameters for two expressions
    "stretch": (_PROVINCE, col(Ticket.road), col(Ticket.stake_m) // literal_column(str(STRETCH_M), Integer)),
    "facility": (_PROVINCE, col(Ticket.facility)),
    "what": (col(Ticket.division), col(Ticket.kind), col(Ticket.what)),
}
_AMONG: dict[By, tuple[ColumnElement[bool], ...]] = {
    "stretch": (col(Ticket.road).is_not(None), col(Ticket.stake_m).is_not(None), col(Ticket.facility).is_(None)),
    "facility": (col(Ticket.facility).is_not(None),),
    "what": (),
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Reports of one place or one matter: what they share, how many, and the lowest and highest division they name.

    `key` is (province, road, stretch), (province, facility) or (division, kind, what); stretches count from 0.
    """

    by: By
    key: tuple[Any, ...]
    reports: int
    low: str
    high: str


async def crowds(
    tx: AsyncSession, by: By, after: datetime, until: datetime, *, at_least: int, most: int
) -> list[Crowd]:
    """The crowds of the tickets opened later than `after` up to `until`, largest first, no more than `most`."""
    keys, size = _KEYS[by], _reports(col(Ticket.status), col(Ticket.reports))
    query = (
        select(*keys, size, func.min(col(Ticket.division)), func.max(col(Ticket.division)))
        .where(col(Ticket.opened_at) > after, col(Ticket.opened_at) <= until, *_AMONG[by])
        .group_by(*keys)
        .having(size >= at_least)
        .order_by(size.desc(), *keys)
        .limit(most)
    )
    return [Crowd(by, tuple(key), int(n), low, high) for *key, n, low, high in (await tx.execute(query)).all()]


async def reports_of(tx: AsyncSession, crowd: Crowd, after: datetime, until: datetime, *, enough: int) -> int:
    """How many reports there were of the same then; no more than `enough` tickets are looked at."""
    found = (
        select(col(Ticket.status), col(Ticket.reports))
        .where(col(Ticket.opened_at) > after, col(Ticket.opened_at) <= until, *_same(crowd))
        .limit(enough)
        .subquery()
    )
    return int(await tx.scalar(select(_reports(found.c.status, found.c.reports))) or 0)


def _reports(status: Any, reports: Any) -> ColumnElement[Any]:
    """Tickets, or the drivers who stand behind them if they are more; a merged ticket's are its master's already."""
    behind = func.coalesce(func.sum(case((status == "merged", 0), else_=reports)), 0)
    return case((func.count() > behind, func.count()), else_=behind)


def _same(crowd: Crowd) -> Sequence[ColumnElement[bool]]:
    """The tickets of a crowd, in the words that the indexes understand."""
    if crowd.by == "what":
        return [column == value for column, value in zip(_KEYS["what"], crowd.key, strict=True)]
    province, name, *rest = crowd.key
    inside = col(Ticket.division).between(f"{province}0000", f"{province}9999")
    if crowd.by == "facility":
        return [col(Ticket.facility) == name, inside]
    begin = int(rest[0]) * STRETCH_M
    between = col(Ticket.stake_m).between(begin, begin + STRETCH_M - 1)
    return [col(Ticket.road) == name, between, col(Ticket.facility).is_(None), inside]
