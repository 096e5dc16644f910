"""The ledger: tickets, what happened to them, what was said, and who follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import big, json, one_of, partial, row_id, sealed, to

OPEN = ("accepted", "assigned", "handling", "waiting")
"""Where a ticket still is somebody's work: 受理, 分派, 办理, 等待补充."""

STATUSES = (*OPEN, "resolved", "struck_off", "declined", "merged")
"""And then: 办结 (with its 回访), 销号, 不予受理, 并案."""

OUTCOMES = ("solved", "explained", "unsolvable", "duplicate")
"""Closed is not fixed: 已解决, 已解释, 无法解决, 重复."""

_IS_OPEN = f"status IN ({', '.join(map(repr, OPEN))})"


class Ticket(SQLModel, table=True):
    """One matter, one number, one owner. Place columns are copied from the answer so that they can be found.

    `due_at` is the next thing owed to the reporter while the ticket is open, else NEVER: queues are sorted by it.
    `alarm_at` is when the clock must look again, to warn or to raise the matter; NEVER when there is nothing to watch.
    `rank` is 0 for a named reporter on site, whose matters come first (seed S1, 1.28), else 1.
    """

    __table_args__ = (
        one_of("status", *STATUSES),
        one_of("priority", "urgent", "normal"),
        one_of("outcome", *OUTCOMES),
        one_of("proof", "photo", "document", "confirmation"),
        CheckConstraint(
            "status NOT IN ('resolved', 'struck_off') OR (result IS NOT NULL AND resolved_at IS NOT NULL"
            " AND outcome IS NOT NULL AND resolver_id IS NOT NULL)",
            name="result",
        ),
        CheckConstraint(
            "status <> 'struck_off' OR (proof IS NOT NULL AND struck_off_at IS NOT NULL"
            " AND (NOT needs_review OR reviewer_id IS NOT NULL))",
            name="struck_off",
        ),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> resolver_id", name="reviewer"),
        CheckConstraint("(status = 'merged') = (master_id IS NOT NULL)", name="merged"),
        CheckConstraint("master_id <> id", name="master"),
        CheckConstraint("(status = 'waiting') = (waiting_since IS NOT NULL)", name="waiting"),
        CheckConstraint("status <> 'assigned' OR department_id IS NOT NULL", name="assigned"),
        CheckConstraint("status <> 'declined' OR result IS NOT NULL", name="declined"),
        CheckConstraint("returns BETWEEN 0 AND 1", name="returns"),
        CheckConstraint("redone BETWEEN 0 AND 1", name="redone"),
        CheckConstraint("reports >= 1", name="reports"),
        partial("ix_ticket_open_due", "rank", "due_at", "id", where=_IS_OPEN),
        partial("ix_ticket_open_division", "division", "rank", "due_at", "id", where=_IS_OPEN),
        partial("ix_ticket_open_department", "department_id", "rank", "due_at", "id", where=_IS_OPEN),
        partial("ix_ticket_open_assignee", "assignee_id", "rank", "due_at", "id", where=_IS_OPEN),
        partial("ix_ticket_resolved", "department_id", "resolved_at", "id", where="status = 'resolved'"),
        partial(
            "ix_ticket_review",
            "division",
            "opened_at",
            "id",
            where="status = 'resolved' AND needs_review AND reviewer_id IS NULL",
        ),
        partial("ix_ticket_soon", "division", "due_at", "id", where=f"{_IS_OPEN} AND warned_at IS NOT NULL"),
        partial("ix_ticket_raised", "division", "due_at", "id", where=f"{_IS_OPEN} AND level >= 2"),
        Index("ix_ticket_alarm", "alarm_at"),
        Index("ix_ticket_ledger", "division", "opened_at", "id"),
        Index("ix_ticket_standing", "division", "status", "opened_at", "id"),
        Index("ix_ticket_kind", "kind", "what", "opened_at", "id"),
        Index("ix_ticket_status", "status", "opened_at", "id"),
        Index("ix_ticket_source", "source", "opened_at", "id"),
        partial("ix_ticket_outcome", "outcome", "opened_at", "id", where="outcome IS NOT NULL"),
        # The last two so that how many matters of a source could not be solved is counted in the index alone.
        partial(
            "ix_ticket_outcome_source",
            "outcome",
            "source",
            "opened_at",
            "id",
            "division",
            "named",
            where="outcome IS NOT NULL",
        ),
        Index("ix_ticket_department", "department_id", "opened_at", "id"),
        Index("ix_ticket_assignee", "assignee_id", "opened_at", "id"),
        Index("ix_ticket_opened", "opened_at", "id"),
        Index("ix_ticket_contact", "contact_id", "id"),
        partial("ix_ticket_master", "master_id", "id", where="master_id IS NOT NULL"),
        partial("ix_ticket_road", "road", "stake_m", "opened_at", where="road IS NOT NULL"),
        partial("ix_ticket_facility", "facility", "opened_at", where="facility IS NOT NULL"),
        partial("ix_ticket_cell", "cell", "opened_at", where="cell IS NOT NULL"),
        partial("ix_ticket_plate", "plate", "id", where="plate IS NOT NULL"),
    )
    id: int | None = row_id()
    number: str = Field(sa_column_kwargs={"unique": True})
    code: str
    division: str
    kind: str
    what: str
    status: str
    priority: str
    source: str
    rank: int = Field(default=1, sa_column=Column(SmallInteger, nullable=False))
    named: bool = False
    on_site: bool = False
    confidential: bool = False
    contact_id: int = to("contact")
    department_id: int | None = to("department", null=True)
    assignee_id: int | None = to("staff", null=True)
    master_id: int | None = to("ticket", null=True)
    answers: dict[str, Any] = sealed()
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
    trailer: str | None = None
    reports: int = 1
    happened_at: datetime
    opened_at: datetime
    first_response_due_at: datetime
    next_response_due_at: datetime | None = None
    resolution_due_at: datetime
    due_at: datetime
    alarm_at: datetime
    level: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    resolved_at: datetime | None = None
    resolver_id: int | None = to("staff", null=True)
    result: str | None = None
    outcome: str | None = None
    needs_review: bool = False
    reviewer_id: int | None = to("staff", null=True)
    proof: str | None = None
    proof_note: str | None = None
    struck_off_at: datetime | None = None
    returns: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    redone: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    changed_at: datetime


