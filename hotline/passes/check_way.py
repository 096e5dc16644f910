"""What the machine checks of a journey and of the rules: distance against time, the pack as it reads today, serials."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hotline import divisions
from hotline.formats.coordinates import distance_m
from hotline.organisation import upwards
from hotline.passes.scene import Check, Scene, found
from hotline.passes.wishes import NOT_NEEDED, missing, wish_of
from locales.words import SHANGHAI, say

FASTEST_KMH = 100
"""No truck may go faster (道路交通安全法实施条例 article 78): what takes longer as the crow flies cannot be."""

DETOUR, DETOUR_KM = 1.8, 150
"""From this ratio to the straight line and so many kilometres more, a way is worth a look; our own numbers."""


def way(scene: Scene) -> Iterable[Check]:
    """Each check of journey, rules and number."""
    yield _journey(scene)
    yield _rules(scene)
    yield _lacking(scene)
    if scene.pass_.number is None:
        yield _serial(scene)


def _journey(scene: Scene) -> Check:
    pass_ = scene.pass_
    places = [divisions.by_code(code) for code in (pass_.origin, *pass_.via, pass_.destination)]
    seats = [place.position for place in places if place is not None and place.position is not None]
    if len(seats) < len(places):
        return found("journey", "look", "unknown")
    along = sum(distance_m(one, other) for one, other in pairwise(seats)) / 1000
    straight = distance_m(seats[0], seats[-1]) / 1000
    km, hours = round(along), along / FASTEST_KMH
    if scene.until is not None and scene.until <= scene.begins:
        return found("journey", "stop", "over", until=scene.until)
    if scene.until is not None and (scene.until - scene.begins).total_seconds() / 3600 < hours:
        window = (scene.until - scene.begins).total_seconds() / 3600
        return found("journey", "look", "short", km=km, hours=f"{hours:.1f}", window=f"{window:.1f}", kmh=FASTEST_KMH)
    if along > straight * DETOUR and along - straight > DETOUR_KM:
        return found("journey", "look", "detour", km=km, straight=round(straight))
    return found("journey", "fine", "fine" if km else "near", km=km)


def _rules(scene: Scene) -> Check:
    ruling, offer = scene.ruling, scene.offer
    if offer is None:
        return found("rules", "stop", "gone", pack=scene.pass_.pack)
    last = offer.pack.written.pack.until
    if last is not None and scene.begins.astimezone(SHANGHAI).date() >= last:
        return found("rules", "stop", "ended", title=offer.pack.written.pack.title.say)
    if ruling is None or ruling.answer is None:
        return found("rules", "look", "unread")
    if ruling.verdict == NOT_NEEDED and not ruling.answer.open:
        return found("rules", "look", "not_needed")
    if scene.pass_.pack_version != offer.pack.version:
        return found("rules", "look", "changed")
    if ruling.answer.open or ruling.answer.gap:
        return found("rules", "look", "open")
    return found("rules", "fine", "fine")


def _lacking(scene: Scene) -> Check:
    """What the pack asks for and nobody has told; a pack may have been changed since."""
    if scene.offer is None:
        return found("lacking", "look", "unread")
    photos = scene.beside.photos.get(scene.pass_.id or 0, [])
    lacks = missing(scene.offer, wish_of(scene.pass_, photos=photos))
    if lacks:
        return found("lacking", "look", "some", what=[say(f"pass.missing.{name}") for name in lacks])
    return found("lacking", "fine", "shown", count=len(photos)) if photos else found("lacking", "fine", "fine")


def _serial(scene: Scene) -> Check:
    left = sum(scene.beside.serials.get(code, 0) for code in upwards(scene.pass_.division))
    if not left:
        return found("serial", "stop", "none")
    return found("serial", "fine", "fine", count=left)
