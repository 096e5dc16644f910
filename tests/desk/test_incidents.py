"""Fifty reports of one roadblock: one answer and one close-out reach everybody, each by his own number."""

from __future__ import annotations

import pytest

from hotline import closing, incidents, tickets, unsaid
from locales.words import Refusal
from storage.models import NEVER, Ticket
from tests.desk.conftest import Floor


async def test_one_close_out_answers_fifty_reporters(floor: Floor) -> None:
    master = await floor.report()
    others = [await floor.report(by=f"driver {n}") for n in range(49)]
    await floor.do(incidents.merge_all, others, master, floor["li"])
    assert (await floor.ticket(master)).reports == 50
    await floor.do(tickets.reply, master, floor["li"], "正在协调")
    await floor.do(closing.resolve, master, floor["li"], "收费站已开")
    for n in range(49):
        child = await floor.ticket(others[n])
        assert await floor.heard(f"driver {n}") == [
            ("told.merged", child.number), ("told.answered", child.number), ("told.resolved", child.number),
        ]  # fmt: skip
    assert await floor.keys() == ["told.answered", "told.resolved"]


async def test_what_is_gathered_waits_with_its_master(floor: Floor) -> None:
    master, child = await floor.report(), await floor.report(by="other")
    await floor.do(incidents.merge, child, master, floor["li"])
    found = await floor.ticket(child)
    assert (found.status, found.master_id, found.outcome, found.due_at) == ("merged", master, "duplicate", NEVER)
    for verb in (tickets.reply, closing.resolve, closing.decline):
        with pytest.raises(Refusal, match="merged_already"):
            await floor.do(verb, child, floor["li"], "已放行")
    with pytest.raises(Refusal, match="merged_already"):
        await floor.do(incidents.merge, child, master, floor["li"])
    await floor.do(tickets.add_words, child, await floor.driver("other"), "还有三十台车", ())
    assert (await floor.events(master))[-1] == "added", "his words are read where the work is done"


async def test_masters_gather_what_their_reports_gathered(floor: Floor) -> None:
    top, middle, low = [await floor.report(by=name) for name in ("a", "b", "c")]
    await floor.do(incidents.merge, low, middle, floor["li"])
    await floor.do(incidents.merge, middle, top, floor["li"])
    assert [(await floor.ticket(one)).master_id for one in (middle, low)] == [top, top]
    assert (await floor.ticket(top)).reports == 3
    with pytest.raises(Refusal, match=r"merge\.itself"):
        await floor.do(incidents.merge, top, top, floor["li"])


async def test_another_matter_is_split_off_with_its_own_clocks(floor: Floor) -> None:
    master, child = await floor.report(), await floor.report(by="other")
    due = (await floor.ticket(child)).due_at
    await floor.do(incidents.merge, child, master, floor["li"])
    await floor.do(incidents.split, child, floor["li"])
    found = await floor.ticket(child)
    assert (found.status, found.master_id, found.outcome, found.due_at) == ("assigned", None, None, due)
    assert (await floor.ticket(master)).reports == 1
    with pytest.raises(Refusal, match="not_merged"):
        await floor.do(incidents.split, child, floor["li"])


async def test_all_are_gathered_or_none(floor: Floor) -> None:
    master, one, settled = [await floor.report(by=name) for name in ("a", "b", "c")]
    await floor.do(closing.resolve, settled, floor["li"], "已放行")
    with pytest.raises(Refusal, match="resolved_already"):
        await floor.do(incidents.merge_all, [one, settled], master, floor["li"])
    assert [(await floor.ticket(t)).status for t in (master, one)] == ["assigned", "assigned"]


async def test_words_are_taken_back_while_they_wait(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(tickets.reply, ticket_id, floor["li"], "打错了", hold=unsaid.TEN_SECONDS)
    floor.clock.pass_(seconds=5)
    with pytest.raises(Refusal, match=r"undo\.nothing"):
        await floor.do(unsaid.take_back, ticket_id, floor["wang"])
    await floor.do(unsaid.take_back, ticket_id, floor["li"])
    found = await floor.ticket(ticket_id)
    assert (found.first_response_at, found.due_at) == (None, found.first_response_due_at)
    async with floor.db.read() as tx:
        assert await tx.get_one(Ticket, ticket_id)
    with pytest.raises(Refusal, match=r"undo\.nothing"):
        await floor.do(unsaid.take_back, ticket_id, floor["li"])


async def test_a_result_is_taken_back_and_too_late_is_too_late(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(closing.resolve, ticket_id, floor["li"], "已放行", hold=unsaid.TEN_SECONDS)
    await floor.do(unsaid.take_back, ticket_id, floor["li"])
    assert (await floor.ticket(ticket_id)).resolved_at is None
    await floor.do(closing.resolve, ticket_id, floor["li"], "已放行", hold=unsaid.TEN_SECONDS)
    floor.clock.pass_(seconds=11)
    with pytest.raises(Refusal, match=r"undo\.too_late"):
        await floor.do(unsaid.take_back, ticket_id, floor["li"])
    assert (await floor.ticket(ticket_id)).status == "resolved"
