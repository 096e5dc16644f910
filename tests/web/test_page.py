"""The page: its cookie, its languages, its strict policy, and that no word of it is missing or idle."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.channels.web.cookie import NAME
from bot.channels.web.page import FOLDER, PREFIX, words
from locales.words import LANGUAGES, keys
from storage.models import Contact, Inbox
from tests.web.conftest import Client
from tests.web.house import House

SCRIPTS = {file.name: file.read_text() for file in FOLDER.glob("*.js")}
HTML = (FOLDER / "index.html").read_text()


async def test_first_visit_gets_an_address_and_leaves_no_row(house: House, stranger: Client) -> None:
    answer = await stranger.get("/")
    cookie = answer.cookies[NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"]) == (
        True,
        "Lax",
        "",
        "31536000",
    )
    assert len(cookie.value.split(".")[0]) == 22
    assert NAME not in (await stranger.get("/")).cookies, "an address is kept"
    async with house.db.read() as tx:
        assert (await tx.scalars(select(Contact))).all() == []
        assert (await tx.scalars(select(Inbox))).all() == []


async def test_cookie_is_secure_where_browsers_see_https(tmp_path: Path, house: House) -> None:
    house.public_url = "https://chat.example"
    async with TestClient(TestServer(house.app())) as client:
        assert (await client.get("/")).cookies[NAME]["secure"]
        assert (await client.get("/?lang=en")).cookies["changxing_language"]["secure"]


async def test_language_follows_the_browser_until_one_is_chosen(stranger: Client) -> None:
    async def tag(path: str, accept: str) -> str:
        answer = await stranger.get(path, headers={"Accept-Language": accept})
        found = re.search(r'<html lang="([^"]+)"', await answer.text())
        assert found
        return found[1]

    assert await tag("/", "fr") == "zh-CN"
    assert await tag("/", "en-GB,en;q=0.9") == "en"
    assert await tag("/?lang=zh_CN", "en") == "zh-CN"
    assert await tag("/", "en") == "zh-CN", "the choice is remembered"
    assert await tag("/?lang=en", "zh") == "en"


async def test_policy_allows_nothing_inline_and_the_page_needs_nothing_inline(stranger: Client) -> None:
    answer = await stranger.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    html = await answer.text()
    assert re.findall(r"<script(?![^>]* src=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


async def test_every_file_of_the_page_is_there_for_ever_under_its_version(stranger: Client) -> None:
    html = await (await stranger.get("/")).text()
    paths = set(re.findall(r'(?:src|href)="(/[^"#]+)"', html))
    assert len(paths) > 8
    for path in paths:
        answer = await stranger.get(path)
        assert answer.status == 200, path
        assert answer.headers.get("Cache-Control") == (
            "no-cache" if "manifest" in path else "public, max-age=31536000, immutable"
        )
    stale = re.sub(r"/chat/\w+/", "/chat/0123456789ab/", next(path for path in paths if path.endswith("chat.js")))
    assert (await stranger.get(stale)).headers["Cache-Control"] == "no-store"
    assert (await stranger.get("/chat/0123456789ab/index.html")).status == 404
    assert (await stranger.get("/sw.js")).content_type == "text/javascript"


async def test_manifest_speaks_the_callers_language(stranger: Client) -> None:
    answer = await stranger.get("/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert answer.content_type == "application/manifest+json"
    assert (await answer.json(content_type=None))["short_name"] == "Changxing"


async def test_words_of_a_language(stranger: Client) -> None:
    answer = await stranger.get("/api/words/en")
    assert await answer.json() == {"language": "en", "words": words("en")}
    assert (await stranger.get("/api/words/zh-CN")).status == 200
    missing = await stranger.get("/api/words/xx", headers={"Accept-Language": "en"})
    assert (missing.status, (await missing.json())["error"]) == (404, "web.no_such_language")


async def test_every_word_that_the_page_uses_is_worded_and_every_word_is_used() -> None:
    used = set(re.findall(r'words\.(\w+)|data-word(?:-\w+)?="(\w+)"', "\n".join([HTML, *SCRIPTS.values()])))
    names = {one or other for one, other in used} - {"js"}
    for language in LANGUAGES:
        assert {key.removeprefix(PREFIX) for key in keys(language) if key.startswith(PREFIX)} == names


async def test_the_worker_keeps_every_file_of_the_page() -> None:
    kept = set(re.findall(r'"([\w.]+)"', re.search(r"SHELL = \[(.*?)\]", SCRIPTS["sw.js"], re.DOTALL)[1]))  # type: ignore[index]
    assert kept == {file.name for file in FOLDER.iterdir()} - {"sw.js", "index.html"}
