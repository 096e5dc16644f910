"""By when an answer is owed."""

from __future__ import annotations

from datetime import datetime, timedelta

CAN_WAIT = frozenset({"other"})
"""Sub-kinds in which no truck is known to stand; all others are urgent."""


def priority_of(what: str) -> str:
    """The priority of a blockage of this sub-kind."""
    return "normal" if what in CAN_WAIT else "urgent"


FIRST_RESPONSE = {"urgent": timedelta(minutes=30), "normal": timedelta(hours=2)}
"""Our own targets for the first answer by a person; the published notice of 24 June 2022 says only "at once"."""

RESOLUTION = {"urgent": timedelta(hours=2), "normal": timedelta(days=3)}
"""A blocked or turned-back truck in 2 hours, matters of local policy in 3 days.

Source: national briefing of 24 June 2022 on keeping freight moving.
"""


def first_response_due(priority: str, now: datetime) -> datetime:
    """When a person must have answered."""
    return now + FIRST_RESPONSE[priority]


def resolution_due(priority: str, now: datetime) -> datetime:
    """When the matter must be settled."""
    return now + RESOLUTION[priority]
