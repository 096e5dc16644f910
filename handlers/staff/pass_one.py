"""GET and POST /staff/passes/{id}: one application beside the checks and the rules; what is decided about it."""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import pass_facts
from handlers.staff.doing import doing
from handlers.staff.passes import HERE
from handlers.staff.visit import Visit
from hotline import divisions, rights
from hotline.passes import checks, deciding
from locales.words import Refusal, Say, say
from storage import audit, review
from storage import passes as ledger
from storage.models import Pass

FIRST = 8
"""Of the applications owed first, so many are shared out between those who ask for the next one."""


async def one(visit: Visit) -> web.StreamResponse:
    """The application or pass of this id, or 404."""
    return await _page(visit)


async def unmask(visit: Visit) -> web.StreamResponse:
    """Names and numbers whole, on this one page alone; who asked is on record. Sent again, they are masked."""
    async with visit.house.db.write() as tx:
        pass_ = await _seen(tx, visit)
        if not rights.may(visit.staff, "unmask"):
            raise web.HTTPForbidden
        if not await visit.is_first(tx):
            return visit.onward(f"{HERE}/{pass_.id}")
        await audit.record(tx, visit.staff.id or 0, "pass.unmasked", visit.now, **{"pass": pass_.id})
    return await _page(visit, whole=True)


async def next_one(visit: Visit) -> web.StreamResponse:
    """To an application that waits for this person, of those owed first.

    Two reviewers who both took the very first would meet at every one; who gets which of the first few depends on who
    asks, and each is the first choice of somebody.
    """
    bounds = divisions.bounds(visit.staff.division)
    async with visit.house.db.read() as tx:
        found = await review.page(tx, "decide", bounds, FIRST)
        second = await review.page(tx, "second", bounds, FIRST)
    mine = [one for one in second if one.checked_by != visit.staff.id]
    first = sorted([*found, *mine], key=lambda one: (one.due_at, one.id or 0))[:FIRST]
    late = [one for one in first if one.due_at <= visit.now]
    chosen = min(late or first, key=lambda one: zlib.crc32(f"{visit.staff.id}/{one.id}".encode()), default=None)
    if chosen is None:
        return visit.onward(HERE, say("review.next.none"))
    return visit.onward(f"{HERE}/{chosen.id}")


async def _approve(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    done = await deciding.approve(
        tx, visit.staff, pass_id, visit.now, cite=visit.form.get("cite") or None, valid_until=_last_day(visit)
    )
    if done.state == "checked":
        return say("review.done.checked")
    return say("review.done.approve", number=done.number or "", until=done.valid_until or "")


async def _send_back(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    asked = [name for name in deciding.MISSING if visit.form.get(f"missing-{name}") == "yes"]
    await deciding.send_back(tx, visit.staff, pass_id, asked, visit.form.get("words", ""), visit.now)
    return say("review.done.send_back")


async def _refuse(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    form = visit.form
    await deciding.refuse(tx, visit.staff, pass_id, form.get("cite", ""), form.get("words", ""), visit.now)
    return say("review.done.refuse")


async def _revoke(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    form = visit.form
    done = await deciding.revoke(tx, visit.staff, pass_id, form.get("cite", ""), form.get("words", ""), visit.now)
    return say("review.done.revoke", number=done.number or "")


async def _keep(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    await deciding.look_at(tx, visit.staff, pass_id, visit.now, keeps=True)
    return say("review.done.keep")


async def _unfit(tx: AsyncSession, visit: Visit, pass_id: int) -> Say:
    cite, words = visit.form.get("cite", ""), visit.form.get("words", "")
    await deciding.look_at(tx, visit.staff, pass_id, visit.now, keeps=False, cite=cite, words=words)
    return say("review.done.unfit")


def _last_day(visit: Visit) -> datetime | None:
    """The end of the day that was typed, as the wall clock of this house has it; raises Refusal."""
    typed = visit.form.get("until", "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refusal("review.until.day") from None
    return datetime(day.year, day.month, day.day, tzinfo=visit.house.settings.zone)


async def _seen(tx: AsyncSession, visit: Visit) -> Pass:
    pass_ = await tx.get(Pass, int(visit.request.match_info["id"]))
    if pass_ is None or not deciding.may_see(visit.staff, pass_):
        raise web.HTTPNotFound
    return pass_


async def _page(visit: Visit, refused: str = "", no: Say | None = None, *, whole: bool = False) -> web.StreamResponse:
    async with visit.house.db.read() as tx:
        pass_ = await _seen(tx, visit)
        [scene] = await checks.scenes(tx, [pass_], visit.now)
        facts = await pass_facts.of(tx, visit, scene, whole=whole)
        events = await ledger.events(tx, pass_.id or 0)
    deeds = _offered(visit, pass_)
    return await visit.page(
        "pass.html",
        status=422 if no else 200,
        pass_=pass_,
        scene=scene,
        deeds=deeds,
        refused=refused if refused in deeds else "",
        no=no,
        typed=visit.form if refused else {},
        whole=whole,
        version=events[-1].id if events else 0,
        longest=deciding.LONGEST_WORDS,
        once=visit.new_once,
        **facts,
    )


def _offered(visit: Visit, pass_: Pass) -> list[str]:
    """What this reader may decide now, in the order in which the forms stand."""
    staff, found = visit.staff, list[str]()
    if pass_.state in ("applied", "checked") and rights.may(staff, "decide_pass"):
        found += ["approve"] if pass_.checked_by != staff.id else []
        found += ["send_back", "refuse"]
    if pass_.sample == "due" and rights.may(staff, "decide_pass"):
        found.append("keep")
        found += ["unfit"] if rights.may(staff, "revoke_pass") else []
    elif pass_.state == "issued" and rights.may(staff, "revoke_pass"):
        found.append("revoke")
    return found


DEEDS = (
    (doing("approve", _approve, _page, HERE), rights.VERBS["decide_pass"]),
    (doing("send_back", _send_back, _page, HERE), rights.VERBS["decide_pass"]),
    (doing("refuse", _refuse, _page, HERE), rights.VERBS["decide_pass"]),
    (doing("revoke", _revoke, _page, HERE), rights.VERBS["revoke_pass"]),
    (doing("keep", _keep, _page, HERE), rights.VERBS["decide_pass"]),
    (doing("unfit", _unfit, _page, HERE), rights.VERBS["revoke_pass"]),
)
"""Each decision with the roles that may take it."""
