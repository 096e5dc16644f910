"""Toll stations, service areas and car parks, and the ledger in which each closure is put right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from storage.models.columns import one_of, partial, row_id, to


class Facility(SQLModel, table=True):
    """A toll station, service area or parking area on a road, and whether it is open (seed S0, 0.2)."""

    __table_args__ = (
        UniqueConstraint("road", "name"),
        one_of("kind", "toll", "service", "parking"),
        one_of("state", "open", "limited", "closed"),
        Index("ix_facility_road", "road", "stake_m"),
        Index("ix_facility_name", "name"),
        Index("ix_facility_division", "division"),
        partial("ix_facility_shut", "road", where="state <> 'open'"),
    )
    id: int | None = row_id()
    kind: str
    name: str
    road: str
    stake_m: int | None = None
    direction: str | None = None
    division: str
    department_id: int | None = to("department", null=True)
    state: str = "open"
    changed_at: datetime


class Closure(SQLModel, table=True):
    """A row of the rectification ledger: why it was shut, who allowed it, by when it is put right."""

    __table_args__ = (
        partial("ix_closure_open", "facility_id", unique=True, where="reopened_at IS NULL"),
        Index("ix_closure_facility", "facility_id", "id"),
        partial("ix_closure_due", "due_at", "id", where="reopened_at IS NULL"),
        CheckConstraint("reopened_at IS NULL OR reopened_at >= closed_at", name="span"),
    )
    id: int | None = row_id()
    facility_id: int = to("facility")
    ticket_id: int | None = to("ticket", null=True)
    reason: str
    approval: str | None = None
    owner_id: int | None = to("staff", null=True)
    closed_at: datetime
    due_at: datetime
    level: int = 0
    reopened_at: datetime | None = None
    reopened_by: int | None = to("staff", null=True)
    proof: str | None = None
