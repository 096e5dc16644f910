"""Each transcript in dialogues/ is played through each channel, and redelivered and restarted in the terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.channels import by_telegram, by_web
from tests.support.dialogue import Way, play, speakers
from tests.support.terminal import Terminals

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.fixture(autouse=True)
def codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes that a transcript can name: 100001, 100002 ...; CARD22222222 ..."""
    serial, cards = count(100_001), iter("23456789ABCDEFGHJ")
    monkeypatch.setattr("hotline.numbers.new_code", lambda: str(next(serial)))
    monkeypatch.setattr("hotline.decisions.new_code", lambda: f"CARD2222222{next(cards)}")


@pytest.fixture(autouse=True)
def shelf(request: pytest.FixtureRequest) -> None:
    """The passes of a transcript that asks for them."""
    if "% passes" in request.node.callspec.params["script"].read_text("utf-8").splitlines():
        request.getfixturevalue("packs")


MANNERS = ("plain", "troubled")
"""As it is typed; and every message twice, the house built anew before each, every choice pressed instead of typed."""

ONLY_PLAIN = {script for script in DIALOGUES if "# only: plain" in script.read_text("utf-8").splitlines()}
"""`# only: plain` is for a transcript of what staff do, whose turns are played in every manner elsewhere."""

CHANNELS = {"web": by_web, "telegram": by_telegram}
THROUGH = [
    pytest.param(script, CHANNELS[name], id=f"{script.stem}-{name}")
    for script in DIALOGUES
    for name in CHANNELS
    if script not in ONLY_PLAIN and f"# not: {name}" not in script.read_text("utf-8")
]
"""`# not: web` keeps a transcript from a channel that lacks what it needs: a browser cannot edit a message."""

TYPED = {one.values[0] for one in THROUGH}
"""What is played as it is typed through a channel; in the terminal it is so only to be written anew."""


def played(*, anew: bool) -> list[tuple[Path, str, str]]:
    """Each transcript in trouble on PostgreSQL, as the channels play it on SQLite; what staff do, plainly on both."""
    return sorted([
        *((script, "plain", "sqlite") for script in DIALOGUES if anew or script not in TYPED),
        *((script, "plain", "postgresql") for script in ONLY_PLAIN),
        *((script, "troubled", "postgresql") for script in DIALOGUES if script not in ONLY_PLAIN),
        *((script, "troubled", "sqlite") for script in DIALOGUES if script not in TYPED and script not in ONLY_PLAIN),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("script", "manner", "database_url"),
    [pytest.param(*one, id=f"{one[0].stem}-{one[1]}-{one[2]}") for one in played(anew="CHANGXING_ANEW" in os.environ)],
    indirect=["database_url"],
)
async def test_dialogue(
    script: Path, manner: str, db: Database, clock: object, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    troubled = manner == "troubled"
    manners = {"twice": troubled, "restart": troubled, "press": troubled}
    way = Terminals(db, clock, tmp_path, speakers(script), **manners)
    played = await play(script, way, db, clock)
    if request.config.getoption("--update") and manner == "plain" and db.is_sqlite:
        script.write_text(played, "utf-8")
    assert played == script.read_text("utf-8")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what a database changes, the terminal has shown
@pytest.mark.parametrize(("script", "channel"), THROUGH)
async def test_dialogue_through_a_channel(
    script: Path, channel: Callable[..., AbstractAsyncContextManager[Way]], db: Database, clock: object, tmp_path: Path
) -> None:
    async with channel(db, clock, tmp_path) as way:
        assert await play(script, way, db, clock) == script.read_text("utf-8")
