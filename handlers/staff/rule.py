"""What the catalogue says of a matter, for the page of its ticket: class, who answers, by when, and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotline import catalogue
from hotline.catalogue import Rule
from hotline.clocks import Span
from locales.words import Say, say
from storage.models import Ticket


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule, its times in words, and the document that it cites (title, date, note)."""

    rule: Rule
    times: list[tuple[str, Say]]
    source: Mapping[str, Any]
    callback: int


def rule_of(ticket: Ticket) -> RuleShown | None:
    """The rule of this ticket; None when the catalogue of today no longer has its kind."""
    pack = catalogue.load()
    try:
        rule = pack.rule(ticket.kind, ticket.what)
    except KeyError:
        return None
    times = [(name, span(getattr(rule, name))) for name in ("first", "next", "resolution")]
    return RuleShown(rule, times, pack.sources[rule.cite], round(rule.callback * 100))


def span(much: Span) -> Say:
    """A span of the catalogue as it is read: 2 hours, 3 working days."""
    return say(f"page.span.{much.unit}", count=much.count)
