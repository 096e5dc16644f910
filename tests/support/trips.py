"""Trips for tests: two packs that ask for a filing, a trip to file, and what staff do with trips in a dialogue.

`! 李 trip 1 enter` (load, leave), `! 李 trip 1 tell: words`, `! 李 trip 1 alert`, `! 李 trip 1 seen`,
`! 李 trip 1 stand-down: why`; what the desk refuses is heard by whoever tried it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.filings import alerting, moving, terms
from hotline.filings.filing import Trip
from hotline.rules import shelf
from storage import filings as ledger
from storage.models import Staff

FOLDER = Path(__file__).with_name("trip_packs")
SHENYANG, CHAOYANG, NANGUAN, YUSHU = "210102", "220104", "220102", "220182"
CREW = ({"name": "张三", "phone": "13800000001"},)

LINE = re.compile(
    r"^(?P<who>\S+) trip (?P<n>\d+) (?P<does>enter|load|leave|tell|alert|seen|stand-down)(?:: (?P<words>.*))?$"
)
STEPS = {"enter": moving.enter, "load": moving.load, "leave": moving.leave}


@pytest.fixture
def trip_packs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A city that asks for a filing six hours ahead, with crew and load, for 24 hours, at most 12 inside."""
    usual = shelf.folders
    monkeypatch.setattr(shelf, "folders", lambda: (*usual(), FOLDER))
    shelf.load()
    yield
    monkeypatch.undo()
    shelf.load()


def trip(now: datetime, **changed: Any) -> Trip:
    """Vegetables from Shenyang over Yushu to Changchun, there in ten hours and away eight hours later."""
    usual = Trip(
        origin=SHENYANG,
        destination=CHAOYANG,
        via=(YUSHU,),
        plate="辽A12345",
        colour="yellow",
        arrives_at=now + timedelta(hours=10),
        leaves_at=now + timedelta(hours=18),
        consignee="某某食品有限公司",
        goods="蔬菜",
        crew=CREW,
    )
    return replace(usual, **changed)


async def act(tx: AsyncSession, line: re.Match[str], by: Staff, now: datetime) -> None:
    """Do what the line says."""
    number, words = int(line["n"]), line["words"] or ""
    if line["does"] in STEPS:
        filing = await ledger.by_id(tx, number)
        assert filing is not None
        await STEPS[line["does"]](tx, filing, f"staff:{by.id}", now)
    elif line["does"] == "tell":
        await terms.tell(tx, by, number, words, now)
    elif line["does"] == "alert":
        await alerting.raise_alert(tx, by, number, now)
    elif line["does"] == "seen":
        await alerting.acknowledge(tx, by, number, now)
    else:
        await alerting.stand_down(tx, by, number, words, now)
