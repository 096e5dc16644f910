"""Firms: registered, verified, joined by code, acted for, and left; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from handlers.jobs import JOBS
from hotline.firms import acting_for, fleet, inviting, members, registering, verifying
from hotline.firms.registering import Entry, grams_of
from hotline.firms.telling import AUDIENCE
from hotline.formats.credit_codes import check_of
from hotline.passes.standing import may_act
from locales.words import LANGUAGES, Refusal, Say, keys, render
from storage import attachments, firms, invitations, turns
from storage.database import Database
from storage.files import Kept
from storage.firms import Wanted
from storage.models import Attachment, Contact, Firm, FirmEvent, Member, Outbox, Pass, Staff
from tests.conftest import StillClock
from tests.desk.test_facilities import hire

HOME = "220100"
USCC = "91220102MA17W5XK22"
OTHER = "91220106MA0000001B"
YEAR_END = date(2026, 12, 31)


def code_of(serial: int) -> str:
    """The serial-th made-up credit code."""
    return (body := f"91220102MA{serial:07d}") + check_of(body)


@dataclass
class Yard:
    """The ledger, the clock, and the people: each deed is one transaction."""

    db: Database
    clock: StillClock
    lead: Staff

    async def who(self, name: str) -> Contact:
        async with self.db.write() as tx:
            return await turns.contact_at(tx, "web", "main", name, "zh_CN", self.clock())

    async def photo(self, name: str, sha: str = "a") -> int:
        who = await self.who(name)
        async with self.db.write() as tx:
            kept = Kept(sha256=sha * 64, media_type="image/jpeg", size=10)
            return await attachments.keep(tx, who.channel, who.account, who.address, kept, self.clock())

    async def do(self, verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        async with self.db.write() as tx:
            return await verb(tx, *given, self.clock(), **more)

    async def refused(self, verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> str:
        with pytest.raises(Refusal) as no:
            await self.do(verb, *given, **more)
        for language in LANGUAGES:
            assert render(language, no.value.say)
        return no.value.key

    async def entry(
        self, by: str = "owner", uscc: str = USCC, name: str = "长春远行物流有限公司", **more: Any
    ) -> Entry:
        usual = {
            "division": "220102",
            "contact_name": "张远行",
            "phone": "13812345678",
            "photos": [await self.photo(by)],
        }
        return Entry(**{"uscc": uscc, "name": name} | usual | more)

    async def register(self, by: str = "owner", uscc: str = USCC, **more: Any) -> Firm:
        return await self.do(registering.register, await self.who(by), await self.entry(by, uscc, **more), HOME)

    async def join(self, who: str, firm: Firm, role: str = "driver", by: str = "owner", **more: Any) -> Member:
        if role == "agent":
            more = {"authority_until": YEAR_END, "photos": [await self.photo(by, "b")]} | more
        made = await self.do(inviting.invite, await self.who(by), firm.id, role, **more)
        return (await self.do(members.join, await self.who(who), made.code, "李四"))[1]

    async def passed(self, firm: Firm, who: str) -> int:
        """A pass in the firm's name, as it lies in the ledger."""
        contact, now = await self.who(who), self.clock()
        made = Pass(
            code="CARDAAAAAAAA", scheme="pass_need", pack="x", pack_version="1", division=HOME, claim="x",
            firm_id=firm.id, contact_id=contact.id or 0, plate="吉A12345", colour="yellow", goods="daily",
            origin="210102", destination="220104", via=[], facts={}, from_wished=now, uses="many", steps=1, missing=[],
            applied_at=now, due_at=now, changed_at=now,
        )  # fmt: skip
        async with self.db.write() as tx:
            await firms.keep(tx, made)
        return made.id or 0

    async def heard(self, who: str) -> list[str]:
        contact = await self.who(who)
        async with self.db.read() as tx:
            rows = await tx.scalars(select(Outbox).where(col(Outbox.contact_id) == contact.id).order_by(col(Outbox.id)))
            return [row.key for row in rows]

    async def events(self, firm: Firm) -> list[str]:
        async with self.db.read() as tx:
            rows = await tx.scalars(
                select(FirmEvent).where(col(FirmEvent.firm_id) == firm.id).order_by(col(FirmEvent.id))
            )
            return [row.kind for row in rows]

    async def acts(self, who: str) -> list[str]:
        async with self.db.read() as tx:
            return [firm.uscc for firm, _ in await acting_for(tx, await self.who(who), self.clock())]

    async def firm(self, firm: Firm) -> Firm:
        async with self.db.read() as tx:
            return await tx.get_one(Firm, firm.id)


