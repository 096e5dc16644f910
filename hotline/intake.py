"""A report that a caller gave by telephone, on site, or that was found on the net: a clerk writes it down for him."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.phones import parse_mobile
from locales.words import Refusal
from storage import audit, contacts, tickets, turns
from storage.models import Contact, Staff, Ticket

LINES = tuple(str(number) for number in range(85097301, 85097306))
"""The five lines for blockages across provinces (seed S0, 0.8)."""

SOURCES = ("12345", "12328", *LINES, "on_site", "opinion")
"""Hotlines, the cross-province lines, on site, and opinion on the net (网络舆情)."""

CHANNEL, ACCOUNT = "phone", "main"
"""The channel of whoever is reached by nothing of ours; no sender serves it."""


async def caller(tx: AsyncSession, mobile: str, once: str, now: datetime) -> Contact:
    """Whom the report is from: by his mobile number, or, without one, somebody who is known by his ticket alone."""
    address = parse_mobile(mobile) if mobile.strip() else f"unnumbered:{once}"
    found = await turns.contact_at(tx, CHANNEL, ACCOUNT, address, "zh_CN", now)
    if found.unreachable_since is None:
        await contacts.leave(tx, found, now)
    return found


async def sign(tx: AsyncSession, ticket_id: int, staff: Staff, source: str, now: datetime, *, named: bool) -> Ticket:
    """Say of a report that was just written down how it came, whether its reporter is named, and who wrote it.

    Named matters on site come first (seed S1, 1.28).
    """
    if source not in SOURCES:
        raise Refusal("intake.source.missing")
    ticket = await tickets.lock(tx, ticket_id)
    ticket.source, ticket.named = source, named
    ticket.on_site = ticket.on_site or source == "on_site"
    ticket.rank = 0 if ticket.named and ticket.on_site else 1
    tx.add(ticket)
    await tx.flush()
    await audit.record(tx, staff.id or 0, "intake", now, ticket_id, source=source)
    return ticket
