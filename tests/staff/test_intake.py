"""Phone intake: a clerk writes down what a caller says, in one page, with the questions and checks of the chat."""

from __future__ import annotations

import re

import pytest

from handlers.flows import FORMS
from handlers.replies import FORM_OF
from hotline import catalogue, reading
from storage import tickets as ledger
from storage import turns
from storage.models import Contact, Ticket
from tests.staff.desk import Browser, Desk, Page

WELL: dict[str, dict[str, str]] = {
    "blockage": {"what": "turned_back", "where": "G12 长春东收费站", "plate": "吉A12345"},
    "consult": {"what": "fee", "words": "绿通怎么办"},
    "complaint": {"what": "checkpoint", "words": "卡口无人值守"},
    "advice": {"what": "road", "words": "增设指示牌"},
    "help": {"what": "food", "where": "德惠服务区"},
    "code_appeal": {"what": "red", "where": "G12 长春东收费站"},
    "pass_query": {"what": "renew", "which": "吉A12345"},
}
CALLER = {"source": "12328", "mobile": "13800000001", "named": "yes"}


async def typed(clerk: Browser, kind: str, **fields: str) -> Page:
    return await clerk.send(await clerk.get(f"/staff/intake?kind={kind}"), "/staff/intake", **fields)


async def written(desk: Desk, page: Page) -> Ticket:
    number = re.search(r'id="number">(\d{6}-\d{8}-\d-\d{6})<', page.html)
    assert number is not None
    async with desk.db.read() as tx:
        found = await ledger.by_number(tx, number[1])
        assert found is not None
        return found


@pytest.mark.parametrize("kind", WELL)
async def test_every_kind_is_taken_down_in_one_page(desk: Desk, clerk: Browser, kind: str) -> None:
    page = await typed(clerk, kind, **CALLER, **WELL[kind])
    assert page.status == 200, page.text
    ticket = await written(desk, page)
    assert (ticket.kind, ticket.what, ticket.source, ticket.named) == (kind, WELL[kind]["what"], "12328", True)
    assert ticket.code in page.text
    async with desk.db.read() as tx:
        caller = await tx.get_one(Contact, ticket.contact_id)
    assert (caller.channel, caller.account, caller.address) == ("phone", "main", "13800000001")
    assert caller.unreachable_since is not None


def test_every_kind_has_its_page() -> None:
    assert set(WELL) == set(catalogue.load().digits)
    assert all(FORM_OF.get(kind, kind) in FORMS for kind in WELL)


async def test_the_caller_follows_with_number_and_code_from_any_channel(desk: Desk, clerk: Browser) -> None:
    ticket = await written(desk, await typed(clerk, "consult", **CALLER, **WELL["consult"]))
    async with desk.db.write() as tx:
        phone = await turns.contact_at(tx, "telegram", "main", "7", "zh_CN", desk.clock())
        story = await reading.read(tx, ticket.number, phone, ticket.code, desk.clock())
    assert isinstance(story, reading.Story)
    assert [message.text for message in story.messages] == ["绿通怎么办"]


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(desk: Desk, clerk: Browser) -> None:
    fields = {
        "what": "turned_back",
        "where": "在路上",
        "plate": "吉A1",
        "note": "司机很急",
        "mobile": "138",
        "source": "",
    }
    page = await typed(clerk, "blockage", **fields)
    assert page.status == 422
    for name in ("where", "plate", "mobile", "source"):
        assert f'id="why-{name}"' in page.html, name
    for value in ("在路上", "司机很急", "138"):
        assert value in page.html
    assert 'id="why-what"' not in page.html
    async with desk.db.read() as tx:
        assert await ledger.by_number(tx, "220100-20260301-1-000011") is None
        assert await turns.find_contact(tx, "phone", "main", "13800000001") is None


async def test_similar_reports_are_shown_before_one_is_opened(desk: Desk, clerk: Browser) -> None:
    known = await desk.report()
    first = await typed(clerk, "blockage", **CALLER, **WELL["blockage"])
    assert first.status == 200
    assert 'name="same"' in first.html
    fields = {**CALLER, **WELL["blockage"]}
    gathered = await clerk.send(first, "/staff/intake", **fields, same=str(known.id))
    own = await written(desk, gathered)
    assert own.id != known.id
    assert own.code in gathered.text, "a caller follows by a number and a code of his own"
    assert known.number in gathered.text
    assert known.code not in gathered.text, "the code is the first reporter's"
    assert (own.status, own.master_id) == ("merged", known.id)
    assert (await desk.ticket(known.id)).reports == 2
    fresh = await typed(clerk, "blockage", **fields | {"mobile": "13800000002"}, same="none")
    assert (await written(desk, fresh)).id != known.id


async def test_a_report_is_written_down_once(desk: Desk, clerk: Browser) -> None:
    page = await clerk.get("/staff/intake?kind=advice")
    await clerk.send(page, "/staff/intake", **CALLER, **WELL["advice"])
    again = await clerk.send(page, "/staff/intake", **CALLER, **WELL["advice"])
    assert "这份登记已经收到" in again.text
    async with desk.db.read() as tx:
        assert await ledger.last_event(tx) <= 2


@pytest.mark.parametrize(("source", "rank"), [("on_site", 0), ("12345", 1)])
async def test_named_matters_on_site_come_first(desk: Desk, clerk: Browser, source: str, rank: int) -> None:
    page = await typed(clerk, "complaint", **CALLER | {"source": source}, **WELL["complaint"])
    ticket = await written(desk, page)
    assert (ticket.rank, ticket.on_site) == (rank, source == "on_site")


async def test_without_a_number_one_is_anonymous(desk: Desk, clerk: Browser) -> None:
    page = await typed(clerk, "complaint", source="opinion", **WELL["complaint"])
    ticket = await written(desk, page)
    assert (ticket.named, ticket.source) == (False, "opinion")
    refused = await typed(clerk, "complaint", source="opinion", named="yes", **WELL["complaint"])
    assert 'id="why-mobile"' in refused.html
