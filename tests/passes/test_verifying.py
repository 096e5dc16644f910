"""What a code is worth at a gate: every verdict by its name, as of the moment of the look, on both databases."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers import obstruction
from hotline import points
from hotline.filings import filing
from hotline.formats.coordinates import distance_m
from hotline.formats.places import parse_place
from hotline.passes import deciding, face, keys, offline, scans
from hotline.passes.scans import Check
from hotline.passes.verifying import Here, Look, Looked, is_too_soon, verify
from hotline.point_entry import Entry
from locales.words import Refusal
from storage import passes
from storage.database import Database
from storage.models import Filing, Outbox, Pass, PassEvent, Scan, Staff
from tests.conftest import NOON
from tests.support.passes import CHAOYANG, contact, hired, issued, packs
from tests.support.trips import trip, trip_packs

__all__ = ["packs", "trip_packs"]

EAST, FAR = (43.88, 125.45), (45.62, 122.84)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Gate:
    """Two gates, two officers, and a truck with a pass that was granted at noon."""

    def __init__(self, db: Database):
        self.db = db

    async def open(self, **changed: Any) -> Gate:
        async with self.db.write() as tx:
            self.staff = await hired(tx, NOON)
            self.driver = await contact(tx, "driver", NOON)
            self.pass_ = await issued(tx, self.driver, self.staff["li"], NOON, **changed)
            self.east = await self._gate(tx, "长春东检查站", "220112", EAST)
            self.far = await self._gate(tx, "白城北检查站", "220802", FAR)
            self.there = await self._gate(tx, "朝阳检查站", CHAOYANG, (43.83, 125.29))
        return self

    async def _gate(self, tx: Any, name: str, division: str, at: tuple[float, float]) -> int:
        entry = Entry(
            kind="checkpoint", name=name, division=division, latitude=at[0], longitude=at[1], datum="wgs84",
            purpose="overload", body="省政府", body_level="province", document="批复", valid_from=date(2020, 1, 1),
            source="现场核对", confirmed_on=date(2026, 3, 1),
        )  # fmt: skip
        return (await points.add(tx, self.staff["boss"], entry, NOON)).id or 0

    async def sees(self, at: datetime = NOON + HOUR, shown: str | None = None, **how: Any) -> str:
        async with self.db.read() as tx:
            return (await verify(tx, Look(shown or self.pass_.payload or "", at, **how))).verdict

    async def does(self, deed: str = "passed", at: datetime = NOON + HOUR, by: str = "li", **more: Any) -> Scan:
        async with self.db.write() as tx:
            usual = {"mark": f"mark-{at:%d%H%M%S}-{by}-{deed}-0123", "shown": self.pass_.payload or "", "deed": deed}
            check = Check(**usual | {"at": at} | more)
            return (await scans.record(tx, self.staff[by], check, more.pop("now", NOON + 20 * HOUR)))[0]

    async def state(self) -> str:
        async with self.db.read() as tx:
            return (await tx.get_one(Pass, self.pass_.id)).state


@pytest.fixture
async def gate(db: Database, packs: None) -> Gate:
    return await Gate(db).open()


async def changed(gate: Gate, **how: Any) -> str:
    """The code with something else in it under the old signature."""
    plain = gate.pass_.payload or ""
    raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    known, key = face.from_bytes(raw[:-64])
    body = face.to_bytes(replace(known, **how), key)
    return base64.b32encode(body + raw[-64:]).decode().rstrip("=")


async def test_every_verdict_by_its_name(gate: Gate) -> None:
    assert await gate.sees() == "valid"
    assert await gate.sees(shown=f"HTTPS://EXAMPLE.ORG/V/{gate.pass_.payload}") == "valid"
    assert await gate.sees(shown=(gate.pass_.number or "")[:6] + " " + (gate.pass_.number or "")[6:]) == "valid"
    assert await gate.sees(plate_seen="吉a·12345") == "valid"
    assert await gate.sees(plate_seen="吉B99999") == "lent"
    assert await gate.sees(plate_seen="看不清") == "lent"
    assert await gate.sees(at=NOON - MINUTE) == "not_yet"
    assert await gate.sees(at=NOON + timedelta(days=9, hours=23)) == "valid"
    assert await gate.sees(at=NOON + timedelta(days=10)) == "expired"
    assert await gate.sees(shown=await changed(gate, plate="吉B99999")) == "altered"
    foreign = face.sign(face.read(gate.pass_.payload or "", {}).face, 9, ec.generate_private_key(ec.SECP256R1()))  # type: ignore[arg-type]
    assert await gate.sees(shown=foreign) == "forged"
    for junk in ("220100999999", "https://example.org/menu", "WIFI:S:x;;", "-", "吉A12345", "1" * 15):
        assert await gate.sees(shown=junk) == "unknown"


async def test_an_old_key_goes_on_to_prove_and_one_of_ours_alone_knows_no_pass(gate: Gate) -> None:
    async with gate.db.write() as tx:
        await keys.rotate(tx, gate.staff["boss"], NOON)
        known = face.read(gate.pass_.payload or "", {}).face
        assert known is not None
        unlisted = await keys.signed(tx, replace(known, number="220100999999"), NOON)
        other_truck = await keys.signed(tx, replace(known, plate="吉B99999"), NOON)
    assert await gate.sees() == "valid"
    assert await gate.sees(shown=unlisted) == "unknown"
    assert await gate.sees(shown=other_truck) == "unknown"


async def test_what_is_revoked_later_was_good_then(gate: Gate) -> None:
    async with gate.db.write() as tx:
        boss, ended = gate.staff["zhou"], NOON + 2 * HOUR
        pack = await tx.get_one(Pass, gate.pass_.id)
        await deciding.revoke(tx, boss, gate.pass_.id or 0, (pack.basis or {})["cite"], "线路改了", ended)
    assert await gate.sees(at=NOON + HOUR) == "valid"
    assert await gate.sees(at=NOON + 3 * HOUR) == "revoked"
    late = await gate.does(at=NOON + HOUR, offline=True)
    assert (late.verdict, late.told, late.is_offline) == ("valid", None, True)
    later = await gate.does(at=NOON + 3 * HOUR, told="valid", offline=True)
    assert (later.verdict, later.told) == ("revoked", "valid")


async def test_a_copy_is_seen_by_what_no_truck_can_do(gate: Gate) -> None:
    east, far = Here("220112", gate.east, EAST), Here("220802", gate.far, FAR)
    li, wang = gate.staff["li"].id, gate.staff["wang"].id
    await gate.does(at=NOON + HOUR, point_id=gate.east)
    assert await gate.sees(at=NOON + 2 * HOUR, here=far) == "replayed"
    assert await gate.sees(at=NOON + 4 * HOUR, here=far) == "valid"
    assert await gate.sees(at=NOON, here=far) == "replayed", "one that arrives late is seen as well"
    assert await gate.sees(at=NOON + HOUR + 5 * MINUTE, here=east, staff_id=wang) == "replayed"
    assert await gate.sees(at=NOON + HOUR + 5 * MINUTE, here=east, staff_id=li) == "valid"
    assert await gate.sees(at=NOON + HOUR + 10 * MINUTE, here=east, staff_id=wang) == "valid"
    async with gate.db.read() as tx:
        judged = await verify(tx, Look(gate.pass_.payload or "", NOON + 2 * HOUR, here=far))
        assert judged.earlier is not None
        assert judged.earlier.here.point_id == gate.east


async def test_held_trucks_do_not_count_as_passed(gate: Gate) -> None:
    await gate.does("stopped", point_id=gate.east, reason="route")
    assert await gate.sees(at=NOON + 2 * HOUR, here=Here("220802", gate.far, FAR)) == "valid"


async def test_a_check_counts_once(gate: Gate) -> None:
    first = await gate.does()
    assert (await gate.does()).id == first.id
    both = await asyncio.gather(*(gate.does(mark="two-phones-at-one-time") for _ in range(2)))
    assert both[0].id == both[1].id
    async with gate.db.read() as tx:
        assert len((await tx.scalars(select(Scan))).all()) == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"mark": "short"}, "checkpoint.scan.unread"),
    ({"deed": "danced"}, "checkpoint.scan.unread"),
    ({"told": "denied"}, "checkpoint.scan.unread"),
    ({"shown": "A" * 601}, "checkpoint.scan.unread"),
    ({"deed": "stopped"}, "checkpoint.scan.why"),
    ({"deed": "stopped", "reason": "mood"}, "checkpoint.scan.why"),
    ({"at": NOON + 21 * HOUR}, "checkpoint.scan.when"),
    ({"at": NOON - timedelta(days=31)}, "checkpoint.scan.when"),
]


async def test_what_no_page_of_ours_sends_is_not_written_down(gate: Gate) -> None:
    for wrong, key in WRONG:
        with pytest.raises(Refusal) as no:
            await gate.does(**wrong)
        assert no.value.key == key


async def test_a_pass_for_one_trip_is_used_where_the_trip_ends(gate: Gate) -> None:
    async with gate.db.write() as tx:
        known = face.read(gate.pass_.payload or "", {}).face
        assert known is not None
        row = await tx.get_one(Pass, gate.pass_.id)
        row.uses, row.payload = "once", await keys.signed(tx, replace(known, once=True), NOON)
        gate.pass_.payload = row.payload
    await gate.does(at=NOON + HOUR, point_id=gate.east)
    assert await gate.state() == "issued"
    east = Here("220112", gate.east, EAST)
    assert await gate.sees(at=NOON + HOUR + MINUTE, here=east, staff_id=gate.staff["li"].id) == "valid"
    assert await gate.sees(at=NOON + 6 * HOUR, here=east) == "used"
    assert (await gate.does(at=NOON + 3 * HOUR, by="wang", point_id=gate.there)).verdict == "valid"
    assert await gate.state() == "used"
    assert await gate.sees(at=NOON + 9 * HOUR) == "used"
    async with gate.db.read() as tx:
        kinds = [one.kind for one in await passes.events(tx, gate.pass_.id or 0)]
        told = (await tx.scalars(select(Outbox).where(Outbox.key == "pass.told.used"))).all()  # type: ignore[arg-type]
    assert kinds[-1] == "used"
    assert len(told) == 1


async def test_a_trip_s_code_lets_it_enter_and_leave(gate: Gate, trip_packs: None) -> None:
    async with gate.db.write() as tx:
        filed = await filing.file(tx, gate.driver, trip(NOON), NOON)
    assert await gate.sees(shown=filed.payload) == "valid"
    assert await gate.sees(shown=filed.number, plate_seen="辽A12345") == "valid"
    assert await gate.sees(shown=filed.payload, plate_seen="吉A12345") == "lent"
    came = await gate.does("entered", at=NOON + 10 * HOUR, shown=filed.payload, point_id=gate.there)
    assert (came.filing_id, came.pass_id, came.verdict, came.goods) == (filed.id, None, "valid", None)
    await gate.does("entered", at=NOON + 10 * HOUR, by="wang", shown=filed.payload)
    await gate.does("left", at=NOON + 15 * HOUR, shown=filed.payload, point_id=gate.there)
    async with gate.db.read() as tx:
        now = await tx.get_one(Filing, filed.id)
    assert (now.state, now.entered_at, now.left_at) == ("left", NOON + 10 * HOUR, NOON + 15 * HOUR)
    assert await gate.sees(shown=filed.payload, at=NOON + 16 * HOUR) == "used"
    assert await gate.sees(shown=filed.payload, at=NOON + 14 * HOUR) == "valid"


async def test_an_officer_checks_and_a_stranger_does_not(gate: Gate) -> None:
    gate.staff["gone"] = Staff(login="x", name="x", password_hash="-", role="nobody", division="220100")  # type: ignore[call-arg]
    with pytest.raises(Refusal):
        await gate.does(by="gone")


async def test_the_list_tells_no_plate(gate: Gate) -> None:
    async with gate.db.read() as tx:
        kept = await offline.taken_along(tx, NOON + HOUR)
    ((number, checks, begins, ends),) = kept["live"]
    assert (number, kept["early"], kept["whole"]) == (gate.pass_.number, [], True)
    assert checks == [offline.check_of(number, "吉A12345")]
    assert ends - begins == 10 * 24 * 60
    assert "吉" not in str(kept)
    async with gate.db.write() as tx:
        row = await tx.get_one(Pass, gate.pass_.id)
        await deciding.revoke(tx, gate.staff["zhou"], row.id or 0, (row.basis or {})["cite"], "改线", NOON + HOUR)
    async with gate.db.read() as tx:
        kept = await offline.taken_along(tx, NOON + 2 * HOUR)
        gone = await offline.taken_along(tx, NOON + timedelta(days=11, hours=1))
    assert (kept["live"], [one[:2] for one in kept["early"]]) == ([], [[number, "r"]])
    assert gone["early"] == []


def test_a_check_fits_many_plates_and_hardly_a_wrong_one() -> None:
    trucks = [f"吉A{serial:05d}" for serial in range(3000)]
    found = {offline.check_of("220100000017", plate) for plate in trucks}
    assert all(0 <= one < 2**offline.BITS for one in found)
    assert len(found) > 2900


moments = st.integers(0, 48 * 60).map(lambda minute: NOON + minute * MINUTE)
spots = st.tuples(st.floats(20, 50), st.floats(80, 130))


@given(st.builds(Looked, moments, st.integers(1, 3), st.builds(Here, st.just("220100"), st.none(), spots)),
       st.builds(Looked, moments, st.integers(1, 3), st.builds(Here, st.just("220100"), st.none(), spots)))  # fmt: skip
def test_what_contradicts_does_so_both_ways_and_no_lawful_truck_is_suspected(one: Looked, other: Looked) -> None:
    assert is_too_soon(one, other) == is_too_soon(other, one)
    assert one.here.position is not None
    assert other.here.position is not None
    metres = distance_m(one.here.position, other.here.position)
    hours = abs(one.at - other.at) / HOUR
    if metres <= hours * 100_000:
        assert not is_too_soon(one, other)


async def test_one_tap_makes_a_report_with_pass_clause_and_place(gate: Gate) -> None:
    async with gate.db.write() as tx:
        ticket, first = await obstruction.report(
            tx, gate.driver, gate.pass_, parse_place("G12 长春东收费站"), "220100", NOON + HOUR
        )
        again, second = await obstruction.report(
            tx, gate.driver, gate.pass_, parse_place("G12"), "220100", NOON + HOUR + MINUTE
        )
        joined, third = await obstruction.report(
            tx, await contact(tx, "mate", NOON), gate.pass_, parse_place("G12"), "220100", NOON + HOUR + MINUTE
        )
    assert (first, second, third) == ("opened", "again", "joined")
    assert (again.id, joined.id, joined.reports) == (ticket.id, ticket.id, 2)
    assert (ticket.kind, ticket.what, ticket.plate, ticket.facility) == (
        "blockage", "turned_back", "吉A12345", "长春东收费站",
    )  # fmt: skip
    async with gate.db.read() as tx:
        (event,) = (await tx.scalars(select(PassEvent).where(PassEvent.kind == "obstructed"))).all()  # type: ignore[arg-type]
    assert event.facts["ticket"] == ticket.id
    await gate.does("stopped", at=NOON + HOUR, reason="route", point_id=gate.east)
    async with gate.db.read() as tx:
        where = await obstruction.stopped_at(tx, gate.pass_, NOON + 2 * HOUR)
        assert where is not None
        assert where.facility == "长春东检查站"
        assert await obstruction.stopped_at(tx, gate.pass_, NOON + 4 * HOUR) is None
        for shown in (gate.pass_.code, gate.pass_.payload or "", f"https://x/v/{gate.pass_.payload}"):
            found = await obstruction.found(tx, shown)
            assert found is not None
            assert found.id == gate.pass_.id
        assert await obstruction.found(tx, "NOTHING22222") is None
    async with gate.db.write() as tx:
        with pytest.raises(Refusal):
            await obstruction.report(
                tx, gate.driver, gate.pass_, parse_place("G12"), "220100", NOON + timedelta(days=11)
            )
