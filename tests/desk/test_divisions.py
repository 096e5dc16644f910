"""Divisions by code, by words, by position; and the datums of positions."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline import divisions
from hotline.divisions.table import HERE
from hotline.formats.coordinates import distance_m
from hotline.formats.datums import ROUND_TRIP_M, convert, is_shifted
from hotline.formats.places import Place, from_position, parse_place
from tests.formats.strategies import anything

CHANGCHUN = "220100"


# By code


def test_a_code_gives_its_names_level_and_position() -> None:
    found = divisions.by_code("220104")
    assert found is not None
    assert (found.name, found.full_name, found.level, found.datum) == (
        "朝阳区",
        "吉林省长春市朝阳区",
        "county",
        "gcj02",
    )
    assert found.position == (43.833762, 125.288254)
    assert divisions.by_code("220104000000") == found
    assert divisions.by_code("220199") is None


@pytest.mark.parametrize(
    ("code", "name", "level", "above"),
    [
        ("220000", "吉林省", "province", ()),
        ("220100", "吉林省长春市", "city", ("220000",)),
        ("360734", "江西省赣州市寻乌县", "county", ("360700", "360000")),
        ("110105", "北京市朝阳区", "county", ("110000",)),
        ("429004", "湖北省仙桃市", "county", ("420000",)),
    ],
)
def test_what_is_above_is_told_nearest_first_without_rows_that_only_gather(
    code: str, name: str, level: str, above: tuple[str, ...]
) -> None:
    found = divisions.by_code(code)
    assert found is not None
    assert (found.full_name, found.level) == (name, level)
    assert divisions.ancestors(code) == above


def test_a_subtree_is_a_range_of_codes() -> None:
    assert divisions.bounds("220000") == ("220000", "229999")
    assert divisions.bounds(CHANGCHUN) == ("220100", "220199")
    assert divisions.bounds("220104") == ("220104", "220104")
    assert divisions.is_within("220104", CHANGCHUN)
    assert divisions.is_within(CHANGCHUN, CHANGCHUN)
    assert not divisions.is_within(CHANGCHUN, "220104")
    assert not divisions.is_within("220200", CHANGCHUN)
    assert divisions.is_within("360734", divisions.NATION)


def test_each_division_lies_in_what_is_above_it() -> None:
    for code in divisions.table.divisions():
        for above in divisions.ancestors(code):
            assert divisions.is_within(code, above)
            assert divisions.by_code(above) is not None


# What changed since the table


def test_gongzhuling_has_belonged_to_changchun_since_2020() -> None:
    old = divisions.by_code("220381")
    assert old is not None
    assert (old.is_current, old.successor) == (False, "220184")
    new = divisions.by_code("220184")
    assert new is not None
    assert (new.full_name, new.position) == ("吉林省长春市公主岭市", old.position)
    assert divisions.resolve("公主岭收费站") == new


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("杭州市临平区", "330113"),
        ("杭州市钱塘区", "330114"),
        ("洛阳偃师区", "410307"),
        ("孟津县", "410308"),
        ("江干区", None),
    ],
)
def test_the_changes_of_2021_are_known(words: str, code: str | None) -> None:
    found = divisions.resolve(words)
    assert (found and found.code) == code


def test_each_line_of_the_overlay_says_what_by_when_and_who_says_so() -> None:
    with (HERE / "overlay.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    known = divisions.table.divisions()
    assert len({line["code"] for line in lines}) == len(lines)
    for line in lines:
        assert line["change"] in ("new", "renamed", "abolished"), line
        assert line["by"]
        assert "NBS" in line["source"].split(), line
        if line["successor"]:
            assert line["change"] == "abolished"
            assert known[line["successor"]].is_current


def test_the_table_came_whole_and_with_its_licence() -> None:
    with (HERE / "adcodes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), sum(not row["latitude"] for row in rows)) == (3511, 293)
    assert "MIT" in (HERE / "LICENSE.cpca").read_text("utf-8")


# By words


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("长春市朝阳区", "220104"),
        ("吉林省长春市朝阳区人民大街", "220104"),
        ("长春朝阳", "220104"),
        ("北京朝阳", "110105"),
        ("长春", "220100"),
        ("寻乌", "360734"),
        ("赣州寻乌南收费站", "360734"),
        ("长春东收费站", "220100"),
        ("G12 珲乌高速 长春东收费站 往哈尔滨方向", "220100"),
        ("德惠服务区", "220183"),
        ("长春双阳服务区", "220112"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("吉林长春", "220100"),
        ("通化", "220500"),
        ("通化县", "220521"),
        ("海南", "460000"),
        ("内蒙古", "150000"),
        ("延边", "222400"),
        ("前郭", "220721"),
        ("东莞长安镇", "441900"),
        ("济源", "419001"),
        ("朝阳区", None),
        ("铁西区", None),
        ("从长春到沈阳", None),
        ("往哈尔滨方向", None),
        ("长春大街与沈阳路交汇", None),
        ("郊区", None),
        ("G102 K123+400", None),
        ("", None),
    ],
)
def test_the_most_specific_division_is_named(words: str, code: str | None) -> None:
    found = divisions.resolve(words)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("words", "near", "code"),
    [
        ("朝阳区", "220100", "220104"),
        ("朝阳区", "220183", "220104"),
        ("朝阳区", "110000", "110105"),
        ("朝阳区", "360734", None),
        ("双阳服务区", "220100", "220112"),
        ("铁西区", "220300", "220302"),
        ("寻乌", "220100", "360734"),
        ("沈阳", "220100", "210100"),
        ("兴隆山收费站", "220100", None),
        ("德惠米沙子镇", "220100", "220183"),
    ],
)
def test_what_is_near_settles_a_name_that_several_have(words: str, near: str, code: str | None) -> None:
    found = divisions.resolve(words, near)
    assert (found and found.code) == code


@given(anything, st.sampled_from([None, "220100", "110000", "999999", "x"]))
def test_any_words_name_one_that_is_current_or_none(words: str, near: str | None) -> None:
    found = divisions.resolve(words, near)
    assert found is None or found.is_current


CURRENT = [d for d in divisions.table.divisions().values() if d.is_current and not divisions.gathers(d.code)]


@given(st.sampled_from(CURRENT))
def test_a_full_name_names_its_division(division: divisions.Division) -> None:
    assert divisions.resolve(division.full_name) == division


# By position


@pytest.mark.parametrize(
    ("at", "datum", "code"),
    [
        ((43.8338, 125.2882), "gcj02", "220104"),
        ((24.955, 115.648), "wgs84", "360734"),
        ((23.02, 113.75), "gcj02", "441900"),
        ((55.75, 37.62), "wgs84", None),
        ((35.68, 139.69), "wgs84", None),
    ],
)
def test_the_nearest_seat_is_found(at: tuple[float, float], datum: str, code: str | None) -> None:
    found = divisions.nearest(*at, datum)
    assert (found and found.code) == code


def test_each_seat_is_nearest_to_itself_in_every_datum() -> None:
    for seat in CURRENT[::37]:
        if seat.position is None or seat.level != "county":
            continue
        for datum in ("gcj02", "wgs84", "bd09"):
            found = divisions.nearest(*convert(*seat.position, "gcj02", datum), datum)  # type: ignore[arg-type]
            assert found is not None
            assert found.position == seat.position


@pytest.mark.parametrize(
    ("place", "near", "code"),
    [
        (parse_place("G12 长春东收费站"), None, "220100"),
        (parse_place("G102 K123+400 往长春方向"), None, None),
        (parse_place("双阳服务区"), CHANGCHUN, "220112"),
        (from_position(43.8338, 125.2882, "gcj02"), None, "220104"),
        (from_position(43.8338, 125.2882, "gcj02", "长春市南关区某路"), None, "220102"),
        (from_position(43.8338, 125.2882, "gcj02", "往哈尔滨方向"), None, "220104"),
        (from_position(43.8338, 125.2882, "gcj02", "四平东收费站"), None, "220104"),
        (from_position(55.75, 37.62, "wgs84"), None, None),
        (Place(), None, None),
    ],
)
def test_a_place_lies_in_a_division(place: Place, near: str | None, code: str | None) -> None:
    assert divisions.of_place(place, near) == code


# Datums


def test_the_formula_is_the_one_that_others_publish() -> None:
    here = (39.915, 116.404)
    assert convert(*here, "wgs84", "gcj02") == pytest.approx((39.91640428150164, 116.41024449916938), abs=1e-9)
    assert convert(*here, "gcj02", "bd09") == pytest.approx((39.92133699351021, 116.41036949371029), abs=1e-9)
    assert distance_m(here, convert(*here, "wgs84", "gcj02")) == pytest.approx(555, abs=5)


DATUMS = ["wgs84", "gcj02", "bd09"]


@given(st.floats(18, 53.5), st.floats(74, 135), st.sampled_from(DATUMS), st.sampled_from(DATUMS))
def test_there_and_back_again_is_where_it_was(latitude: float, longitude: float, here: str, there: str) -> None:
    away = convert(latitude, longitude, here, there)  # type: ignore[arg-type]
    back = convert(*away, there, here)  # type: ignore[arg-type]
    assert distance_m(back, (latitude, longitude)) < ROUND_TRIP_M
    assert distance_m(away, (latitude, longitude)) < 3_000


@given(st.floats(-89, 89), st.floats(-179, 179))
def test_outside_china_nothing_is_moved(latitude: float, longitude: float) -> None:
    if not is_shifted(latitude, longitude):
        assert convert(latitude, longitude, "wgs84", "gcj02") == (latitude, longitude)
        assert convert(latitude, longitude, "gcj02", "wgs84") == (latitude, longitude)


def test_a_datum_that_nobody_named_is_left_alone() -> None:
    assert convert(43.88, 125.32, None, "gcj02") == (43.88, 125.32)
    with pytest.raises(ValueError, match="no datum"):
        convert(43.88, 125.32, "nad27", "gcj02")


# What it costs


def test_nothing_is_read_before_it_is_asked() -> None:
    code = (
        "import hotline.divisions; from hotline.divisions import table, names;"
        "assert table.divisions.cache_info().currsize == 0 and names._names.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_shows_what_a_text_resolves_to() -> None:
    from hotline.formats import PARSERS
    from locales.words import Refusal
    from tests.conftest import NOON

    assert PARSERS["division"]("长春市朝阳区", NOON)["code"] == "220104"
    with pytest.raises(Refusal, match=r"division\.refused"):
        PARSERS["division"]("朝阳区", NOON)
