"""GET /staff/passes/bulk shows the plain ones that were ticked; POST approves each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import pass_rows
from handlers.staff.pass_rows import Row
from handlers.staff.passes import HERE
from handlers.staff.visit import Visit
from hotline.passes import checks, deciding
from hotline.passes.scene import Scene
from locales.words import Refusal, Say, say
from storage import passes as ledger
from storage import review
from storage.database import is_passing
from storage.models import Pass

MOST = 50
"""Applications of one form: a page of the queue, which somebody has read."""

log = structlog.get_logger()

Left = tuple[int, str, Say]
"""What was left for a person: the id, the plate, and why."""


async def ask(visit: Visit) -> web.StreamResponse:
    """What was ticked, to be looked at once more with its number before it is done."""
    ids = _ids(visit.request.query.getall("pass", []))
    async with visit.house.db.read() as tx:
        taken, left = await _sorted(tx, visit, ids)
    return await visit.page(
        "pass_bulk.html",
        rows=taken,
        left=left,
        no=None if taken else say("review.bulk.none"),
        done=None,
        back=_back(visit.request.query.get("back", "")),
        once=visit.new_once(),
    )


async def do(visit: Visit) -> web.StreamResponse:
    """Approve them; one that fails keeps no other from being approved, and the page says which and why."""
    ids, back = _ids(visit.form.get("passes", "").split(",")), _back(visit.form.get("back", ""))
    async with visit.house.db.write() as tx:
        if not await visit.is_first(tx):
            return visit.onward(back, say("review.bulk.before"))
    done, left = list[Pass](), list[Left]()
    for pass_id in ids:
        try:
            async with visit.house.db.write() as tx:
                done.append(await _approve(tx, visit, pass_id))
        except Refusal as no:
            left.append((pass_id, await _plate(visit, pass_id), no.say))
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("an approval was lost", pass_id=pass_id, error=type(error).__name__)
            left.append((pass_id, await _plate(visit, pass_id), say("review.bulk.busy")))
    said = say("review.bulk.done", count=len(done))
    if not left:
        return visit.onward(back, said)
    return await visit.page("pass_bulk.html", rows=[], left=left, no=None, done=(said, done), back=back, once="")


async def _approve(tx: AsyncSession, visit: Visit, pass_id: int) -> Pass:
    """Look again, now that nobody else can change it, and approve; raises Refusal when it is plain no more."""
    pass_ = await ledger.lock(tx, pass_id)
    if pass_ is None or not deciding.may_see(visit.staff, pass_):
        raise Refusal("pass.unknown")
    if pass_.state in ("applied", "checked") and (why := await _why_not(tx, visit, pass_)) is not None:
        raise Refusal("review.bulk.not_plain", why=why)
    return await deciding.approve(tx, visit.staff, pass_id, visit.now)


async def _why_not(tx: AsyncSession, visit: Visit, pass_: Pass) -> Say | None:
    """What keeps it from being plain: the first check that is not fine, or that somebody has to say until when."""
    [scene] = await checks.scenes(tx, [pass_], visit.now)
    return _why(scene)


def _why(scene: Scene) -> Say | None:
    found = checks.look(scene)
    if checks.is_plain(scene, found):
        return None
    return found[0].say if found[0].state != "fine" else say("review.valid.unsaid")


async def _sorted(tx: AsyncSession, visit: Visit, ids: list[int]) -> tuple[list[Row], list[Left]]:
    """Those that may be approved now, and the others with what is to be looked at."""
    seen = [one for one in await review.of_ids(tx, ids) if deciding.may_see(visit.staff, one)]
    taken, left = list[Row](), list[Left]()
    for scene in await checks.scenes(tx, seen, visit.now):
        pass_ = scene.pass_
        if pass_.state not in ("applied", "checked"):
            why: Say | None = say("pass.state.otherwise", state=say(f"pass.state.{pass_.state}"))
        elif pass_.checked_by == visit.staff.id:
            why = say("pass.two_people")
        else:
            why = _why(scene)
        if why is None:
            taken.append(pass_rows.row_of(scene))
        else:
            left.append((pass_.id or 0, pass_.plate, why))
    return taken, left


async def _plate(visit: Visit, pass_id: int) -> str:
    async with visit.house.db.read() as tx:
        found = await tx.get(Pass, pass_id)
    return found.plate if found is not None and deciding.may_see(visit.staff, found) else ""


def _ids(typed: Iterable[str]) -> list[int]:
    found = {int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) <= 18}
    return sorted(found - {0})[:MOST]


def _back(back: str) -> str:
    """The list from which it was chosen, and nowhere else."""
    return back if back == HERE or back.startswith(f"{HERE}?") else HERE
