"""What the machinery keeps for itself: rates and the slots of its jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.models.columns import json


class Budget(SQLModel, table=True):
    """A rate held across replicas (GCRA): a bot's sends, a door's tries. Paid for until `until`."""

    name: str = Field(primary_key=True)
    until: datetime


class JobRun(SQLModel, table=True):
    """A slot of a scheduled job that somebody claimed: the unique row is the claim."""

    __tablename__ = "job_run"
    job: str = Field(primary_key=True)
    slot: datetime = Field(primary_key=True)
    claimed_at: datetime
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    cursor: dict[str, Any] | None = json(null=True)
    outcome: dict[str, Any] | None = json(null=True)
