"""Each transcript in dialogues/ is played plain, pressed, redelivered and restarted, on both databases; all read the same."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.dialogue import play
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
