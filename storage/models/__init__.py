"""Every table of the house. No decisions here, only shapes and constraints.

No foreign key points at inbox, outbox or ticket_event, so that partitioning them by contact is a later migration.
"""

from sqlmodel import SQLModel

from storage.models.columns import NEVER, NOTICE, REPLY, STATUS, UNPACED, BigId, Json
from storage.models.decisions import Decision
from storage.models.desk import (
    ROLES,
    Alarm,
    Audit,
    Department,
    Duty,
    Macro,
    Post,
    Presence,
    Responsible,
    SavedFilter,
    Section,
    Staff,
)
from storage.models.dispatch import Dispatch, Push, Unread
from storage.models.facilities import Closure, Facility
from storage.models.filings import FILING_STATES, ON_THE_WAY, Alert, Crew, Filing, FilingEvent
from storage.models.firms import (
    COLOURS,
    FIRM_STATES,
    MEMBER_ROLES,
    Firm,
    FirmEvent,
    FirmGram,
    Invitation,
    Member,
    Vehicle,
)
from storage.models.library import Clause, ClauseGram, ClauseWords, Document, Edition
from storage.models.machinery import Budget, JobRun
from storage.models.mail import Inbox, Line, Outbox
from storage.models.passes import HELD, PASS_STATES, PENDING, Block, Pass, PassEvent, Scan, SigningKey
from storage.models.people import Contact, Conversation, Person
from storage.models.points import Point, PointChange
from storage.models.search import FULL_TEXT, TicketWords
from storage.models.tickets import (
    OPEN,
    OUTCOMES,
    STATUSES,
    Assist,
    Attachment,
    Callback,
    Counter,
    Extension,
    Follower,
    Message,
    Ticket,
    TicketEvent,
)

__all__ = [
    "COLOURS", "FILING_STATES", "FIRM_STATES", "FULL_TEXT", "HELD", "MEMBER_ROLES", "NEVER", "NOTICE", "ON_THE_WAY",
    "OPEN", "OUTCOMES", "PASS_STATES", "PENDING", "REPLY", "ROLES", "STATUS", "STATUSES", "UNPACED", "Alarm", "Alert",
    "Assist", "Attachment", "Audit", "BigId", "Block", "Budget", "Callback", "Clause", "ClauseGram", "ClauseWords",
    "Closure", "Contact", "Conversation", "Counter", "Crew", "Decision", "Department", "Dispatch", "Document", "Duty",
    "Edition", "Extension", "Facility", "Filing", "FilingEvent", "Firm", "FirmEvent", "FirmGram", "Follower", "Inbox",
    "Invitation", "JobRun", "Json", "Line", "Macro", "Member", "Message", "Outbox", "Pass", "PassEvent", "Person",
    "Point", "PointChange", "Post", "Presence", "Push", "Responsible", "SQLModel", "SavedFilter", "Scan", "Section",
    "SigningKey", "Staff", "Ticket", "TicketEvent", "TicketWords", "Unread", "Vehicle",
]  # fmt: skip
