"""How fast an update becomes an Incoming."""

from __future__ import annotations

import json
import time
from statistics import median

from bench.results import Result
from bench.updates import place, update
from bot.channels.telegram.parse import understand

RUNS = 5
UPDATES = 2_000


async def parse() -> list[Result]:
    """From the bytes of a request to what the house reads, on one core."""
    bodies = [update(number, number, f"{place(number)} 劝返，吉A12345") for number in range(UPDATES)]
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        for body in bodies:
            assert understand(json.loads(body), "main") is not None
        seconds.append(time.perf_counter() - begun)
    return [Result("parse", UPDATES / median(seconds), "updates/s")]
