"""Whatever is done to a few tickets, in whatever order: impossible moves are sentences, and the ledger is true."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlmodel import col

from handlers import jobs
from hotline import closing, incidents, moving, tickets, timing, unsaid
from locales.words import Refusal
from storage import tickets as ledger
from storage.database import Database
from storage.models import NEVER, OPEN, Callback, Contact, Staff, Ticket, TicketEvent
from tests.conftest import StillClock
from tests.desk import cast

MATTERS = (("blockage", "turned_back"), ("complaint", "checkpoint"), ("complaint", "fee"), ("help", "food"))
"""Four tickets: three go to a department by themselves, two need a reviewer, and they run on clocks of their own."""

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
        lambda tx, d, n, s, k: closing.strike_off(tx, n, s, PROOFS[k % 5], "吉交函1号", d.now),
        {("struck_off",), ("proved",)},
    ),
    "decline": (lambda tx, d, n, s, k: closing.decline(tx, n, s, "属诉讼事项", d.now), {("declined",)}),
    "reopen": (lambda tx, d, n, s, k: closing.reopen(tx, n, s, "未解决", d.now), {("reopened",)}),
    "satisfied": (_rate("satisfied", False), {("rated",), ("rated", "struck_off")}),
    "unsatisfied": (_rate("unsatisfied", False), {("rated",), ("rated", "reopened")}),
    "told a clerk": (_rate("unsatisfied", True), {("rated",), ("rated", "reopened")}),
    "called": (lambda tx, d, n, s, k: closing.called(tx, n, s, d.now), {("not_reached",)}),
    "merge": (lambda tx, d, n, s, k: incidents.merge(tx, n, d.one(k), s, d.now), {("merged", "gathered")}),
    "split": (lambda tx, d, n, s, k: incidents.split(tx, n, s, d.now), {("split",)}),
    "ask_extension": (_more_time, {("extension_asked",)}),
    "decide_extension": (
        lambda tx, d, n, s, k: timing.decide_extension(tx, n, s, k % 3 > 0, d.now),
        {("extended",), ("extension_refused",)},
    ),
    "take_back": (lambda tx, d, n, s, k: unsaid.take_back(tx, n, s, d.now), {("unsaid",)}),
    "add_words": (
        lambda tx, d, n, s, k: tickets.add_words(tx, n, d.driver(n), "还没解决", (), d.now),
        {("added",), ("added", "reopened")},
    ),
    "join": (lambda tx, d, n, s, k: tickets.join(tx, n, d.passing(k), d.now), {("joined",), ()}),
}  # fmt: skip
"""Every verb, and exactly what it may write into the ledger."""

_AT_WORK = (
    *("resolve",) * 4, *("merge",) * 2, *("ask_assist", "assist") * 2, "take", "reply", "take_back", "ask", "send_back",
    "ask_extension", "decide_extension", "join", "note", "transfer", "decline", "add_words",
)  # fmt: skip
FITS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OPEN, _AT_WORK),
    "resolved": (
        "strike_off", *("review",) * 2, "unsatisfied", "called", "take_back", "reopen", "satisfied", "told a clerk",
        "add_words",
    ),
    "struck_off": ("reopen", "add_words"),
    "declined": ("reopen", "add_words"),
    "merged": ("split", "add_words", "join"),
}  # fmt: skip
"""What is worth trying with a ticket that stands so."""

WHOSE = {
    **dict.fromkeys(("assist", "send_back"), ("zhao", "sun")),
    **dict.fromkeys(("review", "decide_extension", "reopen"), ("zhou", "wu")),
    **dict.fromkeys(("reply", "take_back", "ask_extension"), ("li",)),
}
"""Who mostly does it, since the others are refused."""

OUTCOMES = ("solved", "explained", "unsolvable", "duplicate", "perhaps")
PROOFS = ("document", "confirmation", "document", "photo", "a promise")
WHEN = (1, 1, 8, 40, 40, 200, 60 * 26, 60 * 24 * 4)
"""Minutes that pass: within an undo's reach, a warning, a breach, a callback, a silence."""

TABLES = ("ticket", "ticket_event", "message", "callback", "extension", "assist", "follower", "outbox", "alarm")


