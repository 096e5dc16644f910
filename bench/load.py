"""The load: connections that bring one update after the other, each when the last one was answered.

A process of its own (`python -m bench.load`): a plan comes in as JSON on standard input, what was measured goes out.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.houses import HOOK, ROOT, SECRET
from bench.updates import update, words


@dataclass(frozen=True)
class Plan:
    """Chats `first_chat` and on say each text in turn: for so many seconds, or once through when that is 0."""

    port: int
    texts: tuple[str, ...]
    first_chat: int
    chats: int
    first_update: int
    seconds: float = 0.0
    connections: int = 16


@dataclass(frozen=True)
class Measured:
    """What was answered with 200, and how long that took, in seconds."""

    turns: int
    seconds: float
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        return self.turns / self.seconds


async def load(plan: Plan) -> Measured:
    """Play a plan in another process; raises RuntimeError when an answer was anything but 200."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    said, _ = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        raise RuntimeError("the load was not carried")
    return Measured(**json.loads(said))


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, requests: Iterator[bytes], until: float):
        self._requests, self._until = requests, until
        self._read = bytearray()
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0:
            return
        lines = bytes(self._read[:head]).lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(self._read) < head + 4 + length:
            return
        if lines[0].split()[1] != b"200":
            self._end(RuntimeError(bytes(self._read).decode()))
            return
        self.latencies.append(time.perf_counter() - self._asked_at)
        self._read.clear()
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionError("hung up"))

    def _next(self) -> None:
        request = next(self._requests, None) if time.perf_counter() < self._until else None
        if request is None:
            self._end(None)
            return
        self._asked_at = time.perf_counter()
        self._transport.write(request)

    def _end(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
        self._transport.close()


_HEAD = (
    f"POST {HOOK} HTTP/1.1\r\nHost: changxing\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    "Content-Type: application/json\r\nContent-Length: "
).encode()


def requests(plan: Plan, connection: int) -> Iterator[bytes]:
    """The requests of one connection, whose chats are its own."""
    ours = range(plan.first_chat + connection, plan.first_chat + plan.chats, plan.connections)
    number = plan.first_update + connection
    while True:
        for text in plan.texts:
            for chat in ours:
                body = update(number, chat, words(text, chat))
                number += plan.connections
                yield b"%s%d\r\n\r\n%s" % (_HEAD, len(body), body)
        if not plan.seconds:
            return


async def play(plan: Plan) -> Measured:
    """Play a plan in this process."""
    started = time.perf_counter()
    until = started + plan.seconds if plan.seconds else float("inf")
    connections = [await _connect(plan, number, until) for number in range(plan.connections)]
    await asyncio.gather(*(connection.done for connection in connections))
    seconds = time.perf_counter() - started
    latencies = sorted(latency for connection in connections for latency in connection.latencies)
    return Measured(len(latencies), seconds, *(latencies[int(len(latencies) * part)] for part in (0.5, 0.95, 0.99)))


async def _connect(plan: Plan, number: int, until: float) -> Connection:
    loop = asyncio.get_running_loop()
    made = await loop.create_connection(lambda: Connection(requests(plan, number), until), "127.0.0.1", plan.port)
    return made[1]


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(play(Plan(**json.load(sys.stdin)))))))
