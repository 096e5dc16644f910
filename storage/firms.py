"""Firms, who acts for them, and their vehicles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from storage.models import Contact, Filing, Firm, FirmEvent, FirmGram, Member, Pass, Vehicle

_HERE = col(Member.left_at).is_(None)
_STANDS = col(Firm.ended_at).is_(None)
_IN_USE = col(Vehicle.retired_at).is_(None)


FEW = 2_000
"""Firms of which a search holds the ids; what more of them have, a list meets soon enough."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list of firms: of these desks (`bounds`, both inclusive), in this state, with all these grams in the name.

    `after` is desk and id of the last one seen; what waits comes as it came (`by_age`), the rest desk by desk.
    """

    bounds: tuple[str, str]
    state: str | None = None
    grams: frozenset[str] = frozenset()
    after: tuple[str, int] | None = None
    by_age: bool = False


async def by_id(tx: AsyncSession, firm_id: int) -> Firm | None:
    """The firm of this id."""
    return await tx.get(Firm, firm_id)


async def lock(tx: AsyncSession, firm_id: int) -> Firm | None:
    """The firm of this id, held until the transaction ends: whoever changes a firm or its people waits his turn."""
    return await tx.get(Firm, firm_id, with_for_update=True, populate_existing=True)


async def by_uscc(tx: AsyncSession, uscc: str, *, lock: bool = False) -> Firm | None:
    """The firm with this unified social credit code."""
    query: Any = select(Firm).where(col(Firm.uscc) == uscc, _STANDS)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Firm | None = (await tx.scalars(query)).first()
    return found


async def keep(tx: AsyncSession, row: SQLModel) -> None:
    """Write a new or changed row now; IntegrityError when the schema forbids it."""
    tx.add(row)
    await tx.flush()


async def page(tx: AsyncSession, wanted: Wanted, limit: int) -> list[Firm]:
    """The next firms of a list."""
    order = (col(Firm.id),) if wanted.by_age else (col(Firm.desk), col(Firm.id))
    query = select(Firm).where(col(Firm.desk).between(*wanted.bounds), _STANDS).order_by(*order).limit(limit)
    if wanted.state:
        query = query.where(col(Firm.state) == wanted.state)
    if wanted.after and wanted.by_age:
        query = query.where(col(Firm.id) > wanted.after[1])
    elif wanted.after:
        query = query.where(tuple_(*order) > wanted.after)
    if wanted.grams:
        query = query.where(*await _named(tx, sorted(wanted.grams)))
    return list((await tx.scalars(query)).all())


async def _named(tx: AsyncSession, grams: Sequence[str]) -> list[ColumnElement[bool]]:
    """That a firm has all these grams: begun at the rarest when few have it, else met often enough on the way."""
    counts = [
        select(func.count()).select_from(_with(gram).limit(FEW + 1).subquery()).scalar_subquery() for gram in grams
    ]
    known = dict(zip(grams, (await tx.execute(select(*counts))).one(), strict=True))
    rarest = min(grams, key=lambda gram: int(known[gram]))
    has = [_with(gram).where(col(FirmGram.firm_id) == col(Firm.id)).exists() for gram in grams if gram != rarest]
    few = int(known[rarest]) <= FEW
    first = (
        col(Firm.id).in_(_with(rarest)) if few else _with(rarest).where(col(FirmGram.firm_id) == col(Firm.id)).exists()
    )
    return [first, *has]


def _with(gram: str) -> Any:
    return select(col(FirmGram.firm_id)).where(col(FirmGram.gram) == gram)


async def with_truck(tx: AsyncSession, plate: str, limit: int) -> list[Firm]:
    """The firms that have a truck of this number now, in whatever colour."""
    ids = select(col(Vehicle.firm_id)).where(col(Vehicle.plate) == plate, _IN_USE)
    return list((await tx.scalars(select(Firm).where(col(Firm.id).in_(ids)).order_by(col(Firm.id)).limit(limit))).all())


async def applies_to(tx: AsyncSession, firm_id: int, low: str, high: str) -> bool:
    """Whether the firm ever applied for a pass in these divisions."""
    query = select(col(Pass.id)).where(col(Pass.firm_id) == firm_id, col(Pass.division).between(low, high)).limit(1)
    return await tx.scalar(query) is not None


def waiting(low: str, high: str, at_most: int) -> Any:
    """Firms that these desks are to verify, no more than one more than `at_most`, for `ledger.count_each`."""
    query = select(col(Firm.id)).where(col(Firm.state) == "registered", col(Firm.desk).between(low, high), _STANDS)
    return query.limit(at_most + 1)


async def find_by(tx: AsyncSession, firm_id: int, grams: Collection[str]) -> None:
    """Let a firm be found by these grams of its name and by no others."""
    await tx.execute(delete(FirmGram).where(col(FirmGram.firm_id) == firm_id))
    if rows := [{"gram": gram, "firm_id": firm_id} for gram in sorted(set(grams))]:
        await tx.execute(insert(FirmGram), rows)


async def events(tx: AsyncSession, firm_id: int, limit: int, but: Collection[str] = ()) -> list[FirmEvent]:
    """What was done with a firm, newest first, but for these kinds."""
    query = select(FirmEvent).where(col(FirmEvent.firm_id) == firm_id, col(FirmEvent.kind).not_in(list(but)))
    return list((await tx.scalars(query.order_by(col(FirmEvent.id).desc()).limit(limit))).all())


# People


async def member(tx: AsyncSession, firm_id: int, contact_id: int) -> Member | None:
    """What somebody is in a firm; None for whoever is not, or no longer, in it."""
    query = select(Member).where(col(Member.firm_id) == firm_id, col(Member.contact_id) == contact_id, _HERE)
    return (await tx.scalars(query)).first()


async def member_of(tx: AsyncSession, firm_id: int, member_id: int) -> Member | None:
    """Somebody who is in this firm, by the number of his membership."""
    query = select(Member).where(col(Member.firm_id) == firm_id, col(Member.id) == member_id, _HERE)
    return (await tx.scalars(query)).first()


async def of_contact(tx: AsyncSession, contact_id: int) -> Sequence[tuple[Firm, Member]]:
    """The firms in which somebody is, the oldest membership first."""
    query = (
        select(Firm, Member)
        .join(Member, col(Member.firm_id) == col(Firm.id))
        .where(col(Member.contact_id) == contact_id, _HERE)
        .order_by(col(Member.id))
    )
    return [(firm, member_) for firm, member_ in (await tx.execute(query)).all()]


async def members(tx: AsyncSession, firm_id: int, limit: int = 1000, after: int = 0) -> list[Member]:
    """Who is in a firm, the oldest membership first."""
    query = select(Member).where(col(Member.firm_id) == firm_id, col(Member.id) > after, _HERE)
    return list((await tx.scalars(query.order_by(col(Member.id)).limit(limit))).all())


async def people(tx: AsyncSession, firm_id: int, roles: Collection[str] = ()) -> list[Contact]:
    """Where the people of a firm are reached, in these roles or in all."""
    query = select(Contact).join(Member, col(Member.contact_id) == col(Contact.id))
    query = query.where(col(Member.firm_id) == firm_id, _HERE)
    if roles:
        query = query.where(col(Member.role).in_(list(roles)))
    return list((await tx.scalars(query.order_by(col(Contact.id)))).all())


async def count(tx: AsyncSession, firm_id: int, roles: Collection[str] = ()) -> int:
    """How many people a firm has, in these roles or in all."""
    query = select(func.count()).select_from(Member).where(col(Member.firm_id) == firm_id, _HERE)
    if roles:
        query = query.where(col(Member.role).in_(list(roles)))
    return int(await tx.scalar(query) or 0)


async def authority_ends(tx: AsyncSession, first: date, last: date) -> list[tuple[Member, Firm]]:
    """The agents whose last day lies between these days, both inclusive."""
    until = col(Member.authority_until)
    query = select(Member, Firm).join(Firm, col(Firm.id) == col(Member.firm_id))
    query = query.where(until.is_not(None), until.between(first, last), _HERE).order_by(col(Member.id))
    return [(member_, firm) for member_, firm in (await tx.execute(query)).all()]


# Vehicles


async def vehicles(tx: AsyncSession, firm_id: int) -> list[Vehicle]:
    """The trucks that a firm has now, by plate."""
    query = select(Vehicle).where(col(Vehicle.firm_id) == firm_id, _IN_USE)
    return list((await tx.scalars(query.order_by(col(Vehicle.plate), col(Vehicle.colour)))).all())


async def vehicle(tx: AsyncSession, firm_id: int, plate: str, colour: str) -> Vehicle | None:
    """A truck that a firm has now."""
    query = select(Vehicle).where(
        col(Vehicle.firm_id) == firm_id, col(Vehicle.plate) == plate, col(Vehicle.colour) == colour, _IN_USE
    )
    return (await tx.scalars(query)).first()


async def count_vehicles(tx: AsyncSession, firm_id: int) -> int:
    """How many trucks a firm has now."""
    query = select(func.count()).select_from(Vehicle).where(col(Vehicle.firm_id) == firm_id, _IN_USE)
    return int(await tx.scalar(query) or 0)


async def end(tx: AsyncSession, firm: Firm, now: datetime) -> None:
    """The firm stands no more: nobody is in it, and it has no truck."""
    firm.ended_at = now
    await keep(tx, firm)
    await tx.execute(update(Member).where(col(Member.firm_id) == firm.id, _HERE).values(left_at=now))
    await tx.execute(update(Vehicle).where(col(Vehicle.firm_id) == firm.id, _IN_USE).values(retired_at=now))


async def inherit(tx: AsyncSession, firm: Firm) -> int:
    """Passes and filings of the rows that this one follows are its own from now on; returns how many passes."""
    count, before = 0, firm.follows_id
    while before is not None:
        done: Any = await tx.execute(update(Pass).where(col(Pass.firm_id) == before).values(firm_id=firm.id))
        await tx.execute(update(Filing).where(col(Filing.firm_id) == before).values(firm_id=firm.id))
        count += int(done.rowcount)
        before = await tx.scalar(select(col(Firm.follows_id)).where(col(Firm.id) == before))
    return count
