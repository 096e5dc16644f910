"""Places as drivers tell them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.describe import describe_place
from hotline.formats.places import Place, find_place, from_position, parse_place, plain_words
from locales.words import LANGUAGES, Refusal, render
from tests.formats.strategies import anything, degrees, directions, facilities, plates, road_numbers, stake_metres

G12 = {"road": "G12", "road_name": "珲乌高速"}
G1 = {"road": "G1", "road_name": "京哈高速"}
DEHUI = {"facility": "德惠服务区", "facility_kind": "service_area"}
EAST_GATE = {"facility": "长春东收费站", "facility_kind": "toll_station"}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("G102 K123+400 往长春方向", {"road": "G102", "stake_m": 123_400, "direction": "长春"}),
        ("102国道123公里", {"road": "G102", "stake_m": 123_000}),
        ("国道102 桩号123+400", {"road": "G102", "stake_m": 123_400}),
        ("幺零二国道K一百二十三加四百", {"road": "G102", "stake_m": 123_400}),
        ("G12长春东收费站", G12 | EAST_GATE),
        ("G十二长春东收费站", G12 | EAST_GATE),
        ("G12珲乌高速长春东收费站出口", G12 | EAST_GATE),
        ("G12 长春东 收费站", G12 | EAST_GATE),
        ("我在 G12 “长春东”收费站被拦下了", G12 | EAST_GATE),
        ("长春东收费站", EAST_GATE),
        ("吉林省长春市二道区长春东收费站", EAST_GATE),
        ("从沈阳上的高速，到长春东收费站不让下", EAST_GATE),
        ("过了德惠服务区到长春东收费站", EAST_GATE),
        ("从G1四平收费站上的，走到德惠服务区没油了", G1 | DEHUI),
        ("不让我下长春东收费站", EAST_GATE),
        ("京哈高速长春方向K1023+500", G1 | {"direction": "长春", "stake_m": 1_023_500}),
        ("京哈高速 1023+500", G1 | {"stake_m": 1_023_500}),
        ("京哈k1023加500", G1 | {"stake_m": 1_023_500}),
        ("京哈高速1023公里500米处", G1 | {"stake_m": 1_023_500}),
        ("G1 K1023.5 下行", G1 | {"stake_m": 1_023_500, "direction": "下行"}),
        ("G1 ZK12+050", G1 | {"stake_m": 12_050, "line": "left"}),
        ("G12K123加400左幅", G12 | {"stake_m": 123_400, "direction": "左幅"}),
        ("G1 哈尔滨→长春 德惠服务区", G1 | DEHUI | {"direction": "长春"}),
        ("G1德惠服务区去长春", G1 | DEHUI | {"direction": "长春"}),
        ("哈尔滨至长春方向 G1 K1000", G1 | {"direction": "长春", "stake_m": 1_000_000}),
        ("G102由东往西 K9", {"road": "G102", "direction": "东向西", "stake_m": 9_000}),
        ("长春东收费站出城", EAST_GATE | {"direction": "出城"}),
        ("朝阳西收费站往朝阳方向", {"facility": "朝阳西收费站", "facility_kind": "toll_station", "direction": "朝阳"}),
        ("G12堵了3公里", G12),
        ("长春东下道口", {"facility": "长春东出口", "facility_kind": "toll_station"}),
        ("京哈高速长春东出口", G1 | {"facility": "长春东出口", "facility_kind": "toll_station"}),
        ("长春东高速口", {"facility": "长春东高速口", "facility_kind": "toll_station"}),
        ("德惠南下高速", {"facility": "德惠南出口", "facility_kind": "toll_station"}),
        ("G1 往 长春 方向 1023公里", G1 | {"direction": "长春", "stake_m": 1_023_000}),
        ("德惠停车区", {"facility": "德惠停车区", "facility_kind": "parking_area"}),
        ("长春南互通立交", {"facility": "长春南互通立交", "facility_kind": "interchange"}),
        ("G1与G12交汇长春东枢纽", G1 | {"facility": "长春东枢纽", "facility_kind": "interchange"}),
        ("当阳峪卡口", {"facility": "当阳峪卡口", "facility_kind": "checkpoint"}),
        ("长春东收费站检查点", {"facility": "长春东收费站检查点", "facility_kind": "checkpoint"}),
        ("长白山隧道口", {"facility": "长白山隧道", "facility_kind": "tunnel"}),
        ("松花江大桥上", {"facility": "松花江大桥", "facility_kind": "bridge"}),
        ("松花江大桥收费站", {"facility": "松花江大桥收费站", "facility_kind": "toll_station"}),
        ("大石桥收费站", {"facility": "大石桥收费站", "facility_kind": "toll_station"}),
        ("从化收费站", {"facility": "从化收费站", "facility_kind": "toll_station"}),
        ("G12收费站", G12 | {"facility_kind": "toll_station"}),
        ("长春绕城高速", {"road_name": "长春绕城高速"}),
        ("S26抚长高速 K12", {"road": "S26", "road_name": "抚长高速", "stake_m": 12_000}),
        ("43.88,125.32", {"latitude": 43.88, "longitude": 125.32}),
        ("４３．８８，１２５．３２", {"latitude": 43.88, "longitude": 125.32}),
        ("125.32 43.88", {"latitude": 43.88, "longitude": 125.32}),
        ("北纬43.88 东经125.32", {"latitude": 43.88, "longitude": 125.32}),
        ("43°52'48\"N 125°19'12\"E", {"latitude": 43.88, "longitude": 125.32}),
        ("高德定位 43.8800,125.3200", {"latitude": 43.88, "longitude": 125.32, "datum": "gcj02"}),
        ("48.85,2.35", {"latitude": 48.85, "longitude": 2.35}),
        ("G12 Changchun East toll station toward Harbin",
         G12 | {"facility": "Changchun East toll station", "facility_kind": "toll_station", "direction": "Harbin"}),
        ("stuck at the changchun east toll station",
         {"facility": "changchun east toll station", "facility_kind": "toll_station"}),
        ("northbound G1 K1023", G1 | {"direction": "北", "stake_m": 1_023_000}),
        ("长春市人民大街与自由大路交汇", {}),
        ("德惠市朱城子镇", {}),
        ("石桥镇政府门口", {}),
    ],
)  # fmt: skip
def test_a_place_as_it_is_typed(typed: str, known: dict[str, Any]) -> None:
    told = parse_place(typed).to_json()
    told.pop("text")
    assert told == known


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("你好", "place.refused"),
        ("1", "place.refused"),
        ("", "place.refused"),
        ("😀😀😀😀", "place.refused"),
        ("吉A12345", "place.refused"),
        ("13812345678", "place.refused"),
        ("我在路口", "place.refused"),
        ("在高速上堵车了", "place.refused"),
        ("前面不让走了", "place.refused"),
        ("不让下高速", "place.refused"),
        ("准备上高速了", "place.refused"),
        ("往长春方向", "place.refused"),
        ("G123次列车", "place.refused"),
        ("收费站", "place.which_facility"),
        ("前面服务区", "place.which_facility"),
        ("村口有个检查点", "place.which_facility"),
        ("K123+400", "place.which_road"),
        ("123公里400米", "place.which_road"),
        ("93.88,225.32", "place.coordinates"),
        ("0.0,0.0", "place.coordinates"),
        ("长" * 201, "place.too_long"),
    ],
)
def test_what_is_no_place_is_told_why(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_place(typed)
    assert refused.value.key == key


@pytest.mark.parametrize(
    "typed", ["G12长春东收费站吉A12345", "吉A12345在G12长春东收费站", "电话13812345678，G12长春东收费站，吉B1234挂"]
)
def test_plates_and_mobile_numbers_stay_out_of_a_place(typed: str) -> None:
    place = parse_place(typed)
    assert (place.road, place.facility) == ("G12", "长春东收费站")
    assert not any(hidden in place.text for hidden in ("吉A12345", "13812345678", "吉B1234挂"))


@pytest.mark.parametrize(
    ("typed", "chinese", "english"),
    [
        ("G12长春东收费站", "G12 珲乌高速 长春东收费站", "G12 珲乌高速 长春东收费站"),
        ("102国道123.4公里往长春方向", "G102 K123+400 往长春方向", "G102 K123+400 toward 长春"),
        ("京哈高速K12下行", "G1 京哈高速 K12+000 下行方向", "G1 京哈高速 K12+000 down line"),
        ("G102 东向西", "G102 由东向西", "G102 westbound"),
        ("G12收费站", "G12 珲乌高速 收费站", "G12 珲乌高速 toll station"),
        ("43.88,125.32", "位置 43.880, 125.320", "position 43.880, 125.320"),
        ("G102 米沙子镇北侧", "G102 米沙子镇北侧", "G102 米沙子镇北侧"),
        ("德惠市朱城子镇", "德惠市朱城子镇", "德惠市朱城子镇"),
    ],
)
def test_a_place_reads_well_in_both_languages(typed: str, chinese: str, english: str) -> None:
    said = describe_place(parse_place(typed))
    assert render("zh_CN", said) == chinese
    assert render("en", said) == english


def test_a_position_from_a_device() -> None:
    place = from_position(43.88, 125.32, "gcj02")
    assert (place.latitude, place.longitude, place.datum) == (43.88, 125.32, "gcj02")
    assert render("zh_CN", describe_place(place)) == "位置 43.880, 125.320"


def test_the_label_of_a_position_adds_road_and_facility() -> None:
    place = from_position(43.88, 125.32, "gcj02", "吉林省长春市二道区G12珲乌高速长春东收费站")
    assert (place.road, place.facility, place.latitude) == ("G12", "长春东收费站", 43.88)
    assert render("zh_CN", describe_place(place)) == "G12 珲乌高速 长春东收费站"
    assert render("zh_CN", describe_place(from_position(43.88, 125.32, "gcj02", "93.88,225.32 附近"))).endswith("附近")
    assert render("en", describe_place(from_position(43.88, 125.32, "gcj02", "自由大路8号"))) == "自由大路8号"


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91.0, 200.0), (0.0, 0.0), (float("nan"), 1.0), (1.0, float("inf"))]
)
def test_a_device_without_a_fix_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(Refusal) as refused:
        from_position(latitude, longitude, "wgs84")
    assert refused.value.key == "place.coordinates"


def test_free_words_hold_a_place_only_when_they_name_one() -> None:
    assert find_place("我想办通行证，怎么办理") is None
    assert find_place("收费站不让下") is None
    assert find_place("德惠市朱城子镇") is None
    found = find_place("大家好，我在京哈高速德惠服务区堵了三个小时")
    assert found is not None
    assert found.text == "G1京哈高速 德惠服务区"


@given(road_numbers, stake_metres, st.sampled_from([None, "left", "right"]), directions, facilities)
def test_what_a_place_says_of_itself_reads_back(
    road: str, metres: int, line: Any, direction: str, facility: str
) -> None:
    known = parse_place(f"{road} {facility}")
    place = Place(road=road, road_name=known.road_name, stake_m=metres, line=line, direction=direction,
                  facility=facility, facility_kind=known.facility_kind)  # fmt: skip
    words = plain_words(place)
    assert parse_place(words) == Place(**{**place.to_json(), "text": words})


@given(degrees)
def test_degrees_read_back_also_when_they_are_swapped(position: tuple[float, float]) -> None:
    latitude, longitude = position
    assert parse_place(f"{latitude:.6f},{longitude:.6f}").position == (latitude, longitude)
    assert parse_place(f"{longitude:.6f},{latitude:.6f}").position == (latitude, longitude)


@given(road_numbers, facilities, plates)
def test_a_plate_never_gets_into_a_facility(road: str, facility: str, plate: str) -> None:
    for typed in (f"{road} {facility} {plate}", f"{plate} {road} {facility}", f"{road} {facility}，{plate}"):
        assert parse_place(typed).facility == facility


@given(anything)
def test_any_text_is_a_place_or_a_refusal(text: str) -> None:
    try:
        place = parse_place(text)
    except Refusal:
        return
    assert Place.from_json(json.loads(json.dumps(place.to_json()))) == place
    assert None not in place.to_json().values()
    assert parse_place(place.text).text == place.text
    for language in LANGUAGES:
        assert render(language, describe_place(place)).strip()


@given(degrees, anything)
def test_a_position_with_any_label_is_a_place_that_can_be_said(position: tuple[float, float], label: str) -> None:
    place = from_position(*position, "gcj02", label)
    assert place.position == position
    assert Place.from_json(json.loads(json.dumps(place.to_json()))) == place
    for language in LANGUAGES:
        assert render(language, describe_place(place)).strip()


@given(anything)
def test_free_words_never_refuse(text: str) -> None:
    place = find_place(text)
    assert place is None or place.road or place.road_name or place.facility or place.position
