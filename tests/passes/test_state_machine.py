"""Whatever is done to a few passes, in whatever order: impossible moves are sentences, and the ledger is true."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from hotline.passes import applying, blocks, deciding, ending, face, keys, wishes
from hotline.passes.wishes import Wish
from locales.words import LANGUAGES, Refusal, render
from storage.database import Database
from storage.models import HELD, PENDING, Block, Contact, Pass, PassEvent, Staff
from tests.conftest import NOON
from tests.support import passes as support
from tests.support.passes import CITY, NANGUAN, OTHER_CITY, by_day, wish

pytestmark = pytest.mark.usefixtures("packs")

TRUCKS = ("吉A12345", "吉A12346")
SOMETIMES = 6
"""Deeds after which the whole ledger is looked through; states are looked at after each."""
FEW = 3
"""Serials that are allotted at a time: they run out on the way."""

MOVES: dict[str, set[tuple[str, str]]] = {
    "apply": {("", "applied"), ("", "issued")},
    "renew": {("", "applied"), ("", "issued")},
    "complete": {("returned", "applied")},
    "withdraw": {(state, "withdrawn") for state in PENDING},
    "approve": {("applied", "issued"), ("applied", "checked"), ("checked", "issued")},
    "send_back": {("applied", "returned"), ("checked", "returned")},
    "refuse": {("applied", "refused"), ("checked", "refused")},
    "revoke": {("issued", "revoked")},
    "look_at": {("issued", "revoked")},
    "end": {("issued", "expired")},
    "allot": set(),
    "rotate": set(),
}
"""What each verb may make of a pass; a renewal that is issued supersedes besides."""

LAST = {
    "applied": {"applied", "completed"}, "checked": {"checked"}, "returned": {"returned"}, "refused": {"refused"},
    "withdrawn": {"withdrawn"}, "issued": {"issued", "ending", "sampled"}, "expired": {"expired", "sampled"},
    "revoked": {"revoked", "sampled"}, "superseded": {"superseded", "sampled"},
}  # fmt: skip
"""The last event of a pass that stands so."""

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted([*MOVES, *("apply",) * 3, *("approve",) * 5, *("send_back", "complete") * 2])),
              st.integers(0, 11), st.sampled_from((1, 1, 1, 30, 60 * 20, 60 * 24 * 4))),
    min_size=20, max_size=40,
)  # fmt: skip


class World:
    """Two applicants, three who decide, two trucks, and a clock that moves."""

    def __init__(self, db: Database):
        self.db, self.now, self.allotted = db, NOON, 0
        self.people: list[tuple[Contact, int | None]] = []
        self.staff: list[Staff] = []
        self.boss: Staff | None = None
        self.done: Counter[str] = Counter()

    async def begin(self) -> None:
        async with self.db.write() as tx:
            driver, owner = [await support.contact(tx, name, self.now) for name in ("driver", "owner")]
            firm = await support.firm(tx, owner, self.now)
            hired = await support.hired(tx, self.now, serials=0)
        self.people, self.boss = [(driver, None), (owner, firm.id)], hired["boss"]
        self.staff = [hired["li"], hired["wang"], hired["zhou"]]

    async def play(self, steps: Sequence[Step]) -> None:
        await self.begin()
        for verb, pick, minutes in steps:
            self.now += timedelta(minutes=minutes)
            before = await self.rows()
            try:
                async with self.db.write() as tx:
                    await getattr(self, f"_{verb}")(tx, pick, list(before.values()))
                self.done[verb] += 1
            except Refusal as no:
                assert all(render(language, no.say) for language in LANGUAGES), no.key
                assert {k: (v.state, v.number) for k, v in (await self.rows()).items()} == {
                    k: (v.state, v.number) for k, v in before.items()
                }, verb
                continue
            after = await self.rows()
            moved = {(before[k].state if k in before else "", v.state) for k, v in after.items()
                     if k not in before or before[k].state != v.state}  # fmt: skip
            assert moved <= MOVES[verb] | {("issued", "superseded")}, (verb, moved)
            assert ("issued", "superseded") not in moved or any(new == "issued" for _, new in moved)
            if not sum(self.done.values()) % SOMETIMES:
                await self.check(after)
        await self.check(await self.rows())

    async def rows(self) -> dict[int, Pass]:
        async with self.db.read() as tx:
            return {one.id or 0: one for one in await tx.scalars(select(Pass).order_by(col(Pass.id)))}

    async def check(self, rows: dict[int, Pass]) -> None:
        async with self.db.read() as tx:
            events = (await tx.scalars(select(PassEvent).order_by(col(PassEvent.id)))).all()
            lent = (await tx.scalars(select(Block))).all()
            known = await keys.public(tx)
        last = {event.pass_id: event.kind for event in events}
        for one in rows.values():
            assert last[one.id or 0] in LAST[one.state], (one.state, last[one.id or 0])
            assert (one.number is not None) == (one.state in HELD)
            assert one.state not in ("refused", "revoked", "returned") or (one.basis and one.words)
            if one.payload is not None:
                seen = face.read(one.payload, known)
                assert (seen.state, seen.face and seen.face.number) == ("sound", one.number)
        for states in (PENDING, ("issued",)):
            there = Counter(one.claim for one in rows.values() if one.state in states)
            assert all(count == 1 for count in there.values()), there
        given_out = sorted(one.number for one in rows.values() if one.number)
        taken = sorted(f"{b.division}{n:06d}" for b in lent for n in range(b.first_serial, b.next_serial))
        assert given_out == taken, "no gap, no double"

    # What can be done.

    async def _apply(self, tx: AsyncSession, pick: int, _rows: list[Pass]) -> None:
        who, firm = self.people[pick % 2]
        plate, kind = TRUCKS[pick // 2 % 2], pick // 4
        made: Callable[..., Wish] = by_day if kind == 2 else wish
        await applying.apply(
            tx, who, made(self.now, plate=plate, firm_id=firm, **({"goods": "daily"} if kind == 1 else {})), self.now
        )

    async def _renew(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        await self._on(pick, rows, lambda one: applying.apply(
            tx, self._whose(one), wishes.renewal_of(one, self.now), self.now
        ))  # fmt: skip

    async def _complete(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        def told(one: Pass) -> Awaitable[Any]:
            known = wishes.wish_of(one, until_wished=None, plate=TRUCKS[pick % 2], destination=NANGUAN)
            return applying.complete(tx, one.id or 0, self._whose(one), known, self.now)

        await self._on(pick, rows, told, "returned")

    async def _withdraw(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        await self._on(pick, rows, lambda one: applying.withdraw(tx, one.id or 0, self._whose(one), self.now))

    async def _approve(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        until = self.now + timedelta(days=2)
        await self._on(pick, rows, lambda one: deciding.approve(
            tx, self.staff[pick % 3], one.id or 0, self.now, valid_until=until
        ), *PENDING)  # fmt: skip

    async def _send_back(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        asked = (("plate",), ("crew", "window"), ("route",), ())[pick % 4]
        await self._on(pick, rows, lambda one: deciding.send_back(
            tx, self.staff[pick % 3], one.id or 0, asked, "请补", self.now
        ), *PENDING)  # fmt: skip

    async def _refuse(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        await self._on(pick, rows, lambda one: deciding.refuse(
            tx, self.staff[pick % 3], one.id or 0, "t#二", "不符", self.now
        ), *PENDING)  # fmt: skip

    async def _revoke(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        await self._on(pick, rows, lambda one: deciding.revoke(
            tx, self.staff[2 if pick % 4 else 0], one.id or 0, "t#二", "转借", self.now
        ), "issued")  # fmt: skip

    async def _look_at(self, tx: AsyncSession, pick: int, rows: list[Pass]) -> None:
        due = [one for one in rows if one.sample == "due"]
        await self._on(pick, due, lambda one: deciding.look_at(
            tx, self.staff[2], one.id or 0, self.now, keeps=bool(pick % 2), cite="t#二", words="不实"
        ))  # fmt: skip

    async def _end(self, tx: AsyncSession, _pick: int, _rows: list[Pass]) -> None:
        await ending.end(tx, self.now)

    async def _allot(self, tx: AsyncSession, _pick: int, _rows: list[Pass]) -> None:
        assert self.boss is not None
        for city in (CITY, OTHER_CITY):
            first = self.allotted + 1
            await blocks.allot(tx, self.boss, city, first, first + FEW - 1, "号段", self.now)
        self.allotted += FEW

    async def _rotate(self, tx: AsyncSession, _pick: int, _rows: list[Pass]) -> None:
        assert self.boss is not None
        await keys.rotate(tx, self.boss, self.now)

    def _whose(self, one: Pass) -> Contact:
        return next(who for who, _ in self.people if who.id == one.contact_id)

    async def _on(self, pick: int, rows: list[Pass], deed: Callable[[Pass], Awaitable[Any]], *states: str) -> None:
        """Do it to one of the passes that stand so, or, seldom, to any."""
        fit = [one for one in rows if one.state in states] if states and pick % 5 else rows
        if not (fit or rows):
            raise Refusal("pass.unknown")
        chosen = fit or rows
        await deed(chosen[-1 - pick % min(len(chosen), 3)])


@settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_order_of_deeds(sqlite_template: Path, tmp_path: Path, steps: list[Step]) -> None:
    file = tmp_path / "deeds.db"
    for left in tmp_path.glob("deeds.db*"):
        left.unlink()
    shutil.copy(sqlite_template, file)

    async def played() -> None:
        db = Database(f"sqlite+aiosqlite:///{file}")
        try:
            await World(db).play(steps)
        finally:
            await db.close()

    asyncio.run(played())


async def test_a_long_day_on_both(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same once more, long, on each database; every verb was done at least once."""
    codes = (f"LONGDAY{n:05d}" for n in range(1, 10**5))  # by its code a pass is among the samples or not
    monkeypatch.setattr("hotline.decisions.new_code", lambda: next(codes))
    dice = Random(1)
    often = ("send_back", "complete", "renew", "look_at", "refuse")
    verbs = sorted([*MOVES, *("apply",) * 4, *("approve",) * 5, *often * 2])
    steps = [("allot", 0, 1), *((dice.choice(verbs), dice.randrange(12), dice.choice((1, 1, 1, 30, 60 * 30)))
                                for _ in range(110))]  # fmt: skip
    world = World(db)
    await world.play(steps)
    assert set(world.done) == set(MOVES), set(MOVES) - set(world.done)


