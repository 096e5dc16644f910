"""What the machine has looked at before a person decides: it finds and says, and decides nothing.

A page of a queue takes so many statements however many rows it has.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.organisation import upwards
from hotline.passes.check_people import people
from hotline.passes.check_truck import PAST, truck
from hotline.passes.check_way import way
from hotline.passes.offers import offer_of
from hotline.passes.scene import Check, Scene, State, ruling_of
from storage import review
from storage.models import Pass

ORDER: tuple[State, ...] = ("stop", "look", "fine")
"""What a reviewer reads first."""


async def scenes(tx: AsyncSession, passes: Sequence[Pass], now: datetime) -> list[Scene]:
    """Each of these with its offer and ruling as the packs read today, and what stands beside it."""
    codes = {code for one in passes for code in upwards(one.division)}
    beside = await review.beside(tx, passes, codes, now - PAST) if passes else review.Beside()
    made = []
    for pass_ in passes:
        offer = offer_of(pass_, now)
        made.append(Scene(pass_, offer, ruling_of(pass_, offer), beside, now))
    return made


def look(scene: Scene) -> list[Check]:
    """What was found, the gravest first."""
    checks = [*truck(scene), *people(scene), *way(scene)]
    return sorted(checks, key=lambda one: ORDER.index(one.state))


def is_plain(scene: Scene, checks: Collection[Check]) -> bool:
    """Whether nothing is to be looked at, and nothing left to say: such ones may be approved several at a time."""
    last_step = scene.pass_.steps == 1 or scene.pass_.state == "checked"
    has_end = not last_step or (scene.offer is not None and scene.offer.valid_for is not None)
    return has_end and all(one.state == "fine" for one in checks)