on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What asks the same of either database; where they differ (races, lists, sealing), both are played."""


@pytest.fixture
async def yard(db: Database, clock: StillClock) -> Yard:
    return Yard(db, clock, await hire(db, clock, "wang", "supervisor"))


# Registering


async def test_a_firm_is_registered_verified_and_told(yard: Yard) -> None:
    firm = await yard.register()
    assert (firm.state, firm.division, firm.desk) == ("registered", "220102", "220102")
    assert await yard.acts("owner") == [USCC]
    driver = await yard.join("driver", firm)
    assert await yard.refused(verifying.verify, yard.lead, firm.id, []) == "firm.how.missing"
    await yard.do(verifying.verify, yard.lead, firm.id, ["phone", "registry"])
    firm = await yard.firm(firm)
    assert (firm.state, firm.decided_by) == ("verified", yard.lead.id)
    assert "firm.told.verified" in await yard.heard("owner")
    assert "firm.told.verified" in await yard.heard("driver")
    assert await yard.refused(verifying.verify, yard.lead, firm.id, ["visit"]) == "firm.state.already"
    assert await yard.events(firm) == ["registered", "invited", "joined", "verified"]
    assert driver.role == "driver"


async def test_what_rests_on_the_disk_tells_no_name_and_no_number(yard: Yard) -> None:
    firm = await yard.register()
    await yard.join("driver", firm)
    async with yard.db.read() as tx:
        rows = (await tx.execute(text("SELECT contact_name, phone FROM firm"))).all()
        rows += (await tx.execute(text("SELECT name FROM firm_member"))).all()
        events = (await tx.scalars(select(FirmEvent))).all()
    kept = b"".join(bytes(value) for row in rows for value in row)
    assert "张远行".encode() not in kept
    assert b"13812345678" not in kept
    assert "李四" not in str([event.facts for event in events])


@on_one
async def test_a_firm_from_elsewhere_is_verified_by_this_desk(yard: Yard) -> None:
    firm = await yard.register(division="370100")
    assert (firm.division, firm.desk) == ("370100", HOME)
    county = await hire(yard.db, yard.clock, "zhao", "supervisor", division="220104")
    assert await yard.refused(verifying.verify, county, firm.id, ["visit"]) == "firm.not_your_desk"
    clerk = await hire(yard.db, yard.clock, "li", "clerk")
    assert await yard.refused(verifying.verify, clerk, firm.id, ["visit"]) == "firm.not_your_desk"
    await yard.do(verifying.verify, yard.lead, firm.id, ["visit"])


@on_one
async def test_what_a_firm_cannot_be_is_refused(yard: Yard) -> None:
    async def no(**changed: Any) -> str:
        return await yard.refused(registering.register, owner, await yard.entry(**changed), HOME)

    owner = await yard.who("owner")
    assert await no(uscc="91220102MA17W5XK23") == "credit_code.check"
    assert await no(name="13812345678") == "firm.name.refused"
    assert await no(name="货") == "firm.name.refused"
    assert await no(division="000000") == "firm.division.refused"
    assert await no(division="999999") == "firm.division.refused"
    assert await no(contact_name="138") == "name.refused"
    assert await no(phone="110") == "mobile.refused"
    assert await no(photos=[]) == "firm.photos.missing"
    assert await no(photos=[1, 2, 3, 4, 5, 6, 7]) == "question.photos.full"


async def test_nobody_shows_another_ones_photo(yard: Yard) -> None:
    his = await yard.photo("somebody", "c")
    entry = await yard.entry(photos=[his])
    assert await yard.refused(registering.register, await yard.who("owner"), entry, HOME) == "firm.photos.missing"
    firm = await yard.register()
    async with yard.db.read() as tx:
        assert (await tx.get_one(Attachment, his)).about is None
        assert len(await attachments.of_about(tx, f"firm:{firm.id}")) == 1


async def test_one_code_is_one_firm(yard: Yard) -> None:
    firm = await yard.register()
    again = await yard.entry("other")
    assert await yard.refused(registering.register, await yard.who("owner"), again, HOME) == "firm.photos.missing"
    assert (
        await yard.refused(registering.register, await yard.who("owner"), await yard.entry(), HOME)
        == "firm.taken.yours"
    )
    assert await yard.refused(registering.register, await yard.who("other"), again, HOME) == "firm.taken.registered"
    await yard.do(verifying.verify, yard.lead, firm.id, ["registry"])
    assert await yard.refused(registering.register, await yard.who("other"), again, HOME) == "firm.taken.verified"
    await yard.do(verifying.suspend, yard.lead, firm.id, ["lent"], "")
    assert await yard.refused(registering.register, await yard.who("other"), again, HOME) == "firm.taken.suspended"


async def test_two_who_register_the_same_firm_at_once_make_one(yard: Yard) -> None:
    tries = [yard.register(f"owner{n}") for n in range(4)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Firm) for one in found) == 1
    assert {one.key for one in found if isinstance(one, Refusal)} == {"firm.taken.registered"}


@on_one
async def test_nobody_hoards_firms(yard: Yard) -> None:
    for serial in range(registering.MOST_WAITING):
        await yard.register(uscc=code_of(serial))
    entry = await yard.entry(uscc=code_of(99))
    assert await yard.refused(registering.register, await yard.who("owner"), entry, HOME) == "firm.too_many"


@on_one
async def test_what_was_refused_is_put_right(yard: Yard) -> None:
    firm, owner = await yard.register(), await yard.who("owner")
    assert await yard.refused(verifying.refuse, yard.lead, firm.id, [], "") == "firm.ground.missing"
    assert await yard.refused(verifying.refuse, yard.lead, firm.id, ["other"], " ") == "firm.words.missing"
    assert await yard.refused(verifying.refuse, yard.lead, firm.id, ["other"], "长" * 301) == "question.text.too_long"
    await yard.do(verifying.refuse, yard.lead, firm.id, ["mismatch", "unreadable"], "少了两个字")
    assert "firm.told.refused" in await yard.heard("owner")
    assert await yard.acts("owner") == []
    why = render("zh_CN", verifying.reason(await yard.firm(firm)))
    assert why == "照片看不清，请重拍；填的和执照上的不一样；少了两个字"
    assert await yard.refused(inviting.invite, owner, firm.id, "driver") == "firm.stopped.refused"
    right = await yard.entry(name="长春远行货运物流有限公司", photos=[])
    await yard.do(registering.correct, owner, firm.id, right, HOME)
    firm = await yard.firm(firm)
    assert (firm.state, firm.grounds, firm.why, firm.name) == ("registered", None, None, "长春远行货运物流有限公司")
    assert await yard.refused(registering.correct, owner, firm.id, right, HOME) == "firm.unchanged"
    assert await yard.refused(registering.correct, await yard.who("x"), firm.id, right, HOME) == "firm.unknown"
    assert await yard.events(firm) == ["registered", "refused", "corrected"]


@on_one
async def test_a_verified_firm_that_changes_waits_again(yard: Yard) -> None:
    firm = await yard.register()
    await yard.do(verifying.verify, yard.lead, firm.id, ["registry"])
    await yard.do(registering.correct, await yard.who("owner"), firm.id, await yard.entry(phone="13900000000"), HOME)
    assert (await yard.firm(firm)).state == "registered"


async def test_a_refused_firm_may_be_registered_by_whom_it_belongs_to(yard: Yard) -> None:
    """Somebody else's licence was used first; the genuine owner begins with an empty house."""
    firm = await yard.register("thief")
    await yard.join("mate", firm, by="thief")
    await yard.do(fleet.add, await yard.who("thief"), firm.id, "吉A12345", "yellow", None)
    code = (await yard.do(inviting.invite, await yard.who("thief"), firm.id, "driver")).code
    await yard.do(verifying.refuse, yard.lead, firm.id, ["not_theirs"], "")
    anew = await yard.register("owner")
    assert anew.follows_id == firm.id
    async with yard.db.read() as tx:
        assert await firms.members(tx, firm.id or 0) == await firms.vehicles(tx, firm.id or 0) == []
        assert [one.role for one in await firms.members(tx, anew.id or 0)] == ["owner"]
        assert [one.id for one in await firms.page(tx, Wanted(("000000", "999999")), 9)] == [anew.id]
        assert [one.id for one in await firms.page(tx, Wanted(("000000", "999999"), grams=grams_of("远行")), 9)] == [
            anew.id
        ]
    assert await yard.refused(verifying.verify, yard.lead, firm.id, ["visit"]) == "firm.ended"
    assert await yard.acts("thief") == []
    assert "firm.told.anew" in await yard.heard("thief")
    assert "firm.told.anew" in await yard.heard("mate")
    assert await yard.refused(members.join, await yard.who("x"), code, "王五") == "firm.join.gone"
    assert (
        await yard.refused(registering.correct, await yard.who("thief"), firm.id, await yard.entry(), HOME)
        == "firm.unknown"
    )


