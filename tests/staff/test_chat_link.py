"""The page on which a clerk links a chat: a code that is shown once."""

from __future__ import annotations

import re

from hotline import staff_chat
from storage import staff as people
from storage.models import Staff
from tests.staff.desk import Browser, Desk


async def li(desk: Desk) -> Staff:
    async with desk.db.read() as tx:
        found = await people.by_login(tx, "li")
        assert found is not None
        return found


async def test_a_code_links_a_chat_and_the_page_unlinks_it(desk: Desk, clerk: Browser) -> None:
    empty = await clerk.get("/staff/chat")
    assert not empty.has_form("/unlink")
    page = await clerk.send(empty, "/chat/code")
    found = re.search(r"/link ([A-Z0-9]{8})", page.text)
    assert found
    assert found[1] not in (await clerk.get("/staff/chat")).text
    assert found[1] not in (await clerk.send(empty, "/chat/code")).text, "the same form shows nothing twice"
    chat = await desk.contact("7", "telegram")
    async with desk.db.write() as tx:
        assert isinstance(await staff_chat.link(tx, chat, found[1], desk.clock()), Staff)
    linked = await clerk.get("/staff/chat")
    assert "Telegram" in linked.text
    await clerk.send(linked, "/unlink")
    assert (await li(desk)).contact_id is None


async def test_a_code_is_over_after_ten_minutes(desk: Desk, clerk: Browser) -> None:
    page = await clerk.send(await clerk.get("/staff/chat"), "/chat/code")
    found = re.search(r"/link ([A-Z0-9]{8})", page.text)
    assert found
    chat = await desk.contact("7", "telegram")
    desk.clock.pass_(minutes=10)
    async with desk.db.write() as tx:
        assert not isinstance(await staff_chat.link(tx, chat, found[1], desk.clock()), Staff)
