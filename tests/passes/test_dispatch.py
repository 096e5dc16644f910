"""The day in numbers: what counts on which day, that frozen numbers stand, and that each has its rows."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlmodel import col

from handlers import jobs
from hotline import dispatch, dispatch_news
from hotline.dispatch import MEASURES
from hotline.passes import applying, deciding, ending
from hotline.rules import shelf
from locales.words import LANGUAGES, SHANGHAI, Refusal, render
from storage import dispatch as days
from storage import staff as people
from storage.database import Database
from storage.models import Dispatch, Outbox, Pass, PassEvent, Scan, Staff
from tests.conftest import StillClock
from tests.support import days as invented
from tests.support import passes as support
from tests.support.passes import wish

FIRST = date(2026, 2, 27)
DAY = date(2026, 2, 28)
A_DAY = timedelta(days=1)


async def every_row(db: Database, wanted: days.Wanted, limit: int = 20) -> list[days.Row]:
    """All pages of what is behind a number."""
    found: list[days.Row] = []
    async with db.read() as tx:
        while some := await days.rows(tx, wanted, (found[-1].at, found[-1].id) if found else None, limit):
            found += some
    assert len({one.id for one in found}) == len(found)
    return found


async def agree(db: Database, division: str, day: date, now: datetime) -> int:
    """Each number of a division's day, its parts and goods, has as many rows; returns how many were looked at."""
    async with db.read() as tx:
        found = await dispatch.report(tx, division, day, now)
    looked = 0
    parts: list[tuple[dispatch.Line, str, str, str | None]] = [(found.total, found.total.low, found.total.high, None)]
    parts += [(line, *dispatch.held_by(code, division), None) for code, line in found.by_division]
    parts += [(line, line.low, line.high, code) for code, line in found.by_goods]
    for line, low, high, goods in parts:
        for measure in [one for one in MEASURES if line is found.total or line.numbers[one][0]]:
            wanted = dispatch.wanted(day, found.today.until, measure, low, high, goods)
            assert len(await every_row(db, wanted)) == line.numbers[measure][0], (division, measure, low, goods)
            looked += 1
    for measure in MEASURES:  # the parts make up the whole, and so do the goods
        for lines in (found.by_division, found.by_goods):
            assert sum(line.numbers[measure][0] for _, line in lines) == found.total.numbers[measure][0]
    return looked


@pytest.mark.parametrize("seed", range(2))
async def test_each_number_has_its_rows_and_stands(db: Database, clock: StillClock, seed: int) -> None:
    """Whatever happens afterwards, the frozen day says what it said, and finds what it found."""
    dice, (start, _) = Random(seed), dispatch.bounds_of(FIRST)
    async with db.write() as tx:
        await invented.live(tx, dice, start, 48, 36)
    clock.at = dispatch.bounds_of(DAY)[1] + timedelta(hours=7)
    async with db.write() as tx:
        kept = await dispatch.freeze(tx, DAY, clock())
    async with db.read() as tx:
        before = {d: await dispatch.report(tx, d, DAY, clock()) for d in ("000000", "220100")}
        oracle = await _counted(db)
    assert Counter({(c["division"], c["goods"], c["measure"]): c["count"] for c in kept.counts}) == oracle
    async with db.write() as tx:  # life goes on: new passes and checks, old ones end, late news of checks comes in
        await invented.live(tx, dice, clock(), 30, 16, first=1000)
        for pass_ in (await tx.scalars(select(Pass).where(col(Pass.state) == "issued").limit(20))).all():
            pass_.state, pass_.ended_at = "revoked", clock()
            await invented.happen(tx, dice, pass_, clock() + timedelta(minutes=1))
        late = invented.scan(dice, "late", None, clock())
        late.at = dispatch.bounds_of(DAY)[0]
        tx.add(late)
    clock.pass_(days=2)
    for division, was in before.items():
        async with db.read() as tx:
            now = await dispatch.report(tx, division, DAY, clock())
        assert (now.total, now.by_division, now.by_goods) == (was.total, was.by_division, was.by_goods)
        assert await agree(db, division, DAY, clock()) > 2 * len(MEASURES)
    async with db.write() as tx:
        assert (await dispatch.freeze(tx, DAY, clock())).counts == kept.counts


