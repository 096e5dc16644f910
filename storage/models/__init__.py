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
from storage.models.facilities import Closure, Facility
from storage.models.library import Clause, ClauseGram, ClauseWords, Document, Edition
from storage.models.machinery import Budget, JobRun
from storage.models.mail import Inbox, Line, Outbox
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
    "FULL_TEXT", "NEVER", "NOTICE", "OPEN", "OUTCOMES", "REPLY", "ROLES", "STATUS", "STATUSES", "UNPACED", "Alarm",
    "Assist", "Attachment", "Audit", "BigId", "Budget", "Callback", "Clause", "ClauseGram", "ClauseWords", "Closure",
    "Contact", "Conversation", "Counter", "Decision", "Department", "Document", "Duty", "Edition", "Extension",
    "Facility", "Follower", "Inbox", "JobRun", "Json", "Line", "Macro", "Message", "Outbox", "Person", "Point",
    "PointChange", "Post", "Presence", "Responsible", "SQLModel", "SavedFilter", "Section", "Staff", "Ticket",
    "TicketEvent", "TicketWords",
]  # fmt: skip
