"""10,000 applications through review on PostgreSQL: two reviewers, each a process of his own, at the same queue.

Both begin at the same end, so that they meet at every application; now and then a transaction dies after the pass was
issued and before the commit. `proof` then counts what the ledger holds. Run as a module it is one reviewer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import col

from bench.houses import ROOT, folder, ledger
from bench.results import Result
from hotline.passes import applying, blocks, deciding, face, keys
from hotline.passes.wishes import Wish
from hotline.rules import shelf
from locales.words import Refusal
from storage import blocks as kept
from storage import sealed, turns
from storage import staff as people
from storage.database import Database
from storage.models import Block, Pass, PassEvent, Staff

MANY = 10_000
SERIALS = 3_000
"""Of a block: several are used up on the way, each of them while two reviewers want its last serial."""

DIES = 97
"""Every so many decisions are lost after the pass was issued, as a kill loses them."""

AT_ONCE = 6
CITY, REVIEWERS = "220100", ("li", "wang")
PACKS = ROOT / "handlers" / "commands" / "demo_packs"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Killed(Exception):
    """The end of a process, as its transaction sees it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the ledger holds afterwards; `wrong` is empty when each application is one pass with one number."""

    issued: int
    numbers: int
    events: int
    read: int
    given: int
    wrong: tuple[str, ...]


async def reviews() -> list[Result]:
    """How many applications a second come in, how many are decided, and that no number is given twice or lost."""
    _lay_out()
    with folder() as at:
        async with ledger("postgresql", at) as address:
            db = Database(address)
            await hire(db, MANY, SERIALS)
            began = time.perf_counter()
            await asyncio.gather(*(submit(db, range(n, MANY, AT_ONCE)) for n in range(AT_ONCE)))
            applied = time.perf_counter() - began
            began = time.perf_counter()
            done = await asyncio.gather(*(_reviewer(address, login) for login in REVIEWERS))
            decided = time.perf_counter() - began
            found = await proof(db, MANY)
            await db.close()
    if found.wrong:
        raise AssertionError("; ".join(found.wrong))
    total = sum((Counter(one) for one in done), Counter[str]())
    each = ", ".join(f"{login} {one['issued']:,}" for login, one in zip(REVIEWERS, done, strict=True))
    return [
        Result("reviews.applied", MANY / applied, "applications/s", note=f"{MANY:,} by {AT_ONCE} at once"),
        Result("reviews.decided", MANY / decided, "passes/s", note=f"two reviewers: {each}"),
        Result("reviews.met", total["met"], "times", note="the other one had decided it: a sentence, no second pass"),
        Result("reviews.killed", total["killed"], "times", note="issued and not committed: the serial went back"),
        Result("reviews.numbers", found.numbers, "numbers", note=f"{found.given:,} serials given: no gap, no double"),
        Result("reviews.codes", found.read, "codes", note="each reads as its own pass"),
    ]


def _lay_out() -> None:
    """The pack of the demonstration and no other: what is measured hangs on no pack that ships."""
    shelf.FOLDER = PACKS
    shelf.use(None)


async def hire(db: Database, many: int, serials: int) -> None:
    """Two reviewers, and an administrator who allots as many blocks as the passes will need."""
    async with db.write() as tx:
        roles = {"boss": "admin", **dict.fromkeys(REVIEWERS, "clerk")}
        for login, role in roles.items():
            member = Staff(
                login=login, name=login, password_hash="-", role=role, division=CITY, language="zh_CN", created_at=NOW
            )
            await people.add(tx, member)
        boss = await people.by_login(tx, "boss")
        assert boss is not None
        for first in range(1, many + 1, serials):
            await blocks.allot(tx, boss, CITY, first, first + serials - 1, "测量用〔2026〕1号", NOW)


async def submit(db: Database, which: Sequence[int]) -> None:
    """Apply for these trucks, each in a transaction of its own."""
    for n in which:
        async with db.write() as tx:
            who = await turns.contact_at(tx, "web", "main", f"driver {n % 500}", "zh_CN", NOW)
            wish = Wish(
                "pass_need", "210102", "220104", f"吉A{n:05d}", "yellow", "energy", NOW,
                crew=({"name": "张三"},), facts={"controlled": True},
            )  # fmt: skip
            await applying.apply(tx, who, wish, NOW)


async def review(db: Database, login: str) -> Counter[str]:
    """Decide whatever waits, as its queue has it, until nothing does; what came of each try is counted."""
    async with db.read() as tx:
        me = await people.by_login(tx, login)
    assert me is not None
    tries: Counter[str] = Counter()
    while waiting := await _page(db):
        for pass_id in waiting:
            tries["all"] += 1
            try:
                async with db.write() as tx:
                    await deciding.approve(tx, me, pass_id, NOW)
                    if tries["all"] % DIES == 0:
                        raise Killed
            except Refusal as no:
                assert no.key == "pass.state.otherwise", no.key
                tries["met"] += 1
            except Killed:
                tries["killed"] += 1
            else:
                tries["issued"] += 1
    return tries


async def _page(db: Database) -> list[int]:
    query = select(col(Pass.id)).where(col(Pass.state) == "applied").order_by(col(Pass.due_at), col(Pass.id))
    async with db.read() as tx:
        return [one or 0 for one in await tx.scalars(query.limit(50))]


async def proof(db: Database, many: int) -> Proof:
    """Count what the ledger holds: passes, their numbers, their events, their codes, and each block."""
    async with db.read() as tx:
        issued = list(
            (await tx.execute(select(col(Pass.number), col(Pass.payload)).where(col(Pass.state) == "issued"))).all()
        )
        told = select(func.count(), func.count(func.distinct(col(PassEvent.pass_id)))).where(
            col(PassEvent.kind) == "issued"
        )
        events, passes = (await tx.execute(told)).one()
        public = await keys.public(tx)
        tallies = [await blocks.tally(tx, one) for one in await kept.of_division(tx, CITY, CITY)]
        left = [one for one in await tx.scalars(select(Block)) if one.next_serial <= one.last_serial]
    numbers = len({number for number, _ in issued})
    faces = [(number, face.read(payload or "", public)) for number, payload in issued]
    read = sum(seen.state == "sound" and seen.face is not None and seen.face.number == n for n, seen in faces)
    given = sum(one.given for one in tallies)
    wrong = {
        f"{len(issued)} of {many} are issued": len(issued) != many,
        f"{numbers} numbers on {len(issued)} passes": numbers != len(issued),
        f"{events} events of issue for {passes} passes": not events == passes == many,
        f"{read} codes of {len(issued)} read as their pass": read != len(issued),
        f"{given} serials given for {many} passes": given != many,
        "a block has a gap": not all(one.is_whole for one in tallies),
        "two blocks are begun": len([one for one in left if one.next_serial > one.first_serial]) > 1,
    }
    return Proof(len(issued), numbers, events, read, given, tuple(text for text, is_so in wrong.items() if is_so))


async def _reviewer(address: str, login: str) -> dict[str, int]:
    """A reviewer in a process of his own."""
    command = (sys.executable, "-m", "bench.reviews", address, login)
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await running.communicate()
    if running.returncode:
        raise RuntimeError(f"reviewer {login} stopped")
    found: dict[str, int] = json.loads(out)
    return found


async def _alone(address: str, login: str) -> Counter[str]:
    db = Database(address)
    tries = await review(db, login)
    await db.close()
    return tries


if __name__ == "__main__":
    sealed.use_keys("measured")
    _lay_out()
    print(json.dumps(asyncio.run(_alone(*sys.argv[1:3]))))