# Numbers


async def test_two_reviewers_at_once_give_each_pass_one_number(db: Database) -> None:
    async with db.write() as tx:
        who = await support.contact(tx, "driver", NOON)
        staff = await support.hired(tx, NOON)
        made = [(await applying.apply(tx, who, wish(NOON, plate=f"吉A{20000 + n}"), NOON)).id or 0 for n in range(12)]

    async def approve(by: str, one: int) -> str:
        try:
            async with db.write() as tx:
                return (await deciding.approve(tx, staff[by], one, NOON)).number or ""
        except Refusal as no:
            return no.key

    said = await asyncio.gather(*(approve(by, one) for one in made for by in ("li", "wang")))
    given_out = sorted(one for one in said if one.isdigit())
    assert given_out == [f"220100{n:06d}" for n in range(1, 13)]
    assert Counter(one for one in said if not one.isdigit()) == {"pass.state.otherwise": 12}


async def test_a_crash_gives_its_serial_back(db: Database) -> None:
    async with db.write() as tx:
        who = await support.contact(tx, "driver", NOON)
        staff = await support.hired(tx, NOON)
        one, two = [(await applying.apply(tx, who, wish(NOON, plate=plate), NOON)).id or 0 for plate in TRUCKS]
    with pytest.raises(ZeroDivisionError):
        async with db.write() as tx:
            assert (await deciding.approve(tx, staff["li"], one, NOON)).number == "220100000001"
            raise ZeroDivisionError
    async with db.write() as tx:
        assert (await deciding.approve(tx, staff["li"], two, NOON)).number == "220100000001"
    async with db.write() as tx:
        await deciding.revoke(tx, staff["zhou"], two, "t#二", "转借", NOON)
    async with db.write() as tx:
        assert (await deciding.approve(tx, staff["li"], one, NOON)).number == "220100000002"


