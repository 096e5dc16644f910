"""A day to come, as people say it: 2026-12-31, 12月31日, 31号, 明天, 月底, 年底, 三个月, 半年."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from hotline.formats.numerals import NUMERALS, number
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

_N = rf"[0-9]{{1,4}}|[{NUMERALS}]{{1,4}}"
_DATE = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}})\s?[年/.-]\s?|(?P<next>明年))?(?P<month>{_N})\s?[月/.-]\s?(?P<day>{_N})\s?[日号]?"
)
_DAY = re.compile(rf"(?P<next>下个?月)?(?P<day>{_N})[日号]")
_SPAN = re.compile(
    rf"(?P<count>{_N}|半)\s?(?:个)?(?P<unit>天|日|周|星期|月|年|days?|weeks?|months?|years?)(?:后|以后|之后)?"
)
_WORDS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
_UNITS = {"天": 1, "日": 1, "day": 1, "周": 7, "星期": 7, "week": 7}


def parse_day_ahead(text: str, today: date) -> date:
    """The day that the text means, seen from today; without a year the next one of that name.

    A span is counted from today: 三个月 is the same day three months on, less one, as a lease runs. Raises Refusal.
    """
    plain = tidy(text).casefold().strip("。.!,，到至止 ")
    try:
        found = _named(plain, today) or _dated(plain, today) or _span(plain, today)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Refusal("day_ahead.refused", typed=shown(plain))
    return found


def _named(plain: str, today: date) -> date | None:
    if plain in _WORDS:
        return today + timedelta(days=_WORDS[plain])
    if plain in ("月底", "本月底", "这个月底"):
        return today.replace(day=monthrange(today.year, today.month)[1])
    if plain in ("年底", "今年底", "本年底"):
        return date(today.year, 12, 31)
    return date(today.year + 1, 12, 31) if plain in ("明年底", "明年年底") else None


def _dated(plain: str, today: date) -> date | None:
    if found := _DATE.fullmatch(plain):
        month, day = _figure(found["month"]), _figure(found["day"])
        if found["year"] or found["next"]:
            return date(int(found["year"] or today.year + 1), month, day)
        years = (today.year + more for more in range(9))  # 29 February comes again within eight years
        return next((one for year in years if (one := _possible(year, month, day)) and one >= today), None)
    if found := _DAY.fullmatch(plain):
        day, ahead = _figure(found["day"]), 1 if found["next"] else 0
        months = (_months_on(today.replace(day=1), ahead + more) for more in range(3))
        for first in months:
            one = _possible(first.year, first.month, day)
            if one and (one >= today or found["next"]):
                return one
    return None


def _span(plain: str, today: date) -> date | None:
    found = _SPAN.fullmatch(plain)
    if found is None:
        return None
    unit = found["unit"].rstrip("s")
    if found["count"] == "半":
        return _months_on(today, 6) - timedelta(days=1) if unit in ("年", "year") else None
    count = _figure(found["count"])
    if unit in _UNITS:
        return today + timedelta(days=count * _UNITS[unit])
    return _months_on(today, count * (12 if unit in ("年", "year") else 1)) - timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _figure(words: str) -> int:
    value = number(words)
    if value is None:
        raise ValueError(words)
    return value
