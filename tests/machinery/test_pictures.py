"""A picture beside the words: carried through the turn and the outbox, drawn when sent, never dearer than them."""

from __future__ import annotations

import io
import json
from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels import Bubble
from bot.channels.terminal import Terminal
from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import choice
from bot.sender import Sender
from locales.words import SHANGHAI, say
from storage.database import Database
from storage.models import Contact
from tests.conftest import StillClock
from tests.machinery.post import Post, owe, person, rows, statuses
from tests.machinery.talk import Talk
from tests.support import photo

PASS = {"kind": "pass", "pass": 30}


class Pictured(Post):
    """A channel that shows pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[bytes | None] = []

    async def send(self, address: str, bubble: Bubble) -> str:
        self.pictures.append(await bubble.picture() if bubble.picture else None)
        return await super().send(address, bubble)


class Drawer:
    """Draws, or fails as it is told."""

    def __init__(self, *failures: Exception):
        self.asked: list[tuple[Mapping[str, Any], str, datetime]] = []
        self.failures = list(failures)

    async def __call__(self, tx: Any, picture: Mapping[str, Any], language: str, now: datetime) -> bytes | None:
        self.asked.append((picture, language, now))
        if self.failures:
            raise self.failures.pop(0)
        return photo.png(1) if picture == PASS else None


def sender(db: Database, clock: StillClock, post: Post, draw: Drawer | None) -> Sender:
    return Sender(db, {(post.name, post.account): post}, clock, SHANGHAI, draw)


@pytest.fixture
def post() -> Pictured:
    return Pictured()


async def test_it_is_drawn_when_it_is_sent(db: Database, clock: StillClock, post: Pictured) -> None:
    driver, draw = await person(db, post, "driver", clock()), Drawer()
    for picture in (PASS, None, {"kind": "of old"}):
        await owe(db, driver, "通行证", now=clock(), picture=picture)
    clock.pass_(minutes=5)
    await sender(db, clock, post, draw).drain()
    assert post.pictures == [photo.png(1), None, None]
    assert draw.asked == [(PASS, "zh_CN", clock()), ({"kind": "of old"}, "zh_CN", clock())]
    assert await statuses(db) == ["sent"] * 3


@pytest.mark.parametrize("draw", [None, Drawer(ZeroDivisionError())])
async def test_a_fault_in_drawing_does_not_cost_the_words(
    db: Database, clock: StillClock, post: Pictured, draw: Drawer | None
) -> None:
    if draw is not None:
        draw.failures = [ZeroDivisionError()]
    await owe(db, await person(db, post, "driver", clock()), "通行证", now=clock(), picture=PASS)
    await sender(db, clock, post, draw).drain()
    assert (post.pictures, post.to("driver")) == ([None], ["通行证"])


async def test_a_database_that_is_away_is_waited_for(db: Database, clock: StillClock, post: Pictured) -> None:
    draw = Drawer(OperationalError("SELECT", {}, Exception("database is locked")))
    await owe(db, await person(db, post, "driver", clock()), "通行证", now=clock(), picture=PASS)
    out = sender(db, clock, post, draw)
    await out.drain()
    assert (post.sent, await statuses(db)) == ([], ["queued"])
    clock.pass_(seconds=5)
    await out.drain()
    assert post.pictures == [photo.png(1)]


async def test_a_channel_that_shows_none_draws_none(db: Database, clock: StillClock) -> None:
    post, draw = Post(), Drawer()
    await owe(db, await person(db, post, "driver", clock()), "通行证", now=clock(), picture=PASS)
    await sender(db, clock, post, draw).drain()
    assert (post.to("driver"), draw.asked) == (["通行证"], [])


def _asks() -> Generator[Question, Any, str | None]:
    yield choice("language", ["zh_CN", "en"])
    return AT_ONCE


def _asks_nothing() -> Generator[Question, Any, str | None]:
    yield from ()
    return AT_ONCE


async def _shows(tx: Any, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return Reply(say("dialogue.language_set"), (Option("/menu", say("command.menu")),), about="pass:30", picture=PASS)


FORMS = [Form("mytickets", _asks_nothing, _shows), Form("language", _asks, _shows)]


async def _picture(db: Database) -> Any:
    return (await rows(db))[-1].picture


async def test_a_reply_brings_its_picture_and_so_does_one_beside_a_form(db: Database, clock: StillClock) -> None:
    talk = Talk(db, clock, FORMS)
    await talk.say("/mytickets")
    assert await _picture(db) == PASS
    await talk.say("/language")
    assert await _picture(db) is None
    heard = await talk.say("/mytickets")
    assert (await _picture(db), heard.choices) == (PASS, ("zh_CN", "en", "/cancel", "/menu"))


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_terminal_says_that_there_is_one(as_json: bool) -> None:
    out = io.StringIO()

    async def draw() -> bytes | None:
        raise AssertionError("nobody can look at it there")

    await Terminal("司机", out, as_json=as_json).send("terminal", Bubble(1, "通行证办好了", picture=draw))
    await Terminal("司机", out, as_json=as_json).send("terminal", Bubble(2, "好的"))
    if as_json:
        assert [json.loads(line).get("picture", False) for line in out.getvalue().splitlines()] == [True, False]
    else:
        assert out.getvalue() == "[picture]\n通行证办好了\n\n好的\n\n"
