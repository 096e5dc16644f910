"""Opening hours: 24小时, 08:00-20:00, 周一至周五 8点到17点；周六 09:00-12:00."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from hotline.formats.tidy import shown, tidy
from locales.words import Refusal, Say, say

DAYS = "一二三四五六日"
A_DAY = 24 * 60
EVERY_DAY = frozenset(range(1, 8))
ALL = "24小时"

_ALWAYS = re.compile(
    r"(?:全天|24 ?(?:小时|h(?:ours)?)|全年无休|00?:00 ?[-~—–至到] ?24:00)(?:开放|营业|服务)?", re.IGNORECASE
)
_ENGLISH = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_DAY = rf"(?:(?:周|星期|礼拜)?[{DAYS}天]|(?:{'|'.join(_ENGLISH)})[a-z]*)"
_SOME_DAYS = rf"{_DAY}(?: ?[-~—–至到] ?{_DAY})?"
_BEFORE = re.compile(
    rf"(?:(?P<every>每[天日]|daily)|(?P<days>{_SOME_DAYS}(?: ?[、,和] ?{_SOME_DAYS})*)) ?[::]? ?", re.IGNORECASE
)
_TIME = r"(?P<{0}h>[0-9]{{1,2}}) ?(?:[::点时] ?(?P<{0}m>[0-9]{{2}})?分?)"
_SPAN = re.compile(rf"{_TIME.format('a')} ?[-~—–至到] ?(?:次日)?{_TIME.format('b')}")


@dataclass(frozen=True, slots=True)
class Clause:
    """Days (1 is Monday) and spans in minutes after midnight; a span that ends before it begins ends the next day."""

    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]


def parse_hours(text: str) -> str:
    """Opening hours as the register writes them; raises Refusal for words that cannot be read as hours.

    What it returns reads back as itself.
    """
    return "；".join(_written(clause) for clause in read_hours(text)) or ALL


def read_hours(text: str) -> tuple[Clause, ...]:
    """The clauses of opening hours; none when it is always open."""
    plain = tidy(text)
    if _ALWAYS.fullmatch(plain):
        return ()
    clauses = tuple(_clause(part.strip(), plain) for part in re.split("[;；。]", plain) if part.strip())
    if not clauses:
        raise Refusal("point.hours.refused", typed=shown(plain))
    return clauses


def is_open(hours: str, local: datetime) -> bool:
    """Whether it is open at this moment of local time."""
    clauses = read_hours(hours)
    today, minute = local.isoweekday(), local.hour * 60 + local.minute
    yesterday = (today - 2) % 7 + 1
    return not clauses or any(
        (today in clause.days and start <= minute and (minute < end or end <= start))
        or (yesterday in clause.days and end <= start and minute < end)
        for clause in clauses
        for start, end in clause.spans
    )


def describe_hours(hours: str) -> Say:
    """How opening hours read in a sentence."""
    clauses = read_hours(hours)
    if not clauses:
        return say("point.hours.all")
    return say("point.hours", clauses=[_described(clause) for clause in clauses])


def _described(clause: Clause) -> Say | str:
    spans = ", ".join(f"{_time(start)}–{_time(end)}" for start, end in clause.spans)
    if clause.days == EVERY_DAY:
        return spans
    runs = [
        say(f"point.day.{first}")
        if first == last
        else say("point.days", first=say(f"point.day.{first}"), last=say(f"point.day.{last}"))
        for first, last in _runs(clause.days)
    ]
    return say("point.hours.on", days=runs, spans=spans)


def _clause(part: str, whole: str) -> Clause:
    before = _BEFORE.match(part)
    days = _days(before["days"]) if before and before["days"] else EVERY_DAY
    rest = part[before.end() :] if before else part
    spans = []
    for one in re.split("[,、和] ?", rest):
        match = _SPAN.fullmatch(one.strip())
        span = match and (_minutes(match["ah"], match["am"]), _minutes(match["bh"], match["bm"]))
        if not span or span[0] == span[1] or span[0] >= A_DAY or span[1] > A_DAY:
            raise Refusal("point.hours.refused", typed=shown(whole))
        spans.append(span)
    return Clause(days, tuple(spans))


def _days(words: str) -> frozenset[int]:
    found: set[int] = set()
    for some in re.split("[、,和]", words):
        ends = [_day(one) for one in re.findall(_DAY, some.strip(), re.IGNORECASE)]
        first, last = ends[0], ends[-1]
        found |= {(day - 1) % 7 + 1 for day in range(first, (last if last >= first else last + 7) + 1)}
    return frozenset(found)


def _day(word: str) -> int:
    letter = word[-1].replace("天", "日")
    return DAYS.index(letter) + 1 if letter in DAYS else _ENGLISH[word[:3].casefold()]


def _minutes(hour: str, minute: str | None) -> int:
    return int(hour) * 60 + int(minute or 0) if int(minute or 0) < 60 else 2 * A_DAY


def _written(clause: Clause) -> str:
    spans = ",".join(f"{_time(start)}-{_time(end)}" for start, end in clause.spans)
    if clause.days == EVERY_DAY:
        return spans
    names = [f"周{DAYS[a - 1]}" if a == b else f"周{DAYS[a - 1]}至周{DAYS[b - 1]}" for a, b in _runs(clause.days)]
    return f"{'、'.join(names)} {spans}"


def _runs(days: frozenset[int]) -> list[tuple[int, int]]:
    """Days that follow one another, as first and last."""
    ordered = sorted(days)
    breaks = [0, *(i for i, (a, b) in enumerate(pairwise(ordered), 1) if b != a + 1), len(ordered)]
    return [(ordered[a], ordered[b - 1]) for a, b in pairwise(breaks)]


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
