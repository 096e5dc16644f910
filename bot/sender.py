"""The one way out: what is owed leaves through its channel after the commit, replies ahead of anything in bulk.

Delivery is at least once: a row is marked sent after the provider took it, so a kill in between repeats that send.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.channels import Bubble, Channel, Channels, Choice, Gone, Later, Rejected, Unknown
from bot.pictures import Draw, drawn
from locales.words import Say, from_json, render
from storage import budgets, outbox
from storage.database import Database, is_passing
from storage.models import REPLY
from storage.outbox import ChatPace, Claimed, Outcome

log = structlog.get_logger()

POLL = 1.0
"""Seconds between looks at the database when nobody calls."""

IN_FLIGHT = 40
"""Sends under way at once for one account; bulk may use three quarters, so that it never shuts replies out."""

BACKOFF = tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 900, 1800, 3600))
"""Waits after each failure whose cause may pass; after the last the row is dead and waits for a person."""

SHORTEST = 0.005
"""Seconds between two looks at least."""

LONGEST_SEND = 45.0
"""Seconds after which a send that a channel did not bound itself is given up as unknown; shorter than a lease."""


class Sender:
    """Sends for the accounts that this process serves."""

    def __init__(
        self, db: Database, channels: Channels, now: Callable[[], datetime], zone: tzinfo, draw: Draw | None = None
    ):
        self.db, self.channels, self.now, self.zone, self.draw = db, channels, now, zone, draw
        self._sends: dict[tuple[str, str], set[asyncio.Task[None]]] = {key: set() for key in channels}
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._settler: asyncio.Task[None] | None = None
        self._claiming = asyncio.Lock()

    async def run(self) -> None:
        """Send for ever; a database that is away is waited for."""
        with self.db.listen("outbox") as wake:
            while True:
                try:
                    claimed, wait = await self.send_due()
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("sender waits for the database", error=type(error).__name__)
                    claimed, wait = 0, POLL
                if not claimed:  # a settled send calls too, since it makes room
                    await wake.wait(wait)

    @property
    def _under_way(self) -> set[asyncio.Task[None]]:
        return set[asyncio.Task[None]]().union(*self._sends.values())

    async def close(self) -> None:
        """Finish the sends under way and write down what became of them."""
        if sends := self._under_way:
            await asyncio.wait(sends, timeout=LONGEST_SEND)
        if self._settler:
            await asyncio.wait([self._settler], timeout=10)

    async def drain(self) -> None:
        """Send until nothing is due and all is settled; for a terminal that ends, and for tests."""
        while True:
            makes_room = bool(self._under_way)
            claimed, _ = await self.send_due()
            while unsettled := self._under_way | {s for s in (self._settler,) if s and not s.done()}:
                await asyncio.wait(unsettled, return_when=asyncio.FIRST_COMPLETED)
            if not claimed and not makes_room:
                return

    async def send_due(self) -> tuple[int, float]:
        """Claim what is due and start sending it; returns how many, and the seconds until a look is worth while."""
        claimed, wait = 0, POLL
        async with self._claiming:
            for channel in self.channels.values():
                rows, pause = await self._claim(channel)
                wait = min(wait, pause)
                claimed += len(rows)
                for row in rows:
                    task = asyncio.create_task(self._send(channel, row))
                    self._sends[channel.name, channel.account].add(task)
                    task.add_done_callback(self._sends[channel.name, channel.account].discard)
        return claimed, wait

    async def _claim(self, channel: Channel) -> tuple[list[Claimed], float]:
        """Lease what is due, replies first; a look that finds nothing writes nothing."""
        now, key = self.now(), (channel.name, channel.account)
        free, pause = IN_FLIGHT - len(self._sends[key]), timedelta(seconds=POLL)
        if free <= 0:
            return [], POLL
        async with self.db.read() as tx:
            due, closed = await outbox.outlook(tx, *key)
        if closed is not None and closed > now:
            due, pause = {lane: at for lane, at in due.items() if lane == REPLY}, min(pause, closed - now)
        room = {lane: free - (0 if lane == REPLY else IN_FLIGHT // 4) for lane in sorted(due)}
        waits = [at - now for lane, at in due.items() if room[lane] > 0]
        if not waits or min(waits) > timedelta(0):
            return [], max(min([pause, *waits]).total_seconds(), SHORTEST)
        async with self.db.write() as tx:
            rows, wait = await self._lease(tx, channel, {lane: r for lane, r in room.items() if due[lane] <= now})
        return rows, max(min(pause, wait).total_seconds(), SHORTEST)

    async def _lease(self, tx: AsyncSession, channel: Channel, room: dict[int, int]) -> tuple[list[Claimed], timedelta]:
        """Lease the oldest rows of these lanes, at most so many of each, and no more than the account's rate allows."""
        now, pace, allowed = self.now(), channel.pace, IN_FLIGHT
        rate = f"send:{channel.name}:{channel.account}"
        if pace.per_account:
            allowed, wait = await budgets.allowance(tx, rate, pace.per_account, pace.account_burst, now)
            if not allowed:
                return [], wait
        chat = ChatPace(pace.per_chat, pace.chat_burst) if pace.per_chat else None
        rows: list[Claimed] = []
        for lane, most in room.items():
            if (limit := min(allowed, most) - len(rows)) > 0:
                rows += await outbox.claim(tx, channel.name, channel.account, lane, now, limit, chat)
        if pace.per_account and rows:
            await budgets.pay(tx, rate, pace.per_account, len(rows), now)
        return rows, timedelta(0)

    async def _send(self, channel: Channel, claimed: Claimed) -> None:
        outcome = await self._outcome(channel, claimed)
        metrics.SENDS.labels(channel.name, outcome.status).inc()
        if outcome.status == "sent":
            metrics.SEND_WAIT.labels(channel.name).observe(max(0.0, (self.now() - claimed.row.due_at).total_seconds()))
        else:
            log.warning(
                "not sent", row=claimed.row.id, channel=channel.name, outcome=outcome.status, problem=outcome.problem
            )
        self._outcomes.put_nowait(outcome)
        if self._settler is None or self._settler.done():
            self._settler = asyncio.create_task(self._settle())

    async def _outcome(self, channel: Channel, claimed: Claimed) -> Outcome:
        row = claimed.row
        try:
            bubble = self._pictured(worded(claimed, self.zone, self.now()), claimed)
            async with asyncio.timeout(LONGEST_SEND):
                external_id = await channel.send(row.address, bubble)
        except Gone as gone:
            return Outcome(claimed, "held", self.now(), problem=str(gone))
        except Rejected as no:
            return Outcome(claimed, "dead", self.now(), problem=str(no))
        except Later as busy:
            again = self._again(claimed, str(busy), busy.wait)
            return replace(again, everyone_until=self.now() + busy.wait) if busy.everyone else again
        except (Unknown, TimeoutError) as lost:
            return self._again(claimed, f"outcome unknown: {lost}", None, unknown=True)
        except Exception as bug:
            log.error("send crashed", row=row.id, channel=channel.name, exc_info=bug)
            return Outcome(claimed, "dead", self.now(), problem=f"{type(bug).__name__} in our own code; the log has it")
        choices = [{"payload": c.payload, "label": c.label} for c in bubble.choices]
        return Outcome(claimed, "sent", self.now(), said=bubble.text, choices_said=choices, external_id=external_id)

    def _pictured(self, bubble: Bubble, claimed: Claimed) -> Bubble:
        """The bubble with its picture, which is drawn only when the channel asks for it."""
        picture = claimed.row.picture
        if picture is None:
            return bubble

        async def draw() -> bytes | None:
            try:
                return await drawn(self.db, self.draw, picture, claimed.language, self.now())
            except Exception as error:  # noqa: BLE001 - `drawn` lets through only what passes
                raise Later(timedelta(seconds=POLL), f"no picture yet: {type(error).__name__}") from None

        return replace(bubble, picture=draw)

    def _again(self, claimed: Claimed, problem: str, wait: timedelta | None, *, unknown: bool = False) -> Outcome:
        tried = claimed.row.attempts
        if tried >= len(BACKOFF):
            return Outcome(claimed, "dead", self.now(), problem=problem, unknown=unknown)
        due_at = self.now() + max(wait or BACKOFF[tried], BACKOFF[tried])
        return Outcome(claimed, "later", self.now(), due_at=due_at, problem=problem, unknown=unknown)

    async def _settle(self) -> None:
        """Write outcomes down as they come, as many at a time as there are."""
        while not self._outcomes.empty():
            await self._write_down([self._outcomes.get_nowait() for _ in range(min(100, self._outcomes.qsize()))])
            self.db.call("outbox")

    async def _write_down(self, batch: list[Outcome]) -> None:
        """A batch that cannot be written is written one by one, and what cannot be written even so without its words:

        a row that stays unsettled would be sent again each time its lease runs out.
        """
        while True:
            try:
                async with self.db.write() as tx:
                    await outbox.settle(tx, batch, self.now())
            except Exception as error:
                if is_passing(error):
                    log.warning("settling waits for the database", error=type(error).__name__, rows=len(batch))
                    await asyncio.sleep(POLL)
                    continue
                log.error("settling crashed", rows=[o.claimed.row.id for o in batch], exc_info=error)
                if len(batch) > 1:
                    for one in batch:
                        await self._write_down([one])
                elif (bare := _without_words(batch[0])) != batch[0]:
                    await self._write_down([bare])
            return


def _without_words(outcome: Outcome) -> Outcome:
    return replace(outcome, said="", choices_said=(), external_id=None, problem="its words cannot be kept")


def worded(claimed: Claimed, zone: tzinfo, now: datetime) -> Bubble:
    """A claimed row as words in its reader's language; a choice that is no command carries the row it answers."""
    row = claimed.row

    def words(spoken: Say) -> str:
        return render(claimed.language, spoken, zone=zone, now=now)

    facts = {name: from_json(value) for name, value in row.facts.items()}
    choices = tuple(
        Choice(c["id"] if c["id"].startswith("/") else f"{row.id}:{c['id']}", words(from_json(c["say"])))
        for c in row.choices
    )
    return Bubble(row.id or 0, words(Say(row.key, facts)), choices, frozenset(row.wants), claimed.language)


def by_account(channels: Iterable[Channel]) -> Channels:
    """The channels of a process by (channel, account)."""
    return {(c.name, c.account): c for c in channels}
