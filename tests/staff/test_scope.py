"""Whose tickets one sees: a division's desk its own, a department what lies with it; by no address any other."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.staff import audit, routes
from storage import staff as people
from storage.models import Department, Outbox, Staff, Ticket
from tests.staff.desk import PASSWORD, Browser, Desk, sealed
from tests.staff.test_guard import address_of, name
from tests.tickets.desk import kinds

OTHERS = {"clerk": "220200", "handler": "220100", "supervisor": "220200", "admin": "220200"}
"""Everybody to whom a ticket of 220100 is none of their business; the handler belongs to another department."""


async def hire(desk: Desk, login: str, role: str, division: str, department: int | None = None) -> Staff:
    async with desk.db.write() as tx:
        return await people.add(
            tx,
            Staff(
                login=login, name=login, password_hash=sealed(PASSWORD), role=role, division=division,
                department_id=department, language="zh_CN", created_at=desk.clock(),
            ),
        )  # fmt: skip


async def department(desk: Desk, code: str) -> int:
    async with desk.db.write() as tx:
        made = Department(code=code, name=code, division="220100", level="city")
        tx.add(made)
        await tx.flush()
        return made.id or 0


async def undelivered(desk: Desk, ticket: Ticket) -> None:
    """A message about it that no channel would take."""
    async with desk.db.write() as tx:
        tx.add(
            Outbox(
                contact_id=ticket.contact_id, channel="web", account="main", address="driver", lane=1, key="told.taken",
                about=f"ticket:{ticket.id}", facts={"number": ticket.number, "due": "x"}, choices=[], wants=[],
                status="dead", attempts=5, due_at=desk.clock(), created_at=desk.clock(), problem="refused",
            )
        )  # fmt: skip


@pytest.mark.parametrize("role", OTHERS)
async def test_what_is_not_theirs_is_behind_no_address(desk: Desk, role: str) -> None:
    ticket, login = await desk.report(), f"other-{role}"
    await undelivered(desk, ticket)
    await hire(desk, login, role, OTHERS[role], await department(desk, "elsewhere") if role == "handler" else None)
    before = await kinds(desk.db, ticket.id or 0)
    async with desk.browser(login) as browser:
        token = await browser.token()
        for n, route in enumerate(routes.TABLE):
            if route.path in ("/staff/live", "/staff/sign-in", "/staff/sign-out", "/staff/password"):
                continue
            address = await address_of(route, desk, ticket)
            fields: dict[str, Any] = {"form": token, "once": f"{n:016}", "words": "收到", "master": ticket.number}
            fields |= {f"pick-{ticket.id}": "1", f"gather-{ticket.id}": "1", "verb": "take", "proof": "document"}
            for query in ("", f"?q={ticket.number}", "?view=all", f"?ticket={ticket.number}", f"?id={ticket.id}"):
                if route.method == "GET":
                    page = await browser.get(address + query)
                    assert ticket.code not in page.html, name(route)
                    if "/tickets/" not in route.path:
                        assert ticket.number not in page.html.replace(query[3:], "").replace(query[8:], ""), name(route)
            if route.method == "POST":
                page = await browser.post(address, fields)
            if "/tickets/" in route.path:
                assert page.status in (403, 404), name(route)
    assert await kinds(desk.db, ticket.id or 0) == before


async def test_a_desk_above_sees_what_lies_below(desk: Desk) -> None:
    ticket = await desk.report()
    await hire(desk, "province", "clerk", "220000")
    async with desk.browser("province") as browser:
        assert (await browser.get(f"/staff/tickets/{ticket.number}")).status == 200


async def test_a_department_sees_what_lies_with_it(desk: Desk) -> None:
    ticket, here = await desk.report(), await department(desk, "here")
    await hire(desk, "ban", "handler", "220100", here)
    async with desk.browser("ban") as browser:
        address = f"/staff/tickets/{ticket.number}"
        assert (await browser.get(address)).status == 404
        async with desk.db.write() as tx:
            (await tx.get_one(Ticket, ticket.id)).department_id = here
        assert (await browser.get(address)).status == 200


# The audit's page


async def looked(browser: Browser, ticket: Ticket) -> None:
    page = await browser.get(f"/staff/tickets/{ticket.number}")
    await browser.send(page, "/unmask")
    await browser.send(page, "/take")


async def test_the_audit_tells_who_saw_who_changed_and_who_unmasked(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    await looked(clerk, ticket)
    async with desk.browser("wang") as lead:
        await lead.get("/staff/ledger.csv")
        page = await lead.get("/staff/audit")
        for words in ("查看了工单", "查看了完整号码", "导出了台账", ticket.number, "坐席li"):
            assert words in page.text
        only = await lead.get(f"/staff/audit?ticket={ticket.number}")
        assert "导出了台账" not in only.text
        assert "查看了完整号码" in only.text
        mine = await lead.get("/staff/audit?staff=wang")
        assert "导出了台账" in mine.text
        assert "坐席li" not in mine.text
        assert (await lead.get("/staff/audit?staff=nobody")).status == 422


async def test_the_audit_goes_on_where_its_last_page_ended(desk: Desk, clerk: Browser) -> None:
    seen = [await desk.report() for _ in range(3)]
    for ticket in seen:
        await looked(clerk, ticket)
    async with desk.browser("wang") as lead:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(audit, "PAGE", 2)
            lines, address = 0, "/staff/audit"
            while address:
                page = await lead.get(address)
                lines += page.html.count('<li><p class="main-part"><b>')
                older = [link for link in page.links if "look=" in link or "change=" in link]
                assert lines < 30
                address = older[-1].replace("&amp;", "&") if older else ""
        whole = await lead.get("/staff/audit")
        assert lines == whole.html.count('<li><p class="main-part"><b>') == 9


async def test_a_supervisor_of_another_division_sees_nothing_of_it(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    await looked(clerk, ticket)
    await hire(desk, "far", "supervisor", "220200")
    async with desk.browser("far") as lead:
        page = await lead.get("/staff/audit")
        assert ticket.number not in page.text
        assert "坐席li" not in page.text
        assert (await lead.get(f"/staff/audit?ticket={ticket.number}")).status == 422
