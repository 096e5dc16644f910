"""Whatever the desk does to a few tickets, in whatever order: impossible moves are sentences, and the ledger is true."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from handlers import jobs
from hotline import callbacks, closing, incidents, moving, tickets, timing, unsaid
from locales.words import Refusal
from storage import tickets as ledger
from storage.database import Database
from storage.models import (
    NEVER, OPEN, Assist, Callback, Contact, Extension, Follower, Message, Outbox, Staff, Ticket, TicketEvent,
)  # fmt: skip
from tests.conftest import StillClock
from tests.desk import cast

MATTERS = (("blockage", "turned_back"), ("complaint", "checkpoint"), ("consult", "fee"), ("help", "food"))
"""Four tickets: two go to a department by themselves, one needs a reviewer, all run on clocks of their own."""

Verb = Callable[[AsyncSession, "Desk", int, Staff, int], Awaitable[Any]]


def _department(desk: Desk, pick: int) -> int:
    return (desk.cast.enforcement, desk.cast.toll, desk.cast.province, 0)[pick % 4]


def _rate(how: str, by_clerk: bool) -> Verb:
    def rate(tx: AsyncSession, desk: Desk, n: int, staff: Staff, pick: int) -> Awaitable[Any]:
        actor = f"staff:{staff.id}" if by_clerk else f"contact:{desk.driver(n).id}"
        why = "没人管" if pick % 2 else ""
        return closing.rate(tx, n, actor, how, why, desk.now, by=staff if by_clerk else None)

    return rate


async def _more_time(tx: AsyncSession, desk: Desk, n: int, staff: Staff, pick: int) -> Any:
    until = (await ledger.lock(tx, n)).resolution_due_at + timedelta(hours=(1, 24, -1)[pick % 3])
    return await timing.ask_extension(tx, n, staff, until, "等上级批复", desk.now)


_HOLD = {"hold": unsaid.TEN_SECONDS}

VERBS: dict[str, tuple[Verb, set[tuple[str, ...]]]] = {
    "take": (lambda tx, d, n, s, k: tickets.take(tx, n, s, d.now), {("taken",), ()}),
    "reply": (lambda tx, d, n, s, k: tickets.reply(tx, n, s, "请稍候", d.now, **_HOLD), {("answered",)}),
    "ask": (lambda tx, d, n, s, k: tickets.ask(tx, n, s, "请发照片", d.now), {("asked",)}),
    "note": (lambda tx, d, n, s, k: tickets.note(tx, n, s, "已致电", d.now), {("noted",)}),
    "transfer": (lambda tx, d, n, s, k: moving.transfer(tx, n, s, _department(d, k), "", d.now), {("transferred",)}),
    "send_back": (lambda tx, d, n, s, k: moving.send_back(tx, n, s, "不归我管", d.now), {("returned",)}),
    "ask_assist": (
        lambda tx, d, n, s, k: moving.ask_assist(tx, n, s, _department(d, k), "", d.now), {("assist_asked",)},
    ),
    "assist": (lambda tx, d, n, s, k: moving.assist(tx, n, s, "已派人", d.now), {("assisted",)}),
    "resolve": (
        lambda tx, d, n, s, k: closing.resolve(tx, n, s, "已放行", d.now, outcome=OUTCOMES[k % 5], **_HOLD),
        {("resolved",)},
    ),
    "review": (
        lambda tx, d, n, s, k: closing.review(tx, n, s, k % 3 > 0, "再核实", d.now),
        {("reviewed",), ("reviewed", "struck_off"), ("review_refused",)},
    ),
    "strike_off": (
        lambda tx, d, n, s, k: closing.strike_off(tx, n, s, PROOFS[k % 4], "吉交函1号", d.now),
        {("struck_off",), ("proved",)},
    ),
    "decline": (lambda tx, d, n, s, k: closing.decline(tx, n, s, "属诉讼事项", d.now), {("declined",)}),
    "reopen": (lambda tx, d, n, s, k: closing.reopen(tx, n, s, "未解决", d.now), {("reopened",)}),
    "satisfied": (_rate("satisfied", False), {("rated",), ("rated", "struck_off")}),
    "unsatisfied": (_rate("unsatisfied", False), {("rated",), ("rated", "reopened")}),
    "told a clerk": (_rate("unsatisfied", True), {("rated",), ("rated", "reopened")}),
    "called": (lambda tx, d, n, s, k: callbacks.called(tx, n, s, d.now), {("not_reached",), ("not_reached", "struck_off")}),
    "merge": (lambda tx, d, n, s, k: incidents.merge(tx, n, d.one(k), s, d.now), {("merged", "gathered")}),
    "split": (lambda tx, d, n, s, k: incidents.split(tx, n, s, d.now), {("split",)}),
    "ask_extension": (_more_time, {("extension_asked",)}),
    "decide_extension": (
        lambda tx, d, n, s, k: timing.decide_extension(tx, n, s, k % 3 > 0, d.now), {("extended",), ("extension_refused",)},
    ),
    "take_back": (lambda tx, d, n, s, k: unsaid.take_back(tx, n, s, d.now), {("unsaid",)}),
    "add_words": (
        lambda tx, d, n, s, k: tickets.add_words(tx, n, d.driver(n), "还没解决", (), d.now),
        {("added",), ("added", "reopened")},
    ),
    "join": (lambda tx, d, n, s, k: tickets.join(tx, n, d.passing(k), d.now), {("joined",), ()}),
}  # fmt: skip
"""Every verb, and exactly what it may write into the ledger."""

OUTCOMES = ("solved", "explained", "unsolvable", "duplicate", "perhaps")
PROOFS = ("document", "confirmation", "photo", "a promise")
WHEN = (1, 8, 40, 200, 60 * 26, 60 * 24 * 4)
"""Minutes that pass: within an undo's reach, a warning, a breach, a callback, a silence."""

