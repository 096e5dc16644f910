"""What staff do in a dialogue, and the departments they belong to.

% department 长春交通 transport,road 220100 holder 赵承办 钱承办 under 吉林交通
! 李 takes 1                          ! 李 answers 1: words           ! 李 asks 1: words      ! 李 notes 1: words
! 李 resolves 1: words                ! 李 resolves 1 explained: words
! 李 declines 1: why                  ! 李 reopens 1: why
! 李 transfers 1 to 长春交通: why      ! 赵承办 sends back 1: why
! 李 merges 2,3 into 1                ! 李 splits 2
! 赵承办 asks 48 hours for 1: why      ! 王班长 grants 1               ! 王班长 refuses 1
! 王班长 reviews 1                     ! 王班长 reviews 1: why not      ! 李 strikes off 1 by document: words
! 李 calls back 1                      ! 李 calls back 1 unsatisfied: words

A name tells the role: 王班长 is a supervisor, 赵承办 a handler, 孙查验 at a checkpoint; anybody else is a clerk. What
the desk refuses is heard by whoever tried it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from hotline import closing, incidents, moving, tickets, timing
from storage import staff as people
from storage import tickets as ledger
from storage.models import Department, Post, Responsible, Staff

DIVISION = "220100"
ROLES = {"班长": "supervisor", "承办": "handler", "查验": "checkpoint"}
LEVELS = {"0000": "province", "00": "city"}

DEPARTMENT = re.compile(
    r"^department (?P<name>\S+) (?P<functions>\S+) (?P<division>\d{6})"
    r"(?: holder (?P<a>\S+)(?: (?!under )(?P<b>\S+))?)?(?: under (?P<above>\S+))?$"
)


async def member(tx: AsyncSession, name: str, now: datetime, department: Department | None = None) -> Staff:
    """The one of this name, who begins to work here when he is first spoken of."""
    role = next((role for ending, role in ROLES.items() if name.endswith(ending)), "clerk")
    hired = Staff(
        login=name, name=name, password_hash="-", role=role, division=DIVISION, language="zh_CN", created_at=now,
        department_id=department.id if department else None,
    )  # fmt: skip
    return await people.by_login(tx, name) or await people.add(tx, hired)


async def set_up(tx: AsyncSession, words: str, now: datetime) -> None:
    """A department with what it answers for, its post, and whom it lies under."""
    line = DEPARTMENT.match(words)
    assert line, words
    level = next((level for ending, level in LEVELS.items() if line["division"].endswith(ending)), "county")
    above = await _department(tx, line["above"]) if line["above"] else None
    fresh = Department(
        code=line["name"], name=line["name"], division=line["division"], level=level,
        parent_id=above.id if above else None,
    )  # fmt: skip
    tx.add(fresh)
    await tx.flush()
    for function in line["functions"].split(","):
        tx.add(Responsible(function=function, division=line["division"], department_id=fresh.id or 0))
    a, b = [await member(tx, name, now, fresh) if name else None for name in (line["a"], line["b"])]
    tx.add(Post(department_id=fresh.id or 0, name="值班", a_id=a.id if a else None, b_id=b.id if b else None))


async def _department(tx: AsyncSession, name: str) -> Department:
    return (await tx.scalars(select(Department).where(col(Department.name) == name))).one()


Act = Callable[[AsyncSession, Staff, re.Match[str], datetime], Awaitable[Any]]


async def _transfer(tx: AsyncSession, who: Staff, line: re.Match[str], now: datetime) -> None:
    department = await _department(tx, line["to"])
    await moving.transfer(tx, int(line["n"]), who, department.id or 0, line["words"] or "", now)


async def _extend(tx: AsyncSession, who: Staff, line: re.Match[str], now: datetime) -> None:
    ticket = await ledger.lock(tx, int(line["n"]))
    until = ticket.resolution_due_at + timedelta(hours=int(line["hours"]))
    await timing.ask_extension(tx, int(line["n"]), who, until, line["words"] or "", now)


async def _call(tx: AsyncSession, who: Staff, line: re.Match[str], now: datetime) -> None:
    n, how = int(line["n"]), line["how"]
    if how is None:
        await closing.called(tx, n, who, now)
    else:
        await closing.rate(tx, n, f"staff:{who.id}", how, line["words"] or "", now, by=who)


def _said(verb: Callable[..., Awaitable[Any]]) -> Act:
    return lambda tx, who, line, now: verb(tx, int(line["n"]), who, line["words"] or "", now)


def _done(verb: Callable[..., Awaitable[Any]]) -> Act:
    return lambda tx, who, line, now: verb(tx, int(line["n"]), who, now)


ACTS: dict[str, Act] = {
    r"takes (?P<n>\d+)": _done(tickets.take),
    r"answers (?P<n>\d+)": _said(tickets.reply),
    r"asks (?P<n>\d+)": _said(tickets.ask),
    r"notes (?P<n>\d+)": _said(tickets.note),
    r"declines (?P<n>\d+)": _said(closing.decline),
    r"reopens (?P<n>\d+)": _said(closing.reopen),
    r"sends back (?P<n>\d+)": _said(moving.send_back),
    r"splits (?P<n>\d+)": _done(incidents.split),
    r"transfers (?P<n>\d+) to (?P<to>[^\s:]+)": _transfer,
    r"resolves (?P<n>\d+)(?: (?P<outcome>[a-z]+))?": lambda tx, who, line, now: closing.resolve(
        tx, int(line["n"]), who, line["words"] or "", now, outcome=line["outcome"] or "solved"
    ),
    r"reviews (?P<n>\d+)": lambda tx, who, line, now: closing.review(
        tx, int(line["n"]), who, line["words"] is None, line["words"] or "", now
    ),
    r"strikes off (?P<n>\d+) by (?P<proof>[a-z]+)": lambda tx, who, line, now: closing.strike_off(
        tx, int(line["n"]), who, line["proof"], line["words"] or "", now
    ),
    r"merges (?P<ns>[\d,]+) into (?P<n>\d+)": lambda tx, who, line, now: incidents.merge_all(
        tx, map(int, line["ns"].split(",")), int(line["n"]), who, now
    ),
    r"asks (?P<hours>\d+) hours for (?P<n>\d+)": _extend,
    r"(?P<verdict>grants|refuses) (?P<n>\d+)": lambda tx, who, line, now: timing.decide_extension(
        tx, int(line["n"]), who, line["verdict"] == "grants", now
    ),
    r"calls back (?P<n>\d+)(?: (?P<how>[a-z]+))?": _call,
}


async def act(tx: AsyncSession, name: str, words: str, now: datetime) -> None:
    """Do what the line says; raises Refusal as the desk does."""
    for pattern, verb in ACTS.items():
        if (line := re.fullmatch(f"{pattern}(?:: (?P<words>.*))?", words)) is not None:
            return await verb(tx, await member(tx, name, now), line, now)
    raise AssertionError(words)
