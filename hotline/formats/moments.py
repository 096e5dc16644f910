"""When something happened, as people say it: 刚才, 半小时前, 昨晚10点, 下午三点半, 11月20日 8:05, 20 minutes ago."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hotline.formats.numerals import NUMERALS, number
from hotline.formats.tidy import shown, tidy
from locales.words import SHANGHAI, Refusal

AHEAD = timedelta(minutes=5)
"""How far ahead of our clock a phone's clock may be."""
OLDEST = timedelta(days=7)
"""Older than this is a complaint to be written, not a road event to be reported."""

_N = rf"(?:[0-9]{{1,6}}(?:\.[0-9])?|[{NUMERALS}半]{{1,5}})"
_FILLER = re.compile(
    "大概|大约|差不多|好像|应该是?|可能是?|左右|前后|的时候|时候|许|^[是在约]|[的了吧。.!,]+$|(?<=[点分时])[多钟]|(?<=半)多?钟|多(?=分钟|个?(?:小时|钟头)|天)"
)
_NOW = re.compile(
    "(?:就)?(?:刚才|刚刚|刚|现在|这会儿|此刻|目前|眼下|正在|马上)(?:发生|遇到|碰到|到)?"
    "|now|just now|right now|at the moment|a moment ago"
)
_AGO = re.compile(
    rf"(?:(?P<days>{_N})个?天)?(?:(?P<hours>{_N})个?(?P<half>半)?(?:小时|钟头|h|hours?|hrs?)(?P<more>半)?)?零?"
    rf"(?:(?P<quarters>{_N})刻钟?)?(?:(?P<minutes>{_N})个?(?:分钟?|min|mins|minutes?|m))?(?:之前|以前|前| ?ago)"
)
_PLAINER = (
    (r"\bhalf (?:an? )?hour\b", "30 minutes"),
    (r"\b(?:an?|one) (?=hour|minute|day)", "1 "),
    (r"\bdays?\b", "天"),
    ("十几(?=分)", "十五"),
    ("几(?=分)", "五"),
)
_YEAR = r"(?:(?P<year>20[0-9]{2})[年/.-] ?)?"
_DATE = re.compile(
    rf"{_YEAR}(?P<month>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:月|[/.-]) ?(?P<day>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})"
    r"(?:[日号]| |$|(?=[上下中凌晚早]))"
    rf"|(?P<only>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})[日号]"
)
_DAYS = re.compile(
    "(?P<ago3>大前天)|(?P<ago2>前[天日晚])|(?P<ago1>昨[天日晚夜早晨]|last night|yesterday)"
    "|(?P<ago0>今[天日晚夜早晨]|today|tonight)"
)
_WEEKDAY = re.compile("(?:上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])")
_PART = re.compile(
    "凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|夜里|夜间|半夜|深夜|晚|早|夜|noon|midnight|morning|afternoon|evening|night"
)
_CLOCK = re.compile(
    rf"(?P<hour>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:[:点时]|(?=[ap]m))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-9]{{1,2}}|[{NUMERALS}]{{1,4}})(?:分|(?![0-9])))?"
    r"整?(?::[0-9]{2}(?:\.[0-9]+)?)?(?P<ampm>[ap]m)?"
)
_AFTERNOON = {"下午", "午后", "傍晚", "pm", "afternoon", "evening"}
_MIDNIGHT = {"夜里", "夜间", "半夜", "深夜"}
_EVENING = {"晚上", "晚", "夜", "night", *_MIDNIGHT}
_HOURS = {"noon": time(12), "中午": time(12), "正午": time(12), "midnight": time(0)}


def parse_moment(text: str, now: datetime, zone: tzinfo = SHANGHAI) -> datetime:
    """The aware UTC moment that the text means, seen from `now` (aware) in `zone`.

    A bare time is read on the 24-hour clock; one that is later than now was yesterday. Raises Refusal: not a moment,
    a day without an hour, more than 5 minutes ahead, more than 7 days ago.
    """
    plain = tidy(text).lower()
    if len(plain) > 60:
        raise Refusal("moment.refused", typed=shown(plain))
    try:
        moments = [at.astimezone(UTC) for at in _candidates(plain, now.astimezone(zone))]
    except (ValueError, OverflowError):
        raise Refusal("moment.refused", typed=shown(plain)) from None
    if not moments:
        raise Refusal("moment.refused", typed=shown(plain))
    possible = [at for at in moments if now - OLDEST <= at <= now + AHEAD]
    if possible:
        return possible[0]
    raise Refusal("moment.future" if moments[0] > now else "moment.too_old", days=str(OLDEST.days))


def _candidates(plain: str, local: datetime) -> list[datetime]:
    """What the text may mean, likeliest first; empty when it means no moment."""
    if exact := _exact(plain, local):
        return [exact]
    words = _without_filler(plain)
    if _NOW.fullmatch(words):
        return [local]
    if (ago := _ago(words)) is not None:
        return [local - ago]
    return _day_and_clock(words, local)


def _exact(plain: str, local: datetime) -> datetime | None:
    """ISO 8601 with a `T`, as a machine or a copied record has it; without an offset it is local."""
    if not re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}t", plain):
        return None
    at = datetime.fromisoformat(plain.upper())
    return at if at.tzinfo else at.replace(tzinfo=local.tzinfo)