TABLES: tuple[type[SQLModel], ...] = (
    Ticket, TicketEvent, Message, Callback, Extension, Assist, Follower, Outbox,
)  # fmt: skip


class Desk(RuleBasedStateMachine):
    """A few tickets, the cast, and a clock that moves."""

    empty: Path
    runner: asyncio.Runner
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.raised, self.last = StillClock(), {}, 0
        file = self.empty.with_name("desk.db")
        shutil.copy(self.empty, file)
        self.db = Database(f"sqlite+aiosqlite:///{file}")
        self.runner.run(self._begin())

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        for file in self.empty.parent.glob("desk.db*"):
            file.unlink()

    async def _begin(self) -> None:
        async with self.db.write() as tx:
            self.cast = await cast.hired(tx, self.now)
            self.drivers = [await cast.contact(tx, f"driver {n}", self.now) for n in range(4)]
            self.others = [await cast.contact(tx, f"passing {n}", self.now) for n in range(3)]
            made = [await cast.report(tx, d, *m, self.now) for d, m in zip(self.drivers, MATTERS, strict=True)]
        self.ids = [ticket.id or 0 for ticket in made]
        async with self.db.read() as tx:
            self.last = await ledger.last_event(tx)

    @property
    def now(self) -> Any:
        return self.clock()

    def one(self, pick: int) -> int:
        return self.ids[pick % len(self.ids)]

    def driver(self, ticket_id: int) -> Contact:
        return self.drivers[self.ids.index(ticket_id)]

    def passing(self, pick: int) -> Contact:
        return (self.others + self.drivers)[pick % 7]

    @rule(verb=st.sampled_from(list(VERBS)), which=st.integers(0, 3), who=st.integers(0, 5), pick=st.integers(0, 59))
    def acts(self, verb: str, which: int, who: int, pick: int) -> None:
        self.act(verb, which, who, pick)

    @rule(which=st.integers(0, 3), who=st.integers(0, 5), pick=st.integers(0, 59))
    def settles(self, which: int, who: int, pick: int) -> None:
        """Or chance alone would seldom see the end of a ticket."""
        for verb in ("take", "resolve", "strike_off", "review"):
            self.act(verb, which, who if verb != "review" else who + 1, pick)
            self.holds()

    def act(self, verb: str, which: int, who: int, pick: int) -> None:
        staff = list(self.cast.staff.values())[who % 6]
        self.runner.run(self._act(verb, self.one(which), staff, pick))

    async def _act(self, verb: str, ticket_id: int, staff: Staff, pick: int) -> None:
        do, writes = VERBS[verb]
        before = await self.snapshot()
        try:
            async with self.db.write() as tx:
                await do(tx, self, ticket_id, staff, pick)
        except Refusal as no:
            self.seen[f"{verb}: {no.key}"] += 1
            assert await self.snapshot() == before, f"{verb} refused and changed something"
            return
        written = await self.events()
        assert tuple(event.kind for event in written) in writes, f"{verb} wrote {[e.kind for e in written]}"
        if not written:
            assert await self.snapshot() == before, f"{verb} wrote no event and changed something"
        self.seen.update([verb, *(event.kind for event in written)])

    @rule(minutes=st.sampled_from(WHEN))
    def waits(self, minutes: int) -> None:
        self.clock.pass_(minutes=minutes)
        self.runner.run(self._look())

    async def _look(self) -> None:
        async with self.db.write() as tx:
            await jobs.alarms(tx, self.now)
        async with self.db.write() as tx:
            await jobs.ask_callbacks(tx, self.now)
        for event in await self.events():
            self.seen[event.kind] += 1
            if event.ticket_id in self.ids and event.kind in ("breached", "overdue"):
                due = (event.kind, (await self.ticket(event.ticket_id)).due_at)
                assert self.raised.get(event.ticket_id) != due, "one delay is told to its reporter once"
                self.raised[event.ticket_id] = due

    async def events(self) -> list[TicketEvent]:
        """What was written since the last look; what ends a ticket or begins it anew lets a delay be told again."""
        async with self.db.read() as tx:
            query = select(TicketEvent).where(col(TicketEvent.id) > self.last).order_by(col(TicketEvent.id))
            found = list((await tx.scalars(query)).all())
        self.last = max([self.last, *(event.id or 0 for event in found)])
        for event in found:
            if event.kind in ("reopened", "split", "review_refused", "unsaid", "asked"):
                self.raised.pop(event.ticket_id, None)
        return found

    async def ticket(self, ticket_id: int) -> Ticket:
        async with self.db.read() as tx:
            return await tx.get_one(Ticket, ticket_id)

    async def snapshot(self) -> list[Any]:
        """Every row that these tickets have anywhere."""
        async with self.db.read() as tx:
            found: list[Any] = []
            for table in TABLES:
                here = table.__table__.c  # type: ignore[attr-defined]
                theirs = (
                    here.id.in_(self.ids) if table is Ticket
                    else here.contact_id.in_([c.id for c in self.drivers + self.others]) if table is Outbox
                    else here.ticket_id.in_(self.ids)
                )  # fmt: skip
                query = select(*here).where(theirs).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]
                found += [tuple(map(str, row)) for row in (await tx.execute(query)).all()]
            return found

    @invariant()
    def holds(self) -> None:
        self.runner.run(self._holds())

    async def _holds(self) -> None:
        async with self.db.read() as tx:
            query = select(Ticket).where(col(Ticket.id).in_(self.ids))
            found = {ticket.id or 0: ticket for ticket in (await tx.scalars(query)).all()}
            live = select(Callback).where(col(Callback.ticket_id).in_(self.ids))
            asked = [one for one in (await tx.scalars(live)).all() if one.status in ("due", "asked")]
            joins = select(col(TicketEvent.ticket_id)).where(col(TicketEvent.kind) == "joined")
            joined = Counter((await tx.scalars(joins)).all())
            for ticket in found.values():
                clocks_agree(ticket)
                endings_agree(ticket)
                children = [one for one in found.values() if one.master_id == ticket.id]
                told = {c.id for group in (await ledger.reporters(tx, ticket)).values() for c in group}
                assert told >= {self.driver(one.id or 0).id for one in (ticket, *children)}, "nobody is forgotten"
                assert ticket.status != "merged" or not children, "what is gathered gathers nothing"
                assert ticket.reports == sum(1 + joined[one.id or 0] for one in (ticket, *children)), (
                    "each report counts"
                )
        assert len({one.ticket_id for one in asked}) == len(asked), "a reporter is asked one question at a time"
        for one in asked:
            assert found[one.ticket_id].status == "resolved", "who is asked has a result"


