"""What a rule pack answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.models.columns import json, row_id, sealed


class Decision(SQLModel, table=True):
    """A question put to the rule packs, and the answer: enough to show it to an officer and to replay it.

    Nobody's name stands in it: it is found by its code alone, which only those know to whom it was given. The facts may
    tell of somebody's health, and the place where he stands, so both are sealed.
    """

    __table_args__ = (Index("ix_decision_at", "at"),)
    id: int | None = row_id()
    code: str = Field(sa_column_kwargs={"unique": True})
    scheme: str
    division: str
    day: date
    packs: list[dict[str, str]] = json()
    facts: dict[str, Any] = sealed()
    place: dict[str, Any] | None = sealed(null=True)
    verdict: str
    at: datetime
