"""Everybody who has a hand in a ticket: drivers, the desk, two departments and who is above them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import tickets
from hotline.formats.places import parse_place
from storage import turns
from storage.models import Contact, Department, Post, Responsible, Staff, Ticket

DIVISION = "220100"


@dataclass(frozen=True)
class Cast:
    """Clerks 李 and 王, supervisors 周 and 吴, and a handler in each of two departments under one province."""

    staff: dict[str, Staff]
    enforcement: int
    toll: int
    province: int

    def __getitem__(self, name: str) -> Staff:
        return self.staff[name]


async def hired(tx: AsyncSession, now: datetime) -> Cast:
    """The cast, at work: enforcement and toll answer for their functions and have somebody at their posts."""
    province = await _department(tx, "P", "220000", "province", None)
    enforcement = await _department(tx, "E", DIVISION, "city", province)
    toll = await _department(tx, "T", DIVISION, "city", province)
    roles: dict[str, tuple[str, int | None]] = {
        "li": ("clerk", None), "wang": ("clerk", None), "zhou": ("supervisor", None), "wu": ("supervisor", None),
        "zhao": ("handler", enforcement), "sun": ("handler", toll),
    }  # fmt: skip
    staff = {}
    for login, (role, department) in roles.items():
        staff[login] = Staff(
            login=login, name=login, password_hash="-", role=role, division=DIVISION, language="zh_CN", created_at=now,
            department_id=department,
        )  # fmt: skip
        tx.add(staff[login])
    await tx.flush()
    tx.add(Post(department_id=enforcement, name="执法岗", a_id=staff["zhao"].id))
    tx.add(Post(department_id=toll, name="收费岗", a_id=staff["sun"].id))
    tx.add(Responsible(function="enforcement", division=DIVISION, department_id=enforcement))
    tx.add(Responsible(function="toll", division=DIVISION, department_id=toll))
    await tx.flush()
    return Cast(staff, enforcement, toll, province)


async def _department(tx: AsyncSession, code: str, division: str, level: str, parent: int | None) -> int:
    made = Department(code=code, name=f"{code}处", division=division, level=level, parent_id=parent)
    tx.add(made)
    await tx.flush()
    return made.id or 0


async def contact(tx: AsyncSession, name: str, now: datetime) -> Contact:
    """Somebody on the web chat."""
    return await turns.contact_at(tx, "web", "main", name, "zh_CN", now)


async def report(tx: AsyncSession, who: Contact, kind: str, what: str, now: datetime) -> Ticket:
    """A ticket of his, at a toll station."""
    matter = tickets.Matter(kind, what, now, parse_place("G12长春东收费站"), note="情况属实")
    return await tickets.open(tx, who, matter, DIVISION, now)
