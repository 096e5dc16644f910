"""How long the desk waits for its pages at a million tickets and five million events, and what an export weighs."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import quantiles
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bench import console
from bench.export import export
from bench.houses import folder, ledger
from bench.results import Result
from bench.tickets import COMMON, DEPARTMENTS, DIVISIONS, NOW, RARE, STAFF, USUAL, build
from handlers.staff import story
from handlers.staff.discretion import Discretion
from hotline import neighbours
from storage import ledger as read
from storage import tickets
from storage.database import Database
from storage.ledger import CLOCK, Wanted
from storage.models import OPEN, Ticket

FEW, MANY = 10_000, 1_000_000
LOOKS, FIRST = 200, 20
"""Looks that are measured, after some that only warm up."""

PAGE = 51
MOST_MS, MOST_RATIO = 100, 1.5

Look = Callable[[AsyncSession, random.Random], Awaitable[Any]]


async def pages() -> list[Result]:
    """The 95th percentile of each page's reads at a million tickets, beside the same at ten thousand."""
    found: dict[int, dict[str, float]] = {}
    exported: list[Result] = []
    with folder() as at:
        for many in (FEW, MANY):
            async with ledger("postgresql", at) as address:
                db, begun = Database(address), time.perf_counter()
                await build(db, many)
                built = time.perf_counter() - begun
                found[many] = {name: await _p95(db, look) for name, look in _looks(many)}
                await console.hire(db)
                found[many] |= await console.looks(address, at, db)
                if many == MANY:
                    exported = await export(address, at, db)
                await db.close()
    note = f"p95; the floor is {FEW:,} tickets; at most {MOST_MS} ms and {MOST_RATIO}"
    return [
        Result("ledger.build", built, "s", note=f"{MANY:,} tickets, {5 * MANY:,} events"),
        *(Result(f"ledger.{name}", ms, "ms", floor=found[FEW][name], note=note) for name, ms in found[MANY].items()),
        *exported,
    ]


def _looks(many: int) -> Iterator[tuple[str, Look]]:
    """Every read of a page by its name; which division, department, clerk or moment is another each time."""
    is_open = Wanted(statuses=OPEN)

    def clock(wanted: Callable[[random.Random], Wanted]) -> Look:
        return lambda tx, dice: read.page(tx, wanted(dice), order=CLOCK, limit=PAGE)

    def newest(wanted: Callable[[random.Random], Wanted]) -> Look:
        return lambda tx, dice: read.page(tx, wanted(dice), limit=PAGE)

    def counted(wanted: Callable[[random.Random], Wanted]) -> Look:
        return lambda tx, dice: read.count(tx, wanted(dice))

    def county(dice: random.Random) -> tuple[str, str]:
        return (dice.choice(DIVISIONS),) * 2  # type: ignore[return-value]

    def city(dice: random.Random) -> tuple[str, str]:
        begins = dice.choice(DIVISIONS)[:4]
        return f"{begins}00", f"{begins}99"

    yield "queue.open", clock(lambda dice: is_open)
    yield "queue.city", clock(lambda dice: Wanted(statuses=OPEN, divisions=city(dice)))
    yield "queue.county", clock(lambda dice: Wanted(statuses=OPEN, divisions=county(dice)))
    yield "queue.department", clock(lambda dice: Wanted(statuses=OPEN, department_id=dice.randint(1, DEPARTMENTS)))
    yield "queue.mine", clock(lambda dice: Wanted(statuses=OPEN, assignee_id=dice.randint(1, STAFF)))
    yield "queue.overdue", clock(lambda dice: Wanted(overdue_at=NOW))
    yield (
        "queue.handler",
        lambda tx, dice: read.page(
            tx, is_open, scope=[read.of_department(dice.randint(1, DEPARTMENTS))], order=CLOCK, limit=PAGE
        ),
    )
    yield "ticket", lambda tx, dice: _ticket(tx, dice.randint(1, many))
    yield "page.first", newest(lambda dice: Wanted())
    yield "page.deep", lambda tx, dice: _deep(tx, dice.randint(many // 10, many // 2))
    yield "page.city", newest(lambda dice: Wanted(divisions=city(dice)))
    yield "page.county.declined", newest(lambda dice: Wanted(divisions=county(dice), statuses=("declined",)))
    yield "page.department", newest(lambda dice: Wanted(department_id=dice.randint(1, DEPARTMENTS)))
    yield (
        "page.handler",
        lambda tx, dice: read.page(tx, Wanted(), scope=[read.of_department(dice.randint(1, DEPARTMENTS))], limit=PAGE),
    )
    yield "page.unsolvable", newest(lambda dice: Wanted(outcome="unsolvable", source="12345", named=True))
    yield "page.nothing", newest(lambda dice: Wanted(source="terminal"))
    for name, word in (("common", COMMON), ("usual", USUAL), ("rare", RARE), ("none", "榴梿")):
        yield f"search.{name}", newest(lambda dice, word=word: Wanted(words=word))  # type: ignore[misc]
    yield "search.two", newest(lambda dice: Wanted(words=f"{COMMON} {USUAL}"))
    yield "search.plate", newest(lambda dice: Wanted(words=f"a{dice.randint(100, 999)}"))
    yield "search.common.city", newest(lambda dice: Wanted(words=COMMON, divisions=city(dice)))
    yield "search.usual.open", newest(lambda dice: Wanted(words=USUAL, statuses=OPEN))
    yield "count.all", counted(lambda dice: Wanted())
    yield "count.city", counted(lambda dice: Wanted(divisions=city(dice)))
    yield "count.open", counted(lambda dice: is_open)
    yield "count.common", counted(lambda dice: Wanted(words=COMMON))
    yield "count.usual", counted(lambda dice: Wanted(words=USUAL))
    yield "count.unsolvable", counted(lambda dice: Wanted(outcome="unsolvable", source="12345", named=True))


async def _ticket(tx: AsyncSession, ticket_id: int) -> None:
    """What the page of a ticket reads."""
    number = await tx.scalar(select(col(Ticket.number)).where(col(Ticket.id) == ticket_id))
    ticket = await tickets.by_number(tx, number or "")
    assert ticket is not None
    await story.tell(tx, ticket, Discretion(sees=True))
    await neighbours.similar(tx, neighbours.place_of(ticket), NOW)


async def _deep(tx: AsyncSession, ticket_id: int) -> None:
    """A page far down, from the cursor that its address holds."""
    opened = await tx.scalar(select(col(Ticket.opened_at)).where(col(Ticket.id) == ticket_id))
    await read.page(tx, Wanted(), after=(opened, ticket_id), limit=PAGE)


async def _p95(db: Database, look: Look) -> float:
    """Milliseconds; the same dice for every size."""
    dice, taken = random.Random(7), []
    for turn in range(FIRST + LOOKS):
        async with db.read() as tx:
            begun = time.perf_counter()
            await look(tx, dice)
            if turn >= FIRST:
                taken.append((time.perf_counter() - begun) * 1000)
    return quantiles(taken, n=20)[-1]
