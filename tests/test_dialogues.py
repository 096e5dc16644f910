"""Each transcript in dialogues/ is played plain, pressed, redelivered and restarted, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.channels import by_telegram, by_web
from tests.support.dialogue import Way, play
from tests.support.terminal import Terminals

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.fixture(autouse=True)
def codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes that a transcript can name: 100001, 100002 ..."""
    serial = count(100_001)
    monkeypatch.setattr("hotline.numbers.new_code", lambda: str(next(serial)))


@pytest.mark.parametrize("manner", ["plain", "pressed", "redelivered", "restarted"])
@pytest.mark.parametrize("script", DIALOGUES, ids=lambda p: p.stem)
async def test_dialogue(
    script: Path, manner: str, db: Database, clock: object, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    way = Terminals(
        db, clock, tmp_path, twice=manner == "redelivered", restart=manner == "restarted", press=manner == "pressed"
    )
    played = await play(script, way, db, clock)
    if request.config.getoption("--update") and manner == "plain" and db.is_sqlite:
        script.write_text(played, "utf-8")
    assert played == script.read_text("utf-8")


@pytest.mark.parametrize("channel", [by_web, by_telegram], ids=["web", "telegram"])
@pytest.mark.parametrize("script", DIALOGUES, ids=lambda p: p.stem)
async def test_dialogue_through_a_channel(
    script: Path, channel: Callable[..., AbstractAsyncContextManager[Way]], db: Database, clock: object, tmp_path: Path
) -> None:
    if "# only: terminal" in script.read_text("utf-8") and channel is by_web:
        pytest.skip("the web chat has no such message")
    async with channel(db, clock, tmp_path) as way:
        assert await play(script, way, db, clock) == script.read_text("utf-8")
