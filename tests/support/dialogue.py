"""A transcript that a clerk can read and sign, and the ways of playing it.

# a comment; `# language: en` sets what the clients prefer, `# on: 2022-05-01` the day (at noon)
> words                    the driver says something (or taps the choice that reads so)
王 > words                 another person says it
> @location 43.88,125.32   a position;  `> @photo` a photo;  `> @edit words` an edited message
> @old words               the choice that reads so on the bubble before the last one
% library                  the digests that ship are on the shelf
% passes                   two passes that nobody issues are on the shelf, with serials; see `tests/support/passes.py`
! 李 issues 吉A12345        the first who spoke gets a pass; see `tests/support/day_turns.py`
! 李 approves pass 1       reviewers approve, return, refuse and revoke; see `tests/support/pass_turns.py`
% department 长春交通 transport 220100 holder 赵承办    a department; see `tests/support/staff_turns.py`
! 李 answers 1: words      staff act on the first ticket: takes, asks, transfers, resolves ...; see the same file
! 李 closes 长春东收费站 G12: 原因    a clerk keeps the register of facilities: registers, closes, limits, opens
! 李 lists 充电站 某某充电站: 区划=南关区    a clerk keeps the register of service points; see `tests/support/points.py`
! 王班长 verifies 长春某某物流有限公司    a supervisor verifies, turns down or stops a firm; see tests/support/firms.py
! 李 trip 1 enter         staff note what happens on the first trip; see `tests/support/trips.py`
~ 40 minutes               time passes, and the clock's jobs run
< words [choice] [choice]  what the driver hears (王 < ... another person); `< (图) words` with a picture beside it
= ticket 1 blockage turned_back accepted urgent 1
= event 1 opened contact
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlmodel import col

from bot.clock import Clock
from handlers.jobs import JOBS
from hotline.library.shelf import put_up_digests
from locales.words import SHANGHAI, Refusal, render
from storage.database import Database
from storage.models import Ticket, TicketEvent
from tests.support import day_turns, facilities, firms, pass_turns, photo, points, staff_chat, staff_turns, trips

DRIVER = "司机"
_SPOKEN = re.compile(r"^(?:(?P<who>[^\s>~!=#%<]+) )?> (?P<words>.*)$")


@dataclass(frozen=True)
class Heard:
    """One bubble as a person got it."""

    who: str
    text: str
    choices: tuple[str, ...]
    picture: bool = False

    def __str__(self) -> str:
        who = "" if self.who == DRIVER else f"{self.who} "
        lines = self.text.split("\n")
        body = "\n".join([lines[0], *(f"  {line}" for line in lines[1:])])
        return " ".join([f"{who}< {'(图) ' if self.picture else ''}{body}", *(f"[{c}]" for c in self.choices)])


async def a_picture(*_: Any) -> bytes:
    """Any picture at all: transcripts say that there is one, and other tests look at it."""
    return photo.png(7, 64)


class Way(Protocol):
    """A channel, played as its users would use it."""

    async def say(self, who: str, words: str, language: str) -> None: ...
    async def hear(self) -> list[Heard]: ...


def read(script: Path) -> list[str]:
    """The lines that are played: everything but what is heard and what is checked at the end."""
    lines = script.read_text("utf-8").splitlines()
    return [line for line in lines if line[:1] in ("#", "~", "!", "%") or _SPOKEN.match(line) or line == ""]


def speakers(script: Path) -> list[str]:
    """Who speaks in a script; the driver always does."""
    named = (spoken["who"] for line in read(script) if (spoken := _SPOKEN.match(line)))
    return list(dict.fromkeys([DRIVER, *(who for who in named if who)]))


async def play(script: Path, way: Way, db: Database, clock: Any) -> str:
    """The whole transcript as it comes out."""
    language, out = "zh-CN", []
    for line in read(script):
        out.append(line)
        if line.startswith("# language:"):
            language = line.split(":")[1].strip()
        elif line.startswith("# on:"):
            clock.at = clock.at.combine(date.fromisoformat(line.split(":")[1].strip()), clock.at.timetz())
        elif line.startswith("~ "):
            await _pass(line[2:], db, clock)
        elif line == "% library":
            async with db.write() as tx:
                await put_up_digests(tx, clock())
        elif line == "% passes":
            async with db.write() as tx:
                await pass_turns.set_up(tx, clock())
        elif line.startswith("% "):
            async with db.write() as tx:
                await staff_turns.set_up(tx, line[2:], clock())
        elif line.startswith("! "):
            out += await _act(line[2:], db, clock)
        elif spoken := _SPOKEN.match(line):
            await way.say(spoken["who"] or DRIVER, spoken["words"], language)
        else:
            continue
        out += [str(bubble) for bubble in await way.hear()]
    while out and not out[-1].strip():
        out.pop()
    return "\n".join([*out, "", *await ledger(db)]) + "\n"


async def _pass(words: str, db: Database, clock: Any) -> None:
    amount, unit = words.split()
    clock.at += timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(amount)})
    runner = Clock(db, JOBS, clock, SHANGHAI)
    for job in JOBS:
        await runner.tick(job)


async def _act(words: str, db: Database, clock: Any) -> list[str]:
    """What one of the staff does; what he hears, when it is refused."""
    who, _, does = words.partition(" ")
    try:
        async with db.write() as tx:
            if (line := facilities.LINE.match(words)) is not None:
                await facilities.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := points.LINE.match(words)) is not None:
                await points.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := firms.LINE.match(words)) is not None:
                await firms.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := pass_turns.LINE.match(words)) is not None:
                await pass_turns.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := trips.LINE.match(words)) is not None:
                await trips.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := day_turns.LINE.match(words)) is not None:
                await day_turns.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            elif (line := staff_chat.LINE.match(words)) is not None:
                await staff_chat.act(tx, line, await staff_turns.member(tx, who, clock()), clock())
            else:
                await staff_turns.act(tx, who, does, clock())
    except Refusal as no:
        return [str(Heard(who, render("zh_CN", no.say, now=clock()), ()))]
    return []


async def ledger(db: Database) -> list[str]:
    """Tickets and events, without anything that differs from run to run."""
    async with db.read() as tx:
        found = (await tx.scalars(select(Ticket).order_by(col(Ticket.id)))).all()
        events = (await tx.scalars(select(TicketEvent).order_by(col(TicketEvent.id)))).all()
    return [f"= ticket {t.id} {t.kind} {t.what} {t.status} {t.priority} {t.reports}" for t in found] + [
        f"= event {e.ticket_id} {e.kind} {e.actor.partition(':')[0]}" for e in events
    ]
