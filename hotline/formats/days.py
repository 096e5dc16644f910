"""A day gone by, as people type it: 2026-03-01, 20260301, 3月1日, 3.1, 昨天, yesterday."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hotline.formats.tidy import tidy
from locales.words import Refusal

_BACK = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2, "大前天": 3}
_WHOLE = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_PARTS = re.compile(r"(?:(?P<year>20\d\d)[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?")


def parse_day(text: str, today: date) -> date:
    """The day that was meant, today at the latest; without a year the last one of that name. Raises Refusal."""
    plain = tidy(text).casefold().replace(" ", "")
    if plain in _BACK:
        return today - timedelta(days=_BACK[plain])
    match = _WHOLE.fullmatch(plain) or _PARTS.fullmatch(plain)
    if match is not None:
        years = [int(match["year"])] if match["year"] else [today.year, today.year - 1]
        for year in years:
            try:
                found = date(year, int(match["month"]), int(match["day"]))
            except ValueError:
                continue
            if found <= today:
                return found
    raise Refusal("day.what.refused", typed=text.strip()[:40], day=str(today - timedelta(days=1)))
