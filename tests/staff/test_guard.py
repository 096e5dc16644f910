from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from handlers.staff import deeds, guard, routes, tickets
from handlers.staff.guard import ADMIN, ANYBODY, LEADS, Route
from handlers.staff.visit import Visit
from hotline import rights
from storage.database import Database
from storage.models import Ticket
from tests.staff.desk import HTML, Browser, Desk, assembled

ROLES = {"clerk": "li", "handler": "ban", "supervisor": "wang", "checkpoint": "cha", "admin": "zong"}
ENDING = ("/staff/sign-in", "/staff/sign-out", "/staff/password")
"""After these a browser may be somebody else's, or nobody's."""


async def address_of(route: Route, desk: Desk, ticket: Ticket | None = None) -> str:
    """An address of this route at which there is something."""
    ticket = ticket or await desk.report()
    path = route.path.replace(routes.ticket.NUMBER, ticket.number).replace(routes.ID, "1")
    path = path.replace(routes.packs_one.NAME, "cn-truck-release-2022")
    path = path.replace(routes.PHOTO, "1").replace("{paper:[1-9][0-9]{0,17}}", "1")
    path = path.replace(routes.DOCUMENT, "/staff/library/xunwu-logistics-2022")
    return path.replace("{version}", "x").replace("{name}", "console.css")


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


async def test_nobody_comes_in_without_signing_in(desk: Desk, stranger: Browser) -> None:
    await stranger.get("/staff/sign-in")
    for route in routes.TABLE:
        address = await address_of(route, desk)
        if route.method == "POST":
            refused = 403 if route.roles == ANYBODY else 401
            assert (await stranger.post(address, {"words": "x"})).status == refused, name(route)
        elif route.roles == ANYBODY:
            assert (await stranger.get(address)).status == 200, name(route)
        else:
            assert (await stranger.get(address)).address.path == "/staff/sign-in", name(route)
            assert (await stranger.get(address, headers={"Accept": "image/*"})).status == 401, name(route)


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_sees_what_the_table_names(desk: Desk, role: str) -> None:
    login, ticket = ROLES[role], await desk.report()
    if role in ("handler", "checkpoint"):
        await desk.hire(login, role)
    async with desk.browser() as browser:
        await browser.sign_in(login)
        token = await browser.token()
        for n, route in enumerate(routes.TABLE):
            if route.path == "/staff/live":
                continue  # a stream has no end; test_live.py listens to it
            address = await address_of(route, desk, ticket)
            fields = {"form": token, "once": f"{n:016}", "words": "收到", "language": "zh_CN"}
            if route.method == "GET":
                page = await browser.get(address, allow_redirects=False)
            else:
                page = await browser.post(address, fields, allow_redirects=False)
            allowed = route.roles == ANYBODY or role in route.roles
            if (role, address) == ("checkpoint", "/staff/"):
                assert page.headers["Location"] == "/staff/checkpoint"
                continue
            assert (page.status != 403) is allowed, name(route)
            assert page.status < 500, name(route)
            if address in ENDING:
                browser.client.session.cookie_jar.clear()
                await browser.sign_in(login)
                token = await browser.token()


def test_each_verb_s_route_is_whose_the_verb_is() -> None:
    """One table says whose a verb is; each verb has a door, and no door is wider than its verb."""
    doors = {
        route.path.removeprefix(f"{routes.TICKET}/"): route.roles for route in routes.TABLE if route.method == "POST"
    }
    for deed in deeds.TABLE:
        assert doors[deed.name] == rights.VERBS[deed.needs], deed.name
    others = {
        "unmask": "/unmask", "intake": "/staff/intake", "bulk": "/staff/bulk", "export": "/staff/ledger.csv",
        "see_alarm": "/staff/alarms", "see_audit": "/staff/audit", "see_passes": "/staff/passes",
        "decide_pass": "/staff/passes/next", "revoke_pass": "/revoke", "verify_firm": "/verify",
        "allot_block": "/staff/passes/blocks", "rotate_key": "/staff/passes/keys", "scan": "/staff/scans",
        "see_trips": "/staff/trips", "move_trip": "/step", "raise_alert": "/alert", "tell_terms": "/tell",
        "stand_down": "/stand_down",
    }  # fmt: skip
    assert set(rights.VERBS) == {deed.needs for deed in deeds.TABLE} | set(others)
    for verb, path in others.items():
        found = [route for route in routes.TABLE if route.path.endswith(path)]
        assert found, verb
        for route in found if verb not in ("bulk", "allot_block") else ():
            assert route.roles == rights.VERBS[verb], (verb, route.path)
    assert {verb for verb, roles in rights.VERBS.items() if "checkpoint" in roles} == {"scan", "see_trips", "move_trip"}


