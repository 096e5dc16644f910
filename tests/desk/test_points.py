"""The register of service points: its verbs, its sheet, what lies nearest, and which checkpoint is approved."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, StaticPool, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from handlers import near_by
from handlers.commands import registers as command
from hotline import approvals, facilities, nearest, point_entry, point_sheet, point_words, points
from hotline.directory_sheets import text_of
from hotline.formats import hours
from hotline.formats.coordinates import distance_m
from hotline.formats.places import Place, parse_place
from hotline.point_entry import Entry
from locales.words import LANGUAGES, Refusal, render
from storage import points as register
from storage.database import Database
from storage.models import Audit, Point, PointChange, Staff
from storage.points import Wanted
from tests.conftest import NOON, StillClock
from tests.desk.test_facilities import hire
from tests.formats.strategies import anything

TODAY = date(2026, 3, 1)
HOME = "220100"
EVERYWHERE = Wanted(("000000", "999999"))


@pytest.fixture
async def li(db: Database, clock: StillClock) -> Staff:
    return await hire(db, clock)


def entry(
    kind: str = "charging", name: str = "东站充电站", at: tuple[float, float] | None = None, **more: Any
) -> Entry:
    placed = {"latitude": at[0], "longitude": at[1], "datum": "wgs84"} if at else {}
    usual = {"division": "220105", "source": "现场核对", "confirmed_on": TODAY} | placed
    if kind == "checkpoint":
        usual |= {
            "purpose": "epidemic", "body": "市指挥部", "body_level": "city", "document": "通知",
            "valid_from": date(2022, 3, 15),
        }  # fmt: skip
    return Entry(kind=kind, name=name, **usual | more)


async def add(db: Database, by: Staff, *entries: Entry) -> list[int]:
    async with db.write() as tx:
        return [(await points.add(tx, by, one, NOON)).id or 0 for one in entries]


async def every(db: Database, table: Any = Point) -> list[Any]:
    async with db.read() as tx:
        return list((await tx.scalars(select(table).order_by(table.id))).all())


async def near(db: Database, kind: str, where: str | Place, **more: Any) -> nearest.Answer:
    place = parse_place(where) if isinstance(where, str) else where
    async with db.read() as tx:
        return await nearest.nearest(tx, kind, place, HOME, NOON, **more)


def names(answer: nearest.Answer) -> list[str]:
    return [one.spot.name for one in answer.found]


# What lies nearest


async def test_the_nearest_by_position_wherever_they_are(db: Database, li: Staff) -> None:
    spots = {
        "近": (43.881, 125.401),
        "中": (43.95, 125.45),
        "远": (44.3, 125.9),
        "更远": (45.5, 126.5),
        "海南": (20.0, 110.3),
    }
    await add(db, li, *(entry(name=name, at=at) for name, at in spots.items() if name != "海南"))
    boss = await hire(db, StillClock(), "boss", "admin", division="460000")
    await add(db, boss, entry(name="海南", at=spots["海南"], division="460100"))
    answer = await near(db, "charging", Place(latitude=43.88, longitude=125.40, datum="wgs84"))
    assert (answer.base, names(answer), answer.more) == ("here", ["近", "中", "远"], True)
    assert [round(one.metres or 0) for one in answer.found] == [
        round(distance_m((43.88, 125.40), spots[name])) for name in ("近", "中", "远")
    ]
    farther = await near(db, "charging", Place(latitude=43.88, longitude=125.40, datum="wgs84"), skip=3)
    assert (names(farther), farther.more) == (["更远"], False)
    assert names(await near(db, "test", Place(latitude=43.88, longitude=125.40))) == []


async def test_a_position_counts_in_its_own_datum(db: Database, li: Staff) -> None:
    await add(db, li, entry(at=(43.88, 125.40)))
    apart = [(await near(db, "charging", Place(latitude=43.88, longitude=125.40, datum=d))).found[0].metres
             for d in ("wgs84", "gcj02")]  # fmt: skip
    assert apart[0] == pytest.approx(0, abs=1)
    assert 300 < (apart[1] or 0) < 900


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=40), st.integers(0, 6))
def test_no_nearer_one_is_overlooked(offsets: list[tuple[float, float]], skip: int) -> None:
    """What the rings and cells find is what measuring every distance finds."""
    here = (43.88, 125.40)
    rows = [
        _row(n, (here[0] + north * abs(north), here[1] + east * abs(east))) for n, (north, east) in enumerate(offsets)
    ]

    async def found() -> list[float]:
        async with _Memory() as tx:
            tx.add_all(rows)
            await tx.flush()
            place = Place(latitude=here[0], longitude=here[1], datum="wgs84")
            answer = await nearest.nearest(tx, "charging", place, HOME, NOON, skip=skip)
            return [one.metres or 0 for one in answer.found]

    apart = sorted(distance_m(here, (row.north, row.east)) for row in rows)
    assert asyncio.run(found()) == pytest.approx(apart[skip : skip + 3])


def _row(n: int, at: tuple[float, float]) -> Point:
    point = Point(
        id=n + 1, kind="charging", name=f"{n}", stem="", division="220105", state="active", source="x",
        confirmed_on=TODAY, changed_at=NOON,
    )  # fmt: skip
    points._write(point, entry(name=f"{n}", at=(round(at[0], 6), round(at[1], 6))), NOON)
    return point


class _Memory:
    """A database of tables alone, for one example."""

    async def __aenter__(self) -> AsyncSession:
        self.engine = create_async_engine("sqlite+aiosqlite:///:memory:", poolclass=StaticPool)
        self.tx = AsyncSession(self.engine)
        await (await self.tx.connection()).run_sync(_made)
        return self.tx

    async def __aexit__(self, *error: Any) -> None:
        await self.tx.close()
        await self.engine.dispose()


def _made(connection: Connection) -> None:
    Point.metadata.create_all(connection, tables=[Point.metadata.tables["service_point"]])


async def test_along_a_road_what_is_ahead_comes_first(db: Database, li: Staff) -> None:
    await add(
        db, li,
        entry(name="前", road="G12", stake_m=30_000, at=(43.90, 125.60)),
        entry(name="后", road="G12", stake_m=62_000, at=(44.10, 126.00)),
        entry(name="没桩号", road="G12"),
        entry(name="别的路", road="G1", stake_m=50_000),
    )  # fmt: skip
    toward = await near(db, "charging", "G12 K60 往长春方向")
    assert [(one.spot.name, one.ahead) for one in toward.found] == [("前", True), ("没桩号", None), ("后", False)]
    east = await near(db, "charging", "G12 K60 西向东")
    assert next((one.spot.name, one.ahead) for one in east.found) == ("后", True)
    for unclear in ("G12 K60", "G12 K60 上行", "G12 K60 往无此地方向"):
        answer = await near(db, "charging", unclear)
        assert [(one.spot.name, one.ahead) for one in answer.found][:2] == [("后", None), ("前", None)], unclear


async def test_service_areas_are_joined_with_the_register_of_facilities(db: Database, li: Staff) -> None:
    async with db.write() as tx:
        made = {
            name: await facilities.register(tx, li, facilities.Entry("service", name, "G12", "220105", stake), NOON)
            for name, stake in (("净月服务区", 20_000), ("九台服务区", 40_000), ("龙嘉服务区", 60_000))
        }
        await facilities.register(tx, li, facilities.Entry("toll", "长春东收费站", "G12", "220105", 30_000), NOON)
        order = facilities.Order("检修", NOON + timedelta(days=1))
        await facilities.report_closed(tx, li, made["净月服务区"].id or 0, order, NOON)
    await add(db, li, entry("service", "九台服务区", (43.9, 125.5), road="G12", stake_m=40_000, hours="24小时"))
    answer = await near(db, "service", "长春东收费站")
    assert (answer.base, names(answer), answer.shut) == ("road", ["九台服务区", "龙嘉服务区"], 1)
    assert [one.is_open for one in answer.found] == [True, None]
    pinned = await near(db, "service", Place(latitude=43.88, longitude=125.40, datum="wgs84"))
    assert [(one.spot.name, one.metres is None) for one in pinned.found] == [
        ("九台服务区", False),
        ("龙嘉服务区", True),
    ]


async def test_a_county_is_counted_from_its_seat_and_a_province_is_listed(db: Database, li: Staff) -> None:
    await add(db, li, entry(at=(43.9, 125.4)), entry(name="无坐标"))
    county = await near(db, "charging", Place(text="二道区", division="220105"))
    assert (county.base, names(county)) == ("seat", ["东站充电站", "无坐标"])
    province = await near(db, "charging", Place(text="吉林省", division="220000"))
    assert (province.base, names(province)) == ("division", ["东站充电站", "无坐标"])


# Approved checkpoints


async def test_an_approved_checkpoint_is_found_by_name_stake_or_position(db: Database, li: Staff) -> None:
    await add(db, li, entry("checkpoint", "长春东收费站防疫检查点", (43.88, 125.40), road="G12", stake_m=20_300))
    on = date(2022, 4, 1)
    async with db.read() as tx:
        for here in (
            "长春东收费站检查点", "长春东收费站", "G12 K20+900", "G12 长春东收费站查验点", "wgs84 43.8801, 125.4001",
            "gcj02 43.8819, 125.4063",
        ):  # fmt: skip
            assert await points.approved_at(tx, parse_place(here), on), here
        for elsewhere in ("G1 长春东收费站", "G12 K25", "43.90, 125.40", "九台收费站检查点", "G12"):
            assert await points.approved_at(tx, parse_place(elsewhere), on) is None, elsewhere


WHY_NOT: list[tuple[dict[str, Any], date, str | None]] = [
    ({}, date(2022, 3, 15), None),
    ({}, date(2022, 3, 14), "not_yet"),
    ({}, date(2022, 12, 8), None),
    ({}, date(2022, 12, 9), "abolished"),
    ({"valid_to": date(2022, 6, 30)}, date(2022, 6, 30), None),
    ({"valid_to": date(2022, 6, 30)}, date(2022, 7, 1), "over"),
    ({"body_level": "county"}, date(2022, 4, 1), "level"),
    ({"purpose": "overload"}, date(2023, 1, 1), "level"),
    ({"purpose": "overload", "body_level": "province"}, date(2026, 1, 1), None),
    ({"purpose": "police", "body_level": "county"}, date(2026, 1, 1), None),
]


async def test_a_checkpoint_counts_on_the_days_of_its_approval(db: Database, li: Staff) -> None:
    """In a query and one by one alike."""
    for n, (changed, on, why) in enumerate(WHY_NOT):
        name, division = f"米沙子{n}号检查站", f"2201{n + 10}"
        async with db.write() as tx:
            point = await points.add(tx, li, entry("checkpoint", name, division=division, **changed), NOON)
            assert approvals.why_not(point, on) == why, changed
            force = approvals.in_force(on)
            found = await register.in_division(tx, "checkpoint", (division, division), 9, force, placed=True)
            assert bool(found) is (why is None), changed
            assert (await points.approved_at(tx, parse_place(name), on) is not None) is (why is None), changed


async def test_a_closed_checkpoint_counted_before_it_was_closed(db: Database, li: Staff) -> None:
    [point] = await add(db, li, entry("checkpoint", "米沙子检查站", purpose="police"))
    async with db.write() as tx:
        await points.close(tx, li, point, "撤点", NOON)
    async with db.read() as tx:
        assert await points.approved_at(tx, parse_place("米沙子检查站"), TODAY - timedelta(days=1))
        assert await points.approved_at(tx, parse_place("米沙子检查站"), TODAY) is None


async def test_one_name_in_two_cities_is_nobodys(db: Database, li: Staff) -> None:
    await add(db, li, entry("checkpoint", "城东收费站检查点", purpose="police", road="G12"))
    boss = await hire(db, StillClock(), "boss", "admin", division="220000")
    await add(db, boss, entry("checkpoint", "城东收费站检查点", purpose="police", division="220302", road="G1"))
    async with db.read() as tx:
        assert await points.approved_at(tx, parse_place("城东收费站检查点"), TODAY) is None
        assert await points.approved_at(tx, parse_place("G1 城东收费站检查点"), TODAY)


# The sheet

HEAD = "类别,名称,行政区划,来源,核实日期,状态,开放时间,联系电话\r\n"
ROW = "充电站,东站充电站,长春市二道区,现场核对,2026-03-01,使用中,24小时,0431-81230002\r\n"


async def take_in(db: Database, by: Staff, text: str) -> points.Taken:
    async with db.write() as tx:
        return await point_sheet.read(tx, by, text, NOON)


async def sheet(db: Database, language: str = "zh_CN") -> str:
    async with db.read() as tx:
        return "".join([line async for line in point_sheet.written(tx, language)])


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-8", "gb18030"])
async def test_a_sheet_is_taken_in_once_however_often_it_comes(db: Database, li: Staff, coding: str) -> None:
    raw = (HEAD + ROW).encode(coding)
    assert await take_in(db, li, text_of(raw)) == points.Taken(1, 0, 0)
    assert await take_in(db, li, text_of(raw)) == points.Taken(0, 0, 1)
    assert await take_in(db, li, HEAD + ROW.replace("24小时", "08:00-20:00")) == points.Taken(0, 1, 0)
    assert await take_in(db, li, HEAD) == points.Taken(0, 0, 0)
    [row] = await every(db)
    assert (row.hours, row.phone, row.state) == ("08:00-20:00", "0431-81230002", "active")
    assert await take_in(db, li, HEAD + ROW.replace("使用中", "关闭")) == points.Taken(0, 1, 0)
    assert [(one.what, one.imported) for one in await every(db, PointChange)] == [
        ("added", True), ("changed", True), ("changed", True), ("closed", True),
    ]  # fmt: skip
    assert [row.what for row in await every(db, Audit)] == ["point.imported"] * 5


async def test_every_row_and_column_amiss_is_told_and_nothing_is_kept(db: Database, li: Staff) -> None:
    wrong = (
        ROW
        + "充电桩桩,某站,无此地,来函,2026-13-01,使用中,很早,13812345678\r\n"
        + ROW
        + "充电站,远处站,四平市铁东区,来函,2026-03-01,,,\r\n"
        + "中转场地,某场地,二道区,来函,2027-01-01,使用中,,\r\n"
    )
    with pytest.raises(Refusal) as no:
        await take_in(db, li, HEAD + wrong)
    assert render("zh_CN", no.value.say).split("\n") == [
        "有 4 行要改，什么也没有导入：",
        "第 3 行：“类别”“充电桩桩”没看懂。可以写：核酸检测服务站、充电站、服务区、物流网点、中转场地和检查点。；"
        "“行政区划”“无此地”不是一个行政区划。请写六位代码或全名，例如 220104 或 长春市朝阳区。；"
        "“开放时间”“很早”没看懂。请写成 24小时、08:00-20:00，或 周一至周五 08:00-17:00；周六 09:00-12:00。；"
        "“联系电话”这里不登记手机号，可能是个人的。请写单位的座机或热线。；"
        "“核实日期”“2026-13-01”没看懂。请写成 2026-03-01。",
        "第 4 行：“名称”和第 2 行是同一个点。",
        "第 5 行：“行政区划”这里由它所在地的值班台登记。",
        "第 6 行：“分区”这一项要填。；“核实日期”核实日期还没到。请写今天或更早的日期。",
    ]
    assert await every(db) == []


@pytest.mark.parametrize("text", ["", "名称\n甲\n", "\ufeff", '类别,名称,行政区划\n"甲', "\x00,\x00\n" * 3])
async def test_what_is_no_sheet_is_refused(db: Database, li: Staff, text: str) -> None:
    with pytest.raises(Refusal) as no:
        await take_in(db, li, text)
    assert all(render(language, no.value.say) for language in LANGUAGES)


async def test_a_transfer_site_is_not_put_to_use_by_a_sheet(db: Database, li: Staff) -> None:
    head, row = (
        "类别,名称,行政区划,来源,核实日期,分区,车位数,状态\n",
        "中转场地,城东场地,二道区,来函,2026-03-01,冷链,80,",
    )
    with pytest.raises(Refusal, match=r"point\.csv\.amiss"):
        await take_in(db, li, f"{head}{row}使用中\n")
    await take_in(db, li, f"{head}{row}\n")
    [site] = await every(db)
    assert site.state == "reserved"
    async with db.write() as tx:
        await points.activate(tx, li, site.id, "指挥部通知", points.CHECKS, NOON)
    assert await take_in(db, li, f"{head}{row}使用中\n") == points.Taken(0, 0, 1)


async def test_columns_that_a_sheet_lacks_stay_and_empty_cells_take_away(db: Database, li: Staff) -> None:
    await take_in(db, li, HEAD + ROW)
    assert await take_in(db, li, "类别,名称,行政区划,备注\n充电,东站充电站,220105,快充\n") == points.Taken(0, 1, 0)
    assert await take_in(db, li, "kind,name,division,phone\ncharging,东站充电站,220105,\n") == points.Taken(0, 1, 0)
    [row] = await every(db)
    assert (row.hours, row.note, row.phone, row.source) == ("24小时", "快充", None, "现场核对")


_words = anything.map(lambda text: "".join(one for one in text if one.isprintable())[:40])
_days = st.dates(date(2019, 1, 1), TODAY)
_typed = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(point_entry.KINDS),
        "name": st.sampled_from(["甲站", "=乙站", "'丙站", "-丁,站"]) | _words,
        "division": st.sampled_from(["220105", "长春市二道区", "德惠市"]), "source": st.just("来函") | _words,
        "confirmed_on": _days.map(str),
    },
    optional={
        "road": st.sampled_from(["G12", "珲乌高速", "机场高速"]), "stake_m": st.sampled_from(["K20+300", "K0"]),
        "direction": st.sampled_from(["往长春方向", "双向", "吉林"]), "latitude": st.just("43.8812345"),
        "longitude": st.just("125.4"), "datum": st.sampled_from(["gps", "百度", "gcj02"]),
        "hours": st.sampled_from(["全天", "8点-20点", "周一至周五 08:00-17:00；周日 09:00-12:00", "22:00-次日06:00"]),
        "phone": st.sampled_from(["12122", "(0431) 81230002", "400-123-4567、12328"]), "zones": st.just("冷链"),
        "capacity": st.just("80"), "purpose": st.just("公安"), "body": _words, "body_level": st.just("市级"),
        "document": _words, "document_number": _words, "valid_from": _days.map(str), "valid_to": _days.map(str),
        "note": _words, "state": st.sampled_from(["", "关闭", "使用中"]),
    },
)  # fmt: skip


@given(_typed)
def test_an_entry_is_read_or_refused_and_what_is_read_reads_back(typed: dict[str, str]) -> None:
    """Whatever is typed; and the sheet that is written of it is the same entry, in both languages."""
    read, amiss = point_entry.read(typed, TODAY)
    assert (read is None) is bool(amiss)
    for _, no in amiss:
        assert all(render(language, no.say) for language in LANGUAGES)
    if read is None:
        return
    point = points._blank(NOON)
    points._write(point, read, NOON)
    for language in LANGUAGES:
        line = point_sheet._line(point_sheet._cells(point, language))
        [cells] = csv.reader(io.StringIO(line))
        again, no_more = point_entry.read(
            dict(zip(point_sheet.COLUMNS, map(point_sheet._plain, cells), strict=True)), TODAY
        )
        assert (no_more, again and points.changes(point, again)) == ([], [])


async def test_the_register_survives_its_own_sheet(db: Database, li: Staff) -> None:
    everything = (
        entry(
            at=(43.881234, 125.4),
            hours="周一至周五 08:00-17:00",
            phone="12122",
            note="=1+1",
            road="G12",
            stake_m=20_300,
        ),
        entry("transfer", "场地", zones="both", capacity=80),
        entry("checkpoint", "双阳检查点", purpose="police", document_number="〔2022〕5号", valid_to=TODAY),
        entry(name="'甲", direction="长春"),
    )
    await add(db, li, *everything)
    before = [point_sheet._cells(one, "en") for one in await every(db)]
    for language in LANGUAGES:
        text = await sheet(db, language)
        assert await take_in(db, li, text) == points.Taken(0, 0, 4)
        pasted = io.StringIO()
        csv.writer(pasted, delimiter="\t").writerows(csv.reader(io.StringIO(text)))
        assert await take_in(db, li, pasted.getvalue()) == points.Taken(0, 0, 4)
    assert [point_sheet._cells(one, "en") for one in await every(db)] == before


async def test_the_command_exports_and_imports(
    db: Database, clock: StillClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.settings import Settings

    await hire(db, clock, "wang")
    address = db.url.render_as_string(hide_password=False)
    made = Settings(_env_file=None, database_url=address, var=tmp_path, secret_key="x" * 20)  # type: ignore[call-arg]
    file = tmp_path / "points.csv"
    assert await command.register(made, "points", "import", file, "wang") == 2
    file.write_bytes((HEAD + ROW).encode("gb18030"))
    assert await command.register(made, "points", "import", file, None) == 2
    assert await command.register(made, "points", "import", file, "wang") == 0
    assert "1 added" in capsys.readouterr().out
    out = tmp_path / "out" / "points.csv"
    assert await command.register(made, "points", "export", out, None) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf" + "类别,名称,行政区划".encode())
    assert "长春市" not in out.read_text("utf-8")
    file.write_text(HEAD + ROW.replace("24小时", "随时"), "utf-8")
    assert await command.register(made, "points", "import", file, "wang") == 1
    assert "第 2 行：“开放时间”" in capsys.readouterr().out


# Hours, words, buttons


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("24小时开放", "24小时"), ("00:00-24:00", "24小时"), ("8点到20点", "08:00-20:00"),
        ("每天 8:00—11:30、13:00—17:30", "08:00-11:30,13:00-17:30"), ("Mon-Fri 8:00-17:00", "周一至周五 08:00-17:00"),
        ("周六日 9:00-12:00", None), ("周六、周日9:00-12:00", "周六至周日 09:00-12:00"),
        ("周五至周一 22:00-次日06:00", "周一、周五至周日 22:00-06:00"),
        ("25:00-26:00", None), ("8:00-8:00", None), ("白天", None), ("8:70-9:00", None), ("", None),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Refusal):
            hours.parse_hours(typed)
    else:
        assert hours.parse_hours(typed) == kept == hours.parse_hours(kept)


@given(anything)
def test_any_text_is_hours_or_refused(text: str) -> None:
    try:
        kept = hours.parse_hours(text)
    except Refusal:
        return
    assert hours.parse_hours(kept) == kept
    assert all(render(language, hours.describe_hours(kept)) for language in LANGUAGES)
    hours.is_open(kept, datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_open_and_shut_over_midnight_and_weekends() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, 30, tzinfo=UTC)  # the first is a Sunday

    assert hours.is_open("24小时", at(1, 3))
    assert [hours.is_open("周一至周五 08:00-17:00", at(day, 9)) for day in (1, 2, 6, 7)] == [False, True, True, False]
    night = [
        hours.is_open("周日 22:00-06:00", at(day, hour)) for day, hour in ((1, 21), (1, 23), (2, 5), (2, 6), (3, 5))
    ]
    assert night == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("附近核酸点", "test"), ("哪里能做核酸", "test"), ("哪里能充电", "charging"), ("最近的服务区", "service"),
        ("充电桩", "charging"), ("附近有没有物流网点", "logistics"), ("中转场地在哪", "transfer"),
        ("这个检查点批准了吗", "checkpoint"), ("检查站合法吗", "checkpoint"), ("前面有检查点吗", "checkpoint"),
        ("where can I get tested", "test"), ("nearest charging station", "charging"),
        ("is this checkpoint approved?", "checkpoint"), ("哪里能休息", "service"),
        ("这个检查点没有批准", None), ("服务区关了", None), ("附近的检查点为什么不让走", None),
        ("在哪投诉检查站", None),
        ("走到哪里都要做核酸", None), ("最近三天做过核酸", None), ("谢谢", None), ("哪里能修车", None),
    ],
)  # fmt: skip
def test_free_words_that_ask_for_a_point(said: str, kind: str | None) -> None:
    assert point_words.recognise(said) == kind


@given(anything)
def test_any_text_is_a_question_for_a_point_or_not(text: str) -> None:
    assert point_words.recognise(text) in (None, *point_entry.KINDS)


@given(anything, st.integers(20, 54))
def test_a_place_on_a_button_fits_and_reads_back(text: str, most: int) -> None:
    try:
        place = parse_place(text)
    except Refusal:
        return
    words = near_by.short_words(place, most)
    assert len(words.encode()) <= most
    if words:
        again = parse_place(words)
        assert (again.road, again.stake_m) == (place.road, place.stake_m)
