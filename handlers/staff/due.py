"""The clock that runs on a ticket, and how it reads: in words first, colour only underlines them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from locales.words import Say, say
from storage.models import Ticket

LEAST_WARNING, MOST_WARNING = timedelta(minutes=10), timedelta(hours=1)
"""Where the clock's job has not warned yet: the last quarter, never less than ten minutes nor more than an hour."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed next in words, how that stands (ok, soon, late, paused, done), and by when."""

    state: str
    say: Say
    at: datetime


def due(ticket: Ticket, now: datetime) -> Due:
    """The clock that a clerk must look at: what is owed next, whom we wait for, or how long it took."""
    answer, settle = say("console.due.answer"), say("console.due.settle")
    if ticket.status in ("declined", "merged"):
        return Due("done", say(f"queue.due.{ticket.status}"), ticket.changed_at)
    if ticket.resolved_at is not None:
        return took(say("console.due.settled"), ticket.opened_at, ticket.resolved_at, ticket.resolution_due_at)
    if ticket.waiting_since is not None:
        return _paused(ticket.waiting_since, now)
    what = settle if ticket.due_at == ticket.resolution_due_at else answer
    if now < ticket.due_at:
        state = "soon" if ticket.warned_at else "ok"
        return Due(state, say("console.due.left", what=what, span=span(ticket.due_at - now)), ticket.due_at)
    return runs(what, ticket.opened_at, ticket.due_at, now)


def both(ticket: Ticket, now: datetime) -> list[tuple[Say, Due]]:
    """The clocks of a ticket, for its own page: the first answer, the answer that is owed now, the settlement."""
    answer, settle = say("console.due.answer"), say("console.due.settle")
    clocks = [(answer, _clock(ticket, answer, ticket.first_response_due_at, ticket.first_response_at, now))]
    if ticket.next_response_due_at is not None:
        again = say("queue.due.next")
        clocks.append((again, _clock(ticket, again, ticket.next_response_due_at, None, now)))
    return [*clocks, (settle, _clock(ticket, settle, ticket.resolution_due_at, ticket.resolved_at, now))]


def _clock(ticket: Ticket, what: Say, by: datetime, done: datetime | None, now: datetime) -> Due:
    if done is not None:
        return took(what, ticket.opened_at, done, by)
    if ticket.status in ("declined", "merged"):
        return Due("done", say(f"queue.due.{ticket.status}"), ticket.changed_at)
    if ticket.waiting_since is not None:
        return _paused(ticket.waiting_since, now)
    return runs(what, ticket.opened_at, by, now)


def _paused(since: datetime, now: datetime) -> Due:
    return Due("paused", say("queue.due.waiting", span=span(now - since)), since)


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
