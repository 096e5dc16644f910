"""Trips that are filed before arrival (提前报备, 货车畅行码), and what happens on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, SmallInteger
from sqlmodel import Field, SQLModel

from storage.models.columns import json, one_of, partial, row_id, sealed, to
from storage.models.firms import COLOURS

ON_THE_WAY = ("filed", "entered", "loading")
"""已报备, 已进入, 装卸中: the trip is not over."""

FILING_STATES = (*ON_THE_WAY, "left", "cancelled", "expired")

_LIVE = f"state IN ({', '.join(map(repr, ON_THE_WAY))})"


class Filing(SQLModel, table=True):
    """A trip to a place that wants to know of it before: one truck, one code (一车一码).

    Four parties answer for it (seed S3, 3.6): 属地 `locality_id` and 货运行业 `industry_id`, departments in the
    directory; 生产（落地）企业 `firm_id`, or `consignee` in words; and the driver `driver_id`, who may come after
    `contact_id`, who filed. `alarm_at` is when the clock must look again: the end of the code, or of the planned stay.
    `to_tell`: its pack leaves something open that a person still has to tell; `terms` is what he told.
    """

    __table_args__ = (
        one_of("state", *FILING_STATES),
        one_of("colour", *COLOURS),
        one_of("filed_by", "driver", "firm", "desk"),
        CheckConstraint("leaves_at > arrives_at", name="span"),
        CheckConstraint("firm_id IS NOT NULL OR consignee IS NOT NULL", name="consignee"),
        CheckConstraint("state NOT IN ('entered', 'loading', 'left') OR entered_at IS NOT NULL", name="entered"),
        CheckConstraint("state <> 'left' OR left_at IS NOT NULL", name="left"),
        partial("uq_filing_live", "claim", unique=True, where=_LIVE),
        partial("ix_filing_live", "arrives_at", "id", where=_LIVE),
        partial("ix_filing_alarm", "alarm_at", "id", where=_LIVE),
        partial("ix_filing_overstay", "id", where="overstay > 0 AND state IN ('entered', 'loading')"),
        partial("ix_filing_to_tell", "id", where="to_tell"),
        partial("ix_filing_driver", "driver_id", "id", where="driver_id IS NOT NULL"),
        partial(
            "ix_filing_crew", "changed_at", "id", where="crew IS NOT NULL AND state IN ('left', 'cancelled', 'expired')"
        ),
        partial("ix_filing_return", "return_of", where="return_of IS NOT NULL"),
        Index("ix_filing_list", "destination", "id"),
        partial("ix_filing_firm", "firm_id", "id", where="firm_id IS NOT NULL"),
        Index("ix_filing_contact", "contact_id", "id"),
        Index("ix_filing_plate", "plate", "id"),
    )
    id: int | None = row_id()
    number: str = Field(sa_column_kwargs={"unique": True})
    code: str = Field(sa_column_kwargs={"unique": True})
    scheme: str
    pack: str
    pack_version: str
    state: str = "filed"
    claim: str
    filed_by: str = "driver"
    contact_id: int = to("contact")
    driver_id: int | None = to("contact", null=True)
    firm_id: int | None = to("firm", null=True)
    consignee: str | None = None
    locality_id: int | None = to("department", null=True)
    industry_id: int | None = to("department", null=True)
    plate: str
    colour: str
    trailer: str | None = None
    origin: str
    destination: str
    via: list[str] = json()
    goods: str | None = None
    crew: list[dict[str, Any]] | None = sealed(null=True)
    facts: dict[str, Any] = sealed()
    is_late: bool = False
    to_tell: bool = False
    terms: str | None = None
    return_of: int | None = to("filing", null=True)
    filed_at: datetime
    arrives_at: datetime
    leaves_at: datetime
    valid_until: datetime
    entered_at: datetime | None = None
    loading_at: datetime | None = None
    left_at: datetime | None = None
    alarm_at: datetime
    overstay: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    payload: str
    changed_at: datetime


class FilingEvent(SQLModel, table=True):
    """Who did what on which trip. Appended, never changed; codes and ids, never words."""

    __tablename__ = "filing_event"
    __table_args__ = (Index("ix_filing_event_filing", "filing_id", "id"), Index("ix_filing_event_day", "at", "kind"))
    id: int | None = row_id()
    filing_id: int = to("filing")
    kind: str
    actor: str
    facts: dict[str, Any] = json()
    at: datetime


class Alert(SQLModel, table=True):
    """A positive result on a trip, told to one department ahead (seed S1, 1.16): until it answers, it climbs.

    `division` is the place ahead; where the directory names nobody there, its supervisors are told. `ended_at` is when
    it was taken back.
    """

    __tablename__ = "filing_alert"
    __table_args__ = (
        partial("ix_filing_alert_open", "due_at", "id", where="seen_at IS NULL AND ended_at IS NULL"),
        partial("ix_filing_alert_here", "division", "id", where="seen_at IS NULL AND ended_at IS NULL"),
        partial("ix_filing_alert_held", "division", "raised_at", where="ended_at IS NULL"),
        partial("uq_filing_alert", "filing_id", "division", "function", unique=True, where="ended_at IS NULL"),
        Index("ix_filing_alert_filing", "filing_id", "id"),
        Index("ix_filing_alert_department", "department_id", "id"),
        one_of("function", "health", "locality"),
        CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="seen"),
    )
    id: int | None = row_id()
    filing_id: int = to("filing")
    department_id: int | None = to("department", null=True)
    function: str
    division: str
    raised_by: int = to("staff")
    raised_at: datetime
    level: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    due_at: datetime
    seen_by: int | None = to("staff", null=True)
    seen_at: datetime | None = None
    ended_at: datetime | None = None


class Crew(SQLModel, table=True):
    """A crew from elsewhere that comes often and registered once (外来司乘人员常态化报备, seed S3, 3.9)."""

    __tablename__ = "outside_crew"
    __table_args__ = (
        one_of("colour", *COLOURS),
        partial("uq_outside_crew_plate", "division", "plate", "colour", unique=True, where="ended_at IS NULL"),
        partial("ix_outside_crew_until", "until", "id", where="ended_at IS NULL"),
        Index("ix_outside_crew_contact", "contact_id", "id"),
        Index("ix_outside_crew_division", "division", "id"),
    )
    id: int | None = row_id()
    contact_id: int = to("contact")
    division: str
    plate: str
    colour: str
    trailer: str | None = None
    crew: list[dict[str, Any]] | None = sealed(null=True)
    until: date
    registered_at: datetime
    ended_at: datetime | None = None
