"""What the machine checks of people: firm and who acts for it, its trucks, tests, and where else the crew is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hotline.firms.acting import acts
from hotline.passes.check_truck import meets
from hotline.passes.scene import Check, Scene, found
from hotline.rules.atoms import current

TEST_HOURS = "test_hours"
"""The parameter by which a pack says how old a test may be."""


def people(scene: Scene) -> Iterable[Check]:
    """Each check of firm and crew."""
    yield from _firm(scene)
    yield from _tests(scene)
    yield _crew(scene)


def _firm(scene: Scene) -> Iterable[Check]:
    pass_ = scene.pass_
    firm = scene.beside.firms.get(pass_.firm_id or 0)
    if firm is None:
        yield found("firm", "look", "none")
        return
    member = scene.beside.members.get((pass_.firm_id or 0, pass_.contact_id))
    if firm.state in ("refused", "suspended"):
        yield found("firm", "stop", firm.state, name=firm.name)
    elif firm.state == "registered":
        yield found("firm", "look", "registered", name=firm.name)
    elif member is None:
        yield found("firm", "look", "left", name=firm.name)
    elif not acts(member, scene.now):
        yield found("firm", "look", "past", name=firm.name, last=str(member.authority_until or ""))
    else:
        yield found("firm", "fine", "verified", name=firm.name)
    is_listed = (pass_.firm_id, pass_.plate, pass_.colour) in scene.beside.vehicles
    yield found("vehicle", "fine" if is_listed else "look", "listed" if is_listed else "unlisted")


def _tests(scene: Scene) -> Iterable[Check]:
    """How old each test will be when the truck leaves, against the pack's hours where it has them."""
    crew = scene.pass_.crew or []
    asks = scene.offer.issuing.asks if scene.offer else ()
    times = [_moment(one) for one in crew]
    if "test" not in asks and not any(times):
        return
    if not times or not all(times):
        yield found("test", "look", "missing", count=len(times) - len([one for one in times if one]))
        return
    tested = [one for one in times if one is not None]
    hours = scene.offer and current(scene.offer.pack.written.parameters, scene.offer.day).get(TEST_HOURS)
    if any(one > scene.now for one in tested):
        yield found("test", "look", "ahead")
    elif not isinstance(hours, int | float):
        yield found("test", "fine", "no_limit", at=min(tested))
    elif late := [one for one in tested if scene.begins - one > timedelta(hours=hours)]:
        yield found("test", "look", "old", count=len(late), hours=f"{hours:g}", at=min(late))
    else:
        yield found("test", "fine", "fine", hours=f"{hours:g}")


def _moment(one: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(one.get("tested_at") or ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _crew(scene: Scene) -> Check:
    """Nobody sits in two trucks at one time.

    Names alone are compared, and so only within one firm: a name is no person, and two drivers of one name there are a
    case for a look.
    """
    pass_, names = scene.pass_, _names(scene.pass_.crew)
    if not names:
        return found("crew", "fine", "none")
    twice, plates, ids = set[str](), set[str](), list[int]()
    for other in scene.beside.crews.get((pass_.firm_id, None if pass_.firm_id else pass_.contact_id), []):
        if other.plate != pass_.plate and (both := _names(other.crew) & names) and meets(scene, other):
            twice |= both
            plates.add(other.plate)
            ids.append(other.id)
    if not twice:
        return found("crew", "fine", "fine", count=len(names))
    hidden = sorted(mask_name(name) for name in twice)
    return found("crew", "look", "twice", ids, names=hidden, plates=sorted(plates))


def _names(crew: Sequence[Mapping[str, Any]] | None) -> set[str]:
    return {str(one.get("name", "")).strip() for one in crew or ()} - {""}


def mask_name(name: str) -> str:
    """A name as those see it who need not know it: 张*."""
    return f"{name[:1]}{'*' * max(1, len(name) - 1)}" if name else ""
