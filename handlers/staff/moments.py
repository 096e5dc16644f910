"""Moments as a form's date-and-time field writes and reads them: local, to the minute."""

from __future__ import annotations

from datetime import datetime, tzinfo

from locales.words import Refusal


def typed_moment(typed: str, zone: tzinfo) -> datetime:
    """The moment that a field of type datetime-local sends; typed by hand, a blank may stand for its T."""
    try:
        return datetime.strptime(typed.strip().replace(" ", "T")[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=zone)
    except ValueError:
        raise Refusal("directory.moment", typed=typed.strip()[:40]) from None


def as_field(at: datetime, zone: tzinfo) -> str:
    """A moment as the value of such a field."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"
