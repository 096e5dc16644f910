"""Clocks: what is owed next, warnings, 催办 up the levels, waiting, extensions, and a calendar that arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline import calendar, closing, recount, tickets, timing
from locales.words import Refusal
from storage.models import NEVER, Alarm
from tests.conftest import NOON
from tests.desk.conftest import Floor

M = timedelta(minutes=1)


async def test_first_the_answer_then_the_settlement_then_the_next_answer(floor: Floor) -> None:
    ticket_id = await floor.report()
    assert (await floor.ticket(ticket_id)).due_at == NOON + 30 * M
    await floor.do(tickets.reply, ticket_id, floor["zhao"], "正在协调")
    assert (await floor.ticket(ticket_id)).due_at == NOON + 120 * M
    floor.clock.pass_(minutes=10)
    await floor.do(tickets.add_words, ticket_id, await floor.driver(), "还堵着", ())
    assert (await floor.ticket(ticket_id)).due_at == NOON + 70 * M
    await floor.do(tickets.reply, ticket_id, floor["zhao"], "马上")
    assert (await floor.ticket(ticket_id)).due_at == NOON + 120 * M


async def test_a_late_matter_climbs_and_is_excused_once(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.tick(minutes=23)
    await floor.tick(minutes=8)
    for _ in range(4):
        await floor.tick(minutes=61)
    assert (await floor.events(ticket_id))[2:] == ["warned", "breached", "escalated"]
    found = await floor.ticket(ticket_id)
    assert (found.level, found.alarm_at) == (2, NEVER), "there is nobody above the province"
    assert await floor.keys() == ["told.breached"]
    async with floor.db.read() as tx:
        raised = (await tx.scalars(select(Alarm))).all()
    assert [(alarm.what, alarm.facts["level"]) for alarm in raised] == [("breach", 1), ("breach", 2)]


async def test_late_with_the_settlement_is_said_too(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(tickets.take, ticket_id, floor["zhao"])
    await floor.tick(minutes=95)
    await floor.tick(minutes=26)
    assert (await floor.events(ticket_id))[3:] == ["warned", "overdue"]
    assert await floor.keys() == ["told.taken", "told.overdue"]


async def test_waiting_for_the_reporter_stops_the_clocks(floor: Floor) -> None:
    ticket_id = await floor.report()
    floor.clock.pass_(minutes=20)
    await floor.do(tickets.ask, ticket_id, floor["zhao"], "请发一张限高牌的照片")
    assert (await floor.ticket(ticket_id)).due_at == NEVER
    await floor.tick(hours=5)
    assert (await floor.events(ticket_id))[-1] == "asked"
    await floor.do(tickets.add_words, ticket_id, await floor.driver(), "发了", ())
    found = await floor.ticket(ticket_id)
    assert (found.status, found.waiting_since) == ("handling", None)
    assert found.resolution_due_at == NOON + timedelta(hours=7)


async def test_a_reporter_who_stays_silent_is_brought_to_mind_once(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(tickets.ask, ticket_id, floor["zhao"], "请发照片")
    for _ in range(5):
        await floor.tick(days=1)
    assert (await floor.events(ticket_id)).count("silent") == 1


async def test_more_time_is_asked_before_it_runs_out_and_decided_by_another(floor: Floor) -> None:
    ticket_id, until = await floor.report(), NOON + timedelta(hours=5)
    for asked, reason, why in ((until, " ", "reason_missing"), (NOON + M, "等批复", "not_later")):
        with pytest.raises(Refusal, match=why):
            await floor.do(timing.ask_extension, ticket_id, floor["zhou"], asked, reason)
    await floor.do(timing.ask_extension, ticket_id, floor["zhou"], until, "等批复")
    with pytest.raises(Refusal, match="asked_already"):
        await floor.do(timing.ask_extension, ticket_id, floor["zhao"], until, "等批复")
    for nobody in ("zhao", "zhou"):
        with pytest.raises(Refusal, match=r"extension\.not_yours"):
            await floor.do(timing.decide_extension, ticket_id, floor[nobody], True)
    await floor.do(timing.decide_extension, ticket_id, floor["wu"], True)
    assert (await floor.ticket(ticket_id)).resolution_due_at == until
    assert await floor.keys() == ["told.extended"]
    with pytest.raises(Refusal, match=r"extension\.none"):
        await floor.do(timing.decide_extension, ticket_id, floor["wu"], True)


async def test_more_time_may_be_refused_and_never_comes_too_late(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(timing.ask_extension, ticket_id, floor["zhao"], NOON + timedelta(hours=5), "等批复")
    await floor.do(timing.decide_extension, ticket_id, floor["wu"], False)
    assert (await floor.ticket(ticket_id)).resolution_due_at == NOON + timedelta(hours=2)
    floor.clock.pass_(hours=2)
    with pytest.raises(Refusal, match="too_late"):
        await floor.do(timing.ask_extension, ticket_id, floor["zhao"], NOON + timedelta(hours=9), "等批复")
    assert await floor.keys() == []


async def test_a_calendar_that_arrives_moves_open_due_times(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket_id, closed = await floor.report("consult", "relief"), await floor.report("consult", "relief", by="other")
    await floor.do(closing.resolve, closed, floor["li"], "见政策第三条")
    before = await floor.do(recount.recount, None)
    assert before["moved"] == 0
    due = (await floor.ticket(ticket_id)).resolution_due_at
    monday = datetime(2026, 3, 2, tzinfo=UTC).date()
    old = calendar.load()
    new = calendar.Calendar(old.off | {monday}, old.work - {monday}, old.settled, old.hours, "with a holiday")
    monkeypatch.setattr(calendar, "load", lambda: new)
    after = await floor.do(recount.recount, before)
    assert (after["moved"], after["version"]) == (1, "with a holiday")
    assert (await floor.ticket(ticket_id)).resolution_due_at == due + timedelta(days=1)
    assert (await floor.events(ticket_id))[-1] == "recounted"
    assert (await floor.do(recount.recount, after))["moved"] == 0
