"""How soon a fresh process answers its first driver, and what it weighs when it has nothing to do."""

from __future__ import annotations

import asyncio
import time
from statistics import median

import aiohttp

from bench.houses import Process, folder, ledger, program
from bench.results import Result

RUNS = 5
_PATIENCE = 30.0


async def start() -> list[Result]:
    """From `python -m bot run` on an existing ledger to the first readable reply on web chat; idle memory."""
    seconds, weights = [], []
    with folder() as at:
        async with ledger("sqlite", at) as address:
            for _ in range(RUNS + 1):
                async with program(("-m", "bot", "run"), at, address) as house:
                    await _first_reply(house)
                    seconds.append(time.perf_counter() - house.started_at)
                    await asyncio.sleep(0.5)
                    weights.append(house.memory())
    seconds, weights = seconds[1:], weights[1:]  # the first run of all makes the first administrator's password
    return [
        Result("start.first_reply", median(seconds), "s", note=f"{min(seconds):.2f} to {max(seconds):.2f}; at most 2"),
        Result("start.idle_memory", median(weights), "MiB", note="at most 150"),
    ]


async def _first_reply(house: Process) -> None:
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{house.port}", cookie_jar=aiohttp.CookieJar(unsafe=True), raise_for_status=True
    ) as browser:
        await (await browser.get("/")).read()
        await browser.post("/api/messages", json={"id": "first-message", "text": "您好"})
        async with asyncio.timeout(_PATIENCE), browser.get("/api/events") as stream:
            async for line in stream.content:
                if line.startswith(b"data:"):
                    return