# Joining


@on_one
async def test_who_invites_whom(yard: Yard) -> None:
    firm = await yard.register()
    owner = await yard.who("owner")
    await yard.join("clerk", firm, "clerk")
    await yard.join("agent", firm, "agent")
    await yard.join("driver", firm, count=50)
    await yard.join("boss", firm, "owner")
    clerk, agent, driver = [await yard.who(name) for name in ("clerk", "agent", "driver")]
    await yard.do(inviting.invite, clerk, firm.id, "driver")
    for role in ("clerk", "owner"):
        assert await yard.refused(inviting.invite, clerk, firm.id, role) == "firm.not_yours"
    assert await yard.refused(inviting.invite, agent, firm.id, "driver") == "firm.not_yours"
    assert await yard.refused(inviting.invite, driver, firm.id, "driver") == "firm.not_yours"
    assert await yard.refused(inviting.invite, owner, firm.id, "clerk", count=2) == "firm.invite.count"
    assert await yard.refused(inviting.invite, owner, firm.id, "driver", count=51) == "firm.invite.count"
    assert await yard.acts("clerk") == await yard.acts("agent") == await yard.acts("boss") == [USCC]
    assert await yard.acts("driver") == []


@on_one
async def test_an_agent_needs_a_day_and_a_paper(yard: Yard) -> None:
    firm, owner = await yard.register(), await yard.who("owner")
    paper = await yard.photo("owner", "b")

    async def no(**more: Any) -> str:
        return await yard.refused(inviting.invite, owner, firm.id, "agent", **more)

    assert await no() == "firm.authority.missing"
    assert await no(authority_until=YEAR_END) == "firm.authority.photo"
    assert await no(authority_until=YEAR_END, photos=[await yard.photo("x")]) == "firm.authority.photo"
    assert await no(authority_until=date(2026, 2, 28), photos=[paper]) == "firm.authority.day"
    assert await no(authority_until=date(2027, 3, 3), photos=[paper]) == "firm.authority.day"
    agent = await yard.join("agent", firm, "agent")
    async with yard.db.read() as tx:
        assert [one.id for one in await attachments.of_about(tx, f"member:{agent.id}")] == [paper]