class Desk(RuleBasedStateMachine):
    """A few tickets, the cast, and a clock that moves."""

    opened: Path
    cast: cast.Cast
    drivers: list[Contact]
    others: list[Contact]
    ids: list[int]
    runner: asyncio.Runner
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.raised, self.last = StillClock(), dict[int, Any](), 0
        file = self.opened.with_name("desk.db")
        shutil.copy(self.opened, file)
        self.db, self.look = Database(f"sqlite+aiosqlite:///{file}"), create_engine(f"sqlite:///{file}")
        self.events()

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        self.look.dispose()
        for file in self.opened.parent.glob("desk.db*"):
            file.unlink()

    @property
    def now(self) -> Any:
        return self.clock()

    def one(self, pick: int) -> int:
        return self.ids[pick % len(self.ids)]

    def driver(self, ticket_id: int) -> Contact:
        return self.drivers[self.ids.index(ticket_id)]

    def passing(self, pick: int) -> Contact:
        return (self.others + self.drivers)[pick % 7]

    @initialize(seed=st.integers(0, 2**32))
    def shuffles(self, seed: int) -> None:
        """Dice of our own: the same few numbers over and over would seldom see the end of a ticket."""
        self.dice = Random(seed)

    @rule()
    def goes_on(self) -> None:
        """Mostly somebody does what fits, sometimes anything, and sometimes time passes."""
        which, chance = self.dice.choice(self.ids), self.dice.random()
        if chance < 0.15:
            self.time_passes(self.dice.choice(WHEN))
        else:
            fits = FITS[self.tickets()[which].status] if chance < 0.9 else tuple(VERBS)
            self.act(self.dice.choice(fits), which)

    def act(self, verb: str, which: int) -> None:
        whose = WHOSE.get(verb, ()) if self.dice.random() < 0.8 else ()
        staff = self.cast[self.dice.choice(whose or tuple(self.cast.staff))]
        note(f"{verb} {which} {staff.login} {(pick := self.dice.randrange(60))}")
        self.runner.run(self._act(verb, which, staff, pick))

    async def _act(self, verb: str, ticket_id: int, staff: Staff, pick: int) -> None:
        do, writes = VERBS[verb]
        before = self.snapshot()
        try:
            async with self.db.write() as tx:
                await do(tx, self, ticket_id, staff, pick)
        except Refusal as no:
            self.seen[f"{verb}: {no.key}"] += 1
            assert self.snapshot() == before, f"{verb} refused and changed something"
            return
        written = self.events()
        assert tuple(event.kind for event in written) in writes, f"{verb} wrote {[e.kind for e in written]}"
        if not written:
            assert self.snapshot() == before, f"{verb} wrote no event and changed something"
        self.seen.update([verb, *(event.kind for event in written)])

    def time_passes(self, minutes: int) -> None:
        note(f"{minutes} minutes")
        self.clock.pass_(minutes=minutes)
        self.runner.run(self._look())

    async def _look(self) -> None:
        async with self.db.write() as tx:
            await jobs.alarms(tx, self.now)
            await jobs.ask_callbacks(tx, self.now)
        for event in self.events():
            self.seen[event.kind] += 1
            if event.kind in ("breached", "overdue"):
                due = (event.kind, self.tickets()[event.ticket_id].due_at)
                assert self.raised.get(event.ticket_id) != due, "one delay is told to its reporter once"
                self.raised[event.ticket_id] = due

    def events(self) -> list[TicketEvent]:
        """What was written since the last look; what begins a ticket anew lets a delay be told again."""
        query = select(TicketEvent).where(col(TicketEvent.id) > self.last).order_by(col(TicketEvent.id))
        with Session(self.look) as tx:
            found = list(tx.scalars(query).all())
        self.last = max([self.last, *(event.id or 0 for event in found)])
        for event in found:
            if event.kind in ("reopened", "split", "review_refused", "unsaid", "asked"):
                self.raised.pop(event.ticket_id, None)
        return found

    def tickets(self) -> dict[int, Ticket]:
        """All tickets as they stand."""
        with Session(self.look) as tx:
            return {ticket.id or 0: ticket for ticket in tx.scalars(select(Ticket)).all()}

    def snapshot(self) -> list[Any]:
        """Every row that a verb can change."""
        with self.look.connect() as tx:
            return [tx.exec_driver_sql(f"SELECT * FROM {table}").all() for table in TABLES]

    @invariant()
    def holds(self) -> None:
        found = self.tickets()
        with Session(self.look) as tx:
            asked = tx.scalars(select(col(Callback.ticket_id)).where(col(Callback.status).in_(("due", "asked")))).all()
            joins = Counter(
                tx.scalars(select(col(TicketEvent.ticket_id)).where(col(TicketEvent.kind) == "joined")).all()
            )
        for ticket in found.values():
            clocks_agree(ticket)
            endings_agree(ticket)
            children = [one.id for one in found.values() if one.master_id == ticket.id]
            assert ticket.status != "merged" or not children, "what is gathered gathers nothing"
            assert ticket.reports == sum(1 + joins[one] for one in (ticket.id, *children)), "each report counts"
            if children:
                self.runner.run(self._everybody_is_told(ticket, children))
        assert len({*asked}) == len(asked), "a reporter is asked one question at a time"
        assert all(found[one].status == "resolved" for one in asked), "who is asked has a result"

    async def _everybody_is_told(self, master: Ticket, children: list[Any]) -> None:
        async with self.db.read() as tx:
            told = {c.id for group in (await ledger.reporters(tx, master)).values() for c in group}
        assert told >= {self.driver(one).id for one in (master.id, *children)}, "nobody is forgotten"


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


async def begun(file: Path) -> dict[str, Any]:
    """The cast at work and the reports in, as every example begins."""
    db, now = Database(f"sqlite+aiosqlite:///{file}"), StillClock()()
    async with db.write() as tx:
        hired = await cast.hired(tx, now)
        drivers = [await cast.contact(tx, f"driver {n}", now) for n in range(4)]
        others = [await cast.contact(tx, f"passing {n}", now) for n in range(3)]
        made = [await cast.report(tx, who, *matter, now) for who, matter in zip(drivers, MATTERS, strict=True)]
        ids = [ticket.id for ticket in made]
    await db.close()
    return {"opened": file, "cast": hired, "drivers": drivers, "others": others, "ids": ids}


WANTED = {"resolved", "struck_off", "reopened", "gathered", "split", "rated", "breached"}
"""What must have happened in some of the days: otherwise nothing was tried."""

MOST_ROUNDS = 5
"""Chance may leave one of these out of twelve days, not of sixty."""


def test_the_desk(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, opened := tmp_path / "opened.db")
    seen = Counter[str]()
    with asyncio.Runner() as runner:
        machine: Any = type("Day", (Desk,), {"runner": runner, "seen": seen, **runner.run(begun(opened))})
        for _ in range(MOST_ROUNDS):
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=12,
                    stateful_step_count=40,
                    deadline=None,
                    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes, and the steps tell
                    suppress_health_check=list(HealthCheck),
                ),
            )
            if set(seen) >= WANTED:
                break
    assert set(seen) >= WANTED
