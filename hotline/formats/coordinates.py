"""Positions in degrees: what was typed, how far apart, and the grid cell that finds neighbours by an index."""

import math
import re

CELLS_PER_DEGREE = 20
"""A cell is 0.05 degree, about 5.6 km from south to north and 4 km from west to east in Jilin."""

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of WGS 84; the error of the sphere is under 0.6 %, far less than anyone's description of a place."""

CHINA_LATITUDES, CHINA_LONGITUDES = (3.0, 54.0), (73.0, 136.0)

_COLUMNS = 360 * CELLS_PER_DEGREE
_ROWS = 180 * CELLS_PER_DEGREE

_DEGREES = r"[0-9]{1,3}(?:\.[0-9]{1,15})?"
_MINUTES = (
    r"(?:(?P<{0}m>[0-9]{{1,2}}(?:\.[0-9]+)?) ?['′’分] ?(?:(?P<{0}s>[0-9]{{1,2}}(?:\.[0-9]+)?) ?(?:[\"″”秒]|''|′′))?)?"
)
_LAT_WORD = r"(?:北纬|纬度|(?<![A-Za-z])(?:lat(?:itude)?|N))"
_LON_WORD = r"(?:东经|经度|(?<![A-Za-z])(?:lon(?:gitude)?|lng|E))"
_LABELLED_LAT = re.compile(
    rf"{_LAT_WORD} ?[:= ]? ?(?P<d>-?{_DEGREES}) ?[°度]? ?{_MINUTES.format('')}"
    rf"|(?P<d2>{_DEGREES}) ?[°度]? ?{_MINUTES.format('x')} ?N\b",
    re.IGNORECASE,
)
_LABELLED_LON = re.compile(
    rf"{_LON_WORD} ?[:= ]? ?(?P<d>-?{_DEGREES}) ?[°度]? ?{_MINUTES.format('')}"
    rf"|(?P<d2>{_DEGREES}) ?[°度]? ?{_MINUTES.format('x')} ?E\b",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?<![0-9.A-Za-z+])(-?[0-9]{1,3}\.[0-9]{1,15}) ?(?:[,;/、]| ) ?(-?[0-9]{1,3}\.[0-9]{1,15})(?![0-9.]*[0-9])"
)
_WHOLE_PAIR = re.compile(
    r"[(\[]?(-?[0-9]{1,9}(?:\.[0-9]{1,15})?) ?(?:[,;/、]| ) ?(-?[0-9]{1,9}(?:\.[0-9]{1,15})?)[)\]]?"
)
_DATUMS = (
    ("bd09", re.compile(r"bd-?09|百度", re.IGNORECASE)),
    ("gcj02", re.compile(r"gcj-?02|高德|腾讯|微信|火星坐标", re.IGNORECASE)),
    ("wgs84", re.compile(r"wgs-?84|\bgps\b", re.IGNORECASE)),
)


class Impossible(ValueError):
    """Degrees that no point on the earth has, or that a device reports when it knows none."""