async def test_a_code_is_used_as_often_as_it_says_and_no_more(yard: Yard) -> None:
    firm = await yard.register()
    made = await yard.do(inviting.invite, await yard.who("owner"), firm.id, "driver", count=3)
    people = [await yard.who(f"driver{n}") for n in range(6)]
    tries = [yard.do(members.join, one, made.code, "李四") for one in people]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, tuple) for one in found) == 3
    assert {one.key for one in found if isinstance(one, Refusal)} == {"firm.join.gone"}


@on_one
async def test_whoever_is_in_joins_only_as_something_more(yard: Yard) -> None:
    firm = await yard.register()
    made = await yard.do(inviting.invite, await yard.who("owner"), firm.id, "driver", count=5)
    driver = await yard.who("driver")
    await yard.do(members.join, driver, made.code, "李四")
    assert await yard.refused(members.join, driver, made.code, "李四") == "firm.join.already"
    assert await yard.refused(members.join, await yard.who("owner"), made.code, "张") == "firm.join.already"
    clerk = await yard.do(inviting.invite, await yard.who("owner"), firm.id, "clerk")
    await yard.do(members.join, driver, clerk.code, "李四")
    async with yard.db.read() as tx:
        assert [one.role for one in await firms.members(tx, firm.id or 0)] == ["owner", "clerk"]
        assert sum(one.left_over for one in await invitations.of_firm(tx, firm.id or 0, yard.clock())) == 4


