"""The stream on which a browser hears our bubbles (server-sent events)."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import web

from bot.channels.web.history import bubble
from bot.channels.web.site import Site
from locales.words import Refusal
from storage import said
from storage.database import Wake, is_passing
from storage.models import Outbox

log = structlog.get_logger()

HEARTBEAT = 15.0
"""Seconds between signs of life: they keep the connection in mobile networks, and tell a client when it is lost."""

LOOK = 5.0
"""Seconds between looks when nobody called: a wake-up is only a hint."""

RETRY_MS = 3000
STREAMS_PER_CONTACT = 5
AT_ONCE = 100
LATE = 20
"""How many of the newest rows are looked through for one that came late."""

CLOCKS_DIFFER = timedelta(seconds=5)

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


class Events:
    """GET /api/events: every bubble once it is readable, from `Last-Event-ID` or `?after=` on."""

    def __init__(self, site: Site):
        self._site = site
        self._streams: dict[str, list[Stream]] = defaultdict(list)
        self._closing = False

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Stream until the browser goes, five newer ones have come, or we stop; a cursor of another kind is 400."""
        address, after = self._site.contact(request), _after(request)
        response = web.StreamResponse(headers=_HEADERS)
        with self._site.db.listen(f"web:{address}") as wake, suppress(ConnectionError):
            stream = Stream(self._site, address, after, wake)
            with self._among(address, stream):
                await response.prepare(request)
                await stream.run(response)
                await response.write_eof()
        return response

    async def close(self, _app: web.Application) -> None:
        """End all streams, so that a shutdown need not wait for browsers; they come back to another process."""
        self._closing = True
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    @contextmanager
    def _among(self, address: str, stream: Stream) -> Iterator[None]:
        streams = self._streams[address]
        streams.append(stream)
        for oldest in streams[:-STREAMS_PER_CONTACT]:
            oldest.end(displaced=True)
        if self._closing:
            stream.end()
        try:
            yield
        finally:
            streams.remove(stream)
            if not streams:
                self._streams.pop(address, None)


class Stream:
    """One browser listening: how far it has heard, and whether it must go."""

    def __init__(self, site: Site, address: str, after: int, wake: Wake):
        self._db = site.db
        self._key = (site.account, address)
        self._after = after
        self._since: datetime | None = None
        self._heard: set[int] = set()
        self._wake = wake
        self._ended = self._displaced = False

    def end(self, *, displaced: bool = False) -> None:
        """Ask the stream to stop; `displaced` tells the browser that newer pages took its place."""
        self._ended, self._displaced = True, displaced
        self._wake.call()

    async def run(self, response: web.StreamResponse) -> None:
        """Write bubbles as they become readable and heartbeats in between, until ended; raises ConnectionError."""
        clock = asyncio.get_running_loop().time
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        beat_at = clock() + HEARTBEAT
        while not self._ended:
            fresh = await self._fresh()
            if fresh is None:
                return
            for row in fresh:
                await response.write(self._event(row))
            if fresh or clock() >= beat_at:
                beat_at = clock() + HEARTBEAT
                if not fresh:
                    await response.write(b": beat\n\n")
            if len(fresh) < AT_ONCE:
                await self._wake.wait(min(LOOK, max(0.0, beat_at - clock())))
        if self._displaced:
            await response.write(b"event: displaced\ndata: {}\n\n")

    async def _fresh(self) -> Sequence[Outbox] | None:
        """Rows that this browser lacks, or None when the database is away: then it shall come again.

        Besides the rows after its cursor these are older ones that were sent late, for rows become readable lane
        by lane: a notice may follow a reply that has a higher id.
        """
        try:
            async with self._db.read() as tx:
                if self._after and self._since is None:
                    last = await said.readable(tx, *self._key, self._after - 1, 1)
                    known = last and last[0].id == self._after and last[0].sent_at
                    self._since = (known or datetime.now(UTC)) - CLOCKS_DIFFER
                late = await said.readable_before(tx, *self._key, None, LATE)
                after = await said.readable(tx, *self._key, self._after, AT_ONCE)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("stream ended by the database", error=repr(error))
            return None
        return [*filter(self._came_late, sorted(late, key=lambda row: row.id or 0)), *after]

    def _came_late(self, row: Outbox) -> bool:
        if row.id is None or row.id >= self._after or row.id in self._heard:
            return False
        return self._since is None or (row.sent_at is not None and row.sent_at >= self._since)

    def _event(self, row: Outbox) -> bytes:
        """The event of one row; its id never goes back, so that a browser that resumes there misses nothing."""
        self._heard.add(row.id or 0)
        self._after = max(self._after, row.id or 0)
        data = json.dumps(bubble(row), ensure_ascii=False, separators=(",", ":"))
        return f"id: {self._after}\ndata: {data}\n\n".encode()


def _after(request: web.Request) -> int:
    cursor = request.headers.get("Last-Event-ID") or request.query.get("after") or "0"
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise Refusal("web.malformed")
    return int(cursor)
