"""When something happened, said on Friday 20 November 2026 at 16:30 in Shanghai."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.formats.moments import AHEAD, OLDEST, parse_moment
from locales.words import SHANGHAI, Refusal
from tests.formats.strategies import anything

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "local"),
    [
        ("刚才", "11-20 16:30"),
        ("刚刚", "11-20 16:30"),
        ("现在", "11-20 16:30"),
        ("now", "11-20 16:30"),
        ("Just now", "11-20 16:30"),
        ("半小时前", "11-20 16:00"),
        ("半个小时以前", "11-20 16:00"),
        ("20分钟前", "11-20 16:10"),
        ("二十分钟前", "11-20 16:10"),
        ("一刻钟前", "11-20 16:15"),
        ("2小时前", "11-20 14:30"),
        ("一个小时前", "11-20 15:30"),
        ("两个小时之前", "11-20 14:30"),
        ("一个半小时前", "11-20 15:00"),
        ("一个多小时前", "11-20 15:30"),
        ("1小时20分前", "11-20 15:10"),
        ("十几分钟前", "11-20 16:15"),
        ("7天前", "11-13 16:30"),
        ("20 minutes ago", "11-20 16:10"),
        ("an hour ago", "11-20 15:30"),
        ("half an hour ago", "11-20 16:00"),
        ("今天14:30", "11-20 14:30"),
        ("14:30", "11-20 14:30"),
        ("１４：３０", "11-20 14:30"),
        ("14点30", "11-20 14:30"),
        ("大概14点半左右", "11-20 14:30"),
        ("16:33", "11-20 16:33"),
        ("17:30", "11-19 17:30"),
        ("下午3点", "11-20 15:00"),
        ("下午三点半", "11-20 15:30"),
        ("下午三点四十五", "11-20 15:45"),
        ("下午三点一刻", "11-20 15:15"),
        ("下午5点", "11-19 17:00"),
        ("中午12点", "11-20 12:00"),
        ("中午", "11-20 12:00"),
        ("中午1点", "11-20 13:00"),
        ("凌晨两点", "11-20 02:00"),
        ("今早7点", "11-20 07:00"),
        ("晚上8点", "11-19 20:00"),
        ("昨天22点", "11-19 22:00"),
        ("昨晚10点", "11-19 22:00"),
        ("昨晚十二点", "11-20 00:00"),
        ("昨晚1点", "11-20 01:00"),
        ("昨天半夜2点", "11-20 02:00"),
        ("前天上午8点", "11-18 08:00"),
        ("周三下午3点", "11-18 15:00"),
        ("20号8点", "11-20 08:00"),
        ("11月20日 8:05", "11-20 08:05"),
        ("11月19日下午2点", "11-19 14:00"),
        ("十一月二十日八点零五分", "11-20 08:05"),
        ("11/19 8:05", "11-19 08:05"),
        ("2026-11-20 08:05", "11-20 08:05"),
        ("2026年11月20日8时5分", "11-20 08:05"),
        ("2026-11-20T08:05", "11-20 08:05"),
        ("2026-11-20T00:05Z", "11-20 08:05"),
        ("yesterday 22:00", "11-19 22:00"),
        ("yesterday at 10 pm", "11-19 22:00"),
        ("last night 11:00", "11-19 23:00"),
        ("3:15pm", "11-20 15:15"),
        ("24:00", "11-20 00:00"),
    ],
)
def test_a_moment_as_it_is_said(said: str, local: str) -> None:
    at = parse_moment(said, NOW)
    assert at.utcoffset() == timedelta(0)
    assert at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == local


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("昨天", "moment.which_hour"),
        ("昨天下午", "moment.which_hour"),
        ("11月19日", "moment.which_hour"),
        ("12月1日 8:00", "moment.future"),
        ("今天23:00", "moment.future"),
        ("2027-01-01 08:00", "moment.future"),
        ("11月1日 8:00", "moment.too_old"),
        ("8天前", "moment.too_old"),
        ("2020-01-01 08:00", "moment.too_old"),
        ("明天3点", "moment.refused"),
        ("25:00", "moment.refused"),
        ("14:75", "moment.refused"),
        ("13月40日 8:00", "moment.refused"),
        ("0号8点", "moment.refused"),
        ("99999999999999小时前", "moment.refused"),
        ("13812345678", "moment.refused"),
        ("吉A12345", "moment.refused"),
        ("你好", "moment.refused"),
        ("3", "moment.refused"),
        ("", "moment.refused"),
    ],
)
def test_what_is_no_moment_is_told_why(said: str, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_moment(said, NOW)
    assert refused.value.key == key


def test_new_year_belongs_to_the_year_before() -> None:
    after_new_year = datetime(2027, 1, 2, 1, tzinfo=UTC)
    assert parse_moment("12月31日22:00", after_new_year) == datetime(2026, 12, 31, 14, tzinfo=UTC)


def test_the_zone_is_where_the_clock_hangs() -> None:
    assert parse_moment("14:30", NOW, ZoneInfo("Asia/Urumqi")) == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@given(st.integers(0, int(OLDEST.total_seconds()) // 60))
def test_a_moment_of_the_last_week_reads_back(minutes: int) -> None:
    at = NOW - timedelta(minutes=minutes)
    assert parse_moment(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", NOW) == at
    assert parse_moment(f"{at.astimezone(SHANGHAI):%m月%d日%H点%M分}", NOW) == at
    assert parse_moment(f"{minutes}分钟前", NOW) == at


@given(anything, st.integers(0, 10_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes)))
def test_any_text_is_a_moment_of_the_last_week_or_a_refusal(text: str, now: datetime) -> None:
    try:
        at = parse_moment(text, now)
    except Refusal:
        return
    assert now - OLDEST <= at <= now + AHEAD
