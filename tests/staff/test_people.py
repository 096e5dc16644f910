"""Staff accounts as pages: a password shown once, changed, signed out, ended; never the last administrator."""

from __future__ import annotations

import re

from hotline import directory
from hotline.directory import Entry
from storage import audit
from storage import staff as people
from storage.models import Department, Staff
from tests.staff.desk import Browser, Desk, Page

BAN = {"login": "ban", "name": "办承", "role": "clerk", "division": "220100", "department": "", "language": "zh_CN"}


async def member(desk: Desk, login: str) -> Staff:
    async with desk.db.read() as tx:
        found = await people.by_login(tx, login)
    assert found is not None
    return found


async def office(desk: Desk) -> Department:
    async with desk.db.write() as tx:
        return await directory.add(tx, await member(desk, "zong"), Entry("lu", "公路处", "220104"), desk.clock())


def one_time(page: Page) -> str:
    found = re.search(r'id="password">([a-z0-9-]+)<', page.html)
    assert found is not None
    return found[1]


async def test_somebody_new_gets_a_password_that_is_shown_once(desk: Desk, stranger: Browser) -> None:
    department = await office(desk)
    async with desk.browser("zong") as admin:
        action, hidden = (await admin.get("/staff/people")).form("/people/add")
        fields = hidden | BAN | {"role": "handler", "department": str(department.id)}
        shown = await admin.post(action, fields)
        password = one_time(shown)
        assert shown.headers["Cache-Control"] == "no-store"
        again = await admin.post(action, fields)
        assert (password in again.html, "密码只显示一次" in again.text) == (False, True)
        assert password not in (await admin.get(f"/staff/people/{(await member(desk, 'ban')).id}")).html
    assert (await stranger.sign_in("ban", password)).address.path == "/staff/password"
    made = await member(desk, "ban")
    assert (made.role, made.department_id, made.must_change) == ("handler", department.id, True)


async def test_what_cannot_be_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    async with desk.browser("zong") as admin:
        page = await admin.get("/staff/people")
        for wrong, why in (
            ({"login": "li"}, "已有人使用"),
            ({"login": "办"}, "登录名请用 2 到 32 位"),
            ({"role": "handler"}, "承办人员要有所属部门"),
            ({"role": "chief"}, "请从列表中选择角色"),
            ({"division": "000000"}, "不在您的管理范围内"),
            ({"division": "哪儿"}, "没有查到行政区划"),
            ({"department": "99"}, "请选择一个在用的部门"),
            ({"name": " "}, "请填写“姓名”"),
            ({"language": "xx"}, "请从列表中选择语言"),
        ):
            page = await admin.send(page, "/people/add", **(BAN | wrong))
            assert (page.status, why in page.text) == (422, True), why
        assert 'value="220100"' in page.html


async def test_a_new_role_holds_from_the_next_page(desk: Desk, clerk: Browser) -> None:
    li = await member(desk, "li")
    assert (await clerk.get("/staff/people")).status == 403
    async with desk.browser("zong") as admin:
        page = await admin.get(f"/staff/people/{li.id}")
        fields = {"name": "李管", "role": "admin", "division": "220100", "department": ""}
        page = await admin.send(page, f"/people/{li.id}", **fields)
        assert "李管的资料已保存" in page.text
    assert (await clerk.get("/staff/people")).status == 200


async def test_signed_out_everywhere_and_a_password_renewed(desk: Desk, clerk: Browser, stranger: Browser) -> None:
    li = await member(desk, "li")
    async with desk.browser("zong") as admin:
        await admin.send(await admin.get(f"/staff/people/{li.id}"), "/end-sessions")
        assert (await clerk.get("/staff/")).address.path == "/staff/sign-in"
        assert (await clerk.sign_in("li")).status == 200
        password = one_time(await admin.send(await admin.get(f"/staff/people/{li.id}"), "/password"))
        assert (await clerk.get("/staff/")).address.path == "/staff/sign-in"
    assert (await stranger.sign_in("li", password)).address.path == "/staff/password"


async def test_access_ends_at_once_and_comes_back(desk: Desk, clerk: Browser) -> None:
    li = await member(desk, "li")
    async with desk.browser("zong") as admin:
        page = await admin.send(await admin.get(f"/staff/people/{li.id}"), "/disable")
        assert "账号已停用" in page.text
        assert (await clerk.get("/staff/")).address.path == "/staff/sign-in"
        assert (await clerk.sign_in("li")).status == 401
        await admin.send(page, "/enable")
        assert (await clerk.sign_in("li")).status == 200
        async with desk.db.read() as tx:
            trail = [(row.what, row.facts["staff"]) for row in await audit.page(tx)]
        assert trail == [("staff.enabled", li.id), ("staff.disabled", li.id)]


async def test_an_administrator_does_not_shut_himself_out(desk: Desk) -> None:
    zong = await member(desk, "zong")
    async with desk.browser("zong") as admin:
        page = await admin.send(await admin.get(f"/staff/people/{zong.id}"), "/disable")
        assert (page.status, "请由另一位管理员来改" in page.text) == (422, True)
        fields = {"name": "总", "role": "clerk", "division": "220100", "department": ""}
        page = await admin.send(page, f"/people/{zong.id}", **fields)
        assert "请由另一位管理员来改" in page.text
        assert (await admin.get("/staff/people/99")).status == 404
        assert "没有找到相符的人员" in (await admin.get("/staff/people?q=nobody")).text
