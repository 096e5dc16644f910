"""The bureau's day in numbers (日调度), who does not want it in his chat, and how far a closure was told of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import big, json, row_id, to


class Dispatch(SQLModel, table=True):
    """What a day came to, everywhere at one moment; `counts` by division, goods and measure.

    One row for the whole house, so that a province is the sum of its cities. The rows behind each number are found
    again from what happened within the day, which nobody changes.
    """

    id: int | None = row_id()
    day: date = Field(sa_column_kwargs={"unique": True})
    frozen_at: datetime
    counts: list[dict[str, Any]] = json()


class Unread(SQLModel, table=True):
    """A leader who does not want the day in his chat; the console shows it to him all the same."""

    __tablename__ = "dispatch_unread"
    staff_id: int = to("staff", primary=True)
    since: datetime


class Push(SQLModel, table=True):
    """How far those who hold passes were told of a closure: up to this contact, until `done_at`."""

    __tablename__ = "closure_push"
    __table_args__ = (CheckConstraint("told >= 0", name="told"),)
    closure_id: int = to("closure", primary=True)
    contact_id: int = big(null=False)
    told: int = 0
    begun_at: datetime
    done_at: datetime | None = None
