"""Which tickets somebody may see at all: a subtree of divisions for the desk, what is theirs for a department."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import bounds
from storage import ledger
from storage.models import Staff

_DESK = frozenset({"clerk", "supervisor", "admin"})


def scope(tx: AsyncSession, staff: Staff) -> list[ColumnElement[bool]]:
    """The conditions that every list of tickets shown to this person has to hold.

    Clerks, supervisors and administrators see their division and all below it; a handler what his department has or
    helps with; whoever stands at a checkpoint none.
    """
    if staff.role in _DESK:
        return [ledger.in_subtree(bounds(staff.division))]
    if staff.role == "handler":
        return [ledger.of_department(staff.department_id)]
    return [ledger.nothing()]
