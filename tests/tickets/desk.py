"""Drivers, clerks and a ticket, for the tests of what becomes of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from hotline import tickets
from hotline.formats.places import parse_place
from storage import staff as people
from storage import tickets as ledger
from storage import turns
from storage.database import Database
from storage.models import Contact, Outbox, Staff, Ticket
from tests.conftest import NOON


async def driver(db: Database, clock: Any, name: str = "driver") -> Contact:
    """Somebody on the web chat."""
    async with db.write() as tx:
        return await turns.contact_at(tx, "web", "main", name, "zh_CN", clock())


async def clerk(db: Database, clock: Any, login: str = "li") -> Staff:
    """Somebody at the desk."""
    async with db.write() as tx:
        known = await people.by_login(tx, login)
        return known or await people.add(
            tx,
            Staff(
                login=login, name=login, password_hash="-", role="clerk", division="220100", language="zh_CN",
                created_at=clock(),
            ),
        )  # fmt: skip


async def report(
    db: Database, clock: Any, who: Contact, where: str = "G12长春东收费站", note: str | None = None
) -> int:
    """A ticket of this driver; returns its id."""
    place = parse_place(where)
    answers = {"what": "turned_back", "where": place.to_json()}
    matter = tickets.Matter("blockage", "turned_back", NOON, place, note=note, answers=answers)
    async with db.write() as tx:
        return (await tickets.open(tx, who, matter, "220100", clock())).id or 0


async def ticket(db: Database, ticket_id: int) -> Ticket:
    """The ticket as it stands."""
    async with db.read() as tx:
        return await tx.get_one(Ticket, ticket_id)


async def kinds(db: Database, ticket_id: int) -> list[str]:
    """What happened to it, in order."""
    async with db.read() as tx:
        return [event.kind for event in await ledger.events(tx, ticket_id)]


async def told(db: Database, who: Contact) -> list[str]:
    """The keys of what somebody was told unasked, in order."""
    async with db.read() as tx:
        query = select(col(Outbox.key)).where(col(Outbox.contact_id) == who.id, col(Outbox.lane) == 1)
        return list((await tx.scalars(query.order_by(col(Outbox.id)))).all())
