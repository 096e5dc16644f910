"""The day as a picture and on the command line."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from PIL import Image

from bot.__main__ import main
from bot.settings import Settings
from handlers.commands import dispatch as command
from handlers.pictures import dispatch as picture
from handlers.pictures import draw, fonts
from hotline import dispatch, dispatch_news
from hotline.formats.days import parse_day
from hotline.goods import words_of
from locales.words import LANGUAGES, Refusal, render
from storage import dispatch as days
from storage.database import Database
from tests.conftest import StillClock
from tests.support import days as invented

DAY = date(2026, 2, 28)


@pytest.fixture
async def busy(db: Database, clock: StillClock) -> None:
    dice, (start, _) = Random(5), dispatch.bounds_of(DAY)
    async with db.write() as tx:
        await invented.live(tx, dice, start, 20, 60)


@pytest.mark.skipif(fonts.found() is None, reason="no font for Chinese here")
@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_picture_is_small_and_has_every_number(db: Database, clock: StillClock) -> None:
    for division in ("000000", "220104"):
        for language in LANGUAGES:
            async with db.read() as tx:
                found = await dispatch.report(tx, division, DAY, clock())
                drawn = await draw(tx, dispatch_news.picture_of(found), language, clock())
                sheet = picture.sheet_of(found, language, clock())
            assert drawn is not None
            wide, high = Image.open(BytesIO(drawn)).size
            assert (wide, high <= 1280, len(drawn) < 120_000) == (1080, True, True)
            assert [one.count for one in sheet.tiles] == [now for now, _ in found.total.numbers.values()]
            assert all(len(one.lines) <= picture.MOST_LINES for one in sheet.tables)


class Drawn(Exception):
    """Far enough: what it would draw was seen."""


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_picture_of_a_day_that_lasts_agrees_with_its_words(
    db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are made in the turn and the picture when it is sent: both count up to the same moment."""
    seen: list[Any] = []

    def sheet_of(found: dispatch.Report, *_: Any) -> None:
        seen.append(found.total)
        raise Drawn

    monkeypatch.setattr(picture, "sheet_of", sheet_of)
    clock.at = dispatch.bounds_of(DAY)[0] + timedelta(hours=9)
    async with db.read() as tx:
        found = await dispatch.report(tx, "220000", DAY, clock())
        wanted = dispatch_news.picture_of(found)
        clock.pass_(hours=3)
        if fonts.found() is not None:
            with pytest.raises(Drawn):
                await draw(tx, wanted, "zh_CN", clock())
            assert seen == [found.total]
        monkeypatch.setattr(fonts, "found", lambda: None)
        assert await draw(tx, wanted, "zh_CN", clock()) is None, "without a font the words go alone"


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database, *arguments: str) -> int:
    for name, value in {
        "DATABASE_URL": db.url.render_as_string(hide_password=False), "VAR": str(tmp_path),
        "SECRET_KEY": "a secret for tests", "DEFAULT_DIVISION": "220100",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return main(["dispatch", *arguments])


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_command_freezes_and_shows_any_day_gone_by(
    db: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "utc_now", clock)

    async def ran(*arguments: str) -> int:
        return await asyncio.to_thread(run, tmp_path, monkeypatch, db, *arguments)

    assert await ran("--json") == 0
    told = json.loads(capsys.readouterr().out)
    async with db.read() as tx:
        kept = await days.of_day(tx, DAY)
        found = await dispatch.report(tx, "220100", DAY, clock())
    assert kept is not None
    assert told["day"] == str(DAY), "yesterday when none is named"
    assert told["totals"]["issued"] == dict(zip(("count", "before"), found.total.numbers["issued"], strict=True))
    assert {one["division"][:4] for one in told["counts"]} == {"2201"}
    assert await ran(str(DAY), "--place", "寻乌") == 0
    assert "寻乌县通行证日调度" in capsys.readouterr().out
    file = tmp_path / "sheets" / "day.xlsx"
    assert await ran(str(DAY), "--xlsx", str(file)) == 0
    assert openpyxl.load_workbook(file).sheetnames[0] == "汇总"
    assert await ran("2026-03-01") == 0
    assert "还没定稿" in capsys.readouterr().out
    async with db.read() as tx:
        assert await days.newest(tx) == DAY, "a day that lasts is not frozen"
    assert await ran("2030-01-01") == 1
    assert "还没到" in capsys.readouterr().out
    assert await ran("--place", "nowhere") == 2


def test_a_morning_begins_after_midnight() -> None:
    assert Settings(_env_file=None, dispatch_at="06:05").dispatch_at == "06:05"
    for wrong in ("00:05", "24:00", "7:30", "half past seven"):
        with pytest.raises(ValueError):
            Settings(_env_file=None, dispatch_at=wrong)


TYPED = {
    "2026-02-28": DAY, "20260228": DAY, "2月28日": DAY, "2.28": DAY, "2026年2月28号": DAY, "昨天": DAY,
    "yesterday": DAY, "今天": DAY + timedelta(days=1), "前天": DAY - timedelta(days=1), "12月31日": date(2025, 12, 31),
}  # fmt: skip


def test_a_day_is_read_as_people_type_it() -> None:
    today = DAY + timedelta(days=1)
    assert {typed: parse_day(typed, today) for typed in TYPED} == TYPED
    for wrong in ("上个月", "13月1日", "2026-02-30", "2027-01-01", "", "昨"):
        with pytest.raises(Refusal) as no:
            parse_day(wrong, today)
        assert all(render(language, no.value.say) for language in LANGUAGES)


def test_goods_are_named_as_some_pack_names_them() -> None:
    assert render("zh_CN", words_of("other")) == "其他货物"
    assert render("zh_CN", words_of("")) == "没有对应的证"
    assert "nothing_like_it" in render("zh_CN", words_of("nothing_like_it"))
