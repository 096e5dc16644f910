"""The pages of firms, without JavaScript: the queue, one firm, its papers, and what is decided there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from handlers.staff import firms as pages
from hotline.firms import fleet, inviting, members, registering
from hotline.firms.registering import Entry
from hotline.formats.credit_codes import check_of
from storage import attachments, files
from storage.models import Contact, Firm, FirmEvent, Member, Pass
from tests.staff.desk import Browser, Desk
from tests.support import photo

NAME = "长春远行物流有限公司"
USCC = "91220102MA17W5XK22"


async def paper(desk: Desk, contact: Contact, shade: int = 90) -> int:
    kept = files.keep(desk.house.files, photo.png(shade, 900))
    async with desk.db.write() as tx:
        return await attachments.keep(tx, contact.channel, contact.account, contact.address, kept, desk.clock())


async def firm(desk: Desk, by: str = "owner", **changed: Any) -> Firm:
    contact = await desk.contact(by)
    usual: dict[str, Any] = {
        "uscc": USCC, "name": NAME, "division": "220102", "contact_name": "张远行", "phone": "13812345678",
    }  # fmt: skip
    told = usual | {"photos": [await paper(desk, contact)]} | changed
    async with desk.db.write() as tx:
        return await registering.register(tx, contact, Entry(**told), "220100", desk.clock())


async def kinds(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        return [one.kind for one in (await tx.scalars(select(FirmEvent).order_by(FirmEvent.id))).all()]


async def test_a_firm_is_looked_at_verified_stopped_and_restored(desk: Desk, clerk: Browser) -> None:
    made = await firm(desk)
    async with desk.browser("wang") as lead:
        queue = await lead.get("/staff/firms")
        assert NAME in queue.text
        assert "吉林省长春市南关区" in queue.text
        assert "企业 1" in queue.text, "the navigation counts what waits"
        page = await lead.get(f"/staff/firms/{made.id}")
        assert "张*" in page.text
        assert "138****5678" in page.text
        assert "张远行" not in page.html
        page = await lead.send(page, "/verify")
        assert page.status == 422
        assert "请勾选是怎么核实的" in page.text
        page = await lead.send(page, "/verify", **{"how-registry": "yes", "how-phone": "yes"})
        assert "已核实，企业的人已收到通知" in page.text
        assert "核实通过 坐席wang" in page.text
        assert "打过电话，联系人确认" in page.text
        assert not page.has_form("/verify")
        assert not page.has_form("/refuse")
        page = await lead.send(page, "/suspend", words="")
        assert "请勾选原因" in page.text
        page = await lead.send(page, "/suspend", **{"ground-lent": "yes"}, words="查实两次")
        assert "原因 通行证借给别的车用过；查实两次" in page.text
        page = await lead.send(page, "/verify", **{"how-visit": "yes"})
        assert "已核实" in page.text
        assert "恢复使用 坐席wang" in page.text
    assert await kinds(desk) == ["registered", "verified", "suspended", "restored"]
    page = await clerk.get(f"/staff/firms/{made.id}")
    assert "由这家企业所在地的值班长核实" in page.text
    assert not page.has_form("/suspend")
    fields = {"form": await clerk.token(), "once": "0123456789abcdef", "how-visit": "yes"}
    assert (await clerk.post(f"/staff/firms/{made.id}/verify", fields)).status == 403


async def test_a_firm_is_sent_back_once_with_everything(desk: Desk) -> None:
    made = await firm(desk)
    async with desk.browser("wang") as lead:
        page = await lead.get(f"/staff/firms/{made.id}")
        again = await lead.send(page, "/refuse", **{"ground-other": "yes"}, words="")
        assert "请写一句是什么" in again.text
        action, hidden = page.form("/refuse")
        fields = hidden | {"ground-unreadable": "yes", "ground-mismatch": "yes", "words": "名称少两个字"}
        for _ in range(2):
            done = await lead.post(action, fields)
            assert done.status == 200
        assert "照片看不清，请重拍；填的和执照上的不一样；名称少两个字" in done.text
        assert NAME in (await lead.get("/staff/firms?state=refused")).text
        assert "没有待核实的企业" in (await lead.get("/staff/firms")).text
    assert await kinds(desk) == ["registered", "refused"]


async def test_who_sees_name_and_number_is_on_record(desk: Desk, clerk: Browser) -> None:
    made = await firm(desk)
    page = await clerk.get(f"/staff/firms/{made.id}")
    whole = await clerk.send(page, "/unmask")
    assert "张远行" in whole.text
    assert "13812345678" in whole.text
    assert "看了联系人全名和手机号 坐席li" in whole.text
    assert "张远行" not in (await clerk.get(f"/staff/firms/{made.id}")).html
    assert await kinds(desk) == ["registered", "unmasked"]


async def test_papers_are_shown_to_those_whose_firm_it_is(desk: Desk, clerk: Browser) -> None:
    made = await firm(desk)
    contact, agent = await desk.contact("owner"), await desk.contact("agent")
    async with desk.db.write() as tx:
        far = await attachments.want(tx, contact.channel, contact.account, contact.address, "far away", desk.clock())
        code = await inviting.invite(
            tx, contact, made.id or 0, "agent", desk.clock(), authority_until=date(2026, 3, 1),
            photos=[far, await sheet(tx, desk, contact)],
        )  # fmt: skip
        await members.join(tx, agent, code.code, "赵代办", desk.clock())
        await fleet.add(tx, contact, made.id or 0, "吉A12345 吉B1234挂", "yellow", None, desk.clock())
    page = await clerk.get(f"/staff/firms/{made.id}")
    assert "授权到 2026年3月1日" in page.text
    assert "赵* 代办" in page.text
    assert "吉A12345 黄牌 挂车 吉B1234挂" in page.text
    papers = [link for link in page.links if "/papers/" in link]
    assert len(papers) == 2
    for link in papers:
        for address in (link, f"{link}?small"):
            shown = await clerk.get(address)
            assert shown.status == 200
            assert shown.headers["Content-Type"] == "image/jpeg"
            assert "sandbox" in shown.headers["Content-Security-Policy"]
    other = await firm(desk, "other", uscc=(body := "91220106MA0000001") + check_of(body), name="长春宏图货运有限公司")
    number = papers[0].rpartition("/")[2]
    assert (await clerk.get(f"/staff/firms/{other.id}/papers/{number}")).status == 404
    assert (await clerk.get(f"/staff/firms/{made.id}/papers/9999")).status == 404
    desk.clock.pass_(days=1)
    async with desk.browser("li") as tomorrow:
        assert "授权已过期（2026年3月1日）" in (await tomorrow.get(f"/staff/firms/{made.id}")).text


async def sheet(tx: Any, desk: Desk, contact: Contact) -> int:
    kept = files.keep(desk.house.files, photo.png(30, 600))
    return await attachments.keep(tx, contact.channel, contact.account, contact.address, kept, desk.clock())


async def test_somebody_is_taken_out_on_the_firms_word(desk: Desk) -> None:
    made = await firm(desk)
    async with desk.browser("wang") as lead:
        page = await lead.get(f"/staff/firms/{made.id}")
        page = await lead.send(page, "/strike")
        assert "已移除，他会收到通知" in page.text
        assert "现在没有人" in page.text
        token = {"form": await lead.token(), "once": "0123456789abcdef"}
        again = await lead.post(f"/staff/firms/{made.id}/strike", token | {"member": "1"})
        assert "这个人已经不在企业里了" in again.text
        assert (await lead.post(f"/staff/firms/{made.id}/strike", token | {"member": "x"})).status == 400
    async with desk.db.read() as tx:
        assert [one.left_at is not None for one in await tx.scalars(select(Member))] == [True]


async def test_the_list_is_searched_filtered_and_paged(
    desk: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    assert "没有待核实的企业" in (await clerk.get("/staff/firms")).text
    for serial in range(3):
        body = f"91220102MA{serial:07d}"
        made = await firm(desk, f"owner{serial}", uscc=body + check_of(body), name=f"长春第{serial}货运有限公司")
    async with desk.db.write() as tx:
        owner = (await tx.scalars(select(Contact).where(col(Contact.address) == "owner2"))).one()
        await fleet.add(tx, owner, made.id or 0, "吉A12345", "yellow", None, desk.clock())
    first = await clerk.get("/staff/firms")
    second = await clerk.get(next(link for link in first.links if "after=" in link))
    assert "回到开头" in second.text
    assert all(f"长春第{serial}货运" in first.text + second.text for serial in range(3))
    assert "长春第1货运有限公司" in (await clerk.get("/staff/firms?q=第1货运")).text
    assert "长春第2货运有限公司" in (await clerk.get("/staff/firms?q=吉A12345")).text
    assert (
        "长春第0货运有限公司"
        in (await clerk.get(f"/staff/firms?q={body[:10]}0000000{check_of(body[:10] + '0000000')}")).text
    )
    for none in ("q=不在这里", "q=长", "q=吉A99999", "q=91220102MA9999999", "state=verified", "q=第1&state=verified"):
        page = await clerk.get(f"/staff/firms?{none}")
        assert page.status == 200
        assert "货运有限公司" not in page.text, none
    for odd in (
        "after=x",
        "after=220102-x",
        "after=999999-1",
        "state=x",
        "q=a%00",
        "q=%25",
        "after=220102-99999999999999999999",
    ):
        assert (await clerk.get(f"/staff/firms?{odd}")).status == 200, odd


async def test_firms_of_another_desk_are_not_shown(desk: Desk) -> None:
    made = await firm(desk)
    async with desk.db.write() as tx:
        row = await tx.get_one(Firm, made.id)
        row.desk = "220200"
    async with desk.browser("wang") as lead:
        assert (await lead.get(f"/staff/firms/{made.id}")).status == 404
        assert NAME not in (await lead.get("/staff/firms?state=all")).text
        assert NAME not in (await lead.get(f"/staff/firms?q={USCC}")).text
        fields = {"form": await lead.token(), "once": "0123456789abcdef", "how-visit": "yes"}
        for deed in ("verify", "unmask", "refuse", "suspend", "strike"):
            assert (await lead.post(f"/staff/firms/{made.id}/{deed}", fields)).status == 404


async def test_a_firm_of_another_desk_that_applied_here_is_looked_at_and_left_alone(desk: Desk) -> None:
    made = await firm(desk)
    contact = await desk.contact("owner")
    async with desk.db.write() as tx:
        row = await tx.get_one(Firm, made.id)
        row.desk = "220200"
        tx.add(applied(made, contact, desk))
    async with desk.browser("wang") as lead:
        page = await lead.get(f"/staff/firms/{made.id}")
        assert NAME in page.text
        assert "由这家企业所在地的值班长核实" in page.text
        fields = {"form": await lead.token(), "once": "0123456789abcdef", "how-visit": "yes"}
        refused = await lead.post(f"/staff/firms/{made.id}/verify", fields)
        assert refused.status == 422
    async with desk.db.read() as tx:
        assert (await tx.get_one(Firm, made.id)).state == "registered"


def applied(made: Firm, contact: Contact, desk: Desk) -> Pass:
    now = desk.clock()
    return Pass(
        code="CARDAAAAAAAA", scheme="pass_need", pack="x", pack_version="1", division="220100", claim="x",
        firm_id=made.id, contact_id=contact.id or 0, plate="吉A12345", colour="yellow", goods="daily", origin="210102",
        destination="220104", via=[], facts={}, from_wished=now, uses="many", steps=1, missing=[], applied_at=now,
        due_at=now, changed_at=now,
    )  # fmt: skip
