"""The life of a pass through its verbs: who may do what when, and what is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from hotline.passes import applying, blocks, deciding, ending, face, keys, wishes
from hotline.passes.offers import holding, offers
from hotline.passes.telling import AUDIENCE
from locales.words import LANGUAGES, Refusal, render
from locales.words import keys as worded
from storage import attachments, firms
from storage import passes as ledger
from storage.database import Database
from storage.models import Attachment, Contact, Outbox, Pass, Staff
from tests.conftest import StillClock
from tests.support import passes as support
from tests.support.passes import CITY, NANGUAN, by_day, wish

pytestmark = pytest.mark.usefixtures("packs")


class Bureau:
    """People, ledger and clock; each deed is one transaction."""

    def __init__(self, db: Database, clock: StillClock, staff: dict[str, Staff], people: dict[str, Contact]):
        self.db, self.clock, self.staff, self.people = db, clock, staff, people

    def __getitem__(self, login: str) -> Staff:
        return self.staff[login]

    async def do(self, verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        async with self.db.write() as tx:
            return await verb(tx, *given, self.clock(), **more)

    async def refused(self, verb: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> str:
        with pytest.raises(Refusal) as no:
            await self.do(verb, *given, **more)
        assert all(render(language, no.value.say) for language in LANGUAGES)
        return no.value.key

    async def apply(self, who: str = "driver", **changed: Any) -> int:
        return (await self.do(applying.apply, self.people[who], wish(self.clock(), **changed))).id or 0

    async def pass_(self, pass_id: int) -> Pass:
        async with self.db.read() as tx:
            return await tx.get_one(Pass, pass_id)

    async def events(self, pass_id: int) -> list[str]:
        async with self.db.read() as tx:
            return [event.kind for event in await ledger.events(tx, pass_id)]

    async def told(self, who: str = "driver") -> list[str]:
        async with self.db.read() as tx:
            query = select(Outbox).where(col(Outbox.contact_id) == self.people[who].id).order_by(col(Outbox.id))
            return [row.key for row in await tx.scalars(query)]


@pytest.fixture
async def bureau(db: Database, clock: StillClock) -> Bureau:
    async with db.write() as tx:
        people = {name: await support.contact(tx, name, clock()) for name in ("driver", "clerk", "stranger")}
        await support.firm(tx, people["clerk"], clock())
        return Bureau(db, clock, await support.hired(tx, clock()), people)


async def firm_of(bureau: Bureau) -> int:
    async with bureau.db.read() as tx:
        [(firm, _)] = await firms.of_contact(tx, bureau.people["clerk"].id or 0)
        return firm.id or 0


async def test_applied_granted_and_told(bureau: Bureau, clock: StillClock) -> None:
    one = await bureau.apply()
    waits = await bureau.pass_(one)
    assert (waits.state, waits.division, waits.due_at - clock()) == ("applied", "220104", timedelta(hours=2))
    assert (waits.number, waits.payload, waits.trailer) == (None, None, None)
    await bureau.do(deciding.approve, bureau["li"], one)
    done = await bureau.pass_(one)
    assert (done.state, done.number, done.decided_by) == ("issued", "220100000001", bureau["li"].id)
    assert (done.valid_from, done.valid_until) == (clock(), clock() + timedelta(days=10))
    assert done.basis == {"pack": "test-pass-need", "cite": "t#二"}
    assert await bureau.events(one) == ["applied", "issued"]
    assert await bureau.told() == ["pass.told.issued"]
    async with bureau.db.read() as tx:
        seen = face.read(face.address_of(done.payload or "", "https://example.com"), await keys.public(tx))
    assert (seen.state, seen.face and seen.face.number, seen.face and seen.face.plate) == (
        "sound", done.number, "吉A12345",
    )  # fmt: skip


async def test_a_renewal_begins_where_the_old_one_ends(bureau: Bureau, clock: StillClock) -> None:
    one = await bureau.apply()
    await bureau.do(deciding.approve, bureau["li"], one)
    assert await bureau.refused(applying.apply, bureau.people["driver"], wish(clock())) == "pass.apply.live"
    clock.pass_(days=9, hours=5, seconds=31)
    old = await bureau.pass_(one)
    again = wishes.renewal_of(old, clock())
    two = (await bureau.do(applying.apply, bureau.people["driver"], again)).id or 0
    assert await bureau.refused(applying.apply, bureau.people["driver"], again) == "pass.apply.waiting"
    assert (await bureau.pass_(one)).state == "issued"
    await bureau.do(deciding.approve, bureau["li"], two)
    old, new = await bureau.pass_(one), await bureau.pass_(two)
    assert (old.state, new.state, new.number) == ("superseded", "issued", "220100000002")
    assert timedelta() <= old.ended_at - new.valid_from < timedelta(minutes=1)  # type: ignore[operator]
    assert await bureau.events(one) == ["applied", "issued", "superseded"]
    elsewhere = wishes.renewal_of(new, clock(), destination=NANGUAN)
    assert await bureau.refused(applying.apply, bureau.people["driver"], elsewhere) == "pass.apply.otherwise"
    strange = wishes.renewal_of(new, clock())
    assert await bureau.refused(applying.apply, bureau.people["stranger"], strange) == "pass.unknown"


async def test_a_stranger_hears_no_number(bureau: Bureau, clock: StillClock) -> None:
    one = await bureau.apply()
    assert await bureau.refused(applying.apply, bureau.people["stranger"], wish(clock())) == "pass.apply.taken"
    await bureau.do(deciding.approve, bureau["li"], one)
    assert await bureau.refused(applying.apply, bureau.people["stranger"], wish(clock())) == "pass.apply.taken"
    assert await bureau.refused(applying.withdraw, one, bureau.people["stranger"]) == "pass.unknown"


async def test_two_people_must_agree_and_the_reviewer_says_until_when(bureau: Bureau, clock: StillClock) -> None:
    who, until = bureau.people["driver"], clock() + timedelta(days=3)
    one = (await bureau.do(applying.apply, who, by_day(clock()))).id or 0
    assert await bureau.refused(deciding.approve, bureau["zhou"], 0) == "pass.unknown"
    await bureau.do(deciding.approve, bureau["li"], one, valid_until=until)
    assert ((await bureau.pass_(one)).state, await bureau.told()) == ("checked", [])
    assert await bureau.refused(deciding.approve, bureau["li"], one, valid_until=until) == "pass.two_people"
    assert await bureau.refused(deciding.approve, bureau["wang"], one) == "pass.until.missing"
    assert await bureau.refused(deciding.approve, bureau["wang"], one, valid_until=clock()) == "pass.until.over"
    await bureau.do(deciding.approve, bureau["wang"], one, valid_until=until)
    done = await bureau.pass_(one)
    assert (done.state, done.number, done.valid_until, done.uses) == ("issued", "220200000001", until, "once")
    assert (done.checked_by, done.decided_by) == (bureau["li"].id, bureau["wang"].id)
    assert await bureau.events(one) == ["applied", "checked", "issued"]


async def test_plain_goods_of_a_verified_firm_are_granted_at_once(bureau: Bureau, clock: StillClock) -> None:
    firm = await firm_of(bureau)
    one = await bureau.apply("clerk", goods="daily", firm_id=firm)
    done = await bureau.pass_(one)
    assert (done.state, done.automatic, done.decided_by) == ("issued", True, None)
    assert (done.basis or {})["cite"] == "t#四"
    assert await bureau.told("clerk") == []  # the turn itself says it
    assert (await bureau.pass_(await bureau.apply("driver", goods="daily", plate="吉A20001"))).state == "applied"
    assert await bureau.refused(
        applying.apply, bureau.people["driver"], wish(clock(), firm_id=firm, plate="吉A20002")
    ) == "pass.apply.firm"  # fmt: skip


async def test_samples_of_what_was_granted_at_once(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    firm, codes = await firm_of(bureau), iter(f"SAMPLE{n:06d}" for n in range(99))
    monkeypatch.setattr("hotline.decisions.new_code", lambda: next(codes))
    made = [await bureau.apply("clerk", goods="daily", firm_id=firm, plate=f"吉A3000{n}") for n in range(8)]
    due = [one for one in made if (await bureau.pass_(one)).sample == "due"]
    assert 0 < len(due) < 8
    kept, gone = due[:2]
    await bureau.do(deciding.look_at, bureau["li"], kept, keeps=True)
    assert await bureau.refused(deciding.look_at, bureau["li"], gone, keeps=False, cite="t#二", words="不实") == (
        "pass.not_yours"
    )
    await bureau.do(deciding.look_at, bureau["zhou"], gone, keeps=False, cite="t#二", words="不实")
    assert [(p.state, p.sample) for p in [await bureau.pass_(one) for one in (kept, gone)]] == [
        ("issued", "kept"), ("revoked", "revoked"),
    ]  # fmt: skip
    assert await bureau.refused(deciding.look_at, bureau["zhou"], gone, keeps=True) == "pass.sample.done"
    assert await bureau.told("clerk") == ["pass.told.revoked"]


async def test_without_serials_it_waits_for_a_person(db: Database, clock: StillClock) -> None:
    async with db.write() as tx:
        owner = await support.contact(tx, "clerk", clock())
        firm = await support.firm(tx, owner, clock())
        staff = await support.hired(tx, clock(), serials=0)
        one = await applying.apply(tx, owner, wish(clock(), goods="daily", firm_id=firm.id), clock())
        assert (one.state, one.number) == ("applied", None)
        with pytest.raises(Refusal, match=r"pass\.block\.none"):
            await deciding.approve(tx, staff["li"], one.id or 0, clock())
        await blocks.allot(tx, staff["boss"], "220000", 7, 7, "省里", clock())
        assert (await deciding.approve(tx, staff["li"], one.id or 0, clock())).number == "220000000007"


async def test_what_is_missing_is_told_at_one_time(bureau: Bureau, clock: StillClock) -> None:
    who = bureau.people["driver"]
    bare = by_day(clock(), crew=(), trailer=None, goods_words=None)
    with pytest.raises(Refusal) as no:
        await bureau.do(applying.apply, who, bare)
    assert no.value.key == "pass.apply.missing"
    assert [one.key for one in no.value.facts["what"]] == [
        "pass.missing.goods_words", "pass.missing.crew", "pass.missing.test", "pass.missing.trailer",
    ]  # fmt: skip
    assert await bureau.refused(applying.apply, who, wish(clock(), facts={"controlled": False})) == (
        "pass.apply.not_needed"
    )
    for changed, key in WRONG:
        assert await bureau.refused(applying.apply, who, wish(clock(), **changed)) == f"pass.apply.{key}", changed
    for hours, key in ((-2, "from"), (24 * 32, "from")):
        asked = wish(clock(), from_wished=clock() + timedelta(hours=hours))
        assert await bureau.refused(applying.apply, who, asked) == f"pass.apply.{key}"
    asked = wish(clock(), until_wished=clock() - timedelta(hours=1))
    assert await bureau.refused(applying.apply, who, asked) == "pass.apply.until"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"destination": "310101", "origin": "310101"}, "none"),
    ({"scheme": "nothing"}, "none"),
    ({"destination": "999999"}, "route"),
    ({"via": ("220102",) * 9}, "route"),
    ({"colour": "pink"}, "colour"),
    ({"plate": "吉B1234挂"}, "colour"),
    ({"trailer": "吉A12346"}, "trailer"),
    ({"goods": "gold"}, "goods"),
    ({"crew": ({"name": " "},)}, "crew"),
    ({"crew": ({"name": "张三"},) * 5}, "crew"),
]


async def test_sent_back_once_and_completed(bureau: Bureau, clock: StillClock) -> None:
    who = bureau.people["driver"]
    one = await bureau.apply(until_wished=clock() + timedelta(hours=5))
    assert await bureau.refused(deciding.send_back, bureau["li"], one, [], "请补") == "pass.return.what"
    await bureau.do(deciding.send_back, bureau["li"], one, ["plate", "crew"], "车牌和行驶证不一致，请核对")
    assert await bureau.told() == ["pass.told.returned"]
    assert await bureau.refused(applying.apply, who, wish(clock())) == "pass.apply.waiting.returned"
    clock.pass_(hours=3)
    fixed = wish(clock(), plate="吉A54321", crew=({"name": "李四"},), goods="daily", destination=NANGUAN)
    done = await bureau.do(applying.complete, one, who, fixed)
    assert (done.state, done.plate, done.crew, done.goods, done.destination) == (
        "applied", "吉A54321", [{"name": "李四"}], "farming", "220104",
    )  # fmt: skip
    assert (done.claim, done.due_at - clock(), done.from_wished) == (
        "pass_need/吉A54321/yellow/210102-220104", timedelta(hours=2), clock(),
    )  # fmt: skip
    assert await bureau.apply()  # the truck that it was not is free again
    assert await bureau.refused(deciding.send_back, bureau["li"], one, ["photos"], "还差照片") == "pass.return.once"
    await bureau.do(deciding.send_back, bureau["li"], one, ["crew"], "姓名写全")
    clock.pass_(hours=3)
    late = wish(clock(), crew=({"name": "李四四"},), until_wished=clock() - timedelta(hours=1))
    assert await bureau.refused(applying.complete, one, who, late) == "pass.apply.until"
    await bureau.do(applying.complete, one, who, wish(clock(), crew=({"name": "李四四"},)))
    assert await bureau.events(one) == ["applied", "returned", "completed", "returned", "completed"]
    assert await bureau.refused(applying.complete, one, who, fixed) == "pass.state.otherwise"


async def test_completed_onto_another_truck_that_has_one(bureau: Bureau, clock: StillClock) -> None:
    who = bureau.people["driver"]
    one, _ = await bureau.apply(), await bureau.apply(plate="吉A54321")
    await bureau.do(deciding.send_back, bureau["li"], one, ["plate"], "核对车牌")
    wrong = wish(clock(), plate="吉A54321")
    assert await bureau.refused(applying.complete, one, who, wrong) == "pass.apply.waiting"
    assert (await bureau.pass_(one)).plate == "吉A12345"


async def test_refused_withdrawn_revoked(bureau: Bureau, clock: StillClock) -> None:
    who, li, zhou = bureau.people["driver"], bureau["li"], bureau["zhou"]
    one = await bureau.apply()
    assert await bureau.refused(deciding.refuse, li, one, "x#1", "不符合") == "pass.basis.unknown"
    assert await bureau.refused(deciding.refuse, li, one, "t#二", " ") == "desk.words_missing"
    await bureau.do(deciding.refuse, li, one, "t#二", "货物和运单不一致")
    assert await bureau.refused(applying.withdraw, one, who) == "pass.state.otherwise"
    two = await bureau.apply()
    await bureau.do(applying.withdraw, two, who)
    assert await bureau.refused(deciding.approve, li, two) == "pass.state.otherwise"
    three = await bureau.apply()
    await bureau.do(deciding.approve, li, three)
    assert await bureau.refused(deciding.revoke, li, three, "t#三", "转借") == "pass.not_yours"
    await bureau.do(deciding.revoke, zhou, three, "t#三", "转借")
    assert await bureau.refused(deciding.revoke, zhou, three, "t#三", "转借") == "pass.state.otherwise"
    assert [(await bureau.pass_(n)).state for n in (one, two, three)] == ["refused", "withdrawn", "revoked"]
    assert await bureau.told() == ["pass.told.refused", "pass.told.issued", "pass.told.revoked"]
    again = wishes.renewal_of(await bureau.pass_(three), clock())
    assert await bureau.refused(applying.apply, who, again) == "pass.state.otherwise"
    async with bureau.db.read() as tx:
        rows = (await tx.scalars(select(Outbox).order_by(col(Outbox.id)))).all()
    assert render("zh_CN", rows[0].facts["clause"] and _say(rows[0].facts["clause"])) == (
        "《保供通行证管理办法（测试）》 测试〔2025〕1号 第二项 测试交通运输局 2025-01-01"
    )


def _say(kept: Any) -> Any:
    from locales.words import from_json

    return from_json(kept)


async def test_the_clock_reminds_a_day_before_and_ends(bureau: Bureau, clock: StillClock) -> None:
    one = await bureau.apply()
    await bureau.do(deciding.approve, bureau["li"], one)
    assert await bureau.do(ending.end) == {"reminded": 0, "ended": 0}
    clock.pass_(days=9)
    assert await bureau.do(ending.end) == {"reminded": 1, "ended": 0}
    assert await bureau.do(ending.end) == {"reminded": 0, "ended": 0}
    clock.pass_(days=1)
    assert await bureau.do(ending.end) == {"reminded": 0, "ended": 1}
    over = await bureau.pass_(one)
    assert (over.state, over.ended_at) == ("expired", over.valid_until)
    assert await bureau.told() == ["pass.told.issued", "pass.told.ending", "pass.told.expired"]
    two = (await bureau.do(applying.apply, bureau.people["driver"], wishes.renewal_of(over, clock()))).id or 0
    await bureau.do(deciding.approve, bureau["li"], two)
    assert ((await bureau.pass_(one)).state, (await bureau.pass_(two)).state) == ("expired", "issued")


async def test_who_is_elsewhere_sees_nothing(bureau: Bureau, clock: StillClock) -> None:
    one = await bureau.apply()
    async with bureau.db.write() as tx:
        far = Staff(
            login="far", name="far", password_hash="-", role="supervisor", division="210000", language="zh_CN",
            created_at=clock(),
        )  # fmt: skip
        gate = Staff(
            login="gate", name="gate", password_hash="-", role="checkpoint", division="220100", language="zh_CN",
            created_at=clock(),
        )  # fmt: skip
        tx.add_all((far, gate))
    for nobody in (far, gate):
        assert await bureau.refused(deciding.approve, nobody, one) == "pass.unknown"


async def test_photos_stay_with_the_pass(bureau: Bureau, clock: StillClock) -> None:
    async with bureau.db.write() as tx:
        photo = Attachment(
            channel="web",
            account="main",
            address="driver",
            ref="r",
            status="wanted",
            created_at=clock(),
            due_at=clock(),
        )
        tx.add(photo)
        await tx.flush()
        one = await applying.apply(tx, bureau.people["driver"], wish(clock(), photos=[photo.id or 0]), clock())
        assert [kept.id for kept in await attachments.of_about(tx, f"pass:{one.id}")] == [photo.id]


def test_whose_bureau_issues() -> None:
    from tests.conftest import NOON

    day = NOON.date()
    assert {o.scheme: o.division for o in offers("210102", "220104", day)}["pass_need"] == "220104"
    assert {o.scheme: o.division for o in offers("220104", "210102", day)}["pass_need"] == "220104"
    assert {o.scheme: o.pack.id for o in offers("220104", "220202", day)}["pass_need"] == "test-two-steps"
    assert [holding(*ends) for ends in (
        ("220104", "220104"), ("220104", "220102"), ("220104", "220202"), ("220104", "210102"),
    )] == ["220104", CITY, "220000", "220000"]  # fmt: skip


def test_every_event_and_state_is_worded() -> None:
    wanted = {f"pass.event.{kind}" for kind in AUDIENCE} | {told.key for told in AUDIENCE.values() if told.key}
    wanted |= {f"pass.missing.{name}" for name in (*deciding.MISSING, *wishes.FIELDS)}
    assert wanted <= worded("zh_CN")
    assert set(deciding.MISSING) == set(wishes.FIELDS)
