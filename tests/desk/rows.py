"""Tickets as rows of the ledger, for tests of how it is read; no verb made them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hotline import indexing
from hotline.formats.places import parse_place
from storage.database import Database
from storage.models import NEVER, OPEN, Contact, Department, Message, Staff, Ticket
from tests.conftest import NOON

_serial = count(1)


async def contact(db: Database, channel: str = "web", address: str = "driver") -> int:
    """Somebody who wrote."""
    async with db.write() as tx:
        made = Contact(channel=channel, account="main", address=address, language="zh_CN", created_at=NOON)
        tx.add(made)
        await tx.flush()
        return made.id or 0


async def member(db: Database, login: str, role: str = "clerk", division: str = "220100", **more: Any) -> Staff:
    """Somebody at the desk or in a department."""
    async with db.write() as tx:
        made = Staff(
            login=login, name=login, password_hash="-", role=role, division=division, language="zh_CN",
            created_at=NOON, **more,
        )  # fmt: skip
        tx.add(made)
        await tx.flush()
        return made


async def department(db: Database, code: str, division: str = "220100") -> int:
    """A department of a city."""
    async with db.write() as tx:
        made = Department(code=code, name=f"{code}处", division=division, level="city")
        tx.add(made)
        await tx.flush()
        return made.id or 0


async def ticket(
    db: Database, contact_id: int, note: str | None = None, where: str = "G12长春东收费站", **changed: Any
) -> Ticket:
    """A ticket, turned back at a toll station at noon unless told otherwise, found by its words."""
    place, serial = parse_place(where), next(_serial)
    division, opened = changed.get("division", "220100"), changed.get("opened_at", NOON)
    status = changed.get("status", "accepted")
    is_open = status in OPEN
    row = {
        "number": f"{division}-{opened:%Y%m%d}-1-{serial:05d}0", "code": "123456", "division": division,
        "kind": "blockage", "what": "turned_back", "status": status, "priority": "urgent", "source": "web",
        "contact_id": contact_id, "answers": {"where": place.to_json()}, "road": place.road, "stake_m": place.stake_m,
        "facility": place.facility, "place_text": place.text, "happened_at": opened, "opened_at": opened,
        "first_response_due_at": opened + timedelta(minutes=30), "resolution_due_at": opened + timedelta(hours=2),
        "due_at": opened + timedelta(minutes=30) if is_open else NEVER, "alarm_at": NEVER, "changed_at": opened,
    } | changed  # fmt: skip
    async with db.write() as tx:
        made = Ticket(**row)
        tx.add(made)
        await tx.flush()
        if note:
            tx.add(Message(ticket_id=made.id or 0, direction="in", contact_id=contact_id, text=note, at=opened))
            await tx.flush()
        await indexing.index(tx, made)
        return made


def settled(by: Staff, at: datetime = NOON, status: str = "resolved", **more: Any) -> dict[str, Any]:
    """What a ticket has that is resolved, or struck off."""
    closed = {"status": status, "result": "已开放", "outcome": "solved", "resolver_id": by.id, "resolved_at": at}
    if status == "struck_off":
        closed |= {"proof": "photo", "struck_off_at": at + timedelta(days=1)}
    return closed | more
