from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.staff import near, sketch
from handlers.staff.due import Due
from handlers.staff.near import Neighbour
from handlers.staff.sketch import CLOSE, HEIGHT_COMPASS, LABEL, WIDTH
from hotline.formats.places import from_position, parse_place
from locales.words import say
from storage.models import Facility, Ticket
from tests.staff.desk import Browser, Desk

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DUE = Due("ok", say("console.due.answer"), NOON)


def beside(letter: str, stake_m: int | None, apart: float | None, bearing: float | None = None) -> Neighbour:
    return Neighbour(letter, Ticket(), say("place.unknown"), DUE, stake_m, apart, bearing)


def gate(name: str, stake_m: int) -> Facility:
    return Facility(kind="toll", name=name, road="G102", stake_m=stake_m, division="220100", changed_at=NOON)


def test_a_road_is_drawn_with_its_stakes_from_left_to_right() -> None:
    drawn = sketch.draw(
        parse_place("G102 K1001+300 往长春方向"),
        [beside("A", 1_000_500, 800), beside("B", 1_002_000, 700)],
        [gate("米沙子收费站", 1_001_800), gate("远方收费站", 1_050_000)],
    )
    assert drawn is not None
    assert (drawn.shape, drawn.here.label) == ("road", "K1001+300")
    a, b = drawn.marks
    assert a.x < drawn.here.x < b.x
    assert [one.label for one in drawn.facilities] == ["米沙子收费站"]
    assert {"K1000+500", "K1002+000"} & {one.label for one in drawn.ticks}


def test_a_toll_station_has_the_stake_that_the_register_knows() -> None:
    drawn = sketch.draw(parse_place("G102 米沙子收费站"), [], [gate("米沙子收费站", 1_001_800)])
    assert drawn is not None
    assert drawn.here.label == "K1001+800"


def test_a_bare_position_is_drawn_with_north_above() -> None:
    drawn = sketch.draw(
        from_position(43.88, 125.32, "wgs84"), [beside("A", None, 900, 0), beside("B", None, 900, 90)], []
    )
    assert drawn is not None
    north, east = drawn.marks
    assert drawn.shape == "compass"
    assert (north.x, east.y) == (drawn.here.x, drawn.here.y)
    assert north.y < drawn.here.y
    assert east.x > drawn.here.x


def test_what_is_nowhere_is_not_drawn() -> None:
    assert sketch.draw(parse_place("G102 往长春方向"), [], []) is None


@given(st.integers(0, 3_000_000), st.lists(st.integers(-5_000, 5_000), max_size=12))
def test_marks_stay_on_the_sheet_and_apart(stake: int, away: list[int]) -> None:
    near_by = [beside("A", max(0, stake + metres), abs(metres)) for metres in away]
    drawn = sketch.along_road(
        parse_place("G102 K1"), stake, near_by, [gate(str(n), stake + n) for n in range(0, 900, 90)]
    )
    assert all(0 <= mark.x <= WIDTH for mark in (*drawn.marks, *drawn.ticks, *drawn.facilities, drawn.here))
    for kind in (drawn.ticks, drawn.facilities):
        assert all(abs(a.x - b.x) >= LABEL for n, a in enumerate(kind) for b in kind[:n])
    for n, a in enumerate(drawn.marks):
        assert all(abs(a.x - b.x) > CLOSE - 1 or abs(a.y - b.y) > CLOSE - 1 for b in drawn.marks[:n])


@given(st.lists(st.tuples(st.floats(0, 3_000), st.floats(0, 360, exclude_max=True)), max_size=12))
def test_a_compass_holds_whatever_is_near(around: list[tuple[float, float]]) -> None:
    drawn = sketch.compass([beside("A", None, apart, bearing) for apart, bearing in around])
    assert len(drawn.marks) == len(around)
    assert all(0 <= mark.x <= HEIGHT_COMPASS and 0 <= mark.y <= HEIGHT_COMPASS for mark in drawn.marks)


@pytest.mark.parametrize(
    ("to", "degrees"), [((44.88, 125.32), 0), ((43.88, 126.32), 90), ((42.88, 125.32), 180), ((43.88, 124.32), 270)]
)
def test_bearings_go_clockwise_from_north(to: tuple[float, float], degrees: float) -> None:
    assert abs(near.bearing_of((43.88, 125.32), to) - degrees) < 0.5


async def test_the_page_draws_and_lists_the_neighbours(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report("G102 K1001+300")
    await desk.report("G102 K1002+100", by="b")
    at = from_position(43.88, 125.32, "wgs84")
    bare = await desk.report(at, by="c")
    await desk.report(from_position(43.89, 125.32, "gcj02"), by="d")
    page = await clerk.get(f"/staff/tickets/{ticket.number}")
    assert 'class="sketch of-road"' in page.html
    assert "相距 800 米" in page.text
    assert "style=" not in page.html
    compass = await clerk.get(f"/staff/tickets/{bare.number}")
    assert 'class="sketch of-compass"' in compass.html
    assert re.search("(公里|米) · 1 人报告", compass.text)
