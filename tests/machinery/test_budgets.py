"""Rates: never more than the burst at once, never faster than the pace, whoever asks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import budgets
from storage.database import Database
from storage.models import Budget
from tests.conftest import NOON, StillClock

S = timedelta(seconds=1)


async def passes(db: Database, clock: StillClock, wanted: int, every: timedelta = S, burst: int = 5) -> int:
    """How many of those who want to pass do."""
    async with db.write() as tx:
        allowed, _ = await budgets.allowance(tx, "door", every, burst, clock())
        count = min(allowed, wanted)
        await budgets.pay(tx, "door", every, count, clock())
    return count


async def test_a_burst_and_then_the_pace(db: Database, clock: StillClock) -> None:
    assert [await passes(db, clock, 3), await passes(db, clock, 3), await passes(db, clock, 3)] == [3, 2, 0]
    async with db.write() as tx:
        assert await budgets.allowance(tx, "door", S, 5, clock()) == (0, S)
        assert await budgets.allowance(tx, "another door", S, 5, clock()) == (5, timedelta(0))
    clock.pass_(seconds=0.999)
    assert await passes(db, clock, 9) == 0
    clock.pass_(seconds=0.001)
    assert await passes(db, clock, 9) == 1
    clock.pass_(days=1)
    assert await passes(db, clock, 9) == 5


async def test_the_wait_that_is_named_is_enough(db: Database, clock: StillClock) -> None:
    every = timedelta(seconds=1) / 30
    for _ in range(40):
        async with db.write() as tx:
            allowed, wait = await budgets.allowance(tx, "door", every, 3, clock())
            assert bool(allowed) == (wait == timedelta(0))
            if allowed:
                await budgets.pay(tx, "door", every, allowed, clock())
        clock.at += wait


async def test_those_who_ask_at_once_share(db: Database, clock: StillClock) -> None:
    assert sum(await asyncio.gather(*(passes(db, clock, 1) for _ in range(20)))) == 5


@pytest.mark.parametrize("burst", [1, 4])
async def test_never_more_than_pace_and_burst_allow(db: Database, clock: StillClock, burst: int) -> None:
    passed: list[float] = []
    for gap in (0, 0.1, 0.3, 0, 2.5, 0, 0, 0.9, 7, 0.4, 0.6, 1, 1, 0.2):
        clock.pass_(seconds=gap)
        now = (clock() - NOON).total_seconds()
        passed += [now] * await passes(db, clock, 3, burst=burst)
    for i, start in enumerate(passed):
        for j, end in enumerate(passed[i:], 1):
            assert j <= end - start + burst, "within any window"


async def test_a_closed_door_opens_by_itself(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        await budgets.close(tx, "door", clock() + 10 * S, clock())
        await budgets.close(tx, "door", clock() + 5 * S, clock())
    async with db.read() as tx:
        assert (await tx.get_one(Budget, "door")).until == clock() + 10 * S


async def test_what_is_paid_off_is_forgotten(db: Database, clock: StillClock) -> None:
    await passes(db, clock, 2)
    async with db.write() as tx:
        assert await budgets.forget(tx, clock()) == 0
        assert await budgets.forget(tx, clock() + 3 * S) == 1
    assert await passes(db, clock, 9) == 5