def checked(latitude: float, longitude: float) -> tuple[float, float]:
    """Latitude and longitude in this order; raises Impossible.

    Swapped ones are put right when only the swap lies in China: the two ranges do not overlap, so nothing is guessed.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        raise Impossible
    if not _in_china(latitude, longitude) and _in_china(longitude, latitude):
        latitude, longitude = longitude, latitude
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        raise Impossible
    return float(latitude), float(longitude)


def cut_coordinates(text: str) -> tuple[tuple[float, float] | None, str]:
    """The position typed in the text, and the text with it replaced by `|`; raises Impossible.

    A bare pair inside other words needs decimals on both sides, so that no stake and no price becomes a position.
    """
    if whole := _WHOLE_PAIR.fullmatch(text.strip()):
        latitude, longitude = float(whole[1]), float(whole[2])
        exact = "." in whole[1] and "." in whole[2]
        if exact or ("." in whole[0] and (_in_china(latitude, longitude) or _in_china(longitude, latitude))):
            return checked(latitude, longitude), "|"
    return _cut_inside(text)


def _cut_inside(text: str) -> tuple[tuple[float, float] | None, str]:
    latitude, longitude = _LABELLED_LAT.search(text), _LABELLED_LON.search(text)
    if latitude and longitude and re.search("[.°度]", latitude[0]) and not _overlap(latitude, longitude):
        first, last = sorted((latitude.span(), longitude.span()))
        rest = f"{text[: first[0]]}|{text[first[1] : last[0]]}|{text[last[1] :]}"
        return checked(_degrees(latitude), _degrees(longitude)), rest
    if pair := _PAIR.search(text):
        return checked(float(pair[1]), float(pair[2])), f"{text[: pair.start()]}|{text[pair.end() :]}"
    return None, text


def datum_said(text: str) -> str | None:
    """The datum that the text names, by itself or by the map it comes from; None when it says nothing."""
    return next((datum for datum, words in _DATUMS if words.search(text)), None)


def without_datum(text: str) -> str:
    """The text without the words that `datum_said` reads."""
    for _, words in _DATUMS:
        text = words.sub(" ", text)
    return text


def cell(latitude: float, longitude: float) -> int:
    """The number of the 0.05 degree cell that holds this position: row times columns plus column."""
    row = min(max(math.floor((latitude + 90) * CELLS_PER_DEGREE), 0), _ROWS)
    return row * _COLUMNS + math.floor((longitude + 180) * CELLS_PER_DEGREE) % _COLUMNS


def cells_near(latitude: float, longitude: float, metres: float) -> list[int]:
    """Every cell that may hold a point within so many metres, sorted; look there, then ask `distance_m`.

    Raises ValueError for negative metres. About 200 cells at 30 km; a radius over the pole takes whole rows.
    """
    if metres < 0:
        raise ValueError("a distance is not negative")
    angle = math.degrees(metres / EARTH_RADIUS_M) + 1e-9
    south, north = latitude - angle, latitude + angle
    rows = range(_row(max(south, -90.0)), _row(min(north, 90.0)) + 1)
    if south <= -90 or north >= 90:
        columns: list[int] = list(range(_COLUMNS))
    else:
        reach = math.sin(math.radians(min(angle, 90.0))) / math.cos(math.radians(latitude))
        width = math.degrees(math.asin(min(reach, 1.0))) + 1e-9
        west = math.floor((longitude - width + 180) * CELLS_PER_DEGREE)
        east = math.floor((longitude + width + 180) * CELLS_PER_DEGREE)
        columns = sorted({column % _COLUMNS for column in range(west, min(east, west + _COLUMNS) + 1)})
    return [row * _COLUMNS + column for row in rows for column in columns]


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres along the great circle between two (latitude, longitude), by the haversine formula."""
    latitude_a, latitude_b = math.radians(a[0]), math.radians(b[0])
    across = math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    chord = math.sin((latitude_b - latitude_a) / 2) ** 2 + math.cos(latitude_a) * math.cos(latitude_b) * across
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def _row(latitude: float) -> int:
    return math.floor((latitude + 90) * CELLS_PER_DEGREE)


def _in_china(latitude: float, longitude: float) -> bool:
    (south, north), (west, east) = CHINA_LATITUDES, CHINA_LONGITUDES
    return south <= latitude <= north and west <= longitude <= east


def _overlap(a: re.Match[str], b: re.Match[str]) -> bool:
    return a.start() < b.end() and b.start() < a.end()


def _degrees(match: re.Match[str]) -> float:
    after = match["d2"] is not None
    whole = float(match["d2"] if after else match["d"])
    minutes = float(match["xm" if after else "m"] or 0)
    seconds = float(match["xs" if after else "s"] or 0)
    fraction = minutes / 60 + seconds / 3600
    return whole - fraction if whole < 0 else whole + fraction
