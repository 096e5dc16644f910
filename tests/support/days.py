"""A few days of an invented bureau, dealt out by dice: passes, what happened to them, and checks at the roadside."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage import turns
from storage.models import Pass, PassEvent, Scan

DIVISIONS = ("220100", "220102", "220104", "220202", "110101", "419001", "360734")
"""A city, three of its kind, a district of Beijing, a county that lies in no city, and one far away."""

GOODS = ("daily", "medical", "farming", "other")
KINDS = ("applied", "issued", "returned", "refused", "obstructed", "ending", "expired", "sampled")


async def live(tx: AsyncSession, dice: Random, since: datetime, hours: int, count: int, first: int = 0) -> None:
    """So many passes whose lives begin within these hours, each with a few events and checks."""
    contact = await turns.contact_at(tx, "web", "main", "driver", "zh_CN", since)
    for n in range(first, first + count):
        pass_ = _pass(dice, n, since + timedelta(minutes=dice.randrange(hours * 60)), contact.id or 0)
        tx.add(pass_)
        await tx.flush()
        for _ in range(dice.randrange(4)):
            await happen(tx, dice, pass_, since + timedelta(minutes=dice.randrange(hours * 60)))
        if dice.random() < 0.6:
            tx.add(scan(dice, f"mark-{n}", pass_, since + timedelta(minutes=dice.randrange(hours * 60))))
    tx.add(scan(dice, f"mark-{first}-nobody", None, since + timedelta(minutes=dice.randrange(hours * 60))))
    await tx.flush()


async def happen(tx: AsyncSession, dice: Random, pass_: Pass, at: datetime) -> None:
    """Something that happened to a pass."""
    tx.add(
        PassEvent(
            pass_id=pass_.id or 0, kind=dice.choice(KINDS), division=pass_.division, goods=pass_.goods, actor="clock",
            at=at,
            facts={},
        )
    )  # fmt: skip


def scan(dice: Random, mark: str, pass_: Pass | None, received: datetime) -> Scan:
    """A check that we heard of then; the officer looked up to a day before, when he had no network."""
    return Scan(
        mark=mark, pass_id=pass_.id if pass_ else None, number=pass_.number if pass_ else "999999999999",
        plate_seen=pass_.plate if pass_ else "吉A00000", verdict="valid" if pass_ else "unknown",
        deed=dice.choice(("passed", "stopped", "entered")), division=dice.choice(DIVISIONS),
        goods=pass_.goods if pass_ else None, is_offline=dice.random() < 0.3,
        at=received - timedelta(minutes=dice.randrange(1440)), received_at=received,
    )  # fmt: skip


def _pass(dice: Random, n: int, issued: datetime, contact_id: int) -> Pass:
    """A pass that was issued then, for some hours or days; some came to an end before their time."""
    begins = issued + timedelta(minutes=dice.choice((0, 0, 600)))
    until = begins + timedelta(hours=dice.choice((6, 30, 240)))
    early = dice.random() < 0.3
    ended = issued + (until - issued) * dice.random() if early else None
    held: dict[str, Any] = {
        "state": "revoked" if early else "issued", "ended_at": ended, "basis": {"cite": "x"}, "payload": "x",
        "number": f"220100{n + 1:06d}", "issued_at": issued, "valid_from": begins, "valid_until": until,
    }  # fmt: skip
    return Pass(
        code=f"CODE{n:08d}", scheme="pass_need", pack="x", pack_version="x", division=dice.choice(DIVISIONS),
        claim=f"claim-{n}", contact_id=contact_id, plate=f"吉A{n:05d}", colour="yellow", goods=dice.choice(GOODS),
        origin="210102", destination="220104", via=[], facts={}, from_wished=begins, automatic=True, missing=[],
        applied_at=issued, due_at=issued, changed_at=issued, **held,
    )  # fmt: skip
