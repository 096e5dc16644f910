"""Who is reached, and where a conversation stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from storage.models.columns import big, row_id, sealed, to


class Person(SQLModel, table=True):
    """Somebody who may come to have several contacts."""

    id: int | None = row_id()
    created_at: datetime


class Contact(SQLModel, table=True):
    """Where somebody is reached: an address on one account of one channel."""

    __table_args__ = (UniqueConstraint("channel", "account", "address"),)
    id: int | None = row_id()
    person_id: int | None = to("person", null=True, index=True)
    channel: str
    account: str
    address: str
    language: str
    unreachable_since: datetime | None = None
    created_at: datetime


class Conversation(SQLModel, table=True):
    """Where a contact stands: the form being filled, the answers so far, and the outbox row that asked last."""

    contact_id: int = to("contact", primary=True)
    form: str | None = None
    answers: dict[str, Any] | None = sealed(null=True)
    stage: str = ""
    held: dict[str, Any] | None = sealed(null=True)
    asked_row: int | None = big()
    turned_at: datetime
