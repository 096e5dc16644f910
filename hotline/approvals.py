"""Which checkpoint somebody approved: at a place, on a day.

Any 防疫检查点 that no headquarters of a city or above approved is to be taken away (seed S1, 1.4), so a checkpoint
counts only with its approving body, document and dates; what does not count may be reported by whoever stands there.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.coordinates import cells_near, distance_m
from hotline.formats.datums import convert
from hotline.formats.places import Place
from locales.words import SHANGHAI, Say, say
from storage import points as register
from storage.models import Point
from storage.points import InForce

APPROVED_FROM = {"epidemic": ("city", "province", "nation"), "overload": ("province", "nation")}
"""Which levels may approve a checkpoint, by purpose; others are not bound to one.

防疫: 设区市及以上 (seed S1, 1.4). 超限检测: the government of the province (公路安全保护条例, article 39).
"""

EPIDEMIC_ENDED = date(2022, 12, 9)
"""From this day on there are no 防疫检查点 on roads any more (DOMAIN N8)."""

AT_STAKE_M, AT_POSITION_M = 1_000, 800
"""How near to where it is registered a checkpoint is taken for the one that is meant: a cab's position is rough."""


_KIND_WORDS = re.compile(
    "(?:疫情防控|疫情|防疫|核酸|公安|超限|治超|联合|临时|固定)*(?:(?:检查|查验|检测|检疫|服务|执法)+(?:卡点|卡口|[站点])|卡点|卡口)$"
)
"""The words that end a checkpoint's name, and that people use for one another."""


def stem_of(name: str) -> str:
    """A name without the word of its kind: what 长春东收费站检查点 and 长春东收费站防疫查验点 share."""
    return _KIND_WORDS.sub("", name) or name


def in_force(on: date) -> InForce:
    """Which checkpoints count on this day."""
    levels = {
        purpose: () if purpose == "epidemic" and on >= EPIDEMIC_ENDED else of for purpose, of in APPROVED_FROM.items()
    }
    return InForce(on, levels)


def why_not(point: Point, on: date) -> str | None:
    """Why a registered checkpoint does not count on a day; None when it does."""
    if point.closed_on is not None and on >= point.closed_on:
        return "closed"
    if point.state == "reserved" or point.valid_from is None or on < point.valid_from:
        return "not_yet"
    if point.purpose == "epidemic" and on >= EPIDEMIC_ENDED:
        return "abolished"
    if point.valid_to is not None and on > point.valid_to:
        return "over"
    levels = APPROVED_FROM.get(point.purpose or "")
    return "level" if levels is not None and point.body_level not in levels else None


async def approved_at(tx: AsyncSession, place: Place, on: date) -> Point | None:
    """The approved checkpoint at a place on a day, or None: not in the register, or not in force then."""
    return next((one for one in await checkpoints_at(tx, place) if why_not(one, on) is None), None)


async def checkpoints_at(tx: AsyncSession, place: Place) -> list[Point]:
    """The registered checkpoints at a place, in force or not: by name, by stake, or by position; the nearest first."""
    here = place.position and convert(*place.position, place.datum, "wgs84")
    stretch = (place.stake_m - AT_STAKE_M, place.stake_m + AT_STAKE_M) if place.stake_m is not None else None
    stem = stem_of(place.facility) if place.facility else None
    cells = cells_near(*here, AT_POSITION_M) if here else ()
    found = await register.checkpoints_at(tx, cells=cells, road=road_of(place), stakes=stretch, stem=stem)
    apart = {one.id: _apart(one, place, here, stem) for one in found}
    if here is None and road_of(place) is None and len({one.division[:4] for one in found}) > 1:
        return []  # several cities have one of this name, and nobody said which
    return sorted(
        (one for one in found if apart[one.id] is not None), key=lambda one: (apart[one.id] or 0, one.id or 0)
    )


def _apart(point: Point, place: Place, here: tuple[float, float] | None, stem: str | None) -> float | None:
    """How far a checkpoint is from the place, in metres; None when it is another one."""
    road = road_of(place)
    if road and point.road and road != point.road:
        return None
    if place.direction and point.direction and point.direction not in (place.direction, "双向"):
        return None
    if here and point.north is not None and point.east is not None:
        apart = distance_m(here, (point.north, point.east))
        return apart if apart <= AT_POSITION_M or (stem == point.stem and apart < 10 * AT_POSITION_M) else None
    if road and place.stake_m is not None and point.stake_m is not None:
        return float(abs(place.stake_m - point.stake_m)) if abs(place.stake_m - point.stake_m) <= AT_STAKE_M else None
    return 0.0 if stem is not None and stem == point.stem else None


def road_of(place: Place) -> str | None:
    """The number of its road, or the name of one that has none."""
    return place.road or place.road_name


def today(now: datetime) -> date:
    """The day as Shanghai counts it."""
    return now.astimezone(SHANGHAI).date()


def approval(point: Point) -> Say:
    """By whom, by which document and until when a checkpoint is approved."""
    paper = f"{point.document}（{point.document_number}）" if point.document_number else str(point.document)
    until = say("point.until", day=day_of(point.valid_to)) if point.valid_to else say("point.until.none")
    return say("point.approval", body=point.body, paper=paper, until=until)


def day_of(day: date) -> datetime:
    """A day as a moment that reads as this day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
