"""When something shall begin or end, as people say it: 现在, 明早8点, 后天, 3月5日, 两小时后, tomorrow 8:00."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hotline.formats.numerals import NUMERALS, number
from hotline.formats.tidy import shown, tidy
from locales.words import SHANGHAI, Refusal

FARTHEST = timedelta(days=366)

_N = rf"(?:[0-9]{{1,3}}|[{NUMERALS}半]{{1,4}})"
_NOW = re.compile("现在就?(?:走|出发|开始)?|马上(?:走|出发)?|立[刻即]|这就(?:走|出发)?|这会儿|now|right now|at once")
_AFTER = re.compile(
    rf"(?:in )?(?P<count>{_N})个?(?P<half>半)? ?"
    r"(?P<unit>分钟|小时|钟头|天|日|周|星期|minutes?|hours?|days?|weeks?)(?:以后|之后|后)?"
)
_DAYS = re.compile(
    "(?P<in3>大后天)|(?P<in2>后[天日]|day after tomorrow)|(?P<in1>明[天日早晚]|tomorrow)"
    "|(?P<in0>今[天日早晚]|today|tonight)"
)
_WEEKDAY = re.compile("(?P<next>下个?)?(?:这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])")
_DATE = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}})[年/.-] ?)?(?P<month>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:月|[/.-]) ?"
    rf"(?P<day>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:[日号]|(?![0-9]))|(?P<only>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})[日号]"
)
_END_OF_MONTH = re.compile("(?:这个?月|本月)?月底|end of (?:the )?month")
_PART = re.compile("凌晨|清晨|早上|早晨|上午|中午|正午|下午|傍晚|晚上|夜里|晚|早|noon|morning|afternoon|evening|night")
_CLOCK = re.compile(
    rf"(?P<hour>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:[:点时]|(?= ?[ap]m))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-9]{{1,2}}|[{NUMERALS}]{{1,4}})分?)?整?钟? ?(?P<ampm>[ap]m)?"
)
_FILLER = re.compile("大概|大约|左右|之前|以前|[前到至]$|^[到至]|出发|走$|开始|结束|until |till |at |on |by ")
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "晚", "pm", "afternoon", "evening", "night"})
_HOURS = {
    "凌晨": 0, "清晨": 6, "早上": 8, "早晨": 8, "早": 8, "上午": 9, "中午": 12, "正午": 12, "下午": 14, "傍晚": 18,
    "晚上": 20, "夜里": 20, "晚": 20, "noon": 12, "morning": 8, "afternoon": 14, "evening": 18, "night": 20,
}  # fmt: skip
"""The hour that a part of the day begins with, where no clock is said; our own reading."""


def parse_ahead(text: str, now: datetime, zone: tzinfo = SHANGHAI, *, ends: bool = False) -> datetime:
    """The aware UTC moment that the text means, now or later, seen from `now` (aware) in `zone`.

    A day alone is its first moment, or with `ends` its last. Raises Refusal: no moment, one that is past, one farther
    than a year.
    """
    plain = tidy(text).lower()
    local = now.astimezone(zone)
    try:
        found = _meant(plain, local, ends) if len(plain) <= 60 else None
        at = found and found.astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise Refusal("ahead.refused", typed=shown(plain))
    if at > now + FARTHEST:
        raise Refusal("ahead.too_far", days=FARTHEST.days)
    if at < now:
        if not ends and at.astimezone(zone).date() == local.date() and _is_whole_day(plain):
            return now
        raise Refusal("ahead.past", typed=shown(plain))
    return at


def _is_whole_day(plain: str) -> bool:
    return _CLOCK.search(plain) is None


def _meant(plain: str, local: datetime, ends: bool) -> datetime | None:
    if _NOW.fullmatch(plain):
        return local
    if re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}t", plain):
        at = datetime.fromisoformat(plain.upper())
        return at if at.tzinfo else at.replace(tzinfo=local.tzinfo)
    if (match := _AFTER.fullmatch(plain)) and not re.fullmatch("[0-9]{1,2}日", plain):
        return local + _span(match)
    day, rest, part = _day(_FILLER.sub(" ", plain), local.date())
    if found := _PART.search(rest):
        part, rest = found[0], rest[: found.start()] + " " + rest[found.end() :]
    clock = _CLOCK.search(rest)
    if clock is not None:
        rest = rest[: clock.start()] + " " + rest[clock.end() :]
    if re.sub("[ ,，的在]", "", rest) or (day is None and clock is None and part is None):
        return None
    return _at(day, clock, part, local, ends)


def _span(match: re.Match[str]) -> timedelta:
    count = 0.5 if match["count"] == "半" else float(_whole(match["count"]))
    count += 0.5 if match["half"] else 0
    unit = match["unit"]
    if unit[0] in "分m":
        return timedelta(minutes=count)
    if unit[0] in "小钟h":
        return timedelta(hours=count)
    return timedelta(days=count * (7 if unit[0] in "周星w" else 1))


def _day(words: str, today: date) -> tuple[date | None, str, str | None]:
    """The day, the words without it, and the part of the day that its word holds (明早)."""
    if match := _END_OF_MONTH.search(words):
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1), words.replace(match[0], " ", 1), None
    if match := _DAYS.search(words):
        days = next(int(name[-1]) for name, said in match.groupdict().items() if said)
        part = "早" if match[0].endswith("早") else "晚" if re.search("晚|tonight", match[0]) else None
        return today + timedelta(days=days), words.replace(match[0], " ", 1), part
    if match := _WEEKDAY.search(words):
        wanted = "一二三四五六日".index(match["weekday"].replace("天", "日"))
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if match["next"] else 0)
        day = monday + timedelta(days=wanted)
        return day if day >= today else day + timedelta(days=7), words.replace(match[0], " ", 1), None
    if match := _DATE.search(words):
        return next(_dates(match, today), None), words.replace(match[0], " ", 1), None
    return None, words, None


def _dates(match: re.Match[str], today: date) -> Iterator[date]:
    """The days that a date without its year, or without its month, may mean, the nearest first."""
    if match["only"]:
        wanted = _whole(match["only"])
        ahead = (today + timedelta(days=n) for n in range(62))
        yield from (day for day in ahead if day.day == wanted)
        return
    month, day = _whole(match["month"]), _whole(match["day"])
    if match["year"]:
        yield date(int(match["year"]), month, day)
        return
    this_year = date(today.year, month, day)
    yield this_year if this_year >= today else date(today.year + 1, month, day)


def _at(day: date | None, clock: re.Match[str] | None, part: str | None, local: datetime, ends: bool) -> datetime:
    on = day or local.date()
    if clock is None and part is None:
        return datetime.combine(on + timedelta(days=1 if ends else 0), time(), local.tzinfo)
    hour, minute = _HOURS[part or "早"], 0
    if clock is not None:
        hour = _whole(clock["hour"])
        minute = _whole(clock["minute"] or "0") + (30 if clock["half"] else 0)
        minute += {"一": 15, "三": 45}.get(clock["quarter"] or "", 0)
        part = clock["ampm"] or part
        hour += 12 if (part in _AFTERNOON and hour < 12) or (part in ("中午", "正午") and hour < 4) else 0
        hour = 0 if part == "am" and hour == 12 else hour
    at = datetime.combine(on, time(), local.tzinfo) + timedelta(hours=hour, minutes=minute)
    if hour > 24 or minute > 59:
        raise ValueError(hour)
    return at + timedelta(days=1) if day is None and at < local else at


def _whole(said: str) -> int:
    value = number(said)
    if value is None:
        raise ValueError(said)
    return value
