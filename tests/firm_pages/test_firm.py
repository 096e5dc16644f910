"""A firm in the browser: registered, its trucks, its people, and who sees what of it."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from hotline.formats.credit_codes import parse_credit_code
from storage import firms
from storage import staff as people
from storage.models import Firm, Pass
from tests.firm_pages.counter import Visitor
from tests.support import passes

USCC = "91220101MA0Y3TF8XX"


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), (11, 122, 75)).save(out, "JPEG")
    return out.getvalue()


def uscc() -> str:
    """A code whose check sign is right."""
    for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        try:
            return parse_credit_code(USCC[:-1] + sign)
        except Exception:
            continue
    raise AssertionError


FORM = {
    "name": "长春市某某物流有限公司", "division": "长春市绿园区", "contact_name": "李四", "phone": "13800000000",
}  # fmt: skip


async def test_a_firm_is_registered_and_a_photo_is_sent_once(driver: Visitor) -> None:
    page = await driver.see("/firm")
    page = await driver.upload(page, "/register", [("photo", "a.jpg", photo())], **FORM, uscc="912201")
    assert page.status == 422
    assert "已收到 1 张" in page.text
    page = await driver.upload(page, "/register", **FORM, uscc=uscc().lower())
    assert page.status == 200, page.text
    assert "登记好了" in page.text
    async with driver.desk.db.read() as tx:
        firm = await firms.by_uscc(tx, uscc())
    assert firm is not None
    assert (firm.state, firm.division, firm.contact_name) == ("registered", "220106", "李四")
    assert "138****0000" in page.text
    assert "13800000000" not in page.text.replace("138****0000", "")


async def test_trucks_come_and_go(clerk: Visitor, firm: Firm) -> None:
    page = await clerk.see(f"/firm/{firm.id}")
    page = await clerk.send(page, "/trucks/add", plate="吉A12345", colour="yellow", trailer="吉A1234挂")
    assert "吉A12345 加上了" in page.text
    page = await clerk.send(page, "/trucks/add", plate="吉A12345", colour="yellow")
    assert page.status == 422
    page = await clerk.send(page, "/trucks/retire")
    assert "吉A12345 去掉了" in page.text


async def test_a_driver_joins_by_a_link_and_sees_no_more_than_he_may(clerk: Visitor, firm: Firm) -> None:
    page = await clerk.see(f"/firm/{firm.id}")
    page = await clerk.upload(page, "/invite", role="driver", count="2")
    [link] = [link for link in page.links if "/join/" in link]
    async with clerk.desk.browser() as browser:
        other = Visitor(clerk.desk, browser)
        page = await other.see(link[link.index("/join/") :])
        page = await other.send(page, "/code", code=link[-12:])
        assert firm.name in page.text
        assert "您可以看到企业办的通行证" in page.text
        page = await other.send(page, "/firm/join", name="王五")
        assert page.status == 422
        page = await other.send(page, "/firm/join", name="王五", agree="yes")
        assert "您已加入" in page.text
        assert not page.has_form("/invite")
        code = (await issued(clerk, firm)).code
        page = await other.see(f"/passes/{code}/about")
        assert "张*" in page.text
        assert "张三" not in page.text
        assert not page.has_form("/withdraw")
        assert (await other.see(f"/passes/{code}/renew")).status == 404
        assert "李四" not in page.text
        page = await other.send(await other.see(f"/firm/{firm.id}"), "/leave")
        assert "您已退出" in page.text
        assert (await other.see(f"/firm/{firm.id}")).status == 404
    assert (await clerk.see(f"/firm/{firm.id}")).status == 200


async def issued(clerk: Visitor, firm: Firm) -> Pass:
    """A pass of the firm."""
    async with clerk.desk.db.write() as tx:
        me, li = await clerk.contact(tx), await people.by_login(tx, "li")
        assert me is not None
        assert li is not None
        return await passes.issued(tx, me, li, clerk.desk.clock(), firm_id=firm.id)


@pytest.mark.parametrize("code", ["nonsense", "ABCDEFGHJKMN"])
async def test_a_wrong_code_is_told(driver: Visitor, code: str) -> None:
    page = await driver.send(await driver.see("/join/X"), "/code", code=code)
    assert page.status == 422
    assert "邀请码" in page.text


async def test_nobody_else_sees_or_changes_a_firm(clerk: Visitor, firm: Firm) -> None:
    mine = await clerk.see(f"/firm/{firm.id}")
    async with clerk.desk.browser() as browser:
        other = Visitor(clerk.desk, browser)
        assert (await other.see(f"/firm/{firm.id}")).status == 404
        page = await other.see("/firm")
        token = page.form("/register")[1]["form"]
        action, hidden = mine.form("/trucks/add")
        page = await other.browser.post(action, hidden | {"form": token, "plate": "吉A1", "colour": "yellow"})
        assert page.status in (404, 422)
        page = await other.browser.post(action, hidden | {"plate": "吉A12345", "colour": "yellow"})
        assert page.status == 403
