"""A wrong setting stops the start with one sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somewhere/x"),
        ("DATABASE_URL", "not an address"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("TIMEZONE", "Asia/Nowhere"),
        ("TIMEZONE", "../etc/passwd"),
        ("DEFAULT_LANGUAGE", "tlh"),
        ("DEFAULT_DIVISION", "22"),
        ("PUBLIC_URL", "changxing.example.org"),
        ("TELEGRAM_TOKEN", "a token with spaces"),
        ("TELEGRAM_API_BASE", "ftp://api"),
        ("TELEGRAM_WEBHOOK_SECRET", "not allowed!"),
        ("LOG_LEVEL", "loud"),
        ("SEND", "perhaps"),
        ("MAP_TILES", "http://tiles.example.org/{z}/{x}/{y}.png"),
        ("MAP_TILES", "https://tiles.example.org/{z}/{x}.png"),
        ("MAP_TILES", "https://{s}.example.org/{z}/{x}/{y}.png"),
        ("MAP_TILES", "https://tiles.example.org; script-src *;/{z}/{x}/{y}"),
        ("MAP_TILES", "//tiles.example.org/{z}/{x}/{y}.png"),
        ("MAP_DATUM", "bd09"),
        ("FONT_FILE", "no-such-font.ttf"),
        ("FONT_FILE", "."),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        settings.load()
    said = str(stopped.value)
    assert said.startswith(f"{name} is not right: ")
    assert "\n" not in said
    assert value not in said or name != "TELEGRAM_TOKEN"


def test_a_webhook_needs_our_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "abc")
    with pytest.raises(SystemExit, match="PUBLIC_URL is missing"):
        settings.load()


def test_nothing_set_is_right() -> None:
    assert settings.load().database_url == "sqlite+aiosqlite:///var/changxing.db"


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert settings.load().port == 8080


@pytest.mark.parametrize("tiles", ["https://tiles.example.org:8443/{z}/{x}/{y}.png", "/tiles?x={x}&y={y}&z={z}"])
def test_tiles_come_by_https_or_from_us(monkeypatch: pytest.MonkeyPatch, tiles: str) -> None:
    monkeypatch.setenv("MAP_TILES", tiles)
    assert settings.load().map_tiles == tiles
