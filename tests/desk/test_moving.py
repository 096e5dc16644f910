"""How a ticket finds its department and moves between departments; its clocks go on meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from hotline import moving, tickets
from hotline.formats.places import parse_place
from locales.words import Refusal
from storage.models import Post, Section, Staff
from tests.desk.conftest import Floor


async def test_a_report_reaches_its_department_and_who_is_on_duty_there(floor: Floor) -> None:
    found = await floor.ticket(await floor.report())
    assert (found.status, found.department_id, found.assignee_id) == (
        "assigned", floor.cast.enforcement, floor["zhao"].id,
    )  # fmt: skip
    assert await floor.events(1) == ["opened", "routed"]


async def test_nobody_responsible_means_the_desk_s_own_queue(floor: Floor) -> None:
    found = await floor.ticket(await floor.report("consult", "relief"))
    assert (found.status, found.department_id, found.assignee_id) == ("accepted", None, None)


async def test_a_stretch_of_road_goes_to_its_chief(floor: Floor) -> None:
    """路长制, seed S4 4.3: the section's chief comes before the department of the kind."""
    async with floor.db.write() as tx:
        tx.add(Section(road="G12", from_m=0, to_m=400_000, department_id=floor.cast.toll, chief_id=floor["sun"].id))
    who = await floor.driver()
    async with floor.db.write() as tx:
        matter = tickets.Matter("blockage", "road_damage", floor.clock(), parse_place("G12 K123+400 往长春方向"))
        opened = await tickets.open(tx, who, matter, "220100", floor.clock())
    assert (opened.department_id, opened.assignee_id) == (floor.cast.toll, floor["sun"].id)


async def test_who_is_away_gets_nothing_and_b_stands_in(floor: Floor) -> None:
    async with floor.db.write() as tx:
        zhao = await tx.get_one(Staff, floor["zhao"].id)
        zhao.away_until = floor.clock() + timedelta(days=1)
        tx.add(zhao)
    found = await floor.ticket(await floor.report())
    assert (found.department_id, found.assignee_id) == (floor.cast.enforcement, None), "no B: the department's queue"
    async with floor.db.write() as tx:
        post = (await tx.scalars(select(Post).where(col(Post.a_id) == floor["zhao"].id))).one()
        post.b_id = floor["wang"].id
    assert (await floor.ticket(await floor.report(by="other"))).assignee_id == floor["wang"].id


async def test_passing_on_never_stops_a_clock(floor: Floor) -> None:
    ticket_id = await floor.report()
    before = await floor.ticket(ticket_id)
    floor.clock.pass_(minutes=20)
    await floor.do(moving.transfer, ticket_id, floor["li"], floor.cast.toll, "归收费站管")
    after = await floor.ticket(ticket_id)
    assert (after.department_id, after.assignee_id, after.status) == (floor.cast.toll, floor["sun"].id, "assigned")
    assert (after.first_response_due_at, after.resolution_due_at, after.due_at) == (
        before.first_response_due_at, before.resolution_due_at, before.due_at,
    )  # fmt: skip
    assert await floor.keys() == ["told.transferred"]
    with pytest.raises(Refusal, match="there_already"):
        await floor.do(moving.transfer, ticket_id, floor["li"], floor.cast.toll, "")


async def test_sending_back_needs_a_reason_and_happens_once(floor: Floor) -> None:
    ticket_id = await floor.report()
    with pytest.raises(Refusal, match="words_missing"):
        await floor.do(moving.send_back, ticket_id, floor["zhao"], "  ")
    with pytest.raises(Refusal, match=r"return\.not_yours"):
        await floor.do(moving.send_back, ticket_id, floor["sun"], "不是我们的")
    await floor.do(moving.send_back, ticket_id, floor["zhao"], "这是收费站的事")
    found = await floor.ticket(ticket_id)
    assert (found.status, found.department_id, found.returns) == ("accepted", None, 1)
    await floor.do(moving.transfer, ticket_id, floor["zhou"], floor.cast.enforcement, "请你处办理")
    with pytest.raises(Refusal, match=r"return\.twice"):
        await floor.do(moving.send_back, ticket_id, floor["zhao"], "还是不归我们")
    assert (await floor.ticket(ticket_id)).department_id == floor.cast.enforcement


async def test_a_department_that_helps_does_its_part_and_the_ticket_stays(floor: Floor) -> None:
    ticket_id = await floor.report()
    await floor.do(moving.ask_assist, ticket_id, floor["zhao"], floor.cast.toll, "请提供监控")
    with pytest.raises(Refusal, match=r"assist\.there_already"):
        await floor.do(moving.ask_assist, ticket_id, floor["zhao"], floor.cast.toll, "再请一次")
    with pytest.raises(Refusal, match=r"assist\.not_yours"):
        await floor.do(moving.assist, ticket_id, floor["li"], "已给")
    await floor.do(moving.assist, ticket_id, floor["sun"], "监控已给")
    assert (await floor.ticket(ticket_id)).department_id == floor.cast.enforcement
    assert await floor.events(ticket_id) == ["opened", "routed", "assist_asked", "assisted"]
    await floor.do(moving.ask_assist, ticket_id, floor["zhao"], floor.cast.toll, "还要一段")


async def test_what_somebody_held_who_left_goes_on_and_its_clock_with_it(floor: Floor) -> None:
    ticket_id = await floor.report()
    desks = await floor.report("consult", "relief", by="other")
    await floor.do(tickets.take, ticket_id, floor["zhao"])
    await floor.do(tickets.take, desks, floor["wang"])
    before = await floor.ticket(ticket_id)
    assert await handed_on(floor) == 0
    async with floor.db.write() as tx:
        for name in ("zhao", "wang"):
            (await tx.get_one(Staff, floor[name].id)).disabled_at = floor.clock()
        post = (await tx.scalars(select(Post).where(col(Post.a_id) == floor["zhao"].id))).one()
        post.b_id = floor["li"].id
    assert await handed_on(floor) == 2
    after = await floor.ticket(ticket_id)
    assert (after.status, after.department_id, after.assignee_id) == (
        "assigned", floor.cast.enforcement, floor["li"].id,
    )  # fmt: skip
    assert after.resolution_due_at == before.resolution_due_at
    assert (await floor.events(ticket_id))[-1] == "handed_on"
    waits = await floor.ticket(desks)
    assert (waits.status, waits.department_id, waits.assignee_id) == ("accepted", None, None)
    assert await handed_on(floor) == 0


async def handed_on(floor: Floor) -> int:
    async with floor.db.write() as tx:
        return await moving.hand_on(tx, floor.clock())
