"""A day's worth of invented, plausible tickets, so that a newcomer sees the desk at work."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import House
from handlers.commands.demo_passes import invent_passes
from handlers.commands.directory import take_over
from handlers.staff import passwords
from hotline import closing, point_sheet, points, roster, tickets
from hotline.blockages import KINDS
from hotline.formats.places import parse_place
from storage import directory as rows
from storage import staff as people
from storage import turns
from storage.models import Contact, Staff, Ticket

DAY = tomllib.loads(Path(__file__).with_name("demo.toml").read_text("utf-8"))
"""Places, words and answers, all invented; the plates belong to nobody."""

DIRECTORY = Path(__file__).with_name("demo_directory")
"""An invented bureau as sheets, the same that `python -m bot directory import` reads."""

OF_POINTS = "220100"
POINTS = Path(__file__).with_name("demo_points.csv")
"""Invented service points around this bureau's city, confirmed today."""


async def invent(house: House) -> None:
    """Fill an empty ledger with yesterday noon until now; a ledger that has tickets is left alone."""
    dice = random.Random(20220520)  # noqa: S311 - the same day each time, no secret
    now = house.now()
    async with house.db.write() as tx:
        if await tx.get(Ticket, 1) is not None:
            return
        await _set_up_directory(tx, house, now)
        clerks = [await _clerk(tx, house, login, name, now) for login, name in DAY["clerks"].items()]
        for number in range(DAY["tickets"]):
            opened = (
                now - timedelta(minutes=1440 * (1 - number / DAY["tickets"])) - timedelta(seconds=dice.randrange(600))
            )
            await _story(tx, house, number, clerks, dice, opened)


async def _set_up_directory(tx: AsyncSession, house: House, now: datetime) -> None:
    """An invented city bureau with everybody who works there and who is on duty today."""
    for one in DAY["people"]:
        await _hire(tx, house, one["login"], one["name"], one["role"], now)
    admins = await rows.admins(tx) or [await _hire(tx, house, "demo", "演示管理员", "admin", now)]
    await take_over(tx, house.settings, DIRECTORY, admins[0], now)
    for one in DAY["people"]:
        member, department = await people.by_login(tx, one["login"]), await rows.by_code(tx, one["department"])
        assert member is not None
        assert department is not None
        member.department_id, member.division = department.id, department.division
    starts = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=4)
    for code, login in DAY["on_duty"].items():
        member, department = await people.by_login(tx, login), await rows.by_code(tx, code)
        assert member is not None
        assert department is not None
        await roster.add(tx, admins[0], department, member, starts, starts + timedelta(hours=12), now)
    if points.may(admins[0], OF_POINTS):
        text = POINTS.read_text("utf-8").replace("{today}", f"{points.today(now)}")
        await point_sheet.read(tx, admins[0], text, now)
        reviewer, gate = await people.by_login(tx, DAY["reviewer"]), await _gate(tx, house, now)
        assert reviewer is not None
        await invent_passes(tx, house, admins[0], reviewer, gate, now)


async def _gate(tx: AsyncSession, house: House, now: datetime) -> Staff:
    """Somebody at the roadside, who checks passes."""
    gate = await _hire(tx, house, DAY["gate"]["login"], DAY["gate"]["name"], "checkpoint", now)
    gate.division = DAY["gate"]["division"]
    await tx.flush()
    return gate


async def _clerk(tx: AsyncSession, house: House, login: str, name: str, now: datetime) -> Staff:
    return await _hire(tx, house, login, name, "clerk", now)


async def _hire(tx: AsyncSession, house: House, login: str, name: str, role: str, now: datetime) -> Staff:
    known = await people.by_login(tx, login)
    return known or await people.add(
        tx,
        Staff(
            login=login,
            name=name,
            password_hash=_unknown(),
            role=role,
            division=house.settings.default_division,
            language="zh_CN",
            created_at=now,
        ),
    )


@cache
def _unknown() -> str:
    """The hash of a password that nobody knows: these people are read about, an administrator lets them in."""
    return passwords.seal(passwords.one_time())


async def _story(
    tx: AsyncSession, house: House, number: int, clerks: list[Staff], dice: random.Random, opened: datetime
) -> None:
    """One ticket from its report to wherever it would stand by now."""
    scene = DAY["scenes"][number % len(DAY["scenes"])]
    driver = await _driver(tx, house, f"demo-{number}", opened)
    place = parse_place(scene["where"])
    plate = f"{dice.choice('吉辽黑蒙冀鲁')}{dice.choice('ABCDEF')}{dice.randrange(10_000, 100_000)}"
    answers: dict[str, Any] = {"what": scene["what"], "where": place.to_json(), "plate": plate}
    assert scene["what"] in KINDS, scene
    matter = tickets.Matter(
        kind="blockage",
        what=scene["what"],
        place=place,
        happened_at=opened - timedelta(minutes=dice.randrange(5, 40)),
        plate=plate,
        note=scene.get("note"),
        answers=answers,
    )
    ticket = await tickets.open(tx, driver, matter, house.settings.default_division, opened, house.settings.zone)
    assert ticket.id is not None
    for follower in range(scene.get("followers", 0)):
        at = opened + timedelta(minutes=follower + 1)
        await tickets.join(tx, ticket.id, await _driver(tx, house, f"demo-{number}-{follower}", at), at)
    await _work(tx, ticket.id, scene, dice.choice(clerks), opened, house.now(), dice)


async def _driver(tx: AsyncSession, house: House, address: str, now: datetime) -> Contact:
    return await turns.contact_at(tx, "web", house.settings.web_account, address, "zh_CN", now)


async def _work(
    tx: AsyncSession,
    ticket_id: int,
    scene: dict[str, Any],
    clerk: Staff,
    opened: datetime,
    now: datetime,
    dice: random.Random,
) -> None:
    steps: list[tuple[Callable[..., Awaitable[Ticket]], tuple[str, ...]]] = []
    is_old = now - opened > timedelta(minutes=DAY["settled_after_minutes"])
    if is_old or dice.random() < 0.8:
        steps.append((tickets.take, ()))
    steps += [(tickets.reply, (words,)) for words in scene.get("answers", ())]
    result = scene.get("result", DAY["settled"] if is_old else None)
    if result:
        steps.append((closing.resolve, (result,)))
    at = opened
    for verb, words in steps:
        at += timedelta(minutes=dice.randrange(4, 26))
        if at >= now:
            return
        await verb(tx, ticket_id, clerk, *words, at)