@on_one
async def test_a_code_ends_after_a_week_when_it_is_taken_back_and_with_its_maker(yard: Yard) -> None:
    firm, owner = await yard.register(), await yard.who("owner")
    await yard.join("clerk", firm, "clerk")
    clerk, driver = await yard.who("clerk"), await yard.who("driver")
    old = await yard.do(inviting.invite, owner, firm.id, "driver")
    yard.clock.pass_(days=7)
    assert await yard.refused(members.join, driver, old.code, "李四") == "firm.join.gone"
    mine, his = [await yard.do(inviting.invite, one, firm.id, "driver") for one in (owner, clerk)]
    assert await yard.refused(inviting.void, clerk, firm.id, mine.id) == "firm.join.gone"
    async with yard.db.read() as tx:
        assert [one.id for one in await inviting.codes(tx, clerk, firm.id or 0, yard.clock())] == [his.id]
        assert len(await inviting.codes(tx, owner, firm.id or 0, yard.clock())) == 2
    await yard.do(inviting.void, owner, firm.id, mine.id)
    assert await yard.refused(members.join, driver, mine.code, "李四") == "firm.join.gone"
    await yard.do(members.leave, clerk, firm.id)
    assert await yard.refused(members.join, driver, his.code, "李四") == "firm.join.gone"
    for _ in range(inviting.MOST_LIVE):
        await yard.do(inviting.invite, owner, firm.id, "driver")
    assert await yard.refused(inviting.invite, owner, firm.id, "driver") == "firm.invite.too_many"


@on_one
async def test_wrong_codes_run_out(yard: Yard) -> None:
    firm = await yard.register()
    made = await yard.do(inviting.invite, await yard.who("owner"), firm.id, "driver")
    driver = await yard.who("driver")
    for _ in range(inviting.TRIES):
        no = await yard.do(inviting.look, driver, "ABCDEFGHJKMN")
        assert isinstance(no, Say)
        assert no.key == "firm.join.wrong"
    assert (await yard.do(inviting.look, driver, made.code)).key == "firm.join.too_often"
    yard.clock.pass_(minutes=11)
    assert (await yard.do(inviting.look, driver, made.code))[1].id == firm.id
    await yard.do(verifying.suspend, yard.lead, firm.id, ["asked"], "")
    assert (await yard.do(inviting.look, driver, made.code)).key == "firm.stopped.suspended"
    assert await yard.refused(members.join, driver, made.code, "李四") == "firm.stopped.suspended"


# Leaving


async def test_the_only_owner_leaves_last(yard: Yard) -> None:
    firm, owner = await yard.register(), await yard.who("owner")
    member = await yard.join("driver", firm)
    assert await yard.refused(members.leave, owner, firm.id) == "firm.leave.last_owner"
    async with yard.db.read() as tx:
        mine = await firms.member(tx, firm.id or 0, owner.id or 0)
    assert mine is not None
    assert await yard.refused(members.remove, owner, firm.id, mine.id) == "firm.member.yourself"
    assert await yard.refused(members.remove, await yard.who("driver"), firm.id, mine.id) == "firm.not_yours"
    await yard.do(members.remove, owner, firm.id, member.id)
    assert await yard.refused(members.remove, owner, firm.id, member.id) == "firm.member.gone"
    assert "firm.told.removed" in await yard.heard("driver")
    await yard.do(members.leave, owner, firm.id)
    assert await yard.refused(members.leave, owner, firm.id) == "firm.unknown"
    heir = await yard.register("heir")
    assert await yard.events(firm) == ["registered", "invited", "joined", "removed", "left", "anew"]
    assert await yard.events(heir) == ["registered"]


async def test_an_owner_who_lost_his_account_is_struck_and_registers_anew(yard: Yard) -> None:
    firm = await yard.register()
    await yard.join("driver", firm)
    await yard.do(verifying.verify, yard.lead, firm.id, ["registry"])
    async with yard.db.read() as tx:
        lost = (await firms.members(tx, firm.id or 0))[0]
    clerk = await hire(yard.db, yard.clock, "li", "clerk")
    assert await yard.refused(members.strike, clerk, firm.id, lost.id) == "firm.not_your_desk"
    await yard.do(members.strike, yard.lead, firm.id, lost.id)
    assert await yard.refused(members.strike, yard.lead, firm.id, lost.id) == "firm.member.gone"
    driver, passed = await yard.who("driver"), await yard.passed(firm, "driver")
    between = await yard.register("somebody quick")
    assert "firm.told.anew" in await yard.heard("driver")
    await yard.do(verifying.refuse, yard.lead, between.id, ["not_theirs"], "")
    anew = await yard.register("owner again")
    assert (anew.state, anew.follows_id) == ("registered", between.id)

    async def acting() -> list[bool]:
        async with yard.db.read() as tx:
            found = await tx.get_one(Pass, passed)
            who = [driver, await yard.who("somebody quick"), await yard.who("owner again")]
            return [await may_act(tx, found, one, yard.clock()) for one in who]

    assert await acting() == [False, False, False], "what was the firm's is nobody's until the new owner is verified"
    await yard.do(verifying.verify, yard.lead, anew.id, ["visit"])
    assert await acting() == [False, False, True]


