"""Several tickets at once: each one whole or not at all, and for each that could not be done a sentence that says why.

Unlike matters are never closed together (一事一处理, seed S0, 0.10): one result may answer the reports gathered
under one master, or reports of the same matter at the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import closing, incidents, moving, rights
from hotline.formats.coordinates import distance_m
from hotline.neighbours import RADIUS_M, STRETCH_M
from hotline.tickets import take, worded
from hotline.unsaid import TEN_SECONDS
from locales.words import Refusal, Say
from storage import queues
from storage.models import Staff, Ticket

MOST = 100
"""Tickets of one form; each is held until all are done, and nobody reads a longer list before saying yes."""

VERBS = ("take", "transfer", "merge", "resolve")


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done with all of them, and what that verb needs to know."""

    verb: str
    words: str = ""
    department_id: int = 0
    master_id: int = 0
    outcome: str = ""


@dataclass(slots=True)
class Done:
    """The numbers of the tickets with which it was done, and of the others with the reason."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, Say]] = field(default_factory=list)


def may(staff: Staff, verb: str) -> bool:
    """Whether this role may do this with several tickets; to close them is the supervisor's."""
    return verb in VERBS and rights.may(staff, verb) and (verb != "resolve" or rights.may(staff, "bulk"))


async def do(tx: AsyncSession, ids: Iterable[int], deed: Deed, staff: Staff, now: datetime) -> Done:
    """Do it with each ticket in a savepoint of its own; raises Refusal when it can be done with none."""
    if not may(staff, deed.verb):
        raise Refusal("bulk.not_yours")
    held = await chosen(tx, await queues.hold(tx, ids), staff)
    if deed.verb == "resolve":
        worded(deed.words)
        held = await chosen(tx, await queues.hold(tx, answered_as_one(held)), staff)
    if deed.verb == "merge":
        held = _gathered(held, deed.master_id)
    result = Done()
    for ticket_id, number in [(one.id or 0, one.number) for one in held]:
        try:
            async with tx.begin_nested():
                await _one(tx, ticket_id, deed, staff, now)
        except Refusal as no:
            result.refused.append((number, no.say))
        else:
            result.done.append(number)
    return result


async def chosen(tx: AsyncSession, found: Sequence[Ticket], staff: Staff) -> list[Ticket]:
    """Those of them that this person may see, not too many and at least one; whatever else was named is passed over."""
    seen = [one for one in found if await rights.may_see(tx, staff, one)]
    if not seen:
        raise Refusal("bulk.nothing")
    if len(seen) > MOST:
        raise Refusal("bulk.too_many", most=MOST)
    return seen


def answered_as_one(held: Sequence[Ticket]) -> list[int]:
    """The ids of the tickets that one result may answer: the master of what was gathered, or like matters of one place.

    Raises Refusal for anything else.
    """
    masters = {one.master_id or one.id or 0 for one in held}
    if len(masters) == 1:
        return list(masters)
    first, *rest = held
    if any(one.master_id for one in held) or not all(is_like(first, one) for one in rest):
        raise Refusal("bulk.unlike")
    return [one.id or 0 for one in held]


def is_like(one: Ticket, other: Ticket) -> bool:
    """Whether both are the same matter at the same place: one facility, one stretch of road, or close by."""
    if (one.kind, one.what) != (other.kind, other.what):
        return False
    if one.road and other.road and one.road != other.road:
        return False
    if one.facility or other.facility:
        return one.facility == other.facility
    if one.road and one.road == other.road and one.stake_m is not None and other.stake_m is not None:
        return abs(one.stake_m - other.stake_m) <= STRETCH_M
    here, there = (one.latitude, one.longitude), (other.latitude, other.longitude)
    if one.datum != other.datum or None in (*here, *there):
        return False
    return distance_m(here, there) <= RADIUS_M  # type: ignore[arg-type]


def _gathered(held: Sequence[Ticket], master_id: int) -> list[Ticket]:
    rest = [one for one in held if one.id != master_id]
    if len(rest) == len(held) or not rest:
        raise Refusal("bulk.master_missing")
    return rest


async def _one(tx: AsyncSession, ticket_id: int, deed: Deed, staff: Staff, now: datetime) -> None:
    match deed.verb:
        case "take":
            await take(tx, ticket_id, staff, now)
        case "transfer":
            await moving.transfer(tx, ticket_id, staff, deed.department_id, deed.words, now)
        case "merge":
            await incidents.merge(tx, ticket_id, deed.master_id, staff, now)
        case "resolve":
            await closing.resolve(tx, ticket_id, staff, deed.words, now, outcome=deed.outcome, hold=TEN_SECONDS)
