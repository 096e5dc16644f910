"""Who may read which pass, in free words too: its applicant, his firm, the desk of the place; nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.pass_replies import _form
from hotline.passes import applying, deciding, reading
from hotline.passes.reading import Named
from hotline.rules.journeys import extent, journey_facts
from hotline.rules.shelf import FOLDER, read
from storage.database import Database
from storage.models import Member
from tests.conftest import NOON
from tests.support import passes as support
from tests.support.passes import wish

pytestmark = pytest.mark.usefixtures("packs")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("220100000017", Named(number="220100000017")),
        ("证号 220100-000017 还有效吗", Named(number="220100000017")),
        ("220100 000017", Named(number="220100000017")),
        ("吉A12345 的通行证", Named(plate="吉A12345")),
        ("https://example.com/passes/ABCDEFGHJKMN", Named(code="ABCDEFGHJKMN")),
        ("220100-20260301-1-000011", None),
        ("13812345678", None),
        ("11010519491231002X", None),
        ("你好", None),
    ],
)
def test_what_names_a_pass(text: str, named: Named | None) -> None:
    assert reading.find(text) == named


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("我要办个通行证", "apply_pass"), ("帮我申请一张通行证，吉A12345", "apply_pass"), ("办理通行证", "apply_pass"),
        ("apply for a pass", "apply_pass"), ("通行证到期了，续办", "renew"), ("通行证延期", "renew"),
        ("补交材料", "complete_pass"), ("通行证不办了", "withdraw_pass"),
        ("怎么办通行证？", None), ("通行证怎么办理", None),
        ("要不要办通行证", None), ("我想问去四平拉货要不要办通行证", None), ("在收费站被拦，说要通行证", None),
        ("你好", None),
    ],
)  # fmt: skip
def test_what_somebody_wants_of_a_pass(text: str, form: str | None) -> None:
    assert _form(text) == form


async def test_who_may_read_it(db: Database) -> None:
    later = NOON + timedelta(hours=1)
    async with db.write() as tx:
        names = ("driver", "owner", "wheel", "desk", "far", "stranger")
        who = {name: await support.contact(tx, name, NOON) for name in names}
        firm = await support.firm(tx, who["owner"], NOON)
        tx.add(
            Member(
                firm_id=firm.id or 0, contact_id=who["wheel"].id or 0, role="driver", consented_at=NOON, joined_at=NOON
            )
        )
        staff = await support.hired(tx, NOON)
        staff["li"].contact_id, staff["wang"].contact_id = who["desk"].id, who["far"].id
        staff["wang"].division = "210000"
        await tx.flush()
        own = await applying.apply(tx, who["driver"], wish(NOON), NOON)
        of_firm = await applying.apply(tx, who["owner"], wish(NOON, plate="吉A54321", firm_id=firm.id), NOON)
        await deciding.approve(tx, staff["zhou"], of_firm.id or 0, later)
    seen = {"driver": {own.id}, "owner": {of_firm.id}, "wheel": {of_firm.id}, "desk": {own.id, of_firm.id}}
    async with db.read() as tx:
        for name in names:
            found = set()
            for one in (own, of_firm):
                by_plate = await reading.named(tx, Named(plate=one.plate), who[name], later)
                assert not one.number or by_plate == await reading.named(tx, Named(number=one.number), who[name], later)
                found |= {row.id for row in by_plate}
            assert found == seen.get(name, set()), name
        assert [one.id for one in await reading.named(tx, Named(code=own.code), who["stranger"], later)] == [own.id]
        assert [one.id for one in await reading.mine(tx, who["owner"], later, 8)] == [of_firm.id]
        assert await reading.mine(tx, who["wheel"], later, 8) == []


async def test_the_list_goes_on_by_keyset(db: Database) -> None:
    async with db.write() as tx:
        owner = await support.contact(tx, "owner", NOON)
        firm = await support.firm(tx, owner, NOON)
        made = [
            (
                await applying.apply(
                    tx, owner, wish(NOON, plate=f"吉A{20000 + n}", firm_id=[None, firm.id][n % 2]), NOON
                )
            ).id
            for n in range(11)
        ]
    async with db.read() as tx:
        first = [one.id for one in await reading.mine(tx, owner, NOON, 4)]
        second = [one.id for one in await reading.mine(tx, owner, NOON, 4, before=first[-1])]
    assert first + second == sorted(made, reverse=True)[:8]  # type: ignore[type-var]


def test_the_times_of_an_oversize_pass_are_those_of_article_15() -> None:
    written = read(FOLDER / "cn-oversize-2016.toml").written
    issuing = written.issuing
    assert issuing is not None
    for class_, n in (("I", 1), ("II", 2), ("III", 3)):
        own, across = written.parameters[f"days_{n}"].values[0], written.parameters[f"days_{n}_cross"].values[0]
        assert issuing.decide_within_of[class_] == f"{own.value}wd"
        assert issuing.decide_within_across[class_] == f"{across.value}wd"
    assert issuing.issued_by == "way"


def test_what_a_journey_tells_by_itself() -> None:
    ends = (("220104", "220104"), ("220104", "220102"), ("220104", "220202"), ("220104", "210102"))
    assert [extent(*both) for both in ends] == ["within_county", "cross_county", "cross_city", "cross_province"]
    known = journey_facts("210102", "220104", NOON.date(), "pass_need")
    assert known == {"crosses_province": True, "extent": "cross_province", "destination_has_scheme": True}