@on_one
async def test_a_clerk_takes_out_drivers_alone(yard: Yard) -> None:
    firm = await yard.register()
    clerk, driver = await yard.join("clerk", firm, "clerk"), await yard.join("driver", firm)
    other = await yard.join("clerk2", firm, "clerk")
    his = await yard.who("clerk")
    assert await yard.refused(members.remove, his, firm.id, other.id) == "firm.not_yours"
    await yard.do(members.remove, his, firm.id, driver.id)
    assert clerk.left_at is None


# Acting


@on_one
async def test_an_agent_acts_until_his_last_day(yard: Yard) -> None:
    firm = await yard.register()
    agent = await yard.join("agent", firm, "agent", authority_until=date(2026, 3, 5))
    passed = await yard.passed(firm, "agent")

    async def may() -> bool:
        async with yard.db.read() as tx:
            return await may_act(tx, await tx.get_one(Pass, passed), await yard.who("agent"), yard.clock())

    yard.clock.pass_(days=4, hours=11)  # 23:00 of the last day
    assert await yard.acts("agent") == [USCC]
    assert await may()
    yard.clock.pass_(hours=1)
    assert await yard.acts("agent") == []
    assert not await may(), "what he applied for is the firm's"
    owner, paper = await yard.who("owner"), await yard.photo("owner", "d")
    assert await yard.refused(members.extend, owner, firm.id, agent.id, YEAR_END, []) == "firm.authority.photo"
    assert (
        await yard.refused(members.extend, owner, firm.id, agent.id, date(2026, 3, 5), [paper]) == "firm.authority.day"
    )
    await yard.do(members.extend, owner, firm.id, agent.id, YEAR_END, [paper])
    assert await yard.acts("agent") == [USCC]
    assert await may()
    assert "firm.told.extended" in await yard.heard("agent")


@on_one
async def test_the_end_of_an_authority_is_told_once_before_and_once_after(yard: Yard) -> None:
    firm = await yard.register()
    await yard.join("agent", firm, "agent", authority_until=date(2026, 3, 10))
    job = next(job for job in JOBS if job.name == "authorities")
    yard.clock.pass_(days=5)
    for _ in range(6):
        yard.clock.pass_(days=1)
        for _ in range(2):
            await yard.do(job.run)
    told = [key for key in await yard.heard("agent") if "authority" in key]
    assert told == ["firm.told.authority_ending", "firm.told.authority_over"]
    assert told == [key for key in await yard.heard("owner") if "authority" in key]


@on_one
async def test_a_stopped_firm_applies_no_more_until_it_is_restored(yard: Yard) -> None:
    firm = await yard.register()
    await yard.do(verifying.verify, yard.lead, firm.id, ["registry"])
    await yard.do(verifying.suspend, yard.lead, firm.id, ["cancelled"], "")
    assert await yard.acts("owner") == []
    assert (
        await yard.refused(registering.correct, await yard.who("owner"), firm.id, await yard.entry(), HOME)
        == "firm.stopped.suspended"
    )
    assert await yard.refused(verifying.refuse, yard.lead, firm.id, ["mismatch"], "") == "firm.state.already"
    await yard.do(verifying.verify, yard.lead, firm.id, ["registry"])
    assert await yard.acts("owner") == [USCC]
    assert [key for key in await yard.heard("owner") if "told" in key][-2:] == [
        "firm.told.suspended",
        "firm.told.restored",
    ]
    assert await yard.events(firm) == ["registered", "verified", "suspended", "restored"]


# Vehicles


