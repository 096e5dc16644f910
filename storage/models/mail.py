"""What came in and what is owed: inbox, outbox, and the lines in which it waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import json, one_of, partial, row_id, sealed, to


class Inbox(SQLModel, table=True):
    """A message we accepted. The unique key is what makes a redelivery harmless."""

    __table_args__ = (
        UniqueConstraint("channel", "account", "address", "external_id"),
        Index("ix_inbox_received_at", "received_at"),
        one_of("status", "done", "failed", "unreadable"),
    )
    id: int | None = row_id()
    channel: str
    account: str
    address: str
    external_id: str
    kind: str
    status: str = "done"
    raw: Any = sealed(null=True)
    received_at: datetime


class Outbox(SQLModel, table=True):
    """A message owed to a contact: a key and its facts; the words are made when it is sent, and kept in `said`.

    `picture` says what is to be drawn for it, by codes and ids; it is drawn when it is sent.
    """

    __table_args__ = (
        one_of("status", "queued", "sent", "dead", "withdrawn"),
        partial("ix_outbox_waiting", "contact_id", "lane", "id", where="status = 'queued'"),
        partial("ix_outbox_dead", "id", where="status = 'dead'"),
        partial("ix_outbox_readable", "account", "address", "id", where="channel = 'web'"),
        partial("ix_outbox_about", "about", "id", where="about IS NOT NULL"),
        partial("ix_outbox_dedupe_key", "dedupe_key", unique=True, where="dedupe_key IS NOT NULL"),
        partial(
            "ix_outbox_external_id", "channel", "account", "address", "external_id", where="external_id IS NOT NULL"
        ),
    )
    id: int | None = row_id()
    contact_id: int = to("contact")
    channel: str
    account: str
    address: str
    lane: int = Field(sa_column=Column(SmallInteger, nullable=False))
    about: str | None = None
    dedupe_key: str | None = None
    key: str
    facts: dict[str, Any] = json()
    choices: list[Any] = json()
    wants: list[str] = json()
    picture: dict[str, Any] | None = json(null=True)
    said: str | None = None
    choices_said: list[Any] | None = json(null=True)
    external_id: str | None = None
    status: str = "queued"
    attempts: int = 0
    unknown: int = 0
    problem: str | None = None
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None = None


class Line(SQLModel, table=True):
    """The queue of one contact in one lane. `due_at` is lease, backoff and pacing in one; NEVER when nothing waits.

    `paced_until` is the bucket of the chat (GCRA): when the messages sent so far have been paid for.
    """

    __table_args__ = (Index("ix_line_due", "channel", "account", "lane", "due_at"),)
    contact_id: int = to("contact", primary=True)
    lane: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    channel: str
    account: str
    due_at: datetime
    paced_until: datetime
