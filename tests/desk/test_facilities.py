"""The register of facilities, the rectification ledger, what climbs in it, and the register's sheet."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.commands import registers as command
from hotline import facilities, facility_sheet
from hotline.facilities import Entry, Order
from locales.words import LANGUAGES, Refusal, render
from storage import facilities as register
from storage import staff as people
from storage.database import Database
from storage.facilities import Wanted
from storage.models import Alarm, Audit, Closure, Department, Facility, Staff
from tests.conftest import StillClock

EAST = Entry("toll", "长春东收费站", "G12", "220104", 20_300)
TWO_DAYS = timedelta(days=2)


async def hire(db: Database, clock: StillClock, login: str = "li", role: str = "supervisor", **changed: Any) -> Staff:
    member = {
        "login": login, "name": login, "password_hash": "-", "role": role, "division": "220100", "language": "zh_CN",
        "created_at": clock(),
    } | changed  # fmt: skip
    async with db.write() as tx:
        return await people.add(tx, Staff(**member))


@pytest.fixture
async def li(db: Database, clock: StillClock) -> Staff:
    return await hire(db, clock)


async def enter(db: Database, by: Staff, clock: StillClock, entry: Entry = EAST) -> int:
    async with db.write() as tx:
        return (await facilities.register(tx, by, entry, clock())).id or 0


async def close(db: Database, by: Staff, clock: StillClock, facility: int, **changed: Any) -> Closure:
    order = {"reason": "设备检修", "due_at": clock() + TWO_DAYS} | changed
    async with db.write() as tx:
        return await facilities.report_closed(tx, by, facility, Order(**order), clock())


async def reopen(db: Database, by: Staff, clock: StillClock, facility: int, proof: str = "现场照片") -> Closure:
    async with db.write() as tx:
        return await facilities.reopen(tx, by, facility, proof, clock())


async def climb(db: Database, clock: StillClock) -> int:
    async with db.write() as tx:
        return int((await facilities.facilities_climb(tx, clock()))["climbed"])


async def every(db: Database, table: Any) -> list[Any]:
    async with db.read() as tx:
        return list((await tx.scalars(select(table).order_by(table.id))).all())


async def deeds(db: Database) -> list[str]:
    return [row.what for row in await every(db, Audit)]


# The register


async def test_a_facility_is_entered_once_and_written_anew(db: Database, clock: StillClock, li: Staff) -> None:
    first = await enter(db, li, clock)
    assert await enter(db, li, clock) == first
    moved = Entry("toll", "长春东", "G12", "220102", 21_000, "双向")
    assert await enter(db, li, clock, moved) == first
    [row] = await every(db, Facility)
    assert (row.name, row.division, row.stake_m, row.direction, row.state) == (
        "长春东收费站",
        "220102",
        21_000,
        "双向",
        "open",
    )
    assert await deeds(db) == ["facility.registered", "facility.changed"]


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"kind": "bridge"}, "facility.kind.unknown"),
    ({"name": " "}, "facility.field"),
    ({"name": "长" * 41}, "facility.field"),
    ({"road": ""}, "facility.field"),
    ({"division": "220199"}, "facility.division.unknown"),
    ({"division": "360734"}, "facility.not_yours"),
    ({"stake_m": -1}, "facility.stake"),
]


async def test_what_cannot_be_is_refused_in_words(db: Database, clock: StillClock, li: Staff) -> None:
    for wrong, key in IMPOSSIBLE:
        entry = {name: getattr(EAST, name) for name in EAST.__slots__} | wrong
        with pytest.raises(Refusal) as no:
            await enter(db, li, clock, Entry(**entry))
        assert no.value.key == key, wrong
        assert all(render(language, no.value.say) for language in LANGUAGES)
    assert await every(db, Facility) == []


async def test_the_register_is_read_page_by_page(db: Database, clock: StillClock, li: Staff) -> None:
    for place in range(7):
        await enter(
            db,
            li,
            clock,
            Entry("service", f"第{'一二三四五六七'[place]}服务区", "G12" if place % 2 else "S1", "220100"),
        )
    found: list[tuple[str, str]] = []
    async with db.read() as tx:
        while rows := await register.page(tx, Wanted(after=found[-1] if found else None), 3):
            found += [(row.road, row.name) for row in rows]
        whole = [(row.road, row.name) async for row in register.everything(tx)]
        assert [row.road for row in await register.page(tx, Wanted(road="S1"), 50)] == ["S1"] * 4
        assert await register.page(tx, Wanted(shut=True), 50) == []
        assert len(await register.page(tx, Wanted(state="open"), 50)) == 7
    assert len(set(found)) == 7
    assert found == whole


# The ledger


async def test_a_confirmed_closure_opens_a_row_and_proof_closes_it(db: Database, clock: StillClock, li: Staff) -> None:
    wang = await hire(db, clock, "wang", "clerk")
    facility = await enter(db, li, clock)
    row = await close(db, li, clock, facility, approval="吉交发〔2026〕1号", owner_id=wang.id)
    assert (row.reason, row.owner_id, row.level, row.reopened_at) == ("设备检修", wang.id, 0, None)
    [now_shut] = await every(db, Facility)
    assert (now_shut.state, now_shut.changed_at) == ("closed", clock())
    clock.pass_(hours=3)
    with pytest.raises(Refusal, match=r"facility\.proof\.missing"):
        await reopen(db, wang, clock, facility, "  ")
    done = await reopen(db, wang, clock, facility, "现场照片，12 点放行")
    assert (done.reopened_at, done.reopened_by, done.proof) == (clock(), wang.id, "现场照片，12 点放行")
    [again] = await every(db, Facility)
    assert again.state == "open"
    with pytest.raises(Refusal, match=r"facility\.open_already"):
        await reopen(db, wang, clock, facility)
    trail = [(row.what, row.staff_id) for row in await every(db, Audit)]
    assert trail[1:] == [("facility.closed", li.id), ("facility.reopened", wang.id)]


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"reason": " "}, "facility.reason.missing"),
    ({"reason": "堵" * 201}, "facility.too_long"),
    ({"due": timedelta(0)}, "facility.due.when"),
    ({"due": timedelta(days=400)}, "facility.due.when"),
    ({"since": timedelta(hours=1)}, "facility.since.when"),
    ({"since": timedelta(days=-400)}, "facility.since.when"),
    ({"owner_id": 99}, "facility.owner.unknown"),
]


async def test_a_row_without_what_it_needs_is_not_opened(db: Database, clock: StillClock, li: Staff) -> None:
    facility = await enter(db, li, clock)
    columns = {"due": "due_at", "since": "closed_at"}
    for wrong, key in LACKING:
        order = {columns.get(n, n): clock() + v if isinstance(v, timedelta) else v for n, v in wrong.items()}
        with pytest.raises(Refusal) as no:
            await close(db, li, clock, facility, **order)
        assert no.value.key == key, wrong
    assert await every(db, Closure) == []
    assert [row.state for row in await every(db, Facility)] == ["open"]


async def test_the_desk_of_another_division_closes_and_reopens_nothing_here(
    db: Database, clock: StillClock, li: Staff
) -> None:
    facility = await enter(db, li, clock)
    far, above = await hire(db, clock, "zhao", division="360700"), await hire(db, clock, "sun", division="220000")
    with pytest.raises(Refusal, match=r"facility\.not_yours"):
        await close(db, far, clock, facility)
    await close(db, above, clock, facility)
    for role in ("handler", "checkpoint"):
        other = await hire(db, clock, role, role)
        with pytest.raises(Refusal, match=r"facility\.not_yours"):
            await reopen(db, other, clock, facility)
    with pytest.raises(Refusal, match=r"facility\.not_yours"):
        await reopen(db, far, clock, facility)


async def test_a_department_keeps_what_it_is_responsible_for(db: Database, clock: StillClock, li: Staff) -> None:
    async with db.write() as tx:
        ours = Department(code="road", name="公路处", division="220000", level="province")
        tx.add(ours)
        await tx.flush()
    facility = await enter(db, li, clock, Entry("toll", "长春北收费站", "G1", "220100", department_id=ours.id))
    handler = await hire(db, clock, "qian", "handler", department_id=ours.id)
    assert (await close(db, handler, clock, facility)).owner_id == handler.id


async def test_two_who_close_it_at_once_open_one_row(db: Database, clock: StillClock, li: Staff) -> None:
    facility = await enter(db, li, clock)
    outcomes = await asyncio.gather(*(close(db, li, clock, facility) for _ in range(4)), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    assert [no.key for no in refused] == ["facility.closed_already"] * 3
    assert len(await every(db, Closure)) == 1
    assert (await deeds(db)).count("facility.closed") == 1


async def test_the_ledger_shows_the_first_due_first_and_what_was_put_right(
    db: Database, clock: StillClock, li: Staff
) -> None:
    ids = [await enter(db, li, clock, Entry("toll", f"第{n}收费站", "G12", "220100")) for n in "一二三四五"]
    for hours, facility in zip((5, 3, 3, 1, 2), ids, strict=True):
        await close(db, li, clock, facility, due_at=clock() + timedelta(hours=hours))
    await reopen(db, li, clock, ids[4])
    found: list[tuple[Closure, Facility]] = []
    async with db.read() as tx:
        while True:
            after = (found[-1][0].due_at, found[-1][0].id or 0) if found else None
            rows = await register.due_next(tx, "220100", "220199", after, 2)
            if not rows:
                break
            found += rows
        assert [facility.id for _, facility in found] == [ids[3], ids[1], ids[2], ids[0]]
        assert await register.due_next(tx, "360000", "369999", None, 9) == []
        assert [facility.id for _, facility in await register.put_right(tx, "220000", "229999", None, 9)] == [ids[4]]


# What climbs


async def test_an_overdue_row_climbs_a_level_a_day_and_sounds_once_each(
    db: Database, clock: StillClock, li: Staff
) -> None:
    facility = await enter(db, li, clock)
    await close(db, li, clock, facility, due_at=clock() + timedelta(hours=1))
    assert await climb(db, clock) == 0
    heard = []
    for hours in (1, 12, 12, 24, 24, 240):
        clock.pass_(hours=hours)
        heard.append(await climb(db, clock) + await climb(db, clock))
    assert heard == [1, 0, 1, 1, 0, 0]
    alarms = await every(db, Alarm)
    assert [(one.what, one.division, one.facts["level"]) for one in alarms] == [
        ("facility_overdue", "220104", 1),
        ("facility_overdue", "220100", 2),
        ("facility_overdue", "220000", 3),
    ]
    [row] = await every(db, Closure)
    assert row.level == 3


async def test_what_is_open_again_does_not_climb(db: Database, clock: StillClock, li: Staff) -> None:
    facility = await enter(db, li, clock)
    await close(db, li, clock, facility, due_at=clock() + timedelta(hours=1))
    clock.pass_(hours=2)
    await reopen(db, li, clock, facility)
    assert await climb(db, clock) == 0
    assert await every(db, Alarm) == []


async def test_a_long_night_is_caught_up_level_by_level(db: Database, clock: StillClock, li: Staff) -> None:
    facility = await enter(db, li, clock)
    await close(db, li, clock, facility, due_at=clock() + timedelta(hours=1))
    clock.pass_(days=10)
    assert [await climb(db, clock) for _ in range(4)] == [1, 1, 1, 0]
    assert len(await every(db, Alarm)) == 3


# What a driver asks


async def test_a_driver_learns_what_is_shut_along_the_road(db: Database, clock: StillClock, li: Staff) -> None:
    east = await enter(db, li, clock)
    west = await enter(db, li, clock, Entry("service", "九台服务区", "G12", "220113", 5_000))
    await enter(db, li, clock, Entry("service", "九台服务区", "S1", "220113"))
    await close(db, li, clock, east)
    await close(db, li, clock, west, limited=True)
    async with db.read() as tx:
        road = await facilities.known(tx, "G12", None, 8)
        assert [(f.name, f.state) for f, _ in road.shut] == [("九台服务区", "limited"), ("长春东收费站", "closed")]
        exit_ = await facilities.known(tx, None, "长春东出口", 8)
        assert (exit_.road, exit_.asked and exit_.asked.id) == ("G12", east)
        assert (await facilities.known(tx, None, "九台服务区", 8)).roads == ("G12", "S1")
        assert (await facilities.known(tx, "S1", None, 8)).shut == []
        assert not (await facilities.known(tx, "S99", None, 8)).is_registered
        assert len((await facilities.known(tx, "G12", None, 1)).shut) == 2


# The sheet

SHEET = """类别,名称,路线,桩号,方向,行政区划,责任部门
收费站,长春东,G12,K20+300,,220104,
service,九台服务区,珲乌高速,K45,双向,长春市九台区,
停车区,卡伦湖停车区,机场高速,,,长春市,
"""


async def test_a_sheet_is_read_and_written_the_same(db: Database, clock: StillClock, li: Staff) -> None:
    async with db.write() as tx:
        assert await facility_sheet.read(tx, li, SHEET, clock()) == 3
    rows = {row.name: row for row in await every(db, Facility)}
    assert {(r.kind, r.name, r.road, r.stake_m, r.division) for r in rows.values()} == {
        ("toll", "长春东收费站", "G12", 20_300, "220104"),
        ("service", "九台服务区", "G12", 45_000, "220113"),
        ("parking", "卡伦湖停车区", "机场高速", None, "220100"),
    }
    await close(db, li, clock, rows["长春东收费站"].id or 0)
    for language in LANGUAGES:
        async with db.read() as tx:
            text = "".join([line async for line in facility_sheet.written(tx, language)])
        async with db.write() as tx:
            assert await facility_sheet.read(tx, li, text, clock()) == 3
    assert (await deeds(db)).count("facility.changed") == 0
    assert {row.state for row in await every(db, Facility)} == {"open", "closed"}


AMISS = [
    ("", "facility.csv.columns", "类别、名称和路线"),
    ("名称,路线\nx,G1\n", "facility.csv.columns", "类别"),
    (SHEET + "隧道,x隧道,G12,,,220100,\n收费站,某收费站,不是路,,,220100,\n", "facility.csv.amiss", "第 5 行"),
    (SHEET + "收费站,某收费站,G12,,,朝阳区,\n", "facility.csv.amiss", "朝阳区"),
    (SHEET + "收费站,某收费站,G12,,,220100,nobody\n", "facility.csv.amiss", "nobody"),
]


async def test_a_sheet_with_a_row_amiss_changes_nothing(db: Database, clock: StillClock, li: Staff) -> None:
    for text, key, told in AMISS:
        with pytest.raises(Refusal) as no:
            async with db.write() as tx:
                await facility_sheet.read(tx, li, text, clock())
        assert no.value.key == key, text
        assert told in render("zh_CN", no.value.say)
    assert await every(db, Facility) == []


async def test_a_cell_is_no_formula(db: Database, clock: StillClock, li: Staff) -> None:
    await enter(db, li, clock, Entry("toll", "=1+1收费站", "G12", "220100"))
    async with db.read() as tx:
        text = "".join([line async for line in facility_sheet.written(tx, "zh_CN")])
    assert "'=1+1收费站" in text
    async with db.write() as tx:
        await facility_sheet.read(tx, li, text, clock())
    assert len(await every(db, Facility)) == 1


async def test_the_command_imports_and_exports(
    db: Database, clock: StillClock, li: Staff, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.settings import Settings

    address = db.url.render_as_string(hide_password=False)
    settings = Settings(_env_file=None, database_url=address, var=tmp_path, secret_key="a secret for tests")  # type: ignore[call-arg]
    sheet, out = tmp_path / "in.csv", tmp_path / "out.csv"
    sheet.write_bytes(SHEET.encode("gb18030"))
    assert await command.register(settings, "facilities", "import", sheet, None) == 2
    assert await command.register(settings, "facilities", "import", tmp_path / "none.csv", "li") == 2
    assert await command.register(settings, "facilities", "import", sheet, "li") == 0
    assert await command.register(settings, "facilities", "export", out, None) == 0
    assert "长春东收费站,G12,K20+300" in out.read_text("utf-8-sig")
    sheet.write_text("类别,名称,路线\n隧道,x,G12\n", "utf-8")
    assert await command.register(settings, "facilities", "import", sheet, "li") == 1
    assert "第 2 行" in capsys.readouterr().out