def clocks_agree(ticket: Ticket) -> None:
    """What is owed next is the least of what is owed, while it is somebody's work and runs; else nothing is."""
    if ticket.status not in OPEN or ticket.status == "waiting":
        assert ticket.due_at == NEVER
        assert ticket.status == "waiting" or ticket.alarm_at == NEVER
        return
    owed = [ticket.resolution_due_at, ticket.next_response_due_at]
    if ticket.first_response_at is None:
        owed.append(ticket.first_response_due_at)
    assert ticket.due_at == min(due for due in owed if due is not None)
    assert ticket.waiting_since is None


def endings_agree(ticket: Ticket) -> None:
    """No number is struck off without result, proof, and where it is asked for a reviewer who did not handle it."""
    if ticket.status in OPEN:
        assert (ticket.result, ticket.outcome, ticket.proof, ticket.struck_off_at) == (None,) * 4
        assert ticket.status == "waiting" or (ticket.status == "handling") == (
            ticket.assignee_id is not None and ticket.status != "assigned"
        )
    if ticket.status == "struck_off":
        assert ticket.result
        assert ticket.proof
        assert ticket.kind != "complaint" or ticket.reviewer_id not in (None, ticket.resolver_id)
    assert ticket.returns <= 1
    assert ticket.redone <= 1


def test_the_desk(sqlite_template: Path, tmp_path: Path) -> None:
    empty, seen = tmp_path / "empty.db", Counter[str]()
    shutil.copy(sqlite_template, empty)
    with asyncio.Runner() as runner:
        machine: Any = type("Day", (Desk,), {"empty": empty, "runner": runner, "seen": seen})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=50,
                stateful_step_count=30,
                deadline=None,
                phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes, and the steps tell
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(sorted(seen.items()))
    assert set(VERBS) <= set(seen), f"never seen to work: {set(VERBS) - set(seen)}"
