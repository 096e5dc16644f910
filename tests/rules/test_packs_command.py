"""`python -m bot packs`, as a clerk or a bureau's lawyer types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from hotline.rules import shelf

SOUND = (shelf.FOLDER / "cn-pass-need-2022.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PACKS", raising=False)


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> Any:
    assert main(["packs", *typed, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_pack_loads_and_its_cases_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "check"]) == 0
    assert "cn-truck-release-2022" in capsys.readouterr().out


def test_what_is_in_force_at_a_place_on_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    then = {row["id"] for row in told(capsys, "list", "--place", "长春市", "--on", "2022-05-20")}
    assert any("changchun" in name for name in then)
    assert "cn-oversize-2016" in then
    now = {row["scheme"] for row in told(capsys, "list", "--place", "220100", "--on", "2026-11-22")}
    assert now == {"oversize"}


def test_the_last_day_and_the_day_after(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ("code=green", "temperature=normal", "test_age_hours=48")
    last = told(capsys, "explain", "truck_release", "--on", "2022-12-08", *facts)
    assert last["verdict"] == "ALLOW"
    after = told(capsys, "explain", "truck_release", *facts, "--on", "2022-12-09")
    assert after["verdict"] == "NOT_IN_FORCE"
    assert after["ended"]["by"]["date"] == "2022-12-09"


def test_an_answer_has_clause_document_and_date(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, "explain", "truck_release", "--on", "2022-05-01", "code=green", "temperature=normal",
                  "test_age_hours=30", "pass_held=no")  # fmt: skip
    assert answer["verdict"] == "ALLOW"
    assert all(cite["title"] and cite["issuer"] for cite in answer["citations"])
    assert {"star", "plate_region"} <= {ban["ground"] for ban in answer["forbidden"]}


def test_what_is_not_known_is_asked_for_and_not_invented(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, "explain", "truck_release", "--on", "2022-05-01", "code=unknown", "temperature=normal")
    assert answer["verdict"] == "MANUAL"
    assert "code" in answer["unknown"]
    assert "temperature" not in answer["unknown"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("explain", "nosuch"), "truck_release"),
        (("explain", "truck_release", "--on", "2022-05-01", "shoes=red"), "test_age_hours"),
        (("explain", "truck_release", "--on", "2022-05-01", "code=pink"), "green"),
        (("explain", "truck_release", "--on", "2022-05-01", "test_age_hours=-1"), "0-"),
        (("explain", "truck_release", "--on", "soon"), "2022-04-20"),
        (("explain", "truck_release", "--place", "蓬莱仙岛"), "区划"),
        (("diff", "cn-truck-release-2022", "nosuch"), "nosuch"),
    ],
)
def test_what_is_not_right_is_said(capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], said: str) -> None:
    assert main(["packs", *typed]) == 1
    assert said in capsys.readouterr().out


def test_the_facts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    names = {row["name"] for row in told(capsys, "explain", "oversize", "--facts")}
    assert {"height_m", "width_m", "length_m", "mass_t"} <= names


def test_a_difference_is_told_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = tmp_path / "cn-pass-need-2022.toml"
    moved = SOUND.replace('["000000"]', '["220000"]').replace('level = "nation"', 'level = "province"')
    other.write_text(moved, "utf-8")
    found = told(capsys, "diff", "cn-pass-need-2022", str(other))
    assert found == ["适用地区：全国 改为 吉林省", "层级：全国 改为 省级"]
    assert told(capsys, "diff", "cn-pass-need-2022", "cn-pass-need-2022") == []


def test_a_bureaus_own_pack_is_read_beside_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "packs"
    own.mkdir()
    monkeypatch.setenv("PACKS", str(own))
    local = SOUND.replace('id = "cn-pass-need-2022"', 'id = "somewhere"').replace('["000000"]', '["530100"]')
    (own / "somewhere.toml").write_text(local.replace('level = "nation"', 'level = "city"'), "utf-8")
    here = {row["id"] for row in told(capsys, "list", "--place", "昆明市", "--on", "2022-06-01")}
    assert "somewhere" in here
    (own / "broken.toml").write_text("[pack]", "utf-8")
    assert main(["packs", "check"]) == 1
    assert "broken.toml: sources" in capsys.readouterr().out
    shelf.use(None)
