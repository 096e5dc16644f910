"""Clocks on working time: weekends, made-up Saturdays, year ends, a year that is a guess, pauses, other zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline import calendar, clocks
from hotline.clocks import Kind, Span
from locales.words import SHANGHAI

CALENDAR = calendar.load()
ZONES = (SHANGHAI, ZoneInfo("Asia/Urumqi"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

KINDS: tuple[Kind, ...] = ("always", "hours", "days")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
durations = st.timedeltas(timedelta(), timedelta(days=40))
zones = st.sampled_from(ZONES)
kinds = st.sampled_from(KINDS)
spans = st.builds(Span, st.integers(1, 60), st.sampled_from(["m", "h", "d", "wh", "wd"]))


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(start: str, span: str) -> str:
    moment = clocks.due(at(start), Span.parse(span), CALENDAR)
    assert moment.tzinfo is UTC
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-03-06 17:00", "30m", "2026-03-06 17:30"),
        ("2026-03-06 23:30", "2h", "2026-03-07 01:30"),
        ("2026-02-14 10:00", "3d", "2026-02-17 10:00"),  # round the clock knows no spring festival
        ("2026-03-04 09:00", "4wh", "2026-03-04 14:30"),  # over lunch
        ("2026-03-04 08:30", "1wh", "2026-03-04 09:30"),
        ("2026-03-04 13:30", "4wh", "2026-03-04 17:30"),
        ("2026-03-06 17:00", "1wh", "2026-03-09 09:00"),  # over a weekend
        ("2026-03-07 10:00", "1wh", "2026-03-09 09:30"),  # begins when the desk opens
        ("2026-02-13 17:00", "1wh", "2026-02-14 09:00"),  # a Saturday made up
        ("2026-02-14 17:00", "1wh", "2026-02-24 09:00"),  # over the spring festival
        ("2026-03-04 08:30", "15wh", "2026-03-05 17:30"),
        ("2026-03-02 10:00", "3wd", "2026-03-05 17:30"),  # Monday to Thursday
        ("2026-03-02 00:00", "1wd", "2026-03-03 17:30"),
        ("2026-03-02 23:59", "1wd", "2026-03-03 17:30"),
        ("2026-03-06 09:00", "1wd", "2026-03-09 17:30"),
        ("2026-03-07 09:00", "1wd", "2026-03-09 17:30"),
        ("2026-02-27 09:00", "1wd", "2026-02-28 17:30"),  # a Saturday made up
        ("2026-02-13 09:00", "2wd", "2026-02-24 17:30"),
        ("2025-12-31 09:00", "1wd", "2026-01-04 17:30"),  # new year, and a Sunday made up
        ("2026-12-31 09:00", "1wd", "2027-01-04 17:30"),  # into a year that is a guess
        ("2027-09-30 16:30", "2wh", "2027-10-04 09:30"),
    ],
)
def test_when_it_is_due(start: str, span: str, end: str) -> None:
    assert due(start, span) == end


@pytest.mark.parametrize("text", ["", "3", "d", "0h", "-1h", "1.5h", "3wm", "3 weeks", "99999h", "3wd ", "٣d", "3WD"])
def test_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="no span"):
        Span.parse(text)


@given(spans)
def test_a_span_is_written_as_it_is_read(span: Span) -> None:
    assert Span.parse(str(span)) == span


@given(moments, spans, zones)
def test_just_so_much_counts_until_it_is_due(start: datetime, span: Span, zone: ZoneInfo) -> None:
    end = clocks.due(start, span, CALENDAR, zone)
    assert end > start
    assert clocks.between(start, end, span.kind, CALENDAR, zone) == span.length


@given(moments, durations, spans, st.integers(0, 30), zones)
def test_who_comes_later_or_has_longer_is_due_later(
    start: datetime, later: timedelta, span: Span, more: int, zone: ZoneInfo
) -> None:
    end = clocks.due(start, span, CALENDAR, zone)
    assert clocks.due(start + later, span, CALENDAR, zone) >= end
    assert clocks.due(start, replace(span, count=span.count + more), CALENDAR, zone) >= end


@given(moments, spans, zones)
def test_working_clocks_end_at_work(start: datetime, span: Span, zone: ZoneInfo) -> None:
    if span.kind == "always":
        return
    end = clocks.due(start, span, CALENDAR, zone).astimezone(zone)
    assert CALENDAR.is_workday(end.date())
    assert any(begin <= end.time() <= close for begin, close in CALENDAR.blocks(end.date()))


@given(moments, durations, durations, kinds, zones)
def test_stretches_end_to_end_count_as_one(
    start: datetime, one: timedelta, two: timedelta, kind: Kind, zone: ZoneInfo
) -> None:
    def counted(begin: datetime, end: datetime) -> timedelta:
        return clocks.between(begin, end, kind, CALENDAR, zone)

    middle, end = start + one, start + one + two
    assert counted(start, middle) + counted(middle, end) == counted(start, end)
    assert counted(end, start) == timedelta()


# Waiting for the reporter


def test_a_pause_moves_the_clock_by_what_would_have_counted() -> None:
    friday, monday = at("2026-03-06 17:00"), at("2026-03-09 09:00")
    assert clocks.shift(at("2026-03-09 10:00"), friday, monday, "hours", CALENDAR) == at("2026-03-09 11:00")
    assert clocks.shift(at("2026-03-09 17:30"), friday, monday, "days", CALENDAR) == at("2026-03-10 17:30")
    assert clocks.shift(at("2026-03-09 10:00"), friday, monday, "always", CALENDAR) == at("2026-03-12 02:00")
    saturday, sunday = at("2026-03-07 09:00"), at("2026-03-08 20:00")
    assert clocks.shift(at("2026-03-09 17:30"), saturday, sunday, "days", CALENDAR) == at("2026-03-09 17:30")


def test_a_pause_brings_nothing_overdue_back_to_life() -> None:
    evening, morning = at("2026-03-09 18:00"), at("2026-03-10 09:00")
    for kind in KINDS:
        assert clocks.shift(at("2026-03-09 17:30"), evening, morning, kind, CALENDAR) == at("2026-03-09 17:30")


@given(moments, durations, durations, kinds, zones)
def test_pauses(start: datetime, ahead: timedelta, length: timedelta, kind: Kind, zone: ZoneInfo) -> None:
    def shifted(until: datetime) -> datetime:
        return clocks.shift(due_at, start, until, kind, CALENDAR, zone)

    due_at = start + ahead
    assert shifted(start) == due_at, "no pause, no change"
    assert due_at <= shifted(start + length) <= shifted(start + 2 * length)


@given(moments, spans, durations, durations, zones)
def test_a_pause_leaves_as_much_as_was_left(
    start: datetime, span: Span, before: timedelta, length: timedelta, zone: ZoneInfo
) -> None:
    end = clocks.due(start, span, CALENDAR, zone)
    stopped = start + before
    if stopped >= end:
        return
    resumed = stopped + length
    later = clocks.shift(end, stopped, resumed, span.kind, CALENDAR, zone)
    left = clocks.between(stopped, end, span.kind, CALENDAR, zone)
    assert clocks.between(resumed, later, span.kind, CALENDAR, zone) == left


# Warning


def test_warning_at_three_quarters() -> None:
    def warned(start: str, span: str) -> str:
        start_at, read = at(start), Span.parse(span)
        due_at = clocks.due(start_at, read, CALENDAR)
        if read.kind != "days":
            assert clocks.warning(due_at, read, 0.75, CALENDAR) == clocks.share(
                start_at, due_at, 0.75, read.kind, CALENDAR
            )
        return clocks.warning(due_at, read, 0.75, CALENDAR).astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S")

    assert warned("2026-03-06 23:00", "2h") == "03-07 00:30:00"
    assert warned("2026-03-06 14:30", "4wh") == "03-06 17:30:00"
    assert warned("2026-03-06 16:30", "4wh") == "03-09 10:30:00"
    assert warned("2026-03-02 10:00", "1wd") == "03-03 15:37:30"  # a quarter of 7.5 hours is left
    assert warned("2026-03-02 10:00", "4wd") == "03-05 17:30:00"  # a day is left


def test_days_are_shared_out_by_their_hours() -> None:
    start, end = at("2026-03-07 12:00"), at("2026-03-09 17:30")
    assert clocks.share(start, end, 0.75, "days", CALENDAR) == at("2026-03-09 15:37:30")
    assert clocks.share(end, start, 0.75, "days", CALENDAR) == start, "over already"


@given(moments, durations, st.floats(0.01, 0.99), kinds, zones)
def test_a_share_lies_between(start: datetime, length: timedelta, part: float, kind: Kind, zone: ZoneInfo) -> None:
    end = start + length
    assert start <= clocks.share(start, end, part, kind, CALENDAR, zone) <= end


@given(moments, spans, st.floats(0.01, 1), zones)
def test_a_warning_comes_in_time(start: datetime, span: Span, part: float, zone: ZoneInfo) -> None:
    end = clocks.due(start, span, CALENDAR, zone)
    warned = clocks.warning(end, span, part, CALENDAR, zone)
    assert warned <= end
    if span.kind != "days":
        used = clocks.between(start, warned, span.kind, CALENDAR, zone)
        assert abs(used - span.length * part) <= timedelta(microseconds=1)


# A calendar arrives


TOLD = replace(
    CALENDAR,
    off=CALENDAR.off | {date(2027, 2, day) for day in range(5, 12)},
    work=CALENDAR.work | {date(2027, 2, 13)},
    settled=CALENDAR.settled | {2027},
    version="told",
)


@pytest.mark.parametrize(
    ("opened", "span", "before", "after"),
    [
        ("2027-02-04 10:00", "3wd", "2027-02-09 17:30", "2027-02-15 17:30"),
        ("2027-02-04 16:30", "3wh", "2027-02-05 10:30", "2027-02-12 10:30"),
        ("2027-02-04 10:00", "3d", "2027-02-07 10:00", "2027-02-07 10:00"),
        ("2027-02-12 10:00", "1wd", "2027-02-15 17:30", "2027-02-13 17:30"),  # earlier: a Saturday is made up
        ("2026-11-22 10:00", "3wd", "2026-11-25 17:30", "2026-11-25 17:30"),  # no day of it has changed
        ("2027-02-04 10:00", "3wd", "2027-02-10 17:30", "2027-02-16 17:30"),  # a pause had added a day
        ("2027-02-04 10:00", "3wd", "2027-02-10 20:00", "2027-02-10 20:00"),  # granted by hand
        ("2027-02-04 10:00", "3wd", "2027-02-08 17:30", "2027-02-08 17:30"),  # shortened by hand
    ],
)
def test_due_times_are_counted_again(opened: str, span: str, before: str, after: str) -> None:
    assert clocks.moved(at(before), at(opened), Span.parse(span), CALENDAR, TOLD) == at(after)
    assert clocks.moved(at(before), at(opened), Span.parse(span), CALENDAR, CALENDAR) == at(before)


@given(moments, spans, durations, durations, zones)
def test_counted_again_is_as_if_the_calendar_had_been_there(
    start: datetime, span: Span, before: timedelta, length: timedelta, zone: ZoneInfo
) -> None:
    """Unpaused, exactly; and a due time that pauses have moved never loses what they gave."""
    due_at = clocks.due(start, span, CALENDAR, zone)
    fresh = clocks.due(start, span, TOLD, zone)
    assert clocks.moved(due_at, start, span, CALENDAR, TOLD, zone) == fresh
    paused = clocks.shift(due_at, start + before, start + before + length, span.kind, CALENDAR, zone)
    assert clocks.moved(paused, start, span, CALENDAR, TOLD, zone) >= fresh
