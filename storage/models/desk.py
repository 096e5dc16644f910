"""The desk: who works there, in which department, and what they keep for their work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import big, json, one_of, partial, row_id, to

ROLES = ("clerk", "handler", "supervisor", "checkpoint", "admin")
"""坐席, 承办, 值班长, 查验, 管理员."""


class Department(SQLModel, table=True):
    """A department of ours, or an organisation outside (police, health, railway, another province).

    `functions` are the words by which the catalogue names who is responsible; each stands in `Responsible` too.
    """

    __table_args__ = (
        one_of("level", "county", "city", "province", "nation"),
        Index("ix_department_division", "division"),
    )
    id: int | None = row_id()
    code: str = Field(sa_column_kwargs={"unique": True})
    name: str
    division: str
    level: str
    parent_id: int | None = to("department", null=True)
    outside: bool = False
    reached_by: str | None = None
    disabled_at: datetime | None = None


class Responsible(SQLModel, table=True):
    """Which department answers for a function in a division; one for each."""

    function: str = Field(primary_key=True)
    division: str = Field(primary_key=True)
    department_id: int = to("department")


class Staff(SQLModel, table=True):
    """Somebody who works at the desk or in a department; away until a time, when B stands in for A."""

    __table_args__ = (
        one_of("role", *ROLES),
        partial("ix_staff_contact", "contact_id", unique=True, where="contact_id IS NOT NULL"),
    )
    id: int | None = row_id()
    login: str = Field(sa_column_kwargs={"unique": True})
    name: str
    password_hash: str
    role: str
    division: str
    department_id: int | None = to("department", null=True, index=True)
    language: str
    must_change: bool = False
    epoch: int = 0
    away_until: datetime | None = None
    contact_id: int | None = big()
    link_code: str | None = None
    link_until: datetime | None = None
    disabled_at: datetime | None = None
    created_at: datetime


class Post(SQLModel, table=True):
    """A post in a department with its holder A and who stands in, B; the first post is asked first."""

    __table_args__ = (
        UniqueConstraint("department_id", "name"),
        CheckConstraint("a_id <> b_id", name="holders"),
        Index("ix_post_department", "department_id", "place"),
    )
    id: int | None = row_id()
    department_id: int = to("department")
    name: str
    place: int = Field(default=1, sa_column=Column(SmallInteger, nullable=False))
    a_id: int | None = to("staff", null=True)
    b_id: int | None = to("staff", null=True)


class Duty(SQLModel, table=True):
    """A shift: who is on duty for a department from when to when, and what they hand over."""

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        Index("ix_duty_department", "department_id", "starts_at"),
    )
    id: int | None = row_id()
    department_id: int = to("department")
    staff_id: int = to("staff")
    starts_at: datetime
    ends_at: datetime
    handover: str | None = None


class Section(SQLModel, table=True):
    """A stretch of road and its chief (路长, seed S4 4.3), in metres of its stakes."""

    __table_args__ = (
        CheckConstraint("to_m > from_m", name="span"),
        Index("ix_section_road", "road", "from_m"),
    )
    id: int | None = row_id()
    road: str
    from_m: int
    to_m: int
    department_id: int = to("department")
    chief_id: int | None = to("staff", null=True)


class SavedFilter(SQLModel, table=True):
    """A list that somebody looks at often: its name and its address' query."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: int | None = row_id()
    staff_id: int = to("staff")
    name: str
    query: str


class Macro(SQLModel, table=True):
    """A text module for answers, with variables in braces, in one language."""

    __table_args__ = (UniqueConstraint("name", "language"),)
    id: int | None = row_id()
    name: str
    language: str
    text: str
    kind: str | None = None


class Presence(SQLModel, table=True):
    """Who is writing an answer to a ticket just now."""

    ticket_id: int = to("ticket", primary=True)
    staff_id: int = to("staff", primary=True)
    until: datetime


class Alarm(SQLModel, table=True):
    """Something that a supervisor should look at: a place or kind that is reported more than usual, a clock run out."""

    __table_args__ = (
        UniqueConstraint("what", "about", "day"),
        partial("ix_alarm_unseen", "division", "id", where="seen_at IS NULL"),
    )
    id: int | None = row_id()
    what: str
    about: str
    day: date
    division: str
    facts: dict[str, Any] = json()
    raised_at: datetime
    seen_by: int | None = to("staff", null=True)
    seen_at: datetime | None = None


class Audit(SQLModel, table=True):
    """Who saw, who unmasked, who exported, who changed what is no ticket. Appended, never changed."""

    __table_args__ = (
        partial("ix_audit_ticket", "ticket_id", "id", where="ticket_id IS NOT NULL"),
        Index("ix_audit_staff", "staff_id", "id"),
    )
    id: int | None = row_id()
    staff_id: int = to("staff")
    what: str
    ticket_id: int | None = big()
    facts: dict[str, Any] = json()
    at: datetime
