"""What people type into a form or a sheet about a journey: places, moments, colours, names; text in, value out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hotline import divisions
from hotline.divisions import Division
from hotline.divisions.table import divisions as every_division
from hotline.divisions.table import gathers
from hotline.firms import fleet
from hotline.formats.ahead import parse_ahead
from hotline.formats.moments import parse_moment
from hotline.formats.names import parse_name
from hotline.formats.plates import Plate, parse_plate
from hotline.formats.tidy import shown, tidy
from hotline.passes.wishes import MOST_CREW, MOST_VIA
from locales.words import LANGUAGES, SHANGHAI, Refusal, say, translate
from storage.models import COLOURS

MOST_CANDIDATES = 12
"""Divisions of one name that are offered; 朝阳区 and its like have fewer."""

MOST_EXAMPLES = 4
MOST_COUNTIES = 24
"""Counties of one city that are offered to choose from: all of 哈尔滨 or 保定."""

NONE = frozenset({"无", "没有", "没挂", "不挂", "空", "none", "no", "-", "/"})
"""What says that there is no trailer."""

_SEPARATORS = re.compile(r"[、,，;；\n\s/]+|(?:—|－|->|→)+")
_WHEN = re.compile(
    r"(?:(?P<year>\d{4})\s*[-/.年]\s*)?(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(?P<hour>\d{1,2})\s*(?:[:：点时]\s*(?P<minute>\d{1,2})?\s*分?)(?::\d{2}(?:\.\d+)?)?)?"
)
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet whose cell is a date without the format of one."""


def division(text: str, near: str | None = None) -> Division:
    """Where a journey begins or ends: a code or a name; raises Refusal for none, or for several of one name."""
    plain = tidy(text).strip()
    if not plain:
        raise Refusal("typed.place.empty")
    found = divisions.by_code(plain) if plain.isascii() and plain.isdigit() else divisions.resolve(plain, near)
    if found is not None and found.is_current:
        return found
    if several := candidates(plain):
        raise Refusal("typed.place.several", typed=shown(plain), names=[one.full_name for one in several])
    raise Refusal("typed.place.unknown", typed=shown(plain))


def county(text: str) -> str:
    """The code of the county, or of a city that has none, where a journey begins, passes or ends; raises Refusal."""
    found = division(text)
    below = divisions.counties_of(found.code)
    if found.level != "county" and below:
        some = [one.name for one in below[:MOST_EXAMPLES]]
        raise Refusal("pass_forms.county.which", name=found.full_name, some=some)
    return found.code


def candidates(text: str) -> list[Division]:
    """The divisions that bear this name, when there are several; of none and of one there is nothing to choose."""
    plain = tidy(text).replace(" ", "")
    if len(plain) < 2:
        return []
    named = {plain, *(f"{plain}{kind}" for kind in "区县市")}
    found = [one for one in every_division().values() if one.is_current and one.name in named and not gathers(one.code)]
    return found if 1 < len(found) <= MOST_CANDIDATES else []


def choices(text: str) -> list[Division]:
    """What may have been meant by a place that several are: those of one name, or the counties of one city."""
    if several := candidates(text):
        return several
    plain = tidy(text).strip()
    found = divisions.by_code(plain) if plain.isascii() and plain.isdigit() else divisions.resolve(plain)
    below = list(divisions.counties_of(found.code)) if found is not None and found.level == "city" else []
    return below if len(below) <= MOST_COUNTIES else []


def via(text: str) -> tuple[str, ...]:
    """The places between, apart by any mark; raises Refusal with the first that is none of ours."""
    named = [part for part in _SEPARATORS.split(tidy(text)) if part]
    if len(named) > MOST_VIA:
        raise Refusal("pass.apply.route", most=MOST_VIA)
    return tuple(county(part) for part in named)


def truck(text: str) -> Plate:
    """The truck's plate, its trailer's beside it when both were typed; raises Refusal."""
    found = parse_plate(text)
    if found.kind == "trailer":
        raise Refusal("pass.apply.colour")
    return found


