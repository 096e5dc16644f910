"""The clock that runs on a ticket, and how it reads: in words first, colour only underlines them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from locales.words import Say, say
from storage.models import Ticket

LEAST_WARNING, MOST_WARNING = timedelta(minutes=10), timedelta(hours=1)
"""A clock is "soon" in its last quarter, yet never for less than ten minutes nor for more than an hour."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed next in words, how that stands (ok, soon, late, done), and by when."""

    state: str
    say: Say
    at: datetime


def due(ticket: Ticket, now: datetime) -> Due:
    """The clock that a clerk must look at: the first answer, then the settlement, then how long it took."""
    if ticket.resolved_at is not None:
        return took(say("console.due.settled"), ticket.opened_at, ticket.resolved_at, ticket.resolution_due_at)
    if ticket.first_response_at is None:
        return runs(say("console.due.answer"), ticket.opened_at, ticket.first_response_due_at, now)
    return runs(say("console.due.settle"), ticket.opened_at, ticket.resolution_due_at, now)


def both(ticket: Ticket, now: datetime) -> list[tuple[Say, Due]]:
    """Both clocks of a ticket, for its own page: the first answer and the settlement."""
    answer, settle = say("console.due.answer"), say("console.due.settle")
    first = (
        took(answer, ticket.opened_at, ticket.first_response_at, ticket.first_response_due_at)
        if ticket.first_response_at
        else runs(answer, ticket.opened_at, ticket.first_response_due_at, now)
    )
    last = (
        took(settle, ticket.opened_at, ticket.resolved_at, ticket.resolution_due_at)
        if ticket.resolved_at
        else runs(settle, ticket.opened_at, ticket.resolution_due_at, now)
    )
    return [(answer, first), (settle, last)]


def runs(what: Say, since: datetime, by: datetime, now: datetime) -> Due:
    """A clock that still runs: the time left, or by how much it is late."""
    left = by - now
    if left <= timedelta(0):
        return Due("late", say("console.due.late", what=what, span=span(-left)), by)
    warning = min(max((by - since) / 4, LEAST_WARNING), MOST_WARNING)
    return Due("soon" if left <= warning else "ok", say("console.due.left", what=what, span=span(left)), by)


def took(what: Say, since: datetime, done: datetime, by: datetime) -> Due:
    """A clock that has stopped: how long it took, and whether that was in time."""
    key = "console.due.took_late" if done > by else "console.due.took"
    return Due("done", say(key, what=what, span=span(done - since)), done)


def span(much: timedelta) -> Say:
    """A stretch of time in the two largest units that say something; no stretch is shorter than a minute."""
    minutes = max(1, round(much.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return say("console.span.days" if hours else "console.span.whole_days", days=days, hours=hours)
    if hours:
        return say("console.span.hours" if minutes else "console.span.whole_hours", hours=hours, minutes=minutes)
    return say("console.span.minutes", minutes=minutes)
