"""A whole house in a process of its own, as `make run` starts it."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60


@dataclass
class Running:
    """A running house: its address, its process, and the administrator's first password when it was a first start."""

    address: str
    process: asyncio.subprocess.Process
    password: str | None


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(var: Path, **settings: str) -> AsyncIterator[Running]:
    """`python -m bot run` with these settings, from the moment it serves until it has stopped."""
    port = settings.setdefault("PORT", str(free_port()))
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    env = {**kept, "VAR": str(var), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **settings}
    with (var / f"log-{port}.txt").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=var, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
        )  # fmt: skip
    try:
        yield Running(f"http://127.0.0.1:{port}", process, await _announced(process, int(port)))
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)


async def _announced(process: asyncio.subprocess.Process, port: int) -> str | None:
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(SECONDS_TO_START):
        while b"console" not in said:
            line = await process.stdout.readline()
            assert line, f"the house did not start: {said.decode()}"
            said += line
        async with aiohttp.ClientSession() as session:
            answer = await session.get(f"http://127.0.0.1:{port}/healthz")
            assert answer.status == 200
    try:
        async with asyncio.timeout(0.2):
            said += await process.stdout.readline()
    except TimeoutError:
        pass
    found = re.search(rb"admin / (\S+)", said)
    return found.group(1).decode() if found else None
