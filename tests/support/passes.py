"""Two passes that nobody issues, on the shelf for a test, and everybody who has to do with them.

`packs` puts them on the shelf: 220100 grants medicine and daily goods at once to a verified firm and gives ten days;
220200 wants two people to agree, asks for tests and trailer, and the reviewer says until when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.passes import applying, blocks, deciding
from hotline.passes.wishes import Wish
from hotline.rules import shelf
from storage import staff as people
from storage import turns
from storage.models import Contact, Firm, Member, Pass, Staff

FOLDER = Path(__file__).with_name("pass_packs")
CITY, OTHER_CITY = "220100", "220200"
SHENYANG, CHAOYANG, NANGUAN, CHANGYI = "210102", "220104", "220102", "220202"
CREW = ({"name": "张三"},)


@pytest.fixture
def packs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two packs beside those that ship, whatever folder a house is told to use."""
    usual = shelf.folders
    monkeypatch.setattr(shelf, "folders", lambda: (*usual(), FOLDER))
    shelf.load()
    yield
    monkeypatch.undo()
    shelf.load()


def wish(now: datetime, **changed: Any) -> Wish:
    """Farming supplies from Shenyang to Changchun, which somebody looks at; `goods="daily"` is granted at once."""
    usual = Wish(
        scheme="pass_need",
        origin=SHENYANG,
        destination=CHAOYANG,
        plate="吉A12345",
        colour="yellow",
        goods="farming",
        from_wished=now,
        crew=CREW,
        facts={"controlled": True},
    )
    return replace(usual, **changed)


def by_day(now: datetime, **changed: Any) -> Wish:
    """To the other city by day: two people must agree."""
    crew = ({"name": "张三", "tested_at": (now - timedelta(hours=3)).isoformat()},)
    usual = wish(
        now, destination=CHANGYI, goods="other", goods_words="变压器", trailer="吉A1234挂", crew=crew,
        facts={"night": False},
    )  # fmt: skip
    return replace(usual, **changed)


async def contact(tx: AsyncSession, name: str, now: datetime) -> Contact:
    """Somebody on the web chat."""
    return await turns.contact_at(tx, "web", "main", name, "zh_CN", now)


async def firm(
    tx: AsyncSession, owner: Contact, now: datetime, *, state: str = "verified", uscc: str = "91220100MA0000001X"
) -> Firm:
    """A firm in whose name its owner applies."""
    made = Firm(
        uscc=uscc, name="某某物流有限公司", division=CITY, desk=CITY, contact_name="李四", phone="13800000000",
        state=state,
        why="停业" if state in ("refused", "suspended") else None,
        decided_at=None if state == "registered" else now, registered_at=now, changed_at=now,
    )  # fmt: skip
    tx.add(made)
    await tx.flush()
    tx.add(
        Member(
            firm_id=made.id or 0, contact_id=owner.id or 0, role="owner", name="李四", consented_at=now, joined_at=now
        )
    )
    await tx.flush()
    return made


async def hired(tx: AsyncSession, now: datetime, *, serials: int = 1000) -> dict[str, Staff]:
    """Reviewers li and wang of the province, supervisor zhou, administrator boss; each city has its block."""
    roles = {"li": "clerk", "wang": "clerk", "zhou": "supervisor", "boss": "admin"}
    staff = {
        login: await people.add(
            tx,
            Staff(
                login=login, name=login, password_hash="-", role=role, division="220000", language="zh_CN",
                created_at=now,
            ),
        )
        for login, role in roles.items()
    }  # fmt: skip
    if serials:
        for city in (CITY, OTHER_CITY):
            await blocks.allot(tx, staff["boss"], city, 1, serials, "测试〔2025〕9号", now)
    return staff


async def issued(tx: AsyncSession, who: Contact, by: Staff, now: datetime, **changed: Any) -> Pass:
    """A pass that somebody applied for and a reviewer granted."""
    pass_ = await applying.apply(tx, who, wish(now, **changed), now)
    return pass_ if pass_.state == "issued" else await deciding.approve(tx, by, pass_.id or 0, now)
