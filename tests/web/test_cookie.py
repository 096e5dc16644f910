"""Who a browser is: only what we signed, only for a year, renewed while it is used."""

from __future__ import annotations

import time

import pytest
from itsdangerous import TimestampSigner

from bot.channels.web.cookie import NAME
from tests.web.conftest import Client

DAY = 24 * 3600


async def address(client: Client) -> str:
    morsel = client.session.cookie_jar.filter_cookies(client.make_url("/"))[NAME]
    return morsel.value.split(".")[0]


async def test_session_gives_an_address_once(stranger: Client) -> None:
    assert (await stranger.get("/api/history")).status == 401
    assert (await stranger.post("/api/session")).status == 204
    mine = await address(stranger)
    assert (await stranger.post("/api/session")).status == 204
    assert await address(stranger) == mine
    assert (await stranger.get("/api/history")).status == 200


async def test_a_cookie_of_another_hand_is_none(stranger: Client) -> None:
    forged = TimestampSigner("another secret", salt="web.contact").sign("A" * 22).decode()
    answer = await stranger.get("/api/history", cookies={NAME: forged})
    assert answer.status == 401
    assert (await answer.json())["error"] == "web.no_session"


@pytest.mark.parametrize(("age", "known", "renewed"), [(29, True, False), (31, True, True), (366, False, True)])
async def test_a_year_that_begins_anew(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, age: int, known: bool, renewed: bool
) -> None:
    with monkeypatch.context() as past:
        past.setattr(TimestampSigner, "get_timestamp", lambda _self: int(time.time()) - age * DAY)
        await stranger.post("/api/session")
    mine = await address(stranger)
    assert (await stranger.get("/api/history")).status == (200 if known else 401)
    assert (NAME in (await stranger.get("/")).cookies) == renewed
    assert (await address(stranger) == mine) == known
