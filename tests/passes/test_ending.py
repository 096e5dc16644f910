"""What the clock does to passes, and how a closure on the way reaches those who hold them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from hotline import facilities
from hotline.facilities import Entry, Order
from hotline.passes import applying, closed_routes, ending
from locales.words import LANGUAGES, Say, from_json, render
from storage import passes as ledger
from storage.database import Database
from storage.models import NOTICE, Closure, Outbox, Pass, PassEvent, Push, Staff
from tests.conftest import StillClock
from tests.support import passes as support
from tests.support.passes import wish

pytestmark = pytest.mark.usefixtures("packs")


class Bureau:
    """Reviewers, holders and the clock; each deed is one transaction."""

    def __init__(self, db: Database, clock: StillClock, staff: dict[str, Staff]):
        self.db, self.clock, self.staff = db, clock, staff

    async def issue(self, who: str, *plates: str, **changed: Any) -> list[Pass]:
        async with self.db.write() as tx:
            holder = await support.contact(tx, who, self.clock())
            by = self.staff["li"]
            return [await support.issued(tx, holder, by, self.clock(), plate=one, **changed) for one in plates]

    async def end(self) -> tuple[int, int]:
        async with self.db.write() as tx:
            done = await ending.end(tx, self.clock())
        return done["reminded"], done["ended"]

    async def close(self, name: str = "长春东收费站", division: str = "220104", *, limited: bool = False) -> int:
        async with self.db.write() as tx:
            by, now = self.staff["zhou"], self.clock()
            found = await facilities.register(tx, by, Entry("toll", name, "G12", division), now)
            order = Order("设备检修", now + timedelta(days=2), limited=limited)
            return (await facilities.report_closed(tx, by, found.id or 0, order, now)).id or 0

    async def push(self) -> dict[str, Any]:
        async with self.db.write() as tx:
            return await closed_routes.push(tx, self.clock())

    async def told(self, *keys: str) -> list[tuple[str, str]]:
        """Whom what of these was said, in order."""
        async with self.db.read() as tx:
            query = select(Outbox).where(col(Outbox.key).in_(keys)).order_by(col(Outbox.id))
            return [(row.address, row.key) for row in (await tx.scalars(query)).all()]

    async def said(self, key: str) -> list[str]:
        """The words of every sentence of this key; each language must have them."""
        async with self.db.read() as tx:
            rows = (await tx.scalars(select(Outbox).where(col(Outbox.key) == key).order_by(col(Outbox.id)))).all()
        spoken = [Say(row.key, {name: from_json(value) for name, value in row.facts.items()}) for row in rows]
        assert all(render(language, one) for one in spoken for language in LANGUAGES)
        return [render("zh_CN", one, now=self.clock()) for one in spoken]

    async def events(self, kind: str) -> list[int]:
        async with self.db.read() as tx:
            query = select(col(PassEvent.pass_id)).where(col(PassEvent.kind) == kind).order_by(col(PassEvent.id))
            return list((await tx.scalars(query)).all())


@pytest.fixture
async def bureau(db: Database, clock: StillClock) -> Bureau:
    async with db.write() as tx:
        return Bureau(db, clock, await support.hired(tx, clock()))


SOON, OVER = ("pass.told.ending", "pass.told.ending.many"), ("pass.told.expired", "pass.told.expired.many")


async def test_a_holder_is_reminded_once_and_hears_of_the_end_once(bureau: Bureau) -> None:
    await bureau.issue("driver", "吉A12345")
    bureau.clock.pass_(days=9, minutes=-1)
    assert await bureau.end() == (0, 0)
    bureau.clock.pass_(minutes=1)
    assert [await bureau.end(), await bureau.end()] == [(1, 0), (0, 0)]
    bureau.clock.pass_(days=1)
    assert [await bureau.end(), await bureau.end()] == [(0, 1), (0, 0)]
    assert await bureau.told(*SOON, *OVER) == [("driver", "pass.told.ending"), ("driver", "pass.told.expired")]


async def test_twenty_trucks_that_end_together_are_one_message(bureau: Bureau) -> None:
    passes = await bureau.issue("clerk", *(f"吉A123{n}" for n in range(40, 47)))
    await bureau.issue("driver", "吉A54321")
    bureau.clock.pass_(days=9, minutes=1)
    assert await bureau.end() == (8, 0)
    assert sorted(await bureau.told(*SOON)) == [("clerk", "pass.told.ending.many"), ("driver", "pass.told.ending")]
    [words] = await bureau.said("pass.told.ending.many")
    assert "7 张" in words
    assert words.count("吉A") == ending.MOST_PLATES
    assert len(await bureau.events("ending")) == 8, "each pass has its own event"
    bureau.clock.pass_(days=1)
    assert await bureau.end() == (0, 8)
    assert len(await bureau.told(*OVER)) == 2
    async with bureau.db.read() as tx:
        ended = [await tx.get_one(Pass, one.id) for one in passes]
    assert {(one.state, one.ended_at) for one in ended} == {("expired", passes[0].valid_until)}


async def test_nobody_is_reminded_of_what_he_knows(bureau: Bureau) -> None:
    """A pass for a single day says so when it is issued; and who has applied to go on needs no word that he should."""
    now = bureau.clock()
    await bureau.issue("driver", "吉A11111", until_wished=now + timedelta(hours=20))
    [old] = await bureau.issue("clerk", "吉A22222")
    bureau.clock.pass_(days=8)
    async with bureau.db.write() as tx:
        clerk = await support.contact(tx, "clerk", bureau.clock())
        again = wish(bureau.clock(), plate="吉A22222", renews_id=old.id)
        await applying.apply(tx, clerk, again, bureau.clock())
    bureau.clock.at = now + timedelta(hours=1)
    assert await bureau.end() == (0, 0)
    bureau.clock.at = now + timedelta(days=9, hours=12)
    assert await bureau.end() == (0, 1)
    assert await bureau.told(*SOON) == []


# A closure on the way


async def test_a_closure_reaches_whoever_goes_by_there_once(bureau: Bureau) -> None:
    [there] = await bureau.issue("driver", "吉A10001")  # 沈阳 → 朝阳区
    [via] = await bureau.issue("via", "吉A10003", destination="220102", via=("220104",))
    await bureau.issue("elsewhere", "吉A10004", destination="220102")
    closure = await bureau.close()
    assert await bureau.push() == {"told": 2, "closures": 1}
    assert await bureau.push() == {"told": 0, "closures": 0}
    assert await bureau.told("route.told.one") == [("driver", "route.told.one"), ("via", "route.told.one")]
    assert await bureau.events("route_closed") == [there.id, via.id]
    words = (await bureau.said("route.told.one"))[0]
    assert "吉A10001" in words
    assert "长春东收费站（G12）" in words
    async with bureau.db.read() as tx:
        row = await tx.get_one(Push, closure)
        assert (row.told, row.done_at) == (2, bureau.clock())
        first = (await tx.scalars(select(Outbox).where(col(Outbox.key) == "route.told.one"))).first()
        assert first is not None
        assert first.lane == NOTICE, "a reply never waits behind thousands of these"
        assert [one["id"] for one in first.choices] == [
            f"/renew {there.code}",
            f"/mypasses {there.code}",
            "/closed G12",
        ]


async def test_thousands_are_told_in_turns_and_nobody_twice(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_routes, "AT_ONCE", 3)
    for n in range(7):
        await bureau.issue(f"holder-{n}", *(f"吉A20{n}{k}0" for k in range(1 + n % 2)))
    closure = await bureau.close()
    told = [(await bureau.push())["told"] for _ in range(4)]
    assert told == [3, 3, 1, 0]
    keys = ("route.told.one", "route.told.many")
    assert sorted(await bureau.told(*keys)) == sorted((f"holder-{n}", keys[n % 2]) for n in range(7))
    assert len(await bureau.events("route_closed")) == 10
    async with bureau.db.read() as tx:
        assert (await tx.get_one(Push, closure)).told == 7
    again = await bureau.close("长春北收费站")
    assert again != closure
    assert (await bureau.push())["told"] == 3, "another closure is other news"


async def test_two_houses_that_tell_at_once_tell_nobody_twice(bureau: Bureau) -> None:
    for n in range(4):
        await bureau.issue(f"holder-{n}", f"吉A4000{n}")
    await bureau.close()
    done = await asyncio.gather(*(bureau.push() for _ in range(3)))
    assert sum(one["told"] for one in done) == 4
    assert len(await bureau.events("route_closed")) == 4


async def test_only_what_is_shut_is_told_and_only_while_it_is(bureau: Bureau) -> None:
    [pass_] = await bureau.issue("driver", "吉A30001")
    await bureau.close("长春东收费站", limited=True)
    await bureau.close("吉林西收费站", "220202")
    shut = await bureau.close("长春北收费站")
    async with bureau.db.write() as tx:
        row = await tx.get_one(Closure, shut)
        await facilities.reopen(tx, bureau.staff["zhou"], row.facility_id, "现场照片", bureau.clock())
    assert (await bureau.push())["told"] == 0
    bureau.clock.pass_(days=11)
    await bureau.end()
    await bureau.close("长春南收费站")
    assert (await bureau.push())["told"] == 0, "a pass that is over has no route any more"
    async with bureau.db.read() as tx:
        assert [one.kind for one in await ledger.events(tx, pass_.id or 0)][-1] == "expired"


WHERE = [
    ("220104", ("220104", "220104", ("220100",))),
    ("220100", ("220100", "220199", ())),
    ("110101", ("110101", "110101", ("110000",))),
    ("220000", ("220000", "220000", ())),
]


@pytest.mark.parametrize(("division", "around"), WHERE)
def test_a_register_may_know_the_county_or_only_the_city(division: str, around: tuple[Any, ...]) -> None:
    found = closed_routes.around(division)
    assert (found.low, found.high, found.also) == around
