"""What a code is worth for anybody, an officer's list and his uploads, and the list of checks on the console."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hotline.passes import blocks, deciding
from storage.models import Pass, Scan, Staff, Ticket
from tests.staff.desk import Browser, Desk
from tests.support.passes import contact, issued, packs

__all__ = ["packs"]

MARK = "0b6a0c1e-5f0e-4b7e-9a51-00000000000"


@pytest.fixture
async def pass_(desk: Desk, packs: None) -> Pass:
    boss = await desk.hire("boss", "admin")
    async with desk.db.write() as tx:
        await blocks.allot(tx, boss, "220100", 1, 1000, "测试〔2025〕9号", desk.clock())
        return await issued(tx, await contact(tx, "driver", desk.clock()), boss, desk.clock())


def check(desk: Desk, pass_: Pass, n: int = 1, **more: Any) -> dict[str, Any]:
    usual = {"mark": f"{MARK}{n}", "shown": pass_.payload, "deed": "passed", "at": desk.clock().timestamp() * 1000}
    return usual | {"told": "valid", "offline": True} | more


async def hand_in(browser: Browser, *checks: Any, form: str | None = None) -> tuple[int, list[dict[str, Any]]]:
    fields = {"form": form if form is not None else await browser.token(), "scans": json.dumps(checks)}
    async with browser.client.post("/staff/checkpoint/scans", data=fields) as answer:
        return answer.status, (await answer.json())["answers"] if answer.status == 200 else []


async def test_a_code_is_green_or_grey_and_tells_only_its_face(desk: Desk, pass_: Pass) -> None:
    async with desk.browser() as anybody:
        for path in (f"/v/{pass_.payload}", f"/V/{pass_.payload}"):
            page = await anybody.get(path)
            assert "✓ 有效" in page.text
            assert "吉A12345" in page.text
            assert "辽宁省沈阳市和平区 → 吉林省长春市朝阳区" in page.text
            assert "张三" not in page.html
            assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert page.headers["Cache-Control"] == "no-store"
        assert "内容被改过" in (await anybody.get(f"/v/{(pass_.payload or '')[:-3]}AAA")).text
        assert "吉A12345" not in (await anybody.get(f"/v/{(pass_.payload or '')[:-3]}AAA")).text
        assert "核不出来" in (await anybody.get("/v/ABCDEFG")).text
        assert (await anybody.get("/v/" + "A" * 700)).status == 404
        for odd in ("/passes/ABC", "/passes/%00", "/trips/abc", "/v/a/b/c", "/rules/a/b", "/checkpoint/x"):
            page = await anybody.get(odd)
            assert (page.status, "没有这一页" in page.text) == (404, True), odd
        desk.clock.pass_(days=11)
        page = await anybody.get(f"/v/{pass_.payload}")
        assert "? 已到期" in page.text
        assert not page.has_form("obstructed")


async def test_by_hand_number_and_plate_together_or_nothing(desk: Desk, pass_: Pass) -> None:
    number = pass_.number or ""
    async with desk.browser() as anybody:
        assert (await anybody.get("/v/")).status == 200
        for query in ({"number": number}, {"number": "12", "plate": "吉A12345"}, {"plate": "吉A12345"}):
            assert (await anybody.get("/v/", params=query)).status == 422
        page = await anybody.get("/v/", params={"number": f"{number[:6]} {number[6:]}", "plate": "吉a·12345"})
        assert "有效" in page.text
        assert "沈阳" not in page.text
        wrong = await anybody.get("/v/", params={"number": number, "plate": "吉A12346"})
        nobody = await anybody.get("/v/", params={"number": "220100999999", "plate": "吉A12346"})
        assert "没有查到" in wrong.text
        assert wrong.text.replace(number, "") == nobody.text.replace("220100999999", "")
        for _ in range(40):
            last = await anybody.get("/v/", params={"number": "220100999999", "plate": "吉A12346"})
        assert last.status == 429


async def test_one_tap_on_the_page_of_a_code_makes_a_ticket(desk: Desk, pass_: Pass) -> None:
    async with desk.browser() as driver:
        page = await driver.get(f"/v/{pass_.payload}")
        address = next(one for one in page.links if one.endswith("/obstructed"))
        refused = await driver.post(address, {"where": "G12 长春东收费站"})
        assert (refused.status, "小记号" in refused.text) == (422, True)
        form = await driver.get(address)
        assert (await driver.send(form, "/obstructed", where="")).status == 422
        done = await driver.send(form, "/obstructed", where="G12 长春东收费站")
        assert "已收到" in done.text
        assert "已收到" in (await driver.send(form, "/obstructed", where="G12 长春东收费站")).text
        foreign = await driver.post(address, {"where": "G12"}, headers={"Origin": "https://evil.example"})
        assert foreign.status == 403
    async with desk.db.read() as tx:
        (ticket,) = (await tx.scalars(select(Ticket))).all()
    assert (ticket.kind, ticket.what, ticket.plate, ticket.facility) == (
        "blockage", "turned_back", "吉A12345", "长春东收费站",
    )  # fmt: skip
    assert ticket.answers["pass"] == pass_.number


async def test_a_pass_that_ended_has_no_tap(desk: Desk, pass_: Pass) -> None:
    async with desk.db.write() as tx:
        boss = (await tx.scalars(select(Staff).where(Staff.login == "boss"))).one()  # type: ignore[arg-type]
        await deciding.revoke(tx, boss, pass_.id or 0, (pass_.basis or {})["cite"], "改线", desk.clock())
    async with desk.browser() as driver:
        page = await driver.get(f"/v/{pass_.payload}/obstructed")
        assert "已注销" in page.text


async def test_the_list_is_for_officers_alone(desk: Desk, pass_: Pass) -> None:
    async with desk.browser() as nobody:
        assert (await nobody.client.get("/staff/checkpoint/list")).status == 401
        keys = await (await nobody.client.get("/checkpoint/keys.json")).json()
        assert list(keys["keys"]) == ["1"]
        assert len(keys["keys"]["1"]) == 130
    await desk.hire("gate", "checkpoint")
    async with desk.browser("gate") as officer:
        known = await (await officer.client.get("/staff/checkpoint/list")).json()
        assert [one[0] for one in known["live"]] == [pass_.number]
        assert known["officer"]["name"] == "坐席gate"
        assert "吉" not in json.dumps(known["live"], ensure_ascii=False)
        fields = {"form": known["form"], "shown": pass_.number or "", "plate": "", "point": ""}
        told = await (await officer.client.post("/staff/checkpoint/look", data=fields)).json()
        assert (told["verdict"], told["face"]["origin"]) == ("valid", "210102")
        told = await (await officer.client.post("/staff/checkpoint/look", data=fields | {"shown": "x"})).json()
        assert (told["verdict"], "face" in told) == ("unknown", False)


async def test_checks_are_taken_in_once_each_by_itself(desk: Desk, pass_: Pass) -> None:
    await desk.hire("gate", "checkpoint")
    async with desk.browser("gate") as officer:
        sent = [
            check(desk, pass_),
            check(desk, pass_, 2, at=(desk.clock() - timedelta(days=40)).timestamp() * 1000),
            check(desk, pass_, 3, deed="stopped", reason="people", place="国道口 临时点", plate_seen="吉B99999"),
            check(desk, pass_, 4, at="soon"),
        ]
        status, answers = await hand_in(officer, *sent)
        assert status == 200
        assert [one.get("verdict", "refused") for one in answers] == ["valid", "refused", "lent", "refused"]
        assert "手机的时间" in answers[1]["refused"]
        assert [one["new"] for one in (await hand_in(officer, *sent))[1] if "new" in one] == [False, False]
        assert (await hand_in(officer, form="x"))[0] == 403
        assert (await hand_in(officer, *([check(desk, pass_)] * 101)))[0] == 400
        assert (await hand_in(officer, "junk"))[0] == 400
    async with desk.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Scan)) == 2


async def test_a_check_is_his_who_made_it_whoever_hands_it_in(desk: Desk, pass_: Pass) -> None:
    zhou, wu = await desk.hire("zhou1", "checkpoint"), await desk.hire("wu", "checkpoint")
    async with desk.browser("zhou1") as first:
        writ = (await (await first.client.get("/staff/checkpoint/list")).json())["writ"]
    async with desk.browser("wu") as second:
        _, answers = await hand_in(
            second, check(desk, pass_, writ=writ), check(desk, pass_, 2), check(desk, pass_, 3, writ="x")
        )
        assert ["refused" in one for one in answers] == [False, False, True]
    async with desk.db.read() as tx:
        by = {one.mark[-1]: one.staff_id for one in (await tx.scalars(select(Scan))).all()}
    assert by == {"1": zhou.id, "2": wu.id}


async def test_the_console_lists_checks_and_an_officer_sees_his_own(desk: Desk, pass_: Pass) -> None:
    await desk.hire("gate", "checkpoint")
    await desk.hire("other", "checkpoint")
    await desk.hire("clerk", "clerk")
    async with desk.browser("gate") as officer:
        assert "还没有核验记录" in (await officer.get("/staff/scans")).text
        many = [check(desk, pass_, n, mark=f"{MARK}{n:03d}") for n in range(60)]
        await hand_in(officer, *many, check(desk, pass_, 1, deed="stopped", reason="route", plate_seen="吉B99999"))
        page = await officer.get("/staff/scans")
        assert page.text.count(pass_.number or "") == 50
        assert "当时显示“有效”" in page.text
        older = await officer.get(next(one for one in page.links if "before=" in one))
        assert older.text.count(pass_.number or "") == 11
        doubtful = await officer.get("/staff/scans?view=doubtful")
        assert "车证不符" in doubtful.text
        assert "拦下核对 · 不在证上的线路" in doubtful.text
        assert doubtful.text.count(pass_.number or "") == 1
        assert (await officer.get("/staff/scans?view=stopped")).text.count(pass_.number or "") == 1
    async with desk.browser("other") as other:
        assert "还没有核验记录" in (await other.get("/staff/scans")).text
    async with desk.browser("clerk") as clerk:
        found = await clerk.get(f"/staff/scans?number={pass_.number}&view=offline")
        assert "坐席gate" in found.text
        assert "没有证号是" in (await clerk.get("/staff/scans?number=7")).text


async def test_the_page_of_the_gate_says_what_it_needs(desk: Desk, pass_: Pass) -> None:
    async with desk.browser() as anybody:
        page = await anybody.get("/checkpoint")
        assert page.headers["Permissions-Policy"] == "geolocation=(), camera=(self), microphone=()"
        assert "没有脚本也能核" in page.text
        worker = await anybody.client.get("/checkpoint/worker.js?lang=en")
        text = await worker.text()
        assert worker.headers["Service-Worker-Allowed"] == "/checkpoint"
        assert 'PAGE = "/checkpoint?lang=en"' in text
        files = json.loads(text.split("FILES = ")[1].split(";\n")[0])
        for file in files:
            assert (await anybody.client.get(file)).status == 200, file
        assert (await anybody.client.get("/checkpoint/decoder/x/../../etc")).status == 404
        assert (await (await anybody.client.get("/checkpoint/places.json")).json())["220104"] == "吉林省长春市朝阳区"
