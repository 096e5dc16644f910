"""How a ticket ends: nothing is struck off without a result, proof, and where it is due a second pair of eyes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from hotline import closing, tickets
from locales.words import Refusal
from storage import callbacks as asked
from storage.models import NEVER, Ticket
from tests.desk.conftest import Floor


async def settled(floor: Floor, kind: str = "blockage", what: str = "turned_back") -> int:
    ticket_id = await floor.report(kind, what)
    await floor.do(tickets.take, ticket_id, floor["zhao"])
    await floor.do(closing.resolve, ticket_id, floor["zhao"], "已放行")
    return ticket_id


async def test_a_result_says_how_it_ended(floor: Floor) -> None:
    ticket_id = await floor.report()
    with pytest.raises(Refusal, match=r"desk\.outcome_missing"):
        await floor.do(closing.resolve, ticket_id, floor["li"], "已放行", outcome="fine")
    await floor.do(closing.resolve, ticket_id, floor["li"], "桥限重，绕行 G202", outcome="unsolvable")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.outcome, found.resolver_id) == ("resolved", "unsolvable", floor["li"].id)
    assert (found.due_at, found.alarm_at) == (NEVER, NEVER)
    assert await floor.keys() == ["told.resolved"]


async def test_who_has_it_in_hand_settles_it_or_a_supervisor(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(tickets.take, ticket_id, floor["zhao"])
    with pytest.raises(Refusal, match=r"desk\.not_yours"):
        await floor.do(closing.resolve, ticket_id, floor["wang"], "已放行")
    await floor.do(closing.resolve, ticket_id, floor["zhou"], "已放行")
    assert (await floor.ticket(ticket_id)).resolver_id == floor["zhou"].id


async def test_striking_off_needs_proof(floor: Floor) -> None:
    ticket_id = await floor.report()
    with pytest.raises(Refusal, match=r"desk\.not_resolved"):
        await floor.do(closing.strike_off, ticket_id, floor["li"], "document", "长交运〔2026〕8号")
    await floor.do(closing.resolve, ticket_id, floor["li"], "已放行")
    for proof, note, why in (
        ("", "x", r"proof\.missing"), ("photo", "", r"proof\.no_photo"), ("document", " ", "words_missing"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=why):
            await floor.do(closing.strike_off, ticket_id, floor["li"], proof, note)
    await floor.do(closing.strike_off, ticket_id, floor["li"], "document", "长交运〔2026〕8号")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.proof, found.proof_note) == ("struck_off", "document", "长交运〔2026〕8号")
    with pytest.raises(Refusal, match="closed_already"):
        await floor.do(closing.strike_off, ticket_id, floor["li"], "document", "再来一次")


async def test_a_complaint_is_struck_off_only_when_another_has_reviewed_it(floor: Floor) -> None:
    ticket_id = await settled(floor, "complaint", "fine")
    await floor.do(closing.strike_off, ticket_id, floor["li"], "confirmation", "当事人来电确认")
    assert (await floor.ticket(ticket_id)).status == "resolved", "proof is there, the review is not"
    for nobody in ("zhao", "li"):
        with pytest.raises(Refusal, match=r"review\.not_yours"):
            await floor.do(closing.review, ticket_id, floor[nobody], True, "")
    await floor.do(closing.rate, ticket_id, "contact:1", "satisfied", "")
    await floor.do(closing.review, ticket_id, floor["zhou"], True, "")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.reviewer_id) == ("struck_off", floor["zhou"].id)
    assert await floor.events(ticket_id) == [
        "opened", "routed", "taken", "resolved", "proved", "rated", "reviewed", "struck_off",
    ]  # fmt: skip


async def test_who_handled_it_never_reviews_it(floor: Floor) -> None:
    ticket_id = await floor.report("complaint", "fine")
    await floor.do(closing.resolve, ticket_id, floor["zhou"], "已退还")
    with pytest.raises(Refusal, match=r"review\.not_yours"):
        await floor.do(closing.review, ticket_id, floor["zhou"], True, "")
    await floor.do(closing.review, ticket_id, floor["wu"], False, "票据没有核对")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.result, found.needs_review) == ("handling", None, False)


@pytest.mark.parametrize(
    "lie",
    [
        {"status": "struck_off"},
        {"status": "resolved"},
        {"status": "merged"},
        {"status": "waiting"},
        {"status": "declined"},
        {"status": "assigned", "department_id": None},
        {"returns": 2},
        {"redone": 2},
        {"master_id": 1},
    ],
)
async def test_what_cannot_be_cannot_be_written(floor: Floor, lie: dict[str, object]) -> None:
    ticket_id = await floor.report()
    with pytest.raises(IntegrityError):
        async with floor.db.write() as tx:
            await tx.execute(update(Ticket).where(col(Ticket.id) == ticket_id).values(**lie))


async def test_not_ours_is_said_with_the_reason(floor: Floor) -> None:
    ticket_id = await floor.report("complaint", "other")
    await floor.do(closing.decline, ticket_id, floor["li"], "已进入诉讼，请向法院反映。")
    assert (await floor.ticket(ticket_id)).status == "declined"
    assert await floor.keys() == ["told.declined"]
    with pytest.raises(Refusal, match=r"reopen\.not_yours"):
        await floor.do(closing.reopen, ticket_id, floor["li"], "弄错了")
    await floor.do(closing.reopen, ticket_id, floor["zhou"], "弄错了")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.result) == ("handling", None)


async def test_a_satisfied_reporter_s_word_strikes_it_off(floor: Floor) -> None:
    ticket_id = await settled(floor)
    await floor.do(closing.rate, ticket_id, "contact:1", "mostly", "")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.proof) == ("struck_off", "confirmation")


async def test_dissatisfied_opens_it_once_with_a_new_owner(floor: Floor) -> None:
    ticket_id = await settled(floor)
    await floor.do(closing.rate, ticket_id, "contact:1", "unsatisfied", "还是不让走")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.redone, found.result) == ("assigned", 1, None)
    assert found.assignee_id != floor["zhao"].id
    await floor.do(closing.resolve, ticket_id, floor["zhou"], "已当面说明", outcome="explained")
    await floor.do(closing.rate, ticket_id, "contact:1", "unsatisfied", "不认可")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.redone) == ("resolved", 1), "a second time it is the supervisor's"
    assert (await floor.events(ticket_id)).count("reopened") == 1


async def test_a_callback_is_tried_three_times_on_working_days(floor: Floor) -> None:
    ticket_id = await settled(floor, "complaint", "conduct")
    async with floor.db.read() as tx:
        first = await asked.last(tx, ticket_id)
    assert first is not None and first.due_at - floor.clock() < timedelta(days=1), "Sunday noon; asked on Monday"
    for _ in range(4):
        await floor.tick(days=1)
    async with floor.db.read() as tx:
        last = await asked.last(tx, ticket_id)
    assert last is not None and (last.tries, last.status) == (3, "unreached")
    assert (await floor.keys()).count("told.callback") == 3
    with pytest.raises(Refusal, match=r"callback\.none"):
        await floor.do(closing.called, ticket_id, floor["li"])


async def test_a_clerk_who_calls_notes_what_was_said(floor: Floor) -> None:
    ticket_id = await settled(floor, "complaint", "conduct")
    await floor.do(closing.called, ticket_id, floor["li"])
    await floor.do(closing.rate, ticket_id, f"staff:{floor['li'].id}", "satisfied", "电话说满意", by=floor["li"])
    async with floor.db.read() as tx:
        last = await asked.last(tx, ticket_id)
    assert last is not None
    assert (last.tries, last.satisfaction, last.staff_id) == (1, "satisfied", floor["li"].id)
    assert (await floor.ticket(ticket_id)).proof == "confirmation"
