from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar
from yarl import URL

from storage import staff as people
from storage.database import Database
from tests.staff.desk import HTML, PASSWORD, Browser, Desk, assembled

NEW = "四个字的新密码一句话"


async def test_right_password_opens_the_queue(desk: Desk, stranger: Browser) -> None:
    page = await stranger.sign_in("li")
    assert (page.status, page.address.path) == (200, "/staff/")
    assert "坐席li" in page.text


async def test_wrong_password_and_unknown_login_read_the_same(desk: Desk, stranger: Browser) -> None:
    wrong = await stranger.sign_in("li", "not-the-password")
    nobody = await stranger.sign_in("nobody", "not-the-password")
    assert wrong.status == nobody.status == 401
    assert "登录名或密码不对" in wrong.text
    assert "登录名或密码不对" in nobody.text


async def test_who_has_left_cannot_come_back(desk: Desk, stranger: Browser) -> None:
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "li")
        assert member is not None
        await people.disable(tx, member, desk.clock())
    assert (await stranger.sign_in("li")).status == 401


async def test_one_time_password_leads_to_a_new_one_and_nowhere_else(desk: Desk, stranger: Browser) -> None:
    await desk.hire("xin", must_change=True)
    page = await stranger.sign_in("xin")
    assert page.address.path == "/staff/password"
    assert "先设一个自己的密码" in page.text
    for address in ("/staff/", "/staff/outbox", "/staff/help"):
        assert (await stranger.get(address)).address.path == "/staff/password"
    done = await stranger.send(page, "/password", new=NEW, again=NEW)
    assert (done.status, done.address.path) == (200, "/staff/")
    assert "密码已改好" in done.text
    assert "密码已改好" not in (await stranger.get("/staff/")).text
    async with desk.browser() as other:
        assert (await other.sign_in("xin")).status == 401
        assert (await other.sign_in("xin", NEW)).status == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": PASSWORD, "new": "short", "again": "short"}, "至少 10 位"),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "x"}, "两遍新密码不一样"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "和当前密码一样"),
        ({"current": "guess", "new": NEW, "again": NEW}, "当前密码不对"),
    ],
)
async def test_a_bad_new_password_changes_nothing(
    desk: Desk, clerk: Browser, fields: dict[str, str], sentence: str
) -> None:
    page = await clerk.send(await clerk.get("/staff/password"), "/password", **fields)
    assert page.status == 422
    assert sentence in page.text
    assert (await clerk.get("/staff/")).status == 200
    async with desk.browser() as other:
        assert (await other.sign_in("li")).status == 200


async def test_a_new_password_ends_the_other_sessions_only(desk: Desk, clerk: Browser) -> None:
    async with desk.browser("li") as other:
        page = await clerk.get("/staff/password")
        assert (await clerk.send(page, "/password", current=PASSWORD, new=NEW, again=NEW)).status == 200
        assert (await clerk.get("/staff/")).address.path == "/staff/"
        assert (await other.get("/staff/")).address.path == "/staff/sign-in"


async def test_tries_are_limited_per_login_and_told_in_words(desk: Desk, stranger: Browser) -> None:
    for _ in range(5):
        assert (await stranger.sign_in("li", "guess")).status == 401
    page = await stranger.sign_in("li")
    assert page.status == 429
    assert "请 2分钟 后再登录" in page.text
    assert 100 < int(page.headers["Retry-After"]) <= 121
    assert (await stranger.sign_in("wang")).status == 200
    desk.clock.pass_(minutes=2, seconds=1)
    async with desk.browser() as other:
        assert (await other.sign_in("li")).status == 200


async def test_tries_are_limited_per_address(desk: Desk, stranger: Browser) -> None:
    page = await stranger.get("/staff/sign-in")
    for number in range(20):
        assert (await stranger.send(page, "/sign-in", login=f"nobody{number}", password="guess")).status == 401
    assert (await stranger.send(page, "/sign-in", login="li", password=PASSWORD)).status == 429
    desk.clock.pass_(seconds=21)
    assert (await stranger.send(page, "/sign-in", login="li", password=PASSWORD)).status == 200


async def test_right_passwords_cost_nothing(desk: Desk) -> None:
    for _ in range(8):
        async with desk.browser() as browser:
            assert (await browser.sign_in("li")).status == 200