async def test_a_day_that_nobody_froze_says_what_it_would_have_said(db: Database, clock: StillClock) -> None:
    dice, (start, end) = Random(7), dispatch.bounds_of(DAY)
    async with db.write() as tx:
        await invented.live(tx, dice, start, 40, 40)
    clock.at = end + timedelta(days=3)
    async with db.write() as tx:
        unfrozen = await dispatch.look(tx, DAY, clock())
        assert unfrozen.frozen_at is None
        await dispatch.freeze(tx, DAY, clock())
        frozen = await dispatch.look(tx, DAY, clock())
    assert (frozen.counts, frozen.frozen_at) == (unfrozen.counts, clock())
    clock.at = start + timedelta(hours=15)
    await agree(db, "000000", DAY, clock())  # and a day that still lasts, up to the moment of looking


async def _counted(db: Database) -> Counter[tuple[str, str, str]]:
    """The same by counting every row in Python."""
    start, end = dispatch.bounds_of(DAY)
    found: Counter[tuple[str, str, str]] = Counter()
    async with db.read() as tx:
        for event in (await tx.scalars(select(PassEvent))).all():
            if start <= event.at < end and event.kind in days.EVENTS:
                found[event.division, event.goods, event.kind] += 1
        for scan in (await tx.scalars(select(Scan))).all():
            if start <= scan.received_at < end and scan.deed in days.DEEDS:
                found[scan.division, scan.goods or "", scan.deed] += 1
        for one in (await tx.scalars(select(Pass))).all():
            assert one.issued_at
            assert one.valid_from
            assert one.valid_until
            over = min(one.valid_until, one.ended_at or one.valid_until)
            if one.issued_at < end and one.valid_from < end <= over and one.valid_until > end:
                found[one.division, one.goods, "in_force"] += 1
    return found


@pytest.mark.usefixtures("packs")
async def test_a_day_at_the_bureau(db: Database, clock: StillClock) -> None:
    """Three applications: one returned, one refused, one issued; and what the next day makes of them."""
    async with db.write() as tx:
        staff = await support.hired(tx, clock())
        driver = await support.contact(tx, "driver", clock())
        plates = ("吉A12345", "吉A12346", "吉A12347")
        one, two, three = [await applying.apply(tx, driver, wish(clock(), plate=p), clock()) for p in plates]
    clock.pass_(hours=1)
    async with db.write() as tx:
        await deciding.send_back(tx, staff["li"], one.id or 0, ["crew"], "请补司机", clock())
        await deciding.refuse(tx, staff["li"], two.id or 0, source_of(two), "不在范围", clock())
        await deciding.approve(tx, staff["li"], three.id or 0, clock())
    today = clock().astimezone(SHANGHAI).date()
    async with db.read() as tx:
        found = await dispatch.report(tx, "220000", today, clock() + timedelta(minutes=1))
    counts = {name: now for name, (now, _) in found.total.numbers.items()}
    assert counts == {
        "applied": 3, "issued": 1, "returned": 1, "refused": 1, "in_force": 1, "passed": 0, "stopped": 0,
        "obstructed": 0,
    }  # fmt: skip
    assert [code for code, _ in found.by_division] == ["220100"]
    clock.pass_(days=11)
    async with db.write() as tx:
        assert (await ending.end(tx, clock()))["ended"] == 1
    async with db.read() as tx:
        days_on = [await dispatch.report(tx, "220100", today + A_DAY * n, clock()) for n in (0, 9, 10, 11)]
    assert [one.total.numbers["in_force"][0] for one in days_on] == [1, 1, 0, 0], "for ten days, at midnight"
    assert days_on[2].total.numbers["in_force"] == (0, 1)


def source_of(pass_: Pass) -> str:
    """A source of its pack."""
    issuing = shelf.current().packs[pass_.pack].written.issuing
    assert issuing is not None
    return issuing.cite[0]


async def test_a_day_is_frozen_when_it_is_over_and_once(db: Database, clock: StillClock) -> None:
    today = clock().astimezone(SHANGHAI).date()
    for ahead in (timedelta(0), timedelta(hours=12, minutes=5)):
        with pytest.raises(Refusal) as no:
            async with db.write() as tx:
                await dispatch.freeze(tx, today, clock() + ahead)
        assert no.value.key == "dispatch.not_over"
        assert all(render(language, no.value.say) for language in LANGUAGES)
    with pytest.raises(Refusal, match=r"dispatch\.not_begun"):
        async with db.read() as tx:
            await dispatch.look(tx, today + A_DAY, clock())
    clock.at = dispatch.bounds_of(today)[1] + dispatch.SETTLES
    for _ in range(2):
        async with db.write() as tx:
            assert (await dispatch.freeze(tx, today, clock())).day == today
        clock.pass_(hours=1)
    async with db.read() as tx:
        [kept] = (await tx.scalars(select(Dispatch))).all()
    assert kept.frozen_at == clock() - timedelta(hours=2)


