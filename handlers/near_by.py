"""How the nearest points are asked for and told: short lines, what is open, how far, and what to press next."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Given, Option, Reply
from hotline import approvals, divisions
from hotline.approvals import day_of
from hotline.formats.describe import describe_place
from hotline.formats.hours import describe_hours
from hotline.formats.places import Place, from_position, parse_place, plain_words
from hotline.formats.stakes import format_stake
from hotline.formats.tidy import shown, tidy
from hotline.nearest import FARTHEST_M, FARTHEST_SKIP, MOST, Answer, Found
from hotline.point_entry import KINDS
from locales.words import Refusal, Say, say, together
from storage.models import Point

STALE = timedelta(days=90)
"""What nobody confirmed for so long is told with its date: our own choice, no document gives one."""

ON_A_BUTTON = 64
"""Bytes that every messenger carries back from a button (Telegram: callback_data)."""

_AGAIN = re.compile(r"(?P<kind>[a-z]+) (?P<skip>[0-9]{1,2}) (?P<division>[0-9]{6}|-)(?: (?P<words>.+))?")
_COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def read_where(given: Given, home: str) -> Place:
    """A position, a place on a road, or a division; raises Refusal for words that name none of these."""
    if given.position is not None:
        p = given.position
        return from_position(p.latitude, p.longitude, p.datum, p.label)
    text = tidy(given.text)
    named = divisions.by_code(text) if re.fullmatch("[0-9]{6}", text) else divisions.resolve(text, home)
    try:
        place = parse_place(text)
    except Refusal as no:
        if named is None:
            raise Refusal("nearest.where.refused", typed=shown(text)) from None if no.key == "place.refused" else no
        return Place(text=named.name, division=named.code)
    if place.road or place.road_name or place.facility or place.position or named:
        return without_bare_kind(place)
    raise Refusal("nearest.where.refused", typed=shown(text))


def without_bare_kind(place: Place) -> Place:
    """The place without the word 服务区 that was no name, but what somebody looks for."""
    return place if place.facility or place.facility_kind is None else _without(place, "facility_kind")


def read_again(text: str, home: str) -> dict[str, Any]:
    """What `_again` wrote: kind, how many were told already, and where; raises Refusal for anything else."""
    match = _AGAIN.fullmatch(text.strip())
    if match is None or match["kind"] not in KINDS or int(match["skip"]) > FARTHEST_SKIP:
        raise Refusal("nearest.where.refused", typed=shown(text))
    place = read_where(Given(text=match["words"] or match["division"]), home)
    division = match["division"] if divisions.by_code(match["division"]) else place.division
    where = place.to_json() | ({"division": division} if division else {})
    return {"kind": match["kind"], "skip": int(match["skip"]), "where": where}


async def checkpoint_here(tx: AsyncSession, place: Place, now: datetime) -> list[Point]:
    """The registered checkpoints at the place, one that counts today first."""
    found, today = await approvals.checkpoints_at(tx, place), approvals.today(now)
    return sorted(found, key=lambda one: approvals.why_not(one, today) is not None)


def told(kind: str, place: Place, skip: int, answer: Answer, here: list[Point], now: datetime) -> Reply:
    """The whole answer: whether the checkpoint here is approved, else the nearest points; and what can be done next."""
    parts = []
    if kind == "checkpoint" and not skip and (here or is_precise(place)):
        parts.append(_standing(place, here, now))
    if not here and answer.found:
        lines = [_line(n, one, now) for n, one in enumerate(answer.found, skip + 1)]
        parts.append(together(_head(kind, place, skip, answer), say("nearest.lines", lines=lines), gap="\n"))
    elif not here:
        parts.append(_nothing(kind, place, skip, answer))
    if answer.shut and not skip:
        parts.append(say("nearest.shut_ones", count=answer.shut))
    if kind == "checkpoint":
        parts.append(say("nearest.report.why"))
    return Reply(together(*parts), tuple(_onward(kind, place, skip, answer if not here else None)))


def _onward(kind: str, place: Place, skip: int, answer: Answer | None) -> list[Option]:
    onward = []
    if answer and answer.more and skip + MOST <= FARTHEST_SKIP:
        division = place.division or answer.division or "-"
        again = f"/nearest {kind} {skip + MOST} {division}"
        words = short_words(place, ON_A_BUTTON - len(again) - 1)
        if words or division != "-":
            onward.append(Option(f"{again} {words}".strip(), say("nearest.more")))
    onward.append(Option("/nearest", say("nearest.other")))
    if answer and not answer.found and kind != "checkpoint":
        onward.append(Option("/consult", say("nearest.ask_us")))
    if kind == "checkpoint":
        where = short_words(place, ON_A_BUTTON - len("/unlisted ")) if is_precise(place) else ""
        onward.append(Option(f"/unlisted {where}".strip(), say("nearest.report")))
    return onward


def is_precise(place: Place) -> bool:
    """Whether somebody who reads it would find the spot."""
    return bool(place.position or place.facility or ((place.road or place.road_name) and place.stake_m is not None))


def short_words(place: Place, most: int) -> str:
    """The place in words that read back as it, in at most so many bytes; what matters least is left out first."""
    bare = Place(
        road=place.road, road_name=None if place.road else place.road_name, stake_m=place.stake_m, line=place.line,
        direction=place.direction, facility=place.facility,
        latitude=place.latitude and round(place.latitude, 5), longitude=place.longitude and round(place.longitude, 5),
        datum=place.datum,
    )  # fmt: skip
    located = bool(bare.position or ((bare.road or bare.road_name) and bare.stake_m is not None))
    lesser = [_without(bare, "facility"), _without(bare, "facility", "direction")] if located else []
    for one in (bare, _without(bare, "direction"), *lesser):
        words = plain_words(one)
        if words and len(words.encode()) <= most and _reads_back(words, one):
            return words
    return ""


def _reads_back(words: str, place: Place) -> bool:
    """Whether a button that carries these words leads to this place: an odd name may read as something else."""
    try:
        again = parse_place(words)
    except Refusal:
        return False
    kept = ("road", "road_name", "stake_m", "facility", "latitude", "longitude", "datum")
    return all(getattr(again, name) == getattr(place, name) for name in kept if getattr(place, name) is not None)


def _without(place: Place, *names: str) -> Place:
    return Place.from_json({name: value for name, value in place.to_json().items() if name not in names})


def _standing(place: Place, here: list[Point], now: datetime) -> Say:
    """Whether the checkpoint at this place is an approved one."""
    if not here:
        return say("nearest.unlisted", place=describe_place(place))
    point, today = here[0], approvals.today(now)
    why = approvals.why_not(point, today)
    match why:
        case None:
            return say(
                "nearest.approved", name=name_of(point.name, point.direction), approval=approvals.approval(point)
            )
        case "over" | "closed":
            day = point.valid_to if why == "over" else point.closed_on
            return say(f"nearest.no.{why}", name=point.name, day=day_of(day or today))
        case "not_yet":
            return say("nearest.no.not_yet", name=point.name, day=day_of(point.valid_from or today))
        case "level":
            level = say(f"point.level.{point.body_level}")
            return say("nearest.no.level", name=point.name, body=point.body, level=level)
    return say("nearest.no.abolished", name=point.name, day=day_of(approvals.EPIDEMIC_ENDED))


def _head(kind: str, place: Place, skip: int, answer: Answer) -> Say:
    what = say(f"nearest.of.{kind}")
    if skip:
        return say("nearest.head.more", kind=what)
    division = divisions.by_code(answer.division or "")
    named = division.name if division else describe_place(place)
    match answer.base:
        case "here":
            return say("nearest.head.here", kind=what)
        case "road":
            where = describe_place(Place.from_json(_without(place, "direction").to_json() | {"text": ""}))
            return say("nearest.head.road", kind=what, place=where)
        case "seat":
            return say("nearest.head.seat", kind=what, division=named)
    return say("nearest.head.division", kind=what, division=named)


def _nothing(kind: str, place: Place, skip: int, answer: Answer) -> Say:
    what = say(f"nearest.of.{kind}")
    if skip:
        return say("nearest.nothing.more", kind=what)
    if kind == "checkpoint":
        return say("nearest.nothing.checkpoint")
    if answer.base in ("here", "seat"):
        return say("nearest.nothing.near", kind=what, km=FARTHEST_M // 1000)
    return say("nearest.nothing.there", kind=what, place=describe_place(place))


def _line(number: int, found: Found, now: datetime) -> Say:
    return say(
        "nearest.line", number=number, name=name_of(found.spot.name, found.spot.direction), facts=_facts(found, now)
    )


def name_of(name: str, direction: str) -> Say | str:
    """A name, with its side of the road where there are two."""
    return say("nearest.name", name=name, direction=direction) if direction and direction != "双向" else name


def _facts(found: Found, now: datetime) -> list[Say | str]:
    """What one must know to go there: how far, where, open or not, and whom to call first."""
    spot, point = found.spot, found.spot.point
    facts: list[Say | str] = []
    if found.metres is not None:
        far = _far(found.metres)
        way = None if found.bearing is None else say(f"nearest.compass.{_COMPASS[round(found.bearing / 45) % 8]}")
        facts.append(say("nearest.away", way=way, far=far) if way else say("nearest.along", far=far))
    facts.append(_where(found))
    if found.across:
        facts.append(say("nearest.across"))
    if spot.state == "limited":
        facts.append(say("nearest.limited"))
    if point is None:
        return facts
    if point.hours:
        facts.append(say("nearest.open" if found.is_open else "nearest.not_open", hours=describe_hours(point.hours)))
    if point.kind == "transfer":
        facts.append(say(f"point.zones.{point.zones}"))
        facts += [say("nearest.capacity", capacity=point.capacity)] if point.capacity else []
    if point.kind == "checkpoint":
        facts.append(approvals.approval(point))
    facts += [point.note] if point.note else []
    facts += [say("nearest.phone", phone=point.phone)] if point.phone else []
    if approvals.today(now) - point.confirmed_on > STALE:
        facts.append(_stale(point.confirmed_on))
    return facts


def _stale(confirmed_on: date) -> Say:
    return say("nearest.stale", day=day_of(confirmed_on))


def _where(found: Found) -> Say:
    spot = found.spot
    if not spot.road:
        division = divisions.by_code(spot.division)
        return say("nearest.in", division=division.name if division else spot.division)
    stake = f" {format_stake(spot.stake_m)}" if spot.stake_m is not None else ""
    at = f"{spot.road}{stake}"
    if not found.on_road:
        return say("nearest.at", at=at)
    if found.ahead is None:
        return say("nearest.on_road", at=at)
    return say("nearest.ahead" if found.ahead else "nearest.behind", at=at)


def _far(metres: float) -> Say:
    if metres < 950:
        return say("nearest.metres", metres=max(round(metres / 50) * 50, 50))
    km = metres / 1000
    return say("nearest.km", km=round(km, 1) if km < 10 else round(km))
