"""The browsers that listen: each hears that something changed, and looks at its page again (server-sent events)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from handlers.staff.sessions import LIFETIME
from storage import passes
from storage import staff as people
from storage import tickets as ledger
from storage.database import Wake, is_passing

if TYPE_CHECKING:
    from handlers.staff.visit import Visit

LOOK = 5.0
"""Seconds between looks when nobody called: a wake-up is only a hint, and another process on SQLite gives none."""

BEATS = 3
"""Looks without news after which a sign of life keeps the connection."""

PAUSE = 1.0
"""Seconds after each piece of news: what happens meanwhile is one more, not a hundred."""

RETRY_MS = 3000

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}


class Live:
    """Every stream of this process, so that a shutdown waits for none of them."""

    def __init__(self) -> None:
        self._wakes: set[Wake] = set()
        self._closing = asyncio.Event()

    async def close(self, _app: web.Application) -> None:
        """End all streams; the browsers come back to another process."""
        self._closing.set()
        for wake in self._wakes:
            wake.call()

    async def stream(self, visit: Visit) -> web.StreamResponse:
        """Tell this browser of every change until it leaves, its session is over, or the house closes."""
        response = web.StreamResponse(headers=HEADERS)
        with visit.house.db.listen("tickets", "passes") as wake:
            self._wakes.add(wake)
            try:
                heard = await _newest(visit)  # before the browser knows that it listens: it looks at its page then
                await response.prepare(visit.request)
                await response.write(f"retry: {RETRY_MS}\n\n".encode())
                await self._tell(visit, response, wake, heard)
                await response.write_eof()
            except ConnectionError:
                pass  # the browser left, as browsers do
            finally:
                self._wakes.discard(wake)
        return response

    async def _tell(self, visit: Visit, response: web.StreamResponse, wake: Wake, heard: int | None) -> None:
        quiet = 0
        while not self._closing.is_set():
            called = await wake.wait(LOOK)
            if self._closing.is_set():
                return
            newest = await _newest(visit)
            if newest is None:
                await response.write(b"event: over\ndata: {}\n\n")
                return
            quiet = 0 if called or newest != heard else quiet + 1
            if quiet == 0:
                await response.write(f"event: tickets\ndata: {newest}\n\n".encode())
                await asyncio.sleep(PAUSE)
            elif quiet % BEATS == 0:
                await response.write(b": here\n\n")
            heard = newest


async def _newest(visit: Visit) -> int | None:
    """What grows with each event of ticket or pass, 0 while the database is away; None when this session is over."""
    try:
        async with visit.house.db.read() as tx:
            if not visit.session.is_of(await people.by_id(tx, visit.session.staff_id)):
                return None
            newest = await ledger.last_event(tx) + await passes.last_event(tx)
    except Exception as error:
        if not is_passing(error):
            raise
        return 0
    return newest if visit.house.now() - visit.session.since < LIFETIME else None
