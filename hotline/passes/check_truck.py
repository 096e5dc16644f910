"""What the machine checks of a truck: its plate and trailer, its other passes, and what was refused it before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hotline.firms.fleet import likely_colours
from hotline.formats.plates import parse_plate
from hotline.passes.scene import Check, Scene, found
from locales.words import Refusal, say

PAST = timedelta(days=90)
"""How long a refusal or a revocation is brought up again; our own number."""


def truck(scene: Scene) -> Iterable[Check]:
    """Each check of the truck."""
    yield _plate(scene)
    yield _trailer(scene)
    yield _others(scene)
    yield from _past(scene)


def _plate(scene: Scene) -> Check:
    plate, colour = scene.pass_.plate, scene.pass_.colour
    try:
        parsed = parse_plate(plate)
    except Refusal:
        return found("plate", "stop", "form", plate=plate)
    if parsed.number != plate or parsed.kind == "trailer":
        return found("plate", "stop", "form", plate=plate)
    usual = likely_colours(plate)
    said = say(f"firm.colour.{colour}")
    if colour not in usual:
        return found("plate", "look", "colour", colour=said, usual=[say(f"firm.colour.{one}") for one in usual])
    return found("plate", "fine", "fine", colour=said)


def _trailer(scene: Scene) -> Check:
    trailer = scene.pass_.trailer
    if trailer is None:
        return found("trailer", "fine", "unsaid")
    if not trailer:
        return found("trailer", "fine", "none")
    try:
        is_one = parse_plate(trailer).kind == "trailer"
    except Refusal:
        is_one = False
    if not is_one:
        return found("trailer", "stop", "form", trailer=trailer)
    mine = (scene.pass_.plate, scene.pass_.colour)
    drawn = [
        row for row in scene.beside.hauling.get(trailer, []) if (row.plate, row.colour) != mine and meets(scene, row)
    ]
    if drawn:
        plates = sorted({row.plate for row in drawn})
        return found("trailer", "look", "shared", [row.id for row in drawn], trailer=trailer, plates=plates)
    return found("trailer", "fine", "fine", trailer=trailer)


def _others(scene: Scene) -> Check:
    """One truck, one pass, one route: what is live for the same claim stops it, unless it is what this one renews."""
    pass_ = scene.pass_
    live = [row for row in scene.others if row.state == "issued"]
    same = next((row for row in live if row.claim == pass_.claim), None)
    if same is not None and pass_.number is None and same.id != pass_.renews_id:
        return found("others", "stop", "live", [same.id], number=same.number, until=same.valid_until)
    rest = [row for row in live if row is not same]
    waits = [row for row in scene.others if row.state in ("applied", "checked", "returned")]
    if rest or waits:
        ids = [row.id for row in (*rest, *waits)]
        return found("others", "look", "more", ids, live=len(rest), waiting=len(waits))
    if same is not None and same.id == pass_.renews_id:
        return found("others", "fine", "renews", [same.id], number=same.number)
    return found("others", "fine", "fine")


def _past(scene: Scene) -> Iterable[Check]:
    since = scene.now - PAST
    bad = [row for row in scene.others if row.state in ("refused", "revoked") and row.changed_at >= since]
    if bad:
        yield found("past", "look", "some", [row.id for row in bad], count=len(bad), days=PAST.days)


def meets(scene: Scene, row: object) -> bool:
    """Whether another pass or application holds at some time at which this one would."""
    begins = row.valid_from or row.from_wished  # type: ignore[attr-defined]
    until = row.valid_until or row.until_wished  # type: ignore[attr-defined]
    mine = scene.until
    return (until is None or until > scene.begins) and (mine is None or begins < mine)
