"""How many turns a second become durable, through the real webhook route, beside the floor."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median

from sqlalchemy import func, insert, select
from sqlmodel import col

from bench.floor import ACCOUNT
from bench.houses import Process, folder, ledger, program, telegram
from bench.load import Measured, Plan, load
from bench.results import Result
from bench.updates import ANSWERING
from storage.database import Database
from storage.models import Contact, Conversation, Inbox, Outbox, Ticket

RUNS = 5
CHATS = 160
SUBMITS = 320
SECONDS = 3.0
EARNEST = {"dialogue.step", "blockage.review", "ticket.opened"}


class Run:
    """One database with the house and the floor on it, played alternately."""

    def __init__(self, db: Database, house: Process, floor: Process):
        self.db, self.house, self.floor = db, house, floor
        self.first_update = 1
        self.asked = 0

    async def _play(
        self, port: int, texts: tuple[str, ...], first_chat: int, chats: int, seconds: float = 0
    ) -> Measured:
        plan = Plan(port, texts, first_chat, chats, self.first_update, seconds)
        self.first_update += 10_000_000
        return await load(plan)

    async def answering(self) -> Measured:
        """The form begins untimed; then its questions are answered, back and forth."""
        begun = await self._play(self.house.port, ("/blockage",), 1, CHATS)
        measured = await self._play(self.house.port, ANSWERING, 1, CHATS, SECONDS)
        self.asked += begun.turns + measured.turns
        return measured

    async def submitting(self, number: int) -> Measured:
        """A sentence that says all begins the form untimed; then each chat submits it."""
        first = 10_000 + number * SUBMITS
        begun = await self._play(self.house.port, ("WHERE 劝返，不让下高速",), first, SUBMITS)
        measured = await self._play(self.house.port, ("提交",), first, SUBMITS)
        self.asked += begun.turns + measured.turns
        return measured

    async def bare(self) -> Measured:
        return await self._play(self.floor.port, ANSWERING, 1, CHATS, SECONDS)

    async def check(self) -> None:
        """What was measured must have happened: each message kept, each answered in earnest, each submit a ticket."""
        async with self.db.read() as tx:
            ours = (col(Inbox.account) == "main", col(Inbox.status) == "done")
            kept = await tx.scalar(select(func.count()).select_from(Inbox).where(*ours))
            said = (
                select(col(Outbox.key), func.count().label("rows"))
                .where(col(Outbox.account) == "main")
                .group_by(col(Outbox.key))
            )
            owed = {row.key: row.rows for row in (await tx.execute(said)).all()}
            opened = await tx.scalar(select(func.count()).select_from(Ticket))
        noted = owed.pop("", 0)  # a question with a note before it: "put aside" when a form begins anew, else a refusal
        if kept != self.asked or sum(owed.values()) + noted != self.asked:
            raise RuntimeError(f"{self.asked} messages, {kept} kept, answered by {owed}")
        if set(owed) != EARNEST or noted > RUNS * CHATS or opened != RUNS * SUBMITS:
            raise RuntimeError(f"not what was to be measured: {owed}, {noted} with a note, {opened} tickets")


async def turns(kind: str) -> list[Result]:
    """Both kinds of turn on a database of this kind ("sqlite" or "postgresql")."""
    answers, submitted, bare = [], [], []
    with folder() as at:
        async with (
            ledger(kind, at) as address,
            program(("-m", "bot", "run"), at, address, **telegram()) as house,
            program(("-m", "bench.floor"), at, address) as floor,
        ):
            db = Database(address)
            await _floor_chats(db)
            run = Run(db, house, floor)
            for number in range(RUNS):
                answers.append(await run.answering())
                bare.append(await run.bare())
                submitted.append(await run.submitting(number))
            await run.check()
            memory = house.memory(), floor.memory()
            await db.close()
    name = f"turns.{kind}"
    return [
        *_results(f"{name}.answer", answers, bare),
        *_results(f"{name}.submit", submitted, bare),
        *_results(f"{name}.floor", bare, []),
        Result(f"{name}.memory", memory[0], "MiB", note=f"the floor's own process: {memory[1]:.0f}"),
    ]


def _results(name: str, measured: list[Measured], floor: list[Measured]) -> list[Result]:
    """Medians; the note tells how far the runs lie apart, each beside the floor's run that followed it."""
    rates, under = [m.rate for m in measured], [m.rate for m in floor]
    ratios = sorted(ours / bare for ours, bare in zip(rates, under, strict=False))
    note = f"ratio {ratios[0]:.2f} to {ratios[-1]:.2f}" if ratios else f"{min(rates):.0f} to {max(rates):.0f}"
    return [
        Result(name, median(rates), "turns/s", median(under) if under else None, note),
        *(
            Result(f"{name}.{part}", median(getattr(m, part) for m in measured) * 1000, "ms")
            for part in ("p50", "p95", "p99")
        ),
    ]


async def _floor_chats(db: Database) -> None:
    now = datetime.now(UTC)
    async with db.write() as tx:
        who = {"channel": "telegram", "account": ACCOUNT, "language": "zh_CN", "created_at": now}
        rows = [{**who, "address": str(chat)} for chat in range(1, CHATS + 1)]
        ids = await tx.scalars(insert(Contact).returning(col(Contact.id)), rows)
        await tx.execute(insert(Conversation), [{"contact_id": i, "stage": "", "turned_at": now} for i in ids.all()])
