"""Every table of the house. No decisions here, only shapes and constraints.

No foreign key points at inbox, outbox or ticket_event, so that partitioning them by contact is a later migration.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from storage.sealed import Sealed

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The due time of a line on which nothing waits."""

UNPACED = datetime(2000, 1, 1, tzinfo=UTC)
"""`paced_until` of a chat that has got nothing yet, so that its whole burst is free."""

REPLY, STATUS, NOTICE = 0, 1, 2
"""Lanes of the outbox, most urgent first; order is kept within (contact, lane)."""

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
).naming_convention


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, postgresql_where=text(where), sqlite_where=text(where))


def _one_of(column: str, *values: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))


def _to(table: str, *, primary: bool = False, null: bool = False, index: bool = False) -> Any:
    column = Column(
        BigId, ForeignKey(f"{table}.id"), primary_key=primary, nullable=null, index=index, autoincrement=False
    )
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def _big(*, null: bool = True, primary: bool = False) -> Any:
    column = Column(BigId, primary_key=primary, nullable=null, autoincrement=False)
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def _json(*, null: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Json, nullable=null))


def _sealed(*, null: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Sealed, nullable=null))


class Person(SQLModel, table=True):
    """Somebody who may come to have several contacts."""

    id: int | None = _id()
    created_at: datetime


class Contact(SQLModel, table=True):
    """Where somebody is reached: an address on one account of one channel."""

    __table_args__ = (UniqueConstraint("channel", "account", "address"),)
    id: int | None = _id()
    person_id: int | None = _to("person", null=True, index=True)
    channel: str
    account: str
    address: str
    language: str
    unreachable_since: datetime | None = None
    created_at: datetime


class Conversation(SQLModel, table=True):
    """Where a contact stands: the form being filled, the answers so far, and the outbox row that asked last."""

    contact_id: int = _to("contact", primary=True)
    form: str | None = None
    answers: dict[str, Any] | None = _sealed(null=True)
    stage: str = ""
    held: dict[str, Any] | None = _sealed(null=True)
    asked_row: int | None = _big()
    turned_at: datetime


class Inbox(SQLModel, table=True):
    """A message we accepted. The unique key is what makes a redelivery harmless."""

    __table_args__ = (
        UniqueConstraint("channel", "account", "address", "external_id"),
        Index("ix_inbox_received_at", "received_at"),
        _one_of("status", "done", "failed", "unreadable"),
    )
    id: int | None = _id()
    channel: str
    account: str
    address: str
    external_id: str
    kind: str
    status: str = "done"
    raw: Any = _sealed(null=True)
    received_at: datetime


class Outbox(SQLModel, table=True):
    """A message owed to a contact: a key and its facts; the words are made when it is sent, and kept in `said`."""

    __table_args__ = (
        _one_of("status", "queued", "sent", "dead", "withdrawn"),
        _partial("ix_outbox_waiting", "contact_id", "lane", "id", where="status = 'queued'"),
        _partial("ix_outbox_dead", "id", where="status = 'dead'"),
        _partial("ix_outbox_readable", "account", "address", "id", where="channel = 'web'"),
        _partial("ix_outbox_about", "about", "id", where="about IS NOT NULL"),
        _partial("ix_outbox_dedupe_key", "dedupe_key", unique=True, where="dedupe_key IS NOT NULL"),
        _partial(
            "ix_outbox_external_id", "channel", "account", "address", "external_id", where="external_id IS NOT NULL"
        ),
    )
    id: int | None = _id()
    contact_id: int = _to("contact")
    channel: str
    account: str
    address: str
    lane: int = Field(sa_column=Column(SmallInteger, nullable=False))
    about: str | None = None
    dedupe_key: str | None = None
    key: str
    facts: dict[str, Any] = _json()
    choices: list[Any] = _json()
    wants: list[str] = _json()
    said: str | None = None
    choices_said: list[Any] | None = _json(null=True)
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
    contact_id: int = _to("contact", primary=True)
    lane: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    channel: str
    account: str
    due_at: datetime
    paced_until: datetime


class Budget(SQLModel, table=True):
    """A rate held across replicas (GCRA): a bot's sends, a door's tries. Paid for until `until`."""

    name: str = Field(primary_key=True)
    until: datetime


class Staff(SQLModel, table=True):
    """Somebody who works at the desk."""

    id: int | None = _id()
    login: str = Field(sa_column_kwargs={"unique": True})
    name: str
    password_hash: str
    role: str
    division: str
    language: str
    must_change: bool = False
    epoch: int = 0
    disabled_at: datetime | None = None
    created_at: datetime


