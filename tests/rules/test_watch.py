"""What must be looked at on the shelf: each for its reason, and nothing else."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.rules import shelf
from hotline.rules.shelf import Shelf
from hotline.rules.watch import CHECK_EVERY, ENDS_SOON, Concern, before, concerns, on_hand
from locales.words import LANGUAGES, render

FOLDER = Path(__file__).parents[1] / "staff/packs"
CHANGCHUN, SHENYANG = "220100", "210100"
LANTERNS = "changchun-lanterns-2026"
UNTIL, CHECKED = dt.date(2026, 3, 10), dt.date(2025, 2, 1)


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "packs"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(shelf, "FOLDER", folder)
    shelf.use(None)
    yield folder
    shelf.use(None)


@pytest.fixture
def books(packs: Path) -> Shelf:
    return shelf.load()


def kinds(books: Shelf, day: dt.date, pack: str = LANTERNS, place: str = CHANGCHUN) -> list[str]:
    return [one.kind for one in concerns(books, place, day) if one.pack == pack]


def test_a_pack_in_force_is_to_be_compared_each_quarter(books: Shelf) -> None:
    assert "unchecked" not in kinds(books, CHECKED + CHECK_EVERY)
    assert "unchecked" in kinds(books, CHECKED + CHECK_EVERY + dt.timedelta(days=1))


def test_one_that_is_over_or_still_to_come_is_left_alone(books: Shelf) -> None:
    for day in (UNTIL, dt.date(2025, 1, 31)):
        assert kinds(books, day) == []
    assert kinds(books, UNTIL - dt.timedelta(days=1)) == ["unchecked", "ending", "no_value"]


def test_its_end_is_told_a_month_before(books: Shelf) -> None:
    assert "ending" not in kinds(books, UNTIL - ENDS_SOON - dt.timedelta(days=1))
    assert "ending" in kinds(books, UNTIL - ENDS_SOON)


def test_what_follows_it_is_named(books: Shelf) -> None:
    """The second version follows the first, and a city's pack gives way to the nation's."""
    june = dt.date(2022, 6, 20)
    followed = [one for one in concerns(books, CHANGCHUN, june) if one.kind == "followed"]
    assert {one.pack: one.facts for one in followed} == {
        "small-release-2022a": {"last": "2022-06-23", "next": "small-release-2022b"},
        "changchun-release-2022": {"last": "2022-06-23", "next": "small-release-2022b"},
    }
    assert "ending" in kinds(books, dt.date(2022, 12, 1), "small-release-2022b")


def test_what_a_document_leaves_open_is_named_while_it_matters(books: Shelf) -> None:
    [one] = [one for one in concerns(books, CHANGCHUN, dt.date(2025, 3, 1)) if one.pack == LANTERNS]
    assert one.kind == "no_value"
    assert "多少吨以下可以进" in render("zh_CN", one.say)
    assert "How heavy a truck may be" in render("en", one.say)


def test_a_template_waits_until_somebody_fills_it_in(packs: Path) -> None:
    day = dt.date(2026, 3, 1)
    assert kinds(shelf.load(), day, "snow-template") == ["empty"]
    text = (packs / "snow-template.toml").read_text("utf-8")
    filled = text.replace("snow-template", "changchun-snow").replace("divisions = []", f'divisions = ["{CHANGCHUN}"]')
    (packs / "changchun-snow.toml").write_text(filled.replace("template = true", ""), "utf-8")
    assert kinds(shelf.load(), day, "snow-template") == []
    assert kinds(shelf.load(), day, "snow-template", SHENYANG) == ["empty"]


def test_every_file_that_does_not_load_is_told_and_read_once(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = shelf.load()
    (packs / "first.toml").write_text("[pack", "utf-8")
    (packs / "second.toml").write_text("name = 1", "utf-8")
    books, wrong = on_hand()
    assert books is good
    assert [one.kind for one in wrong] == ["unread", "unread"]
    assert [str(one.facts["why"]).partition(":")[0] for one in wrong] == ["first.toml", "second.toml"]
    monkeypatch.setattr(shelf, "read", lambda file: pytest.fail(f"{file} is read again"))
    assert on_hand() == (books, wrong)


def test_packs_that_do_not_go_together_are_told(packs: Path) -> None:
    text = (packs / "changchun-release-2022.toml").read_text("utf-8")
    (packs / "twin.toml").write_text(text.replace('id = "changchun-release-2022"', 'id = "twin"'), "utf-8")
    books, [wrong] = on_hand()
    assert books is None
    assert before() is None
    assert "both hold in 220100" in wrong.facts["why"]
    (packs / "twin.toml").unlink()
    assert on_hand()[1] == []
    assert before() is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concern_has_words(books: Shelf, language: str) -> None:
    days = (dt.date(2022, 6, 20), UNTIL - dt.timedelta(days=1))
    found = [one for day in days for one in concerns(books, CHANGCHUN, day)] + [Concern("unread", None, {"why": "x"})]
    assert {one.kind for one in found} == {"unchecked", "ending", "followed", "empty", "no_value", "unread"}
    assert all(render(language, one.say) for one in found)
