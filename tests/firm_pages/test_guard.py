"""Forged forms, floods and large files at the counter."""

from __future__ import annotations

import aiohttp
import pytest

from handlers.firm_pages import guard
from storage import attachments
from tests.firm_pages.counter import FARMING, TRUCK, Visitor

FORMS = (
    "/apply/keep",
    "/apply/look",
    "/apply/submit",
    "/passes/batch/read",
    "/passes/batch/send",
    "/firm/register",
    "/firm/join",
)


async def test_a_form_without_our_token_is_not_taken(driver: Visitor) -> None:
    await driver.see("/apply")
    for address in FORMS:
        for form in ({}, {"form": "0" * 64}, {"form": "很"}):
            page = await driver.browser.post(address, form)
            assert page.status == 403, address
            assert "不是从我们这里打开的" in page.text


async def test_another_sites_page_sends_nothing(driver: Visitor) -> None:
    page = await driver.see(FARMING)
    action, hidden = page.form("/apply/look")
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        answer = await driver.browser.post(action, hidden | TRUCK, headers={"Origin": origin})
        assert answer.status == 403
    own = str(driver.browser.client.make_url("")).rstrip("/")
    assert (await driver.browser.post(action, hidden | TRUCK, headers={"Origin": own})).status == 200


async def test_what_was_kept_is_good_for_its_own_browser_alone(driver: Visitor) -> None:
    looked = await driver.upload(await driver.see(FARMING), "/apply/look", **TRUCK)
    kept = looked.form("/apply/submit")[1]["kept"]
    async with driver.desk.browser() as browser:
        other = Visitor(driver.desk, browser)
        token = (await other.see(FARMING)).form("/apply/look")[1]["form"]
        page = await other.browser.post("/apply/submit", {"form": token, "kept": kept})
        assert page.status == 422
        assert "从头再走一遍" in page.text
    page = await driver.send(looked, "/apply/submit", kept=kept[:-3] + "AAA")
    assert page.status == 422
    driver.desk.clock.pass_(minutes=1)
    assert (await driver.send(looked, "/apply/submit")).status == 200


async def test_a_flood_is_slowed_down(driver: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "AT_ONCE", 5)
    page = await driver.see("/firm")
    action, hidden = page.form("/firm/code")
    found = [await driver.browser.post(action, hidden | {"code": "x"}) for _ in range(6)]
    assert [one.status for one in found] == [422] * 5 + [429]
    assert int(found[5].headers["Retry-After"]) > 0


async def test_twenty_megabytes_are_met_with_a_sentence(driver: Visitor) -> None:
    page = await driver.see("/passes/batch?from=210102&to=220104&scheme=pass_need")
    page = await driver.upload(page, "/read", [("sheet", "a.xlsx", b"PK" + b"\0" * 20 * 1024 * 1024)])
    assert page.status == 413
    assert "2 MB 以内" in page.text


async def test_nothing_is_stored_before_the_token(driver: Visitor) -> None:
    await driver.see("/firm")
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("photo", b"\x89PNG" * 100, filename="a.png")
    form.add_field("form", "x")
    async with driver.browser.client.post("/firm/register", data=form) as answer:
        assert answer.status == 403
    async with driver.desk.db.read() as tx:
        assert await attachments.of_address(tx, "web", "main", driver.address, 1) is None


async def test_pages_are_private_and_load_nothing_strange(driver: Visitor) -> None:
    page = await driver.see("/apply")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "<script" not in page.html
    assert page.html.count("<h1") == 1
    assert (await driver.see("/passes/ABCDEFGHJKMN/about")).status == 404
    assert (await driver.browser.post("/passes/batch/read", {})).status == 403