async def test_blocks_follow_each_other_and_never_overlap(db: Database) -> None:
    async with db.write() as tx:
        staff = await support.hired(tx, NOON, serials=0)
        boss = staff["boss"]
        await blocks.allot(tx, boss, CITY, 10, 11, "一", NOON)
        await blocks.allot(tx, boss, CITY, 3, 3, "二", NOON)
        for first, last, key in (
            (11, 20, "twice"),
            (1, 3, "twice"),
            (5, 4, "span"),
            (0, 4, "span"),
            (4, 10**6, "span"),
        ):
            with pytest.raises(Refusal, match=f"pass.block.{key}"):
                await blocks.allot(tx, boss, CITY, first, last, "三", NOON)
        for division, document, key in (("210100", "三", "division"), (CITY, " ", "document"), ("1", "三", "division")):
            with pytest.raises(Refusal, match=f"pass.block.{key}"):
                await blocks.allot(tx, boss, division, 20, 30, document, NOON)
        taken = [await blocks.take(tx, "220104") for _ in range(3)]
        assert taken == ["220100000003", "220100000010", "220100000011"]
        with pytest.raises(Refusal, match=r"pass\.block\.none"):
            await blocks.take(tx, "220104")
        await blocks.allot(tx, boss, "220104", 1, 5, "县里自己的", NOON)
        assert await blocks.take(tx, "220104") == "220104000001"