async def test_a_truck_is_taken_in_and_out(yard: Yard) -> None:
    firm, owner = await yard.register(), await yard.who("owner")
    truck = await yard.do(fleet.add, owner, firm.id, "吉a·12345 吉B1234挂", "yellow", None)
    assert (truck.plate, truck.trailer) == ("吉A12345", "吉B1234挂")
    assert await yard.refused(fleet.add, owner, firm.id, "吉A12345", "yellow", None) == "firm.vehicle.there"
    blue = await yard.do(fleet.add, owner, firm.id, "吉A12345", "blue", None)
    assert await yard.refused(fleet.add, owner, firm.id, "吉B1234挂", "yellow", None) == "firm.vehicle.trailer_alone"
    assert await yard.refused(fleet.add, owner, firm.id, "吉A54321", "yellow", "吉A12345") == "plate.trailer"
    assert await yard.refused(fleet.add, owner, firm.id, "吉A54321", "pink", None) == "firm.vehicle.colour"
    await yard.join("driver", firm)
    assert (
        await yard.refused(fleet.add, await yard.who("driver"), firm.id, "吉A54321", "yellow", None) == "firm.not_yours"
    )
    other = await yard.register("other", OTHER)
    assert await yard.refused(fleet.retire, await yard.who("other"), other.id, blue.id) == "firm.vehicle.gone"
    await yard.do(fleet.retire, owner, firm.id, blue.id)
    assert await yard.refused(fleet.retire, owner, firm.id, blue.id) == "firm.vehicle.gone"
    async with yard.db.read() as tx:
        assert [one.colour for one in await firms.vehicles(tx, firm.id or 0)] == ["yellow"]
        assert [one.id for one in await firms.with_truck(tx, "吉A12345", 9)] == [firm.id]


def test_every_event_is_recorded_and_worded() -> None:
    """As tests/test_house.py asks it of tickets."""
    worded = keys("zh_CN")
    assert {f"firms.event.{kind}" for kind in AUDIENCE} - worded == set()
    assert {told.key for told in AUDIENCE.values() if told.key} - worded == set()
    source = "".join(file.read_text("utf-8") for file in Path(registering.__file__).parent.glob("*.py"))
    assert [kind for kind in AUDIENCE if source.count(f'"{kind}"') < 2] == []


def test_the_likely_colours_of_a_plate() -> None:
    """GA 36-2018."""
    assert fleet.likely_colours("吉A12345") == ("yellow", "blue")
    assert fleet.likely_colours("吉AD12345") == ("green",)
    assert fleet.likely_colours("吉A12345D") == ("yellow_green",)
    assert fleet.likely_colours("粤Z1234港") == ("black",)


# Finding


async def test_firms_are_found_by_name_and_listed_page_by_page(yard: Yard) -> None:
    names = ["长春远行物流有限公司", "长春宏图货运有限公司", "农安县远行农资合作社", "Changchun Yuanxing Logistics"]
    for serial, name in enumerate(names):
        division = "220122" if "农安" in name else "220102"
        await yard.register(f"owner{serial}", code_of(serial), name=name, division=division)

    async def found(words: str, bounds: tuple[str, str] = ("220100", "220199"), **more: Any) -> list[str]:
        async with yard.db.read() as tx:
            return [one.name for one in await firms.page(tx, Wanted(bounds, grams=grams_of(words), **more), 50)]

    assert await found("远行") == [names[0], names[2]]
    assert await found("远行", ("220102", "220102")) == [names[0]]
    assert await found("宏图货运") == [names[1]]
    assert await found("yuanxing") == [names[3]]
    assert await found("不在") == []
    async with yard.db.read() as tx:
        for by_age, order in ((False, (0, 1, 3, 2)), (True, (0, 1, 2, 3))):
            jilin = Wanted(("220000", "229999"), "registered", by_age=by_age)
            first = await firms.page(tx, jilin, 2)
            last = first[-1]
            rest = await firms.page(tx, replace(jilin, after=(last.desk, last.id or 0)), 5)
            assert [one.name for one in (*first, *rest)] == [names[n] for n in order]


async def test_a_new_name_is_found_and_the_old_one_is_not(yard: Yard) -> None:
    firm = await yard.register()
    changed = await yard.entry(name="长春宏图货运有限公司")
    await yard.do(registering.correct, await yard.who("owner"), firm.id, changed, HOME)
    async with yard.db.read() as tx:
        everywhere = ("000000", "999999")
        assert await firms.page(tx, Wanted(everywhere, grams=grams_of("远行")), 5) == []
        assert len(await firms.page(tx, Wanted(everywhere, grams=grams_of("宏图")), 5)) == 1