class Ticket(SQLModel, table=True):
    """One matter, one number, one owner. Place columns are copied from the answer so that they can be found."""

    __table_args__ = (
        _one_of("status", "accepted", "handling", "resolved"),
        _one_of("priority", "urgent", "normal"),
        CheckConstraint("status <> 'resolved' OR (result IS NOT NULL AND resolved_at IS NOT NULL)", name="proof"),
        CheckConstraint("reports >= 1", name="reports"),
        Index("ix_ticket_queue", "status", "first_response_due_at", "id"),
        _partial("ix_ticket_road", "road", "stake_m", "opened_at", where="road IS NOT NULL"),
        _partial("ix_ticket_facility", "facility", "opened_at", where="facility IS NOT NULL"),
        _partial("ix_ticket_cell", "cell", "opened_at", where="cell IS NOT NULL"),
        _partial(
            "ix_ticket_unanswered", "first_response_due_at", where="first_response_at IS NULL AND breached_at IS NULL"
        ),
        Index("ix_ticket_contact", "contact_id", "id"),
        Index("ix_ticket_assignee", "assignee_id", "status", "id"),
        Index("ix_ticket_what", "kind", "what", "id"),
        _partial("ix_ticket_plate", "plate", "id", where="plate IS NOT NULL"),
    )
    id: int | None = _id()
    number: str = Field(sa_column_kwargs={"unique": True})
    code: str
    division: str
    kind: str
    what: str
    status: str
    priority: str
    source: str
    contact_id: int = _to("contact")
    assignee_id: int | None = _to("staff", null=True)
    answers: dict[str, Any] = _sealed()
    road: str | None = None
    stake_m: int | None = None
    direction: str | None = None
    facility: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    datum: str | None = None
    cell: int | None = None
    place_text: str | None = None
    plate: str | None = None
    reports: int = 1
    happened_at: datetime
    opened_at: datetime
    first_response_due_at: datetime
    resolution_due_at: datetime
    first_response_at: datetime | None = None
    breached_at: datetime | None = None
    resolved_at: datetime | None = None
    result: str | None = None
    changed_at: datetime


class TicketEvent(SQLModel, table=True):
    """The ledger: who did what to which ticket. Appended, never changed; codes and ids, never words."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket", "ticket_id", "id"),)
    id: int | None = _id()
    ticket_id: int = _to("ticket")
    contact_id: int = _big(null=False)
    kind: str
    actor: str
    facts: dict[str, Any] = _json()
    at: datetime


class Message(SQLModel, table=True):
    """Words of a reporter, a clerk, or a note among clerks; purging them never breaks the trail of events."""

    __table_args__ = (Index("ix_message_ticket", "ticket_id", "id"), _one_of("direction", "in", "out", "note"))
    id: int | None = _id()
    ticket_id: int = _to("ticket")
    direction: str
    contact_id: int | None = _to("contact", null=True)
    staff_id: int | None = _to("staff", null=True)
    text: str | None = None
    at: datetime


class Follower(SQLModel, table=True):
    """A contact that is told whatever becomes of a ticket."""

    __table_args__ = (Index("ix_follower_contact", "contact_id", "ticket_id"),)
    ticket_id: int = _to("ticket", primary=True)
    contact_id: int = _to("contact", primary=True)
    since: datetime
    left_at: datetime | None = None


class Attachment(SQLModel, table=True):
    """A photo that somebody sent: the provider's reference first, the stored file once a worker has fetched it."""

    __table_args__ = (
        UniqueConstraint("channel", "account", "address", "ref"),
        _partial("ix_attachment_wanted", "due_at", where="status = 'wanted'"),
        Index("ix_attachment_ticket", "ticket_id", "id"),
        _partial("ix_attachment_orphan", "created_at", where="ticket_id IS NULL"),
        _partial("ix_attachment_sha256", "sha256", where="sha256 IS NOT NULL"),
        _one_of("status", "wanted", "stored", "refused"),
    )
    id: int | None = _id()
    channel: str
    account: str
    address: str
    ref: str
    ticket_id: int | None = _to("ticket", null=True)
    message_id: int | None = _to("message", null=True)
    status: str = "wanted"
    sha256: str | None = None
    media_type: str | None = None
    size: int | None = None
    attempts: int = 0
    due_at: datetime
    created_at: datetime


class Counter(SQLModel, table=True):
    """The last serial given to a ticket of this division, local day and kind."""

    division: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    last: int


class JobRun(SQLModel, table=True):
    """A slot of a scheduled job that somebody claimed: the unique row is the claim."""

    __tablename__ = "job_run"
    job: str = Field(primary_key=True)
    slot: datetime = Field(primary_key=True)
    claimed_at: datetime
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    cursor: dict[str, Any] | None = _json(null=True)
    outcome: dict[str, Any] | None = _json(null=True)


__all__ = [
    name
    for name, value in globals().items()
    if isinstance(value, type) and issubclass(value, SQLModel) and value is not SQLModel
]
