"""Everything that the page of one pass says: what was told, what was checked, what the rules are, its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.rule_questions import shown_fact
from handlers.staff import pass_rows
from handlers.staff.visit import Visit
from hotline.divisions import place_name
from hotline.formats.phones import mask_mobile
from hotline.passes import checks, deciding
from hotline.passes.check_people import mask_name
from hotline.passes.scene import Scene
from hotline.rules.citing import cited
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import citation
from locales.words import Say, say
from storage import attachments, told
from storage import passes as ledger
from storage import staff as people
from storage.models import Contact, Pass, PassEvent

Pair = tuple[str, Sequence[Say | str]]
"""The key of a label, and what stands beside it, line by line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a pass: when, what, by whom, and what its facts say."""

    at: datetime
    kind: str
    who: Say | str
    detail: list[Say]


async def of(tx: AsyncSession, visit: Visit, scene: Scene, *, whole: bool) -> dict[str, Any]:
    """The facts of the page; names and numbers are masked unless `whole`."""
    pass_ = scene.pass_
    names = await people.names(tx)
    old = await tx.get(Pass, pass_.renews_id) if pass_.renews_id else None
    applicant = await tx.get_one(Contact, pass_.contact_id)
    matters = pass_.state in pass_rows.CHECKED or pass_.sample == "due"
    return {
        "due": pass_rows.clock_of(pass_, visit.now),
        "way": pass_rows.way_of(pass_),
        "applied": list(_applied(scene)),
        "crew": [_member(one, whole) for one in pass_.crew or []],
        "firm": scene.beside.firms.get(pass_.firm_id or 0),
        "reached": _reached(scene, whole),
        "applicant": applicant,
        "old": old,
        "has_masked": bool(pass_.crew or pass_.firm_id) and not whole,
        "checks": checks.look(scene) if matters else [],
        "rules": _rules(scene),
        "cites": _cites(scene),
        "basis": _basis(scene, pass_.basis),
        "missing": [name for name in deciding.MISSING if not pass_.missing or name in pass_.missing],
        "photos": await attachments.of_about(tx, f"pass:{pass_.id}"),
        "history": [_entry(scene, event, names) for event in await ledger.events(tx, pass_.id or 0)],
        "told": await told.about(tx, f"pass:{pass_.id}"),
        "held": list(_held(pass_, names)) if pass_.number else [],
        "first_step": pass_.steps == 2 and pass_.state == "applied",
        "checker": names.get(pass_.checked_by or 0),
    }


def _applied(scene: Scene) -> Iterable[Pair]:
    """What was applied for, by the key of its label."""
    pass_ = scene.pass_
    yield "review.fact.goods", pass_rows.load_of(scene)
    yield "review.fact.origin", [place_name(pass_.origin)]
    if pass_.via:
        yield "review.fact.via", [place_name(code) for code in pass_.via]
    yield "review.fact.destination", [place_name(pass_.destination)]
    until = say("review.until", at=pass_.until_wished) if pass_.until_wished else say("review.until.open")
    yield "review.fact.window", [say("review.window", at=pass_.from_wished, until=until)]
    if pass_.uses == "once":
        yield "review.fact.uses", [say("review.once")]
    if told_ := _told_facts(scene):
        yield "review.fact.facts", told_


def _held(pass_: Pass, names: dict[int, str]) -> Iterable[Pair]:
    """What was issued, by whom."""
    yield "review.held.number", [pass_.number or ""]
    if pass_.valid_from and pass_.valid_until:
        until = say("review.until", at=pass_.valid_until)
        yield "review.held.holds", [say("review.window", at=pass_.valid_from, until=until)]
    yield "review.fact.uses", [say("review.once" if pass_.uses == "once" else "review.many")]
    people_ = [names[one] for one in (pass_.checked_by, pass_.decided_by) if one in names]
    yield "review.held.by", [", ".join(people_) if people_ else say("review.who.desk")]
    if pass_.ended_at is not None:
        yield f"pass.state.{pass_.state}", [say("review.at", at=pass_.ended_at)]


def _told_facts(scene: Scene) -> list[Say]:
    known = scene.ruling.facts if scene.ruling else {}
    own = scene.offer.issuing.goods if scene.offer else None
    told_ = {name: value for name, value in scene.pass_.facts.items() if name in known and name != own}
    return [
        say("dialogue.pair", label=known[name].label.say, value=shown_fact(known[name], value))
        for name, value in told_.items()
    ]


def _member(one: Mapping[str, Any], whole: bool) -> tuple[str, datetime | None]:
    name = str(one.get("name", "")).strip()
    try:
        at: datetime | None = datetime.fromisoformat(str(one.get("tested_at") or ""))
    except ValueError:
        at = None
    return name if whole else mask_name(name), at if at and at.tzinfo else None


def _reached(scene: Scene, whole: bool) -> tuple[str, str] | None:
    """Whom to call at the firm."""
    firm = scene.beside.firms.get(scene.pass_.firm_id or 0)
    if firm is None:
        return None
    return (firm.contact_name, firm.phone) if whole else (mask_name(firm.contact_name), mask_mobile(firm.phone))


def _rules(scene: Scene) -> dict[str, Any] | None:
    """What the pack says today of this journey, and what it says of the pass itself."""
    offer, ruling = scene.offer, scene.ruling
    if offer is None:
        return None
    answer = ruling.answer if ruling else None
    own = [("review.rule.per", say(f"review.per.{offer.issuing.per}")), ("review.rule.valid", _valid(scene))]
    own.append(("review.rule.steps", say("review.steps", count=offer.issuing.steps)))
    return {
        "pack": offer.pack,
        "name": offer.issuing.name.say,
        "verdict": verdict_of(ruling.verdict, _class(answer.class_)) if ruling and answer else None,
        "is_open": bool(answer and answer.open),
        "lines": [
            (rule.say.say, rule.next.say if rule.next else None, [_cited(scene, cite) for cite in rule.cite])
            for rule in (answer.rules[:1] if answer else ())
        ],
        "also": [more.say.say for more in (answer.also if answer else ())],
        "own": own,
        "cites": [_cited(scene, cite) for cite in offer.issuing.cite],
        "automatic": [_cited(scene, cite) for cite in (_granted(scene) or ())],
    }


def _class(name: str | None) -> str | None:
    """A class that people call by its name, such as III; one that is only a code of the pack is left out."""
    return name if name and name.isupper() else None


def _granted(scene: Scene) -> Sequence[str] | None:
    """The clause by which the pack grants such goods at once to a firm that is verified."""
    assert scene.offer is not None
    own = scene.offer.issuing.goods
    told_ = {**scene.pass_.facts, **({own: scene.pass_.goods} if own else {})}
    line = scene.offer.grants(told_)
    return line.cite if line else None


def _valid(scene: Scene) -> Say:
    assert scene.offer is not None
    known = scene.offer.valid_for
    return say("review.valid.unsaid") if known is None else say("review.valid.days", days=f"{known.days}")


def _cited(scene: Scene, cite: str) -> Say:
    assert scene.offer is not None
    return cited(citation(scene.offer.pack.written, cite))


def _cites(scene: Scene) -> list[tuple[str, Say]]:
    """Every clause of the pack on which a decision may rest, those on the pass itself first, then those that fired."""
    if scene.offer is None:
        return []
    written = scene.offer.pack.written
    fired = [
        cite
        for rule in (scene.ruling.answer.rules if scene.ruling and scene.ruling.answer else ())
        for cite in rule.cite
    ]
    every = dict.fromkeys([*scene.offer.issuing.cite, *fired, *(cite for _, cite in written.cited())])
    return [(cite, cited(citation(written, cite))) for cite in every]


def _basis(scene: Scene, basis: Mapping[str, Any] | None) -> Say | str | None:
    """On what a decision rests, in words as far as its pack is still there."""
    if not basis:
        return None
    cite = str(basis.get("cite", ""))
    if scene.offer is None or basis.get("pack") != scene.offer.pack.id:
        return cite
    try:
        return _cited(scene, cite)
    except KeyError:
        return cite


def _entry(scene: Scene, event: PassEvent, names: dict[int, str]) -> Entry:
    facts, detail = event.facts, list[Say]()
    if (basis := _basis(scene, facts.get("basis"))) is not None:
        detail.append(say("review.detail.basis", clause=basis))
    if asked := facts.get("missing"):
        detail.append(say("review.detail.missing", what=[say(f"pass.missing.{name}") for name in asked]))
    if facts.get("automatic"):
        detail.append(say("review.detail.automatic"))
    if "kept" in facts:
        detail.append(say("review.detail.kept" if facts["kept"] else "review.detail.unfit"))
    return Entry(event.at, event.kind, pass_rows.who(event.actor, names), detail)
