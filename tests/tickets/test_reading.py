"""Who may read what of a ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hotline import reading, tickets
from hotline.reading import TRIES, TRY_EVERY, Story
from locales.words import Say
from storage.database import Database
from storage.models import Contact
from tests.conftest import StillClock
from tests.tickets.desk import clerk, driver, report, ticket


async def read(db: Database, clock: StillClock, number: str, who: Contact, code: str | None = None) -> Any:
    async with db.write() as tx:
        found = await reading.read(tx, number, who, code, clock())
    return found.key if isinstance(found, Say) else found


async def words(
    db: Database, clock: StillClock, number: str, who: Contact, code: str | None = None
) -> list[str | None]:
    story = await read(db, clock, number, who, code)
    assert isinstance(story, Story)
    return [message.text for message in story.messages]


async def test_everybody_sees_the_desks_answers_and_only_his_own_words(db: Database, clock: StillClock) -> None:
    reporter, follower, stranger = [await driver(db, clock, name) for name in ("reporter", "follower", "stranger")]
    member = await clerk(db, clock)
    ticket_id = await report(db, clock, reporter, note="my number is 13812345678")
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
        await tickets.add_words(tx, ticket_id, follower, "the third lane", (), clock())
        await tickets.note(tx, ticket_id, member, "the station does not answer", clock())
        await tickets.reply(tx, ticket_id, member, "please wait", clock())
    found = await ticket(db, ticket_id)
    assert await words(db, clock, found.number, reporter) == ["my number is 13812345678", "please wait"]
    assert await words(db, clock, found.number, follower) == ["the third lane", "please wait"]
    assert await words(db, clock, found.number, stranger, found.code) == ["my number is 13812345678", "please wait"]


async def test_the_code_is_the_reporters_to_give(db: Database, clock: StillClock) -> None:
    reporter, follower, stranger = [await driver(db, clock, name) for name in ("reporter", "follower", "stranger")]
    ticket_id = await report(db, clock, reporter)
    async with db.write() as tx:
        await tickets.join(tx, ticket_id, follower, clock())
    found = await ticket(db, ticket_id)
    stories = [await read(db, clock, found.number, who, found.code) for who in (reporter, follower, stranger)]
    assert [story.is_reporter for story in stories] == [True, False, False]


async def test_a_right_code_costs_nothing(db: Database, clock: StillClock) -> None:
    reporter, stranger = await driver(db, clock, "reporter"), await driver(db, clock, "stranger")
    found = await ticket(db, await report(db, clock, reporter))
    for _ in range(TRIES * 3):
        assert isinstance(await read(db, clock, found.number, stranger, found.code), Story)


@pytest.mark.parametrize("code", [None, "", "12345", "1234567", "ABCDEF", "１２３４５６", "\u0661"])
async def test_what_is_no_code_opens_nothing(db: Database, clock: StillClock, code: str | None) -> None:
    reporter, stranger = await driver(db, clock, "reporter"), await driver(db, clock, "stranger")
    found = await ticket(db, await report(db, clock, reporter))
    assert await read(db, clock, found.number, stranger, code) == "ticket.code.wrong"


async def test_a_number_that_does_not_exist_reads_like_a_wrong_code(db: Database, clock: StillClock) -> None:
    stranger = await driver(db, clock, "stranger")
    answers = [await read(db, clock, "220100-20260301-1-000011", stranger, "123456") for _ in range(TRIES + 1)]
    assert answers == ["ticket.code.wrong"] * TRIES + ["ticket.code.too_many"]


async def test_many_people_together_may_not_guess_one_ticket(db: Database, clock: StillClock) -> None:
    found = await ticket(db, await report(db, clock, await driver(db, clock)))
    wrong = "000000" if found.code != "000000" else "111111"
    crowd = [await driver(db, clock, f"stranger {n}") for n in range(TRIES + 3)]
    answers = [await read(db, clock, found.number, who, wrong) for who in crowd]
    assert answers == ["ticket.code.wrong"] * TRIES + ["ticket.code.too_many"] * 3
    clock.at += TRY_EVERY
    answers = [await read(db, clock, found.number, who, wrong) for who in crowd[:2]]
    assert answers == ["ticket.code.wrong", "ticket.code.too_many"], "one more each ten minutes"


async def test_one_person_may_not_guess_many_tickets(db: Database, clock: StillClock) -> None:
    reporter, stranger = await driver(db, clock, "reporter"), await driver(db, clock, "stranger")
    found = [await ticket(db, await report(db, clock, reporter)) for _ in range(TRIES + 2)]
    answers = [await read(db, clock, one.number, stranger, "wrong") for one in found]
    assert answers == ["ticket.code.wrong"] * TRIES + ["ticket.code.too_many"] * 2
    assert isinstance(await read(db, clock, found[0].number, reporter), Story), "who reported it needs no code"


async def test_too_many_tries_says_how_long_to_wait(db: Database, clock: StillClock) -> None:
    stranger = await driver(db, clock, "stranger")
    found = await ticket(db, await report(db, clock, await driver(db, clock)))
    for _ in range(TRIES):
        await read(db, clock, found.number, stranger, "wrong")
    clock.pass_(minutes=4)
    async with db.write() as tx:
        said = await reading.read(tx, found.number, stranger, found.code, clock())
    assert isinstance(said, Say)
    assert said.facts == {"wait": TRY_EVERY - timedelta(minutes=4)}
