"""Datums of Chinese maps: WGS 84 (GPS), GCJ-02 (AMap, Tencent, WeChat), BD-09 (Baidu), and the way between them."""

from __future__ import annotations

from math import atan2, cos, pi, radians, sin, sqrt
from typing import Literal

Datum = Literal["wgs84", "gcj02", "bd09"]

SHIFTED_LATITUDES, SHIFTED_LONGITUDES = (0.8293, 55.8271), (72.004, 137.8347)
"""Where GCJ-02 differs from WGS 84, by the rectangle that open implementations share; it holds some neighbours too."""

ROUND_TRIP_M = 0.01
"""Metres by which there and back again may differ; the tests hold it.

The forward formula is the one that gcoord, coordtransform and eviltransform share. How well it meets the official
service was not measured here.
"""

_AXIS, _FLATNESS = 6_378_245.0, 0.00669342162296594323
"""Half axis in metres and squared eccentricity of the Krasovsky 1940 ellipsoid, on which the shift is defined."""

_TURN = pi * 3000 / 180
_CLOSE = 1e-9
"""Degrees, a tenth of a millimetre."""


def convert(latitude: float, longitude: float, source: str | None, target: Datum) -> tuple[float, float]:
    """The same spot in another datum, as (latitude, longitude).

    Nobody said which datum it is in (None): it stays as it is, up to 700 m off. Outside China GCJ-02 is WGS 84.
    """
    here = (latitude, longitude)
    if source is None or source == target:
        return here
    if source == "bd09":
        here = _from_bd09(*here)
    elif source == "wgs84":
        here = _shifted(*here)
    elif source != "gcj02":
        raise ValueError(f"no datum is called {source}")
    if target == "wgs84":
        return _unshifted(*here)
    return _to_bd09(*here) if target == "bd09" else here


def is_shifted(latitude: float, longitude: float) -> bool:
    """Whether the datums differ there."""
    (south, north), (west, east) = SHIFTED_LATITUDES, SHIFTED_LONGITUDES
    return south <= latitude <= north and west <= longitude <= east


def _shifted(latitude: float, longitude: float) -> tuple[float, float]:
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def _unshifted(latitude: float, longitude: float) -> tuple[float, float]:
    """The point that is shifted to here, found by stepping back until it is."""
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    guess = (latitude, longitude)
    for _ in range(30):
        north, east = _shift(*guess)
        better = (latitude - north, longitude - east)
        done = max(abs(better[0] - guess[0]), abs(better[1] - guess[1])) < _CLOSE
        guess = better
        if done:
            break
    return guess


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees to the north and to the east."""
    x, y = longitude - 105.0, latitude - 35.0
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1 - _FLATNESS * sin(radians(latitude)) ** 2
    meridian = _AXIS * (1 - _FLATNESS) / (magic * sqrt(magic))
    parallel = _AXIS / sqrt(magic) * cos(radians(latitude))
    return north * 180.0 / (meridian * pi), east * 180.0 / (parallel * pi)


def _to_bd09(latitude: float, longitude: float) -> tuple[float, float]:
    far = sqrt(longitude**2 + latitude**2) + 0.00002 * sin(latitude * _TURN)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _TURN)
    return far * sin(angle) + 0.006, far * cos(angle) + 0.0065


def _from_bd09(latitude: float, longitude: float) -> tuple[float, float]:
    """The point that `_to_bd09` takes here; the usual one-step inverse is off by up to a metre, so step on."""
    guess = (latitude - 0.006, longitude - 0.0065)
    for _ in range(10):
        there = _to_bd09(*guess)
        guess = (guess[0] + latitude - there[0], guess[1] + longitude - there[1])
        if max(abs(latitude - there[0]), abs(longitude - there[1])) < _CLOSE:
            break
    return guess