def _without_filler(plain: str) -> str:
    before = None
    while before != plain:
        before, plain = plain, _FILLER.sub("", plain).strip()
    return re.sub(r"(?<=[0-9]) (?=[ap]m\b)", "", plain)


def _ago(words: str) -> timedelta | None:
    for said, meant in _PLAINER:
        words = re.sub(said, meant, words)
    match = _AGO.fullmatch(words.replace(" ", ""))
    if match is None or not any(match[unit] for unit in ("days", "hours", "quarters", "minutes")):
        return None
    hours = _amount(match["hours"]) + (0.5 if match["half"] or match["more"] else 0)
    minutes = _amount(match["minutes"]) + 15 * _amount(match["quarters"])
    return timedelta(days=_amount(match["days"]), hours=hours, minutes=minutes)


def _amount(said: str | None) -> float:
    if not said:
        return 0
    if said == "半":
        return 0.5
    if re.fullmatch(r"[0-9.]+", said):
        return float(said)
    value = number(said)
    if value is None:
        raise ValueError(said)
    return value


def _day_and_clock(words: str, local: datetime) -> list[datetime]:
    """A day word or a date, a part of the day, a clock: each once, in any order, and nothing else beside them."""
    rest, part_said = words, None
    day, rest, night = _day(rest, local.date())
    if part := _PART.search(rest):
        part_said, rest = part[0], rest[: part.start()] + " " + rest[part.end() :]
    clock = _CLOCK.search(rest)
    if clock is not None:
        rest = rest[: clock.start()] + " " + rest[clock.end() :]
    if re.sub(r"[ ,的在]|\b(?:at|on|in the|this)\b", "", rest):
        return []
    if clock is None and part_said in _HOURS:
        return _on(day, local, _HOURS[part_said])
    if clock is None:
        if day is not None or part_said:
            raise Refusal("moment.which_hour")
        return []
    return _at(day, clock, part_said or clock["ampm"] or night, local)


def _day(words: str, today: date) -> tuple[date | None, str, str | None]:
    """The day, the words without it, and the part of the day that its word holds (昨晚)."""
    if match := _DAYS.search(words):
        days = next(int(name[-1]) for name, said in match.groupdict().items() if said)
        part = "晚" if re.search("[晚夜]|night", match[0]) else None
        return today - timedelta(days=days), words.replace(match[0], " ", 1), part
    if match := _WEEKDAY.search(words):
        back = (today.weekday() - "一二三四五六日天".index(match["weekday"].replace("天", "日"))) % 7
        back += 7 if match[0].startswith("上") and back == 0 else 0
        return today - timedelta(days=back), words.replace(match[0], " ", 1), None
    if match := _DATE.search(words):
        return _date(match, today), words.replace(match[0], " ", 1), None
    return None, words, None


def _date(match: re.Match[str], today: date) -> date:
    if match["only"]:
        day = _whole(match["only"])
        recent = (today - timedelta(days=back) for back in range(62))
        return next((one for one in recent if one.day == day), None) or date(today.year, 1, day)
    month, day = _whole(match["month"]), _whole(match["day"])
    if match["year"]:
        return date(int(match["year"]), month, day)
    this_year = date(today.year, month, day)
    last_year = this_year.replace(year=today.year - 1) if (month, day) != (2, 29) else this_year
    return last_year if this_year > today and today - last_year <= OLDEST else this_year


def _whole(said: str) -> int:
    value = number(said)
    if value is None:
        raise ValueError(said)
    return value


def _at(day: date | None, clock: re.Match[str], part: str | None, local: datetime) -> list[datetime]:
    hour = _whole(clock["hour"])
    minute = _whole(clock["minute"] or "0") + (30 if clock["half"] else 15 * _whole(clock["quarter"] or "0"))
    if hour == 24 and minute == 0:
        return [at + timedelta(days=1) for at in _on(day, local, time(0))]
    if part in _EVENING and (hour <= 4 or hour == 12):
        return _after_midnight(day, time(hour % 12, minute), local)
    return _on(day, local, time(_on_24(hour, part), minute))


def _on_24(hour: int, part: str | None) -> int:
    if part in _MIDNIGHT and hour < 7:
        return hour
    if part in ("am", "凌晨", "morning") and hour == 12:
        return 0
    after_noon = part in _AFTERNOON | _EVENING and hour < 12
    return hour + 12 if after_noon or (part in ("中午", "正午", "noon") and hour < 4) else hour


def _after_midnight(day: date | None, at: time, local: datetime) -> list[datetime]:
    """昨晚1点 is one o'clock today; when that is still to come, it was the night before."""
    evening = day or local.date()
    nights = [evening + timedelta(days=1), evening] + ([] if day else [evening - timedelta(days=1)])
    return [datetime.combine(night, at, local.tzinfo) for night in nights]


def _on(day: date | None, local: datetime, at: time) -> list[datetime]:
    """That time on that day; without a day, today and then yesterday."""
    days = [day] if day else [local.date(), local.date() - timedelta(days=1)]
    return [datetime.combine(one, at, local.tzinfo) for one in days]