class Assist(SQLModel, table=True):
    """Another department helps (协办); the ticket stays with its own."""

    __table_args__ = (Index("ix_assist_department", "department_id", "done_at", "ticket_id"),)
    ticket_id: int = to("ticket", primary=True)
    department_id: int = to("department", primary=True)
    asked_by: int = to("staff")
    asked_at: datetime
    done_at: datetime | None = None


class Extension(SQLModel, table=True):
    """More time, asked before it runs out and decided by somebody else; one question at a time."""

    __table_args__ = (
        partial("ix_extension_open", "ticket_id", unique=True, where="decided_at IS NULL"),
        Index("ix_extension_ticket", "ticket_id", "id"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="decided_by"),
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="decided"),
    )
    id: int | None = row_id()
    ticket_id: int = to("ticket")
    asked_by: int = to("staff")
    asked_at: datetime
    reason: str
    until: datetime
    decided_by: int | None = to("staff", null=True)
    decided_at: datetime | None = None
    granted: bool | None = None


class Callback(SQLModel, table=True):
    """The question after a resolution: are you satisfied? `round` counts resolutions, `tries` how often we asked."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "round"),
        one_of("status", "due", "asked", "answered", "unreached", "dropped"),
        one_of("satisfaction", "satisfied", "mostly", "unsatisfied"),
        CheckConstraint("tries BETWEEN 0 AND 3", name="tries"),
        CheckConstraint("(status = 'answered') = (satisfaction IS NOT NULL)", name="answer"),
        partial("ix_callback_due", "due_at", "id", where="status IN ('due', 'asked')"),
    )
    id: int | None = row_id()
    ticket_id: int = to("ticket")
    round: int = Field(default=1, sa_column=Column(SmallInteger, nullable=False))
    status: str = "due"
    due_at: datetime
    tries: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    satisfaction: str | None = None
    staff_id: int | None = to("staff", null=True)
    answered_at: datetime | None = None


class TicketEvent(SQLModel, table=True):
    """The ledger: who did what to which ticket. Appended, never changed; codes and ids, never words."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket", "ticket_id", "id"), Index("ix_ticket_event_actor", "actor", "id"))
    id: int | None = row_id()
    ticket_id: int = to("ticket")
    contact_id: int = big(null=False)
    kind: str
    actor: str
    facts: dict[str, Any] = json()
    at: datetime


class Message(SQLModel, table=True):
    """Words of a reporter, a clerk, or a note among clerks; purging them never breaks the trail of events."""

    __table_args__ = (Index("ix_message_ticket", "ticket_id", "id"), one_of("direction", "in", "out", "note"))
    id: int | None = row_id()
    ticket_id: int = to("ticket")
    direction: str
    contact_id: int | None = to("contact", null=True)
    staff_id: int | None = to("staff", null=True)
    text: str | None = None
    at: datetime


class Follower(SQLModel, table=True):
    """A contact that is told whatever becomes of a ticket."""

    __table_args__ = (Index("ix_follower_contact", "contact_id", "ticket_id"),)
    ticket_id: int = to("ticket", primary=True)
    contact_id: int = to("contact", primary=True)
    since: datetime
    left_at: datetime | None = None


class Attachment(SQLModel, table=True):
    """A photo that somebody sent: the provider's reference first, the stored file once a worker has fetched it.

    It is kept for a ticket, or for what `about` names (`firm:12`, `pass:30`).
    """

    __table_args__ = (
        UniqueConstraint("channel", "account", "address", "ref"),
        partial("ix_attachment_wanted", "due_at", where="status = 'wanted'"),
        Index("ix_attachment_ticket", "ticket_id", "id"),
        partial("ix_attachment_orphan", "created_at", where="ticket_id IS NULL AND about IS NULL"),
        partial("ix_attachment_about", "about", "id", where="about IS NOT NULL"),
        partial("ix_attachment_sha256", "sha256", where="sha256 IS NOT NULL"),
        one_of("status", "wanted", "stored", "refused"),
    )
    id: int | None = row_id()
    channel: str
    account: str
    address: str
    ref: str
    ticket_id: int | None = to("ticket", null=True)
    message_id: int | None = to("message", null=True)
    about: str | None = None
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
