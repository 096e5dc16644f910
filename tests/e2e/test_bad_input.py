"""Whatever is thrown at a running house: a proper status, nothing stored, no stack trace."""

from __future__ import annotations

import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.process import free_port, running

SECRET = "an-invented_secret"
GOOD = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPDATE = '{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}}'

THROWN: list[tuple[str, str, dict[str, str], bytes, set[int]]] = [
    ("POST", "/telegram/main", {}, UPDATE.encode(), {401}),
    ("POST", "/telegram/main", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, UPDATE.encode(), {401}),
    ("POST", "/telegram/main", {"X-Telegram-Bot-Api-Secret-Token": "ß\x80"}, UPDATE.encode(), {401}),
    ("POST", "/telegram/main", GOOD, b"{not json", {400}),
    ("POST", "/telegram/main", GOOD, b"[1, 2]", {400}),
    ("POST", "/telegram/main", GOOD, b"\xff\xfe\x00", {400}),
    ("POST", "/telegram/main", GOOD, b"[" * 100_000, {400}),
    ("POST", "/telegram/main", GOOD, b'{"update_id": 1, "x": "' + b"x" * 2_000_000 + b'"}', {413}),
    ("POST", "/telegram/another", GOOD, UPDATE.encode(), {404}),
    ("GET", "/telegram/main", GOOD, b"", {405}),
    ("POST", "/api/messages", JSON, b'{"id": "12345678", "text": "x"}', {401}),
    ("POST", "/api/photos", {}, b"", {401}),
    ("GET", "/api/photos/1", {}, b"", {401}),
    ("GET", "/api/history", {}, b"", {401}),
    ("GET", "/api/events", {}, b"", {401}),
    ("GET", "/no/such/page", {}, b"", {404}),
    ("GET", "/staff/no/such/page", {}, b"", {303, 401, 404}),
    ("GET", "/staff/tickets/220100-20260301-1-000011", {}, b"", {303, 401}),
    ("GET", "/staff/photos/1", {}, b"", {303, 401}),
    ("POST", "/staff/tickets/220100-20260301-1-000011/reply", FORM, b"words=x", {303, 401, 403}),
    ("POST", "/staff/sign-in", {"Content-Type": "text/plain"}, b"\x00\xff" * 50, {400, 403, 415}),
    ("GET", "/../../etc/passwd", {}, b"", {404}),
    ("GET", "/chat/x/..%2f..%2fsettings.py", {}, b"", {404}),
    ("GET", "/staff/static/x/..%2f..%2froutes.py", {}, b"", {404}),
    ("DELETE", "/", {}, b"", {405}),
]

WITH_COOKIE: list[tuple[bytes, dict[str, str], set[int]]] = [
    (b"{", JSON, {400}),
    (b"[]", JSON, {400}),
    (b'{"id": "short", "text": "x"}', JSON, {400}),
    (b'{"id": "12345678"}', JSON, {400}),
    (b'{"id": "12345678", "text": 5}', JSON, {400}),
    (b'{"id": "12345678", "position": {"latitude": 95, "longitude": 1}}', JSON, {400}),
    (b'{"id": "12345678", "position": {"latitude": NaN, "longitude": 1}}', JSON, {400}),
    (b'{"id": "12345678", "choice": "no payload of ours"}', JSON, {400}),
    (b'{"id": "12345678", "photos": [999]}', JSON, {404}),
    (b'{"id": "12345678", "text": "x"}', {"Content-Type": "text/plain"}, {415}),
    (b'{"id": "12345678", "text": "x"}', JSON | {"Origin": "https://elsewhere.example"}, {403}),
    (b'{"id": "12345678", "text": "' + b"x" * 100_000 + b'"}', JSON, {400, 413}),
]


async def _is_proper(answer: aiohttp.ClientResponse, expected: set[int], what: object) -> None:
    said = await answer.text(errors="replace")
    assert answer.status in expected, (what, answer.status, said[:300])
    assert "Traceback" not in said
    assert ".py" not in said, (what, said[:300])


async def test_what_is_thrown_at_it(tmp_path: Path) -> None:
    port = str(free_port())
    settings: dict[str, Any] = {
        "PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}", "TELEGRAM_TOKEN": "1:invented",
        "TELEGRAM_API_BASE": "http://127.0.0.1:9", "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/c.db",
    }  # fmt: skip
    async with running(tmp_path, **settings) as house, aiohttp.ClientSession(house.address) as session:
        for method, path, headers, body, expected in THROWN:
            async with session.request(
                method, path, headers=headers, data=BytesIO(body), allow_redirects=False
            ) as answer:
                await _is_proper(answer, expected, (method, path, body[:40]))
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(house.address, cookie_jar=jar, headers={"Accept-Language": "zh-CN"}) as known:
            assert (await known.post("/api/session")).status == 204
            for body, headers, expected in WITH_COOKIE:
                async with known.post("/api/messages", data=body, headers=headers) as answer:
                    await _is_proper(answer, expected, body[:60])
                    assert "\u3002" in (await answer.json())["message"], "a sentence in the caller's language"
            for content, expected in ((b"no image", {415}), (b"\x89PNG" + b"x" * 11_000_000, {413})):
                form = aiohttp.FormData()
                form.add_field("photo", BytesIO(content), filename="a.png", content_type="image/png")
                async with known.post("/api/photos", data=form) as answer:
                    await _is_proper(answer, expected, content[:10])
    ledger = sqlite3.connect(tmp_path / "c.db")
    for table in ("inbox", "outbox", "contact", "ticket", "attachment"):
        assert ledger.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    ledger.close()


@pytest.mark.parametrize("page", ["/healthz", "/metrics"])
async def test_whoever_watches_over_it(tmp_path: Path, page: str) -> None:
    async with (
        running(tmp_path) as house,
        aiohttp.ClientSession(house.address) as session,
        session.get(page) as answer,
    ):
        said = await answer.text()
        assert answer.status == 200
        assert ('"database": "reachable"' if page == "/healthz" else "changxing_outbox_depth 0.0") in said
