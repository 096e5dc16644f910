"""Working days: what was announced, what the law fixes, and what is only a guess."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from structlog.testing import capture_logs

from hotline import calendar
from hotline.calendar import BadCalendar

HOURS = """
[[hours]]
since = 2022-01-01
blocks = ["08:30-12:00", "13:30-17:30"]
source = "test"
"""

NOTICE_OF_2026 = """
[[days]]
years = [2026]
source = "国务院办公厅关于2026年部分节假日安排的通知，2025年11月4日"
off = [
  [2026-01-01, 2026-01-03], [2026-02-15, 2026-02-23], [2026-04-04, 2026-04-06], [2026-05-01, 2026-05-05],
  [2026-06-19, 2026-06-21], [2026-09-25, 2026-09-27], [2026-10-01, 2026-10-07],
]
work = [2026-01-04, 2026-02-14, 2026-02-28, 2026-05-09, 2026-09-20, 2026-10-10]
"""

PRETENDED_2027 = """
[[days]]
years = [2027]
source = "a notice that we made up for this test"
off = [[2027-02-05, 2027-02-11]]
work = [2027-02-13]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hours.toml").write_text(HOURS, "utf-8")
    return tmp_path


def year(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]


def test_the_year_as_it_was_announced() -> None:
    ours = calendar.load()
    assert not ours.is_workday(date(2026, 2, 16)), "a Monday of the spring festival"
    assert ours.is_workday(date(2026, 2, 28)), "a Saturday that is made up"
    assert ours.next_workday(date(2026, 2, 14)) == date(2026, 2, 24)
    assert not ours.is_guess(date(2026, 2, 16))


@pytest.mark.parametrize("number", [2004, 2012, 2020, 2024, 2025, 2026])
def test_we_read_the_package_as_it_reads_itself(number: int) -> None:
    ours = calendar.load()
    assert [day for day in year(number) if ours.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_a_notice_typed_as_a_pack_is_the_same_year(folder: Path) -> None:
    before = calendar.load(folder)
    (folder / "2026.toml").write_text(NOTICE_OF_2026, "utf-8")
    after = calendar.load(folder)
    assert [day for day in year(2026) if before.is_workday(day) != after.is_workday(day)] == []


def test_a_year_that_nobody_has_announced_is_weekdays_fixed_holidays_and_one_warning(folder: Path) -> None:
    ours = calendar.load(folder)
    with capture_logs() as logs:
        off = [day for day in year(2027) if day.weekday() < 5 and not ours.is_workday(day)]
        assert not any(ours.is_workday(day) for day in year(2027) if day.weekday() >= 5)
        assert not ours.is_workday(date(2030, 1, 6))
    assert off == [date(2027, 1, 1), date(2027, 10, 1)], "1 and 2 May, 2 and 3 October are a weekend in 2027"
    assert [log["year"] for log in logs] == [2027, 2030]
    assert ours.is_guess(date(2027, 2, 8)) and not ours.is_guess(date(2027, 10, 1))


@pytest.mark.parametrize("number", range(2027, 2036))
def test_the_law_holds_in_every_year(number: int) -> None:
    ours = calendar.load()
    fixed = [date(number, *day) for day in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))]
    assert not any(ours.is_workday(day) for day in fixed)


def test_a_pack_settles_its_year_and_changes_the_version(folder: Path) -> None:
    guessed = calendar.load(folder)
    assert calendar.load(folder) is guessed, "nothing has changed"
    (folder / "2027.toml").write_text(PRETENDED_2027, "utf-8")
    told = calendar.load(folder)
    assert told.version != guessed.version
    assert guessed.is_workday(date(2027, 2, 8)) and not told.is_workday(date(2027, 2, 8))
    assert told.is_workday(date(2027, 2, 13)), "a Saturday"
    assert not told.is_guess(date(2027, 6, 1)) and told.is_guess(date(2028, 6, 1))


def test_a_comment_changes_no_version(folder: Path) -> None:
    before = calendar.load(folder).version
    (folder / "hours.toml").write_text("# seen by the office\n" + HOURS, "utf-8")
    assert calendar.load(folder).version == before


def test_a_later_pack_overrides_package_and_earlier_packs(folder: Path) -> None:
    (folder / "2027.toml").write_text(PRETENDED_2027, "utf-8")
    change = '[[days]]\nsource = "longer, as in 2020"\noff = [2027-02-13, 2026-03-02]\nwork = [2027-02-11]\n'
    (folder / "2027-change.toml").write_text(change, "utf-8")
    (folder / "2027-z.toml").write_text('[[days]]\nsource = "s"\nwork = [2027-02-13]\n', "utf-8")
    ours = calendar.load(folder)
    assert not ours.is_workday(date(2026, 3, 2)), "a Monday in a year of the package"
    assert ours.is_workday(date(2027, 2, 11)), "what the notice said first"
    assert ours.is_workday(date(2027, 2, 13)), "the last word"


def test_summer_hours(folder: Path) -> None:
    summer = '[[hours]]\nsince = 2026-07-01\nblocks = ["08:00-12:00", "14:30-18:00"]\nsource = "test"\n'
    (folder / "summer.toml").write_text(summer, "utf-8")
    ours = calendar.load(folder)
    assert ours.blocks(date(2026, 6, 30))[0][0] == time(8, 30)
    assert ours.blocks(date(2026, 7, 1)) == ((time(8), time(12)), (time(14, 30), time(18)))
    assert ours.blocks(date(2021, 1, 1))[0][0] == time(8, 30), "before the first, the first"


@pytest.mark.parametrize(
    ("pack", "why"),
    [
        ("[[days]]\noff = [2027-02-05]\n", "source"),
        ('[[days]]\nsource = "s"\nwork = [2027-10-01]\n', "the law"),
        ('[[days]]\nsource = "s"\noff = [2027-02-05]\nwork = [2027-02-05]\n', "at once"),
        ('[[days]]\nsource = "s"\noff = ["2027-02-05"]\n', "no day"),
        ('[[days]]\nsource = "s"\noff = [2027-02-05T08:00:00]\n', "no day"),
        ('[[days]]\nsource = "s"\noff = [[2027-02-09, 2027-02-05]]\n', "no day"),
        ('[[days]]\nsource = "s"\noff = [[2027-02-05, 2028-02-05]]\n', "no day"),
        ('[[days]]\nsource = "s"\nyears = ["2027"]\n', "no year"),
        ('[[days]]\nsource = "s"\nholidays = []\n', "unknown"),
        ('[[hours]]\nsince = 2026-01-01\nsource = "s"\nblocks = ["13:30-17:30", "08:30-12:00"]\n', "order"),
        ('[[hours]]\nsince = 2026-01-01\nsource = "s"\nblocks = []\n', "order"),
        ('[[hours]]\nsince = 2026-01-01\nblocks = ["08:30-12:00"]\n', "source"),
        ("days = 5\n", "bad.toml"),
        ("days = [5]\n", "bad.toml"),
        ("[[days]\n", "bad.toml"),
    ],
)
def test_a_pack_that_cannot_be_meant_names_itself(folder: Path, pack: str, why: str) -> None:
    (folder / "bad.toml").write_text(pack, "utf-8")
    with pytest.raises(BadCalendar, match=r"bad\.toml") as refused:
        calendar.load(folder)
    assert why in str(refused.value)


def test_without_hours_there_is_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match="when the desk works"):
        calendar.load(tmp_path)


def test_the_package_is_not_read_before_a_calendar_is() -> None:
    code = "import sys, hotline.clocks; print('chinese_calendar' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