async def test_no_one_else_s_proxy_is_believed(desk: Desk, stranger: Browser) -> None:
    page = await stranger.get("/staff/sign-in")
    action, hidden = page.form("/sign-in")
    fields = hidden | {"login": "li", "password": "guess"}
    seen = [
        (await stranger.post(action, fields | {"login": f"n{n}"}, headers={"X-Forwarded-For": f"203.0.113.{n}"})).status
        for n in range(21)
    ]
    assert seen[-1] == 429


async def test_a_session_lasts_twelve_hours(desk: Desk, clerk: Browser) -> None:
    desk.clock.pass_(hours=11, minutes=59)
    assert (await clerk.get("/staff/")).address.path == "/staff/"
    desk.clock.pass_(minutes=2)
    page = await clerk.get("/staff/?view=mine")
    assert page.address.path == "/staff/sign-in"
    back = await clerk.send(page, "/sign-in", login="li", password=PASSWORD)
    assert str(back.address.relative()) == "/staff/?view=mine"


async def test_disabling_ends_sessions_at_once(desk: Desk, clerk: Browser) -> None:
    async with desk.db.write() as tx:
        member = await people.by_login(tx, "li")
        assert member is not None
        await people.disable(tx, member, desk.clock())
    assert (await clerk.get("/staff/")).address.path == "/staff/sign-in"


async def test_a_copied_cookie_is_worth_nothing_after_signing_out(desk: Desk, clerk: Browser) -> None:
    copied = clerk.cookies()["changxing_staff"]
    assert (await clerk.send(await clerk.get("/staff/"), "/sign-out")).address.path == "/staff/sign-in"
    async with desk.browser() as thief:
        thief.client.session.cookie_jar.update_cookies(
            {"changxing_staff": copied}, URL(str(desk.server.make_url("/staff")))
        )
        assert (await thief.get("/staff/")).address.path == "/staff/sign-in"


@pytest.mark.parametrize(
    "change", [lambda c: c[:-2] + ("AA" if c[-2:] != "AA" else "BB"), lambda c: "W10." + c, lambda c: ""]
)
async def test_a_forged_cookie_is_no_session(desk: Desk, clerk: Browser, change: Any) -> None:
    forged = change(clerk.cookies()["changxing_staff"])
    async with desk.browser() as other:
        page = await other.get("/staff/", headers=HTML | {"Cookie": f"changxing_staff={forged}"})
        assert page.address.path == "/staff/sign-in"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/staff//evil.example", "/\\evil", "/other"]
)
async def test_after_the_sign_in_only_our_own_pages(desk: Desk, stranger: Browser, wanted: str) -> None:
    page = await stranger.get("/staff/sign-in", params={"next": wanted})
    action, hidden = page.form("/sign-in")
    after = await stranger.post(
        action, hidden | {"next": wanted, "login": "li", "password": PASSWORD}, allow_redirects=False
    )
    assert after.headers["Location"] == "/staff/"


async def test_the_cookie_is_kept_from_scripts_and_other_sites(db: Database, clock: Any, tmp_path: Path) -> None:
    for public, secure in (("https://desk.example", True), ("http://desk.example", False)):
        desk = assembled(db, clock, tmp_path / str(secure), public_url=public)
        await desk.server.start_server()
        async with desk.browser() as browser:
            page = await browser.get("/staff/sign-in")
        cookie = SimpleCookie(page.headers["Set-Cookie"])["changxing_staff"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/staff")
        assert bool(cookie["secure"]) is secure
        assert cookie["max-age"] == str(12 * 3600)
        await desk.server.close()


async def test_a_form_of_before_the_sign_in_is_worth_nothing_after(desk: Desk, stranger: Browser) -> None:
    before = await stranger.get("/staff/sign-in")
    await stranger.sign_in("li")
    _, old = before.form("/sign-in")
    assert (await stranger.post("/staff/sign-out", {"form": old["form"]})).status == 403


async def test_the_sign_in_form_must_be_ours(desk: Desk) -> None:
    async with desk.browser() as browser:
        browser.client.session._cookie_jar = CookieJar(unsafe=True)
        page = await browser.post("/staff/sign-in", {"login": "li", "password": PASSWORD, "form": "0" * 64})
    assert page.status == 403


async def test_the_page_before_the_sign_in_speaks_the_browser_s_language(desk: Desk, stranger: Browser) -> None:
    english = await stranger.get("/staff/sign-in", headers=HTML | {"Accept-Language": "en-GB,en;q=0.9"})
    assert "Sign in" in english.text
    assert "登录" in (await stranger.get("/staff/sign-in?lang=zh_CN", headers=HTML | {"Accept-Language": "en"})).text
