"""How a place reads in a sentence, in whatever language the reader has."""

from hotline.formats.coordinates import Impossible, cut_coordinates, without_datum
from hotline.formats.directions import WAYS
from hotline.formats.places import Place, says_more_than_road
from locales.words import Say, say, together

_COMPASS = {"东": "east", "南": "south", "西": "west", "北": "north"}
_OPPOSITE = {("东", "西"), ("西", "东"), ("南", "北"), ("北", "南")}
_WAYS = "up down left right inbound outbound capital_in capital_out province_in province_out inner outer both"
_WAY_KEYS = dict(zip(WAYS, _WAYS.split(), strict=True))


def describe_place(place: Place) -> Say:
    """`G12 珲乌高速 长春东收费站`, `G102 K123+400 往长春方向`, `位置 43.880, 125.320`; plain text as it was typed.

    The position is said only where nothing else is, because people find a road and a gate, not degrees.
    """
    parts = [*_road(place), *_point(place)]
    if len(parts) == 1 and place.direction is None and not place.facility and says_more_than_road(place):
        return say("place.text", text=place.text)
    if not parts and _has_words(place):
        parts = [say("place.text", text=place.text)]
    elif not parts and place.position is not None:
        latitude, longitude = place.position
        parts = [say("place.position", latitude=f"{latitude:.3f}", longitude=f"{longitude:.3f}")]
    elif place.direction is not None:
        parts.append(_direction(place.direction))
    return together(*parts, gap=" ") if parts else say("place.unknown")


def _has_words(place: Place) -> bool:
    """Whether the text says more than the degrees; a label of a device may hold impossible ones, which are words."""
    try:
        _, rest = cut_coordinates(place.text)
    except Impossible:
        rest = place.text
    return any(letter.isalpha() for letter in without_datum(rest))


def _road(place: Place) -> list[Say]:
    if place.road and place.road_name:
        return [say("place.road_named", road=place.road, name=place.road_name)]
    return [say("place.road", road=place.road or place.road_name)] if place.road or place.road_name else []


def _point(place: Place) -> list[Say]:
    parts = [say("place.stake", stake=place.stake)] if place.stake else []
    if place.facility:
        parts.append(say("place.facility", facility=place.facility))
    elif place.facility_kind:
        parts.append(say(f"place.kind_{place.facility_kind}"))
    return parts


def _direction(direction: str) -> Say:
    if direction in _WAY_KEYS:
        return say(f"place.way_{_WAY_KEYS[direction]}")
    if direction in _COMPASS:
        return say(f"place.bound_{_COMPASS[direction]}")
    start, _, end = direction.partition("向")
    if (start, end) in _OPPOSITE:
        return say(f"place.{_COMPASS[start]}_to_{_COMPASS[end]}")
    return say("place.way" if start in _COMPASS and end in _COMPASS else "place.toward", direction=direction)