def trailer(text: str) -> str:
    """A trailer's plate, or "" where somebody says that there is none; raises Refusal."""
    if tidy(text).strip().casefold() in NONE:
        return ""
    found = parse_plate(text)
    if found.kind != "trailer":
        raise Refusal("pass.apply.trailer")
    return found.number


def colour(text: str) -> str:
    """A plate's colour by its code or its words, 黄牌 as well as 黄色; raises Refusal."""
    plain = tidy(text).strip().casefold()
    for code in COLOURS:
        words = {translate(language, f"firm.colour.{code}").casefold() for language in LANGUAGES}
        if plain == code or plain in {word for one in words for word in _short_and_long(one)}:
            return code
    raise Refusal("typed.colour.refused", known=[say(f"firm.colour.{code}") for code in COLOURS])


def _short_and_long(word: str) -> set[str]:
    stem = word.removesuffix("牌").removesuffix("色").removesuffix(" plate")
    return {word, stem, f"{stem}色", f"{stem}牌", f"{stem}色牌", f"{stem} plate"}


def colour_of(plate: Plate) -> str | None:
    """The colour that a plate's own form tells; None where it may have two (GA 36: yellow or blue)."""
    likely = fleet.likely_colours(plate.number)
    return likely[0] if len(likely) == 1 else None


def names(text: str) -> list[str]:
    """The people on board, apart by any mark; raises Refusal for too many, or for what is no name."""
    found = [part.strip() for part in re.split(r"[、,，;；\n/]+|\s{2,}", text.strip()) if part.strip()]
    if len(found) > MOST_CREW:
        raise Refusal("pass.apply.crew", most=MOST_CREW)
    return [parse_name(one) for one in found]


def tested_at(said: str | datetime | float, now: datetime) -> datetime:
    """When somebody was tested, which lies behind us; raises Refusal."""
    at = moment(said, now, behind=True)
    if at > now:
        raise Refusal("typed.tested.future")
    return at


def moment(
    typed: str | datetime | float,
    now: datetime,
    *,
    is_end: bool = False,
    behind: bool = False,
    zone: tzinfo = SHANGHAI,
) -> datetime:
    """A moment as a form, a sheet's date cell or somebody's words have it, in UTC; raises Refusal.

    A day alone means its beginning, or its last minute when it `is_end`; without a year, the nearest such day. Other
    words are read as in the chat, as one to come, or as one `behind` us.
    """
    try:
        local = _local(typed, now.astimezone(zone).date())
    except (ValueError, OverflowError):
        local = None
    if local is None:
        return _in_words(typed, now, is_end=is_end, behind=behind, zone=zone)
    day, at = local
    return datetime.combine(day, at or (time(23, 59) if is_end else time()), zone).astimezone(UTC)


def _in_words(typed: str | datetime | float, now: datetime, *, is_end: bool, behind: bool, zone: tzinfo) -> datetime:
    if not isinstance(typed, str) or not typed.strip():
        raise Refusal("typed.moment.refused", typed=shown(str(typed)))
    try:
        return parse_moment(typed, now, zone) if behind else parse_ahead(typed, now, zone, ends=is_end)
    except Refusal as no:
        if no.key in ("moment.refused", "ahead.refused"):
            raise Refusal("typed.moment.refused", typed=shown(typed)) from None
        raise


def _local(typed: str | datetime | float, today: date) -> tuple[date, time | None] | None:
    if isinstance(typed, datetime):
        minute = typed.time().replace(second=0, microsecond=0)
        return typed.date(), minute if minute != time() else None
    if isinstance(typed, int | float):
        if not 40_000 <= typed <= 80_000:
            return None
        minutes = round((typed % 1) * 1440)
        whole = datetime.combine(_FIRST_DAY, time()) + timedelta(days=int(typed), minutes=minutes)
        return whole.date(), whole.time() if minutes else None
    match = _WHEN.fullmatch(tidy(typed).strip())
    if match is None:
        return None
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        on = date(int(match["year"]), month, day)
    else:
        years = (date(today.year + ahead, month, day) for ahead in (0, 1, -1))
        on = min(years, key=lambda one: abs(one - today))
    at = time(int(match["hour"]), int(match["minute"] or 0)) if match["hour"] else None
    return on, at