async def test_two_houses_that_freeze_at_once_keep_one_day(db: Database, clock: StillClock) -> None:
    async def morning() -> int:
        async with db.write() as tx:
            return len((await dispatch.freeze(tx, DAY, clock())).counts)

    clock.at = dispatch.bounds_of(DAY)[1] + timedelta(hours=8)
    await asyncio.gather(*(morning() for _ in range(3)))
    async with db.read() as tx:
        assert len((await tx.scalars(select(Dispatch))).all()) == 1


async def test_the_mornings_that_were_missed_are_caught_up(db: Database, clock: StillClock) -> None:
    async def morning() -> list[date]:
        async with db.write() as tx:
            return await dispatch.freeze_due(tx, clock())

    clock.at = dispatch.bounds_of(DAY)[1] + timedelta(hours=7, minutes=30)
    assert await morning() == [DAY], "at the first time yesterday alone"
    assert await morning() == []
    clock.pass_(days=3)
    assert await morning() == [DAY + A_DAY, DAY + 2 * A_DAY, DAY + 3 * A_DAY]
    clock.at = dispatch.bounds_of(DAY + 4 * A_DAY)[1] + timedelta(minutes=5)
    assert await morning() == [], "what was begun before midnight may not be written down yet"


# Whom it is sent to


async def leader(db: Database, clock: StillClock, login: str, *, role: str = "supervisor", division: str = "220100",
                 linked: bool = True) -> Staff:  # fmt: skip
    async with db.write() as tx:
        chat = await support.contact(tx, login, clock())
        return await people.add(
            tx,
            Staff(
                login=login, name=login, password_hash="-", role=role, division=division, language="zh_CN",
                created_at=clock(), contact_id=chat.id if linked else None,
            ),
        )  # fmt: skip


async def sent(db: Database) -> list[Outbox]:
    async with db.read() as tx:
        return list((await tx.scalars(select(Outbox).order_by(col(Outbox.id)))).all())


async def test_leaders_get_their_own_division_once(db: Database, clock: StillClock) -> None:
    dice, (start, end) = Random(3), dispatch.bounds_of(DAY)
    async with db.write() as tx:
        await invented.live(tx, dice, start, 20, 40)
    wang = await leader(db, clock, "wang")
    await leader(db, clock, "zong", role="admin", division="220000")
    await leader(db, clock, "far", division="440100")
    await leader(db, clock, "li", role="clerk")
    await leader(db, clock, "zhou", linked=False)
    clock.at = end + timedelta(hours=7, minutes=30)
    for told in (2, 2):
        async with db.write() as tx:
            assert (await jobs.freeze_days(tx, clock()))["told"] == told
    rows = await sent(db)
    assert [row.picture and row.picture["division"] for row in rows] == ["220100", "220000"]
    assert {row.address for row in rows} == {"wang", "zong"}
    async with db.read() as tx:
        for row, division in zip(rows, ("220100", "220000"), strict=True):
            found = await dispatch.report(tx, division, DAY, clock())
            words = render("zh_CN", dispatch_news.sentence(found, ""))
            assert f"发证 {found.total.numbers['issued'][0]}（0）" in words
            assert row.key == "dispatch.told"
    clock.pass_(days=1)
    async with db.write() as tx:
        assert await dispatch_news.want(tx, wang, clock(), wanted=False)
        assert not await dispatch_news.want(tx, wang, clock(), wanted=False)
    async with db.write() as tx:
        await jobs.freeze_days(tx, clock())
    assert [row.address for row in await sent(db)][2:] == ["zong"]
    async with db.write() as tx:
        assert await dispatch_news.want(tx, wang, clock(), wanted=True)


async def test_who_is_no_leader_cannot_have_it_sent(db: Database, clock: StillClock) -> None:
    clerk = await leader(db, clock, "li", role="clerk")
    with pytest.raises(Refusal, match=r"dispatch\.leaders"):
        async with db.write() as tx:
            await dispatch_news.want(tx, clerk, clock(), wanted=True)


async def test_where_nothing_happens_nothing_is_sent(db: Database, clock: StillClock) -> None:
    await leader(db, clock, "wang")
    async with db.write() as tx:
        assert (await jobs.freeze_days(tx, clock())) == {"frozen": 1, "told": 0}


def test_the_hour_is_a_setting() -> None:
    assert {job.name: job.crontab for job in jobs.at("06:05")}["dispatch"] == "5 6 * * *"
    assert len(jobs.at("06:05")) == len(jobs.JOBS)
