"""When something shall begin or end, as people say it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from hotline.formats.ahead import FARTHEST, parse_ahead
from locales.words import LANGUAGES, SHANGHAI, Refusal, render
from tests.conftest import NOON
from tests.formats.strategies import anything

# NOON is 2026-03-01 12:00, a Sunday.
BEGINS = {
    "现在": "03-01 12:00", "马上走": "03-01 12:00", "now": "03-01 12:00", "今天": "03-01 12:00",
    "明天": "03-02 00:00", "明早": "03-02 08:00", "明早六点": "03-02 06:00", "明天早上6:30": "03-02 06:30",
    "后天下午三点半": "03-03 15:30", "今晚10点": "03-01 22:00", "下午3点": "03-01 15:00", "8点": "03-02 08:00",
    "3月5日": "03-05 00:00", "3月5号上午9点": "03-05 09:00", "2026-03-04 07:15": "03-04 07:15", "10号": "03-10 00:00",
    "两小时后": "03-01 14:00", "半小时后": "03-01 12:30", "3天后": "03-04 12:00", "一周后": "03-08 12:00",
    "周三": "03-04 00:00", "下周一8点": "03-02 08:00", "tomorrow 8am": "03-02 08:00", "tomorrow": "03-02 00:00",
    "in 2 hours": "03-01 14:00", "1月2日": "01-02 00:00", "明天晚上": "03-02 20:00",
    "2026-03-02T08:00+08:00": "03-02 08:00",
    "大概明早7点出发": "03-02 07:00", "今晚24点": "03-02 00:00", "明天12点": "03-02 12:00", "中午1点": "03-01 13:00",
}  # fmt: skip
ENDS = {
    "今天": "03-02 00:00", "明天": "03-03 00:00", "3月10日": "03-11 00:00", "月底": "04-01 00:00", "3天": "03-04 12:00",
    "到3月10日": "03-11 00:00", "3月10日18点": "03-10 18:00", "10号前": "03-11 00:00", "until tomorrow": "03-03 00:00",
}  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), BEGINS.items())
def test_when_it_begins(said: str, meant: str) -> None:
    assert f"{parse_ahead(said, NOON).astimezone(SHANGHAI):%m-%d %H:%M}" == meant


@pytest.mark.parametrize(("said", "meant"), ENDS.items())
def test_when_it_ends(said: str, meant: str) -> None:
    assert f"{parse_ahead(said, NOON, ends=True).astimezone(SHANGHAI):%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("昨天", "refused"), ("随便", "refused"), ("", "refused"), ("2026-02-28 08:00", "past"), ("25点", "refused"),
        ("13月5日", "refused"), ("今天上午9点", "past"), ("2028-01-01", "too_far"), ("999周后", "too_far"),
        ("x" * 99, "refused"),
    ],
)  # fmt: skip
def test_what_is_no_moment_ahead(said: str, key: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_ahead(said, NOON)
    assert no.value.key == f"ahead.{key}"


@given(anything)
def test_never_before_now_and_never_a_crash(text: str) -> None:
    try:
        at = parse_ahead(text, NOON)
    except Refusal as no:
        assert all(render(language, no.say) for language in LANGUAGES)
    else:
        assert NOON <= at <= NOON + FARTHEST + timedelta()
