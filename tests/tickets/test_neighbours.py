"""Which open reports may be of the same thing."""

from __future__ import annotations

from hotline import closing, neighbours
from hotline.formats.places import from_position, parse_place
from hotline.neighbours import MOST, RADIUS_M, RECENT
from storage.database import Database
from tests.conftest import StillClock
from tests.tickets.desk import clerk, driver, report, ticket


async def near(db: Database, clock: StillClock, where: str) -> list[int]:
    async with db.read() as tx:
        return [found.id or 0 for found, _ in await neighbours.similar(tx, parse_place(where), clock())]


async def test_the_newest_few_are_offered(db: Database, clock: StillClock) -> None:
    who = await driver(db, clock)
    ids = [await report(db, clock, who) for _ in range(MOST + 2)]
    assert await near(db, clock, "G12长春东收费站") == ids[::-1][:MOST]


async def test_what_is_settled_is_not_offered_until_it_is_open_again(db: Database, clock: StillClock) -> None:
    ticket_id, member = await report(db, clock, await driver(db, clock)), await clerk(db, clock)
    async with db.write() as tx:
        await closing.resolve(tx, ticket_id, member, "已放行", clock())
    assert await near(db, clock, "G12长春东收费站") == []
    async with db.write() as tx:
        await closing.reopen(tx, ticket_id, member, "还没放", clock())
    assert await near(db, clock, "G12长春东收费站") == [ticket_id]


async def test_what_is_old_is_not_offered(db: Database, clock: StillClock) -> None:
    ticket_id = await report(db, clock, await driver(db, clock))
    clock.at += RECENT
    assert await near(db, clock, "G12长春东收费站") == [ticket_id]
    clock.pass_(microseconds=1)
    assert await near(db, clock, "G12长春东收费站") == []


async def test_places_that_name_nothing_in_common(db: Database, clock: StillClock) -> None:
    await report(db, clock, await driver(db, clock), "G102 K123+400")
    for where in ("G102", "长春市人民大街与解放大路路口", "G12长春东收费站", "43.88,125.32"):
        assert await near(db, clock, where) == []


async def test_the_same_station_of_another_road_is_another_place(db: Database, clock: StillClock) -> None:
    ticket_id = await report(db, clock, await driver(db, clock), "G12长春东收费站")
    assert await near(db, clock, "G1长春东收费站") == []
    assert await near(db, clock, "长春东收费站") == [ticket_id]


async def test_a_stretch_has_two_ends(db: Database, clock: StillClock) -> None:
    ticket_id = await report(db, clock, await driver(db, clock), "G102 K123+400")
    for stake, same in (("K118+400", True), ("K128+400", True), ("K118+399", False), ("K128+401", False)):
        assert await near(db, clock, f"G102 {stake}") == ([ticket_id] if same else []), stake


async def test_a_circle_is_round(db: Database, clock: StillClock) -> None:
    """One thousandth of a degree of latitude is 111 m."""
    ticket_id = await report(db, clock, await driver(db, clock), "43.880,125.320")
    within = RADIUS_M / 111_320
    async with db.read() as tx:
        for away, same in ((within * 0.98, True), (within * 1.02, False)):
            found = await neighbours.similar(tx, from_position(43.88 + away, 125.32, "wgs84"), clock())
            assert [one.id for one, _ in found] == ([ticket_id] if same else [])


async def test_the_place_of_a_ticket_is_whole(db: Database, clock: StillClock) -> None:
    ticket_id = await report(db, clock, await driver(db, clock), "G102 K123+400 往长春方向")
    place = neighbours.place_of(await ticket(db, ticket_id))
    assert place == parse_place("G102 K123+400 往长春方向")
