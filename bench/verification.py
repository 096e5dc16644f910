"""How long the server works on one look at a pass: the verdict alone, the page of its QR code, and the holder's page.

Asked one after the other among 100,000 passes; a page is timed from its request to its response, templates and all.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, select
from sqlmodel import col

from bench import reviews
from bench.houses import folder, ledger
from bench.results import Result
from bot.app import House, Rooms, build
from bot.settings import Settings
from handlers.pages import add_pages
from handlers.pictures import draw, fonts
from hotline.passes.verifying import Look, verify
from storage.database import Database
from storage.models import Pass

REAL, OTHERS, LOOKS = 200, 100_000, 1_000
"""Passes that are looked at, passes that lie around them, and looks."""

MOST_MS = 5.0


async def verification() -> list[Result]:
    """Both databases, and how long the picture of a pass takes to draw."""
    reviews._lay_out()
    return [*await _on("sqlite"), *await _on("postgresql")]


async def _on(kind: str) -> list[Result]:
    with folder() as at:
        async with ledger(kind, at) as address:
            db = Database(address)
            passes = await _issued(db)
            found = await _measured(kind, db, passes)
            if kind == "sqlite" and fonts.found() is not None:
                found.append(await _drawn(db, passes))
            house = _house(address, at)
            found += await _pages(kind, house, passes)
            await house.db.close()
            await db.close()
    return found


async def _issued(db: Database) -> list[Pass]:
    """Real passes, through their verbs, and many more rows like them."""
    await reviews.hire(db, REAL, REAL)
    await reviews.submit(db, range(REAL))
    await reviews.review(db, "li")
    async with db.read() as tx:
        real = list((await tx.scalars(select(Pass).order_by(col(Pass.id)))).all())
    like = real[0].model_dump(exclude={"id", "number", "code", "claim", "plate"})
    for first in range(0, OTHERS, 1_000):
        rows = [
            {**like, "number": f"22{n:010d}", "code": f"{n:012d}", "claim": f"other/{n}", "plate": f"吉B{n:05d}"}
            for n in range(1_000_000 + first, 1_000_000 + first + 1_000)
        ]
        async with db.write() as tx:
            await tx.execute(insert(Pass), rows)
    return real


async def _measured(kind: str, db: Database, passes: list[Pass]) -> list[Result]:
    now = reviews.NOW + timedelta(hours=1)

    async def one(pass_: Pass) -> None:
        async with db.read() as tx:
            judged = await verify(tx, Look(pass_.payload or "", now, plate_seen=pass_.plate))
        assert judged.verdict == "valid", judged.verdict

    return [
        _result(f"verification.{kind}.verdict", await _each(passes, one), "signature, ledger and checks of the day")
    ]


async def _pages(kind: str, house: House, passes: list[Pass]) -> list[Result]:
    """By HTTP, timed inside the server."""
    took: list[float] = []

    @web.middleware
    async def timed(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
        began = time.perf_counter()
        response = await handler(request)
        took.append(time.perf_counter() - began)
        return response

    app = web.Application(middlewares=[timed])
    add_pages(app, house)
    found = []
    async with TestClient(TestServer(app)) as client:
        for name, address in (("code", "/V/{0.payload}"), ("holder", "/passes/{0.code}")):

            async def one(pass_: Pass, address: str = address) -> None:
                async with client.get(address.format(pass_)) as answer:
                    assert answer.status == 200 and pass_.plate in await answer.text()

            await _each(passes, one)
            found.append(_result(f"verification.{kind}.{name}", took[-LOOKS:], "the whole page, time of the server"))
    return found


async def _drawn(db: Database, passes: list[Pass]) -> Result:
    """Each another one, so that none is remembered."""
    took = []
    for pass_ in passes[:40]:
        began = time.perf_counter()
        async with db.read() as tx:
            assert await draw(tx, {"kind": "pass", "pass": pass_.id}, "zh_CN", reviews.NOW)
        took.append(time.perf_counter() - began)
    return Result("verification.picture", median(took) * 1000, "ms", note="drawn in a thread, when it is sent")


async def _each(passes: list[Pass], one: Callable[[Pass], Awaitable[None]]) -> list[float]:
    """How long each look took, after a few that warm up."""
    chance, took = random.Random(5), list[float]()
    for pass_ in passes[:20]:
        await one(pass_)
    for pass_ in chance.choices(passes, k=LOOKS):
        began = time.perf_counter()
        await one(pass_)
        took.append(time.perf_counter() - began)
    return took


def _result(name: str, took: list[float], what: str) -> Result:
    slow = quantiles(took, n=100)[-1] * 1000
    return Result(name, median(took) * 1000, "ms", note=f"{what}; 99 of 100 under {slow:.1f}; at most {MOST_MS:.0f}")


def _house(address: str, at: Path) -> House:
    made = Settings(_env_file=None, database_url=address, var=at, secret_key="measured")  # type: ignore[call-arg]
    return build(made, Rooms(), [], lambda: reviews.NOW + timedelta(hours=1, seconds=datetime.now(UTC).second))
