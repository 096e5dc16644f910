"""Grid cells and distances."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.coordinates import EARTH_RADIUS_M, cell, cells_near, checked, distance_m

anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance_m((43.0, 125.0), (44.0, 125.0)) == pytest.approx(111_195, abs=1)
    assert distance_m((43.88, 125.32), (43.88, 125.32)) == 0


def test_changchun_to_harbin_is_about_230_kilometres() -> None:
    assert distance_m((43.88, 125.32), (45.75, 126.65)) == pytest.approx(233_000, rel=0.02)


def test_the_cell_is_a_twentieth_of_a_degree() -> None:
    assert cell(43.875, 125.325) == cell(43.89, 125.34)
    assert cell(43.875, 125.325) != cell(43.925, 125.325)
    assert cell(43.875, 125.325) != cell(43.875, 125.375)
    assert len(cells_near(43.875, 125.325, 0)) == 1


def test_a_negative_distance_is_a_bug() -> None:
    with pytest.raises(ValueError, match="not negative"):
        cells_near(43.88, 125.32, -1)


@given(anywhere, st.floats(0, 360), st.floats(0, 20_000))
def test_whatever_is_near_lies_in_a_near_cell(here: tuple[float, float], bearing: float, metres: float) -> None:
    there = _go(here, bearing, metres)
    assert distance_m(here, there) == pytest.approx(metres, abs=0.5)
    assert cell(*there) in cells_near(*here, metres + 1)


@given(anywhere, anywhere)
def test_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert distance_m(here, there) == pytest.approx(distance_m(there, here))
    assert 0 <= distance_m(here, there) <= math.pi * EARTH_RADIUS_M + 1


@given(anywhere)
def test_checked_positions_stay_as_they_are(here: tuple[float, float]) -> None:
    if here != (0, 0):
        once = checked(*here)
        assert checked(*once) == once


def _go(here: tuple[float, float], bearing: float, metres: float) -> tuple[float, float]:
    latitude, longitude, course = (math.radians(d) for d in (*here, bearing))
    angle = metres / EARTH_RADIUS_M
    north = math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(angle) * math.cos(course)
    east = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(latitude), math.cos(angle) - math.sin(latitude) * north
    )
    turned = (math.degrees(longitude + east) + 540) % 360 - 180
    return math.degrees(math.asin(max(-1.0, min(1.0, north)))), turned
