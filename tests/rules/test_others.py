"""The packs without rules are checked and listed too: service catalogue, calendar, text modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline import calendar, catalogue, macros
from hotline.rules import others
from hotline.rules.shelf import FOLDER, BadPack
from locales.words import LANGUAGES, render


@pytest.mark.parametrize("file", others.files(), ids=lambda file: file.stem)
def test_ours_are_sound_and_say_what_is_in_them(file: Path) -> None:
    assert others.is_other(file) and others.faults(file) == []
    found = others.describe(file)
    assert len(found.version) == 12
    for language in LANGUAGES:
        assert any(char.isdigit() for char in render(language, found.what))


def test_they_are_told_from_rule_packs() -> None:
    assert [others.describe(file).id for file in others.files()] == ["catalogue", "calendar-hours", "macros"]
    assert not any(others.is_other(file) for file in FOLDER.glob("*.toml"))


def test_what_we_know_second_hand_is_marked() -> None:
    found = others.describe(catalogue.PACK)
    assert len(found.secondary) == 2 and set(found.secondary) < set(found.sources)


@pytest.mark.parametrize(
    ("pack", "wrong", "said"),
    [
        (catalogue.PACK, ('cite = "n6"', 'cite = "hearsay"'), "no source of this pack"),
        (catalogue.PACK, ("2026-05-21T17:30", "2026-05-20T17:30"), "resolution is due 2026-05-21 17:30"),
        (catalogue.PACK, ('what = "red"\nat', 'what = "mauve"\nat'), "no matter code_appeal.mauve"),
        (catalogue.PACK, ("[pack]", "[pack"), "catalogue.toml"),
        (macros.PACK, ("{road}", "{plate}"), "plate"),
        (macros.PACK, ('kind = "help"', 'kind = "gossip"'), "'gossip' is no kind"),
        (macros.PACK, ('name = "请拍照"', 'name = "感谢反映"'), "2 are called '感谢反映'"),
        (macros.PACK, ('en = { name = "Thank you"', 'fr = { name = "Merci"'), "unknown words"),
        (calendar.FOLDER / "hours.toml", ("08:30-12:00", "12:30-12:00"), "not in order"),
        (calendar.FOLDER / "hours.toml", ("source =", "sauce ="), "unknown words"),
        (calendar.FOLDER / "hours.toml", ("[[hours]]", "[[house]]"), "no catalogue, calendar or text modules"),
    ],
)
def test_a_wrong_one_names_file_and_fault(tmp_path: Path, pack: Path, wrong: tuple[str, str], said: str) -> None:
    text = pack.read_text("utf-8")
    assert wrong[0] in text
    (file := tmp_path / pack.name).write_text(text.replace(*wrong), "utf-8")
    found = others.faults(file)
    assert found and all(one.startswith(pack.name) for one in found) and said in " ".join(found)
    with pytest.raises(BadPack):
        others.describe(file)


def test_a_file_that_is_not_there_is_a_fault_too(tmp_path: Path) -> None:
    assert others.faults(tmp_path / "gone.toml")