async def test_a_checkpoint_sees_what_is_shut_and_nothing_of_tickets(desk: Desk) -> None:
    ticket = await desk.report()
    await desk.hire("cha", "checkpoint")
    async with desk.browser("cha") as browser:
        page = await browser.get("/staff/")
        assert (page.status, page.address.path) == (200, "/checkpoint")
        assert ticket.number not in page.text
        page = await browser.get("/staff/facilities")
        assert ticket.number not in page.text
        inside = [link for link in page.links if link.startswith("/staff/") and "/static/" not in link]
        assert inside
        for link in inside:
            assert (await browser.get(link)).status == 200, link


@pytest.mark.parametrize("whose", ["nobody's", "invented", "another's"])
async def test_no_form_is_taken_without_the_session_s_token(desk: Desk, clerk: Browser, whose: str) -> None:
    async with desk.browser("wang") as other:
        token = {"nobody's": "", "invented": "0" * 64, "another's": await other.token()}[whose]
    for route in routes.TABLE:
        if route.method == "POST" and route.roles not in (LEADS, ADMIN):
            fields = {"form": token, "once": "0123456789abcdef", "words": "收到", "language": "en"}
            assert (await clerk.post(await address_of(route, desk), fields)).status == 403, name(route)
    assert (await clerk.get("/staff/")).headers["Content-Language"] == "zh-CN"
    async with desk.db.read() as tx:
        assert {t.status for t in await tx.scalars(select(Ticket))} == {"accepted"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_no_form_is_taken_from_another_site(desk: Desk, clerk: Browser, origin: str) -> None:
    fields = {"form": await clerk.token(), "language": "en"}
    assert (await clerk.post("/staff/language", fields, headers={"Origin": origin})).status == 403
    assert "工单" in (await clerk.get("/staff/")).text


async def test_our_own_origin_is_welcome(desk: Desk, clerk: Browser) -> None:
    ours = str(desk.server.make_url("")).rstrip("/")
    fields = {"form": await clerk.token(), "language": "en"}
    assert (await clerk.post("/staff/language", fields, headers={"Origin": ours})).status == 200


async def test_behind_a_proxy_our_origin_is_the_public_one(db: Database, clock: Any, tmp_path: Path) -> None:
    desk = assembled(db, clock, tmp_path, public_url="http://desk.example")
    await desk.hire("li")
    await desk.server.start_server()
    async with desk.browser("li") as browser:
        fields = {"form": await browser.token(), "language": "en"}
        page = await browser.post("/staff/language", fields, headers={"Origin": "http://desk.example"})
        assert page.status == 200
    await desk.server.close()


async def test_a_route_that_names_no_roles_is_shown_to_nobody(
    db: Database, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = Route("GET", "/staff/forgotten", routes.help.show)
    monkeypatch.setattr(routes, "TABLE", (*routes.TABLE, forgotten))
    desk = assembled(db, clock, tmp_path)
    await desk.hire("zong", "admin")
    await desk.server.start_server()
    async with desk.browser("zong") as browser:
        assert (await browser.get("/staff/help")).status == 200
        assert (await browser.get("/staff/forgotten")).status == 403
    await desk.server.close()


async def test_a_handler_beside_the_table_is_shown_to_nobody(
    db: Database, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def beside(_request: Any) -> Any:
        raise AssertionError

    add_subapp = web.Application.add_subapp

    def with_another(app: web.Application, prefix: str, pages: web.Application) -> Any:
        pages.router.add_get("/beside", beside)
        return add_subapp(app, prefix, pages)

    monkeypatch.setattr(web.Application, "add_subapp", with_another)
    desk = assembled(db, clock, tmp_path)
    await desk.hire("zong", "admin")
    await desk.server.start_server()
    async with desk.browser("zong") as browser:
        assert (await browser.get("/staff/beside")).status == 403
    await desk.server.close()


@pytest.mark.parametrize(
    "address", ["/staff/", "/staff/sign-in", "/staff/nowhere", "/staff/static/x/console.js", "/staff/photos/9"]
)
async def test_every_answer_is_locked_down(desk: Desk, clerk: Browser, address: str) -> None:
    headers = (await clerk.get(address, allow_redirects=False)).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


async def test_no_page_holds_script_or_style_of_its_own(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    for address in ("/staff/", f"/staff/tickets/{ticket.number}", "/staff/outbox", "/staff/help", "/staff/password"):
        html = (await clerk.get(address)).html
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]* src=\"/staff/static/)", html)
        assert not re.search(r"(?:src|href|action)=\"(?!/staff/|#|\?|geo:)", html)


async def test_files_are_kept_for_ever_under_their_own_name_only(desk: Desk, clerk: Browser) -> None:
    html = (await clerk.get("/staff/")).html
    address = re.search(r"/staff/static/[0-9a-f]+/console\.css", html)
    assert address
    assert "immutable" in (await clerk.get(address[0])).headers["Cache-Control"]
    assert (await clerk.get("/staff/static/old/console.css")).headers["Cache-Control"] == "no-store"
    for name in ("../routes.py", "%2e%2e/routes.py", "nothing.css"):
        assert (await clerk.get(f"/staff/static/x/{name}")).status == 404


async def test_unknown_pages_and_tickets_are_404_in_words(desk: Desk, clerk: Browser) -> None:
    for address in ("/staff/nowhere", "/staff/tickets/220100-20260301-1-000012", "/staff/tickets/x", "/staff/photos/0"):
        page = await clerk.get(address)
        assert page.status == 404
        assert "没有找到" in page.text


async def test_a_wrong_method_is_405(clerk: Browser) -> None:
    async with clerk.client.put("/staff/outbox") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")
        assert "从列表进入" in await answer.text()
    assert (await clerk.post("/staff/help", {})).status == 405


async def test_too_much_is_413_and_other_forms_415_or_400(desk: Desk, clerk: Browser) -> None:
    for kind, body, status in (
        ("application/x-www-form-urlencoded", b"words=" + b"x" * 1_100_000, 413),
        ("application/json", b"{}", 415),
        ("text/plain", b"x", 415),
        ("application/x-www-form-urlencoded; charset=nothing", b"a=b", 400),
        ("application/x-www-form-urlencoded; charset=ascii", "a=中".encode(), 400),
    ):
        async with clerk.client.post("/staff/language", data=BytesIO(body), headers={"Content-Type": kind}) as answer:
            assert answer.status == status
            assert "Traceback" not in await answer.text()


async def test_the_short_way_leads_to_the_queue(stranger: Browser) -> None:
    async with stranger.client.get("/staff", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/staff/"


def crash(error: Exception) -> Callable[[Visit], Awaitable[Any]]:
    async def show(_visit: Visit) -> Any:
        raise error

    return show


async def test_a_fault_of_ours_is_told_with_an_id_that_the_log_knows(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets.search, "read", lambda _query: 1 / 0)
    with structlog.testing.capture_logs() as logged:
        page = await clerk.get("/staff/")
    assert page.status == 500
    assert "ZeroDivisionError" not in page.html
    fault = next(entry["fault"] for entry in logged if entry["log_level"] == "error")
    assert f"编号 {fault}" in page.text


async def test_a_database_that_is_away_is_503(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_query: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(tickets.search, "read", away)
    with caplog.at_level(logging.CRITICAL):
        page = await clerk.get("/staff/")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "没有任何改动" in page.text


async def test_words_written_when_the_session_ended_are_not_lost(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(f"/staff/tickets/{ticket.number}")
    desk.clock.pass_(hours=13)
    late = await clerk.send(page, "/reply", words="已联系收费站，<稍等>")
    assert late.status == 401
    assert "已联系收费站，<稍等>" in late.text
    assert (await desk.ticket(ticket.id)).status == "accepted"


def test_what_cannot_be_stored_is_taken_out_and_the_rest_stays() -> None:
    assert guard.clean("甲\x00乙\r\n丙\ud800\t，。") == "甲乙\n丙\t，。"


async def test_english_is_one_press_away(desk: Desk, clerk: Browser) -> None:
    page = await clerk.get("/staff/?view=mine")
    action, hidden = page.form("/language")
    english = await clerk.post(action, hidden | {"language": "en"})
    assert str(english.address.relative()) == "/staff/?view=mine"
    assert "To accept" in english.text
    assert (await clerk.post(action, hidden | {"language": "xx"})).status == 400
    assert (await clerk.get("/staff/", headers=HTML | {"Accept-Language": "zh"})).headers["Content-Language"] == "en"
