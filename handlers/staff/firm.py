"""GET and POST /staff/firms/{id}: what a firm says of itself and shows for it, who acts for it, and the decision."""

from __future__ import annotations

import asyncio

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.doing import doing
from handlers.staff.firms import HERE
from handlers.staff.photo import HEADERS, LARGE, smaller
from handlers.staff.visit import Visit
from hotline.divisions import place_name
from hotline.firms import is_past, members, verifying
from hotline.firms.members import day_of
from hotline.firms.verifying import AGAINST, HOW, LONGEST_WORDS, STOPPED_FOR
from hotline.formats.names import mask_name
from hotline.formats.phones import mask_mobile
from locales.words import Say, say
from storage import attachments, files, firms
from storage import staff as people
from storage.models import Attachment, Firm, FirmEvent

SHOWN = 50
"""People, trucks and events that the page lists of each."""

TRUCKS = ("vehicle_added", "vehicle_retired")
"""Events that a fleet has by the hundred; the list of trucks says as much."""


async def one(visit: Visit) -> web.StreamResponse:
    """The page, with whatever this reader may do."""
    return await _page(visit)


async def unmask(visit: Visit) -> web.StreamResponse:
    """The contact's name and number whole, on this one page alone; who asked is on record."""
    async with visit.house.db.write() as tx:
        firm = await _firm(tx, visit)
        if not await visit.is_first(tx):
            return visit.onward(f"{HERE}/{firm.id}")
        await verifying.unmask(tx, visit.staff, firm.id or 0, visit.now)
    return await _page(visit, whole=True)


async def paper(visit: Visit) -> web.StreamResponse:
    """A photo of the firm's papers, without what the camera wrote into it; with `?small` a little one."""
    async with visit.house.db.read() as tx:
        firm = await _firm(tx, visit)
        photo = await tx.get(Attachment, int(visit.request.match_info["paper"]))
        if photo is None or not photo.sha256 or not await _is_of(tx, firm, photo.about or ""):
            raise web.HTTPNotFound
    path = files.path(visit.house.files, photo.sha256)
    if not await asyncio.to_thread(path.is_file):
        raise web.HTTPNotFound
    side = {} if "small" in visit.request.query else {"side": LARGE}
    async with visit.console.drawing:
        picture = await asyncio.to_thread(smaller, path, **side)
    if picture is None:
        raise web.HTTPNotFound
    return web.Response(body=picture, headers={**HEADERS, "Content-Type": "image/jpeg"})


async def _verify(tx: AsyncSession, visit: Visit, firm_id: int) -> None:
    await verifying.verify(tx, visit.staff, firm_id, _ticked(visit, "how", HOW), visit.now)


async def _refuse(tx: AsyncSession, visit: Visit, firm_id: int) -> None:
    grounds = _ticked(visit, "ground", AGAINST)
    await verifying.refuse(tx, visit.staff, firm_id, grounds, visit.form.get("words", ""), visit.now)


async def _suspend(tx: AsyncSession, visit: Visit, firm_id: int) -> None:
    grounds = _ticked(visit, "ground", STOPPED_FOR)
    await verifying.suspend(tx, visit.staff, firm_id, grounds, visit.form.get("words", ""), visit.now)


async def _strike(tx: AsyncSession, visit: Visit, firm_id: int) -> None:
    await _firm(tx, visit)
    who = visit.form.get("member", "")
    if not (who.isascii() and who.isdecimal() and len(who) < 19):
        raise web.HTTPBadRequest
    await members.strike(tx, visit.staff, firm_id, int(who), visit.now)


async def _firm(tx: AsyncSession, visit: Visit) -> Firm:
    """The firm of the address, if this reader may look at it."""
    firm = await firms.by_id(tx, int(visit.request.match_info["id"]))
    if firm is None or not await verifying.may_look(tx, visit.staff, firm):
        raise web.HTTPNotFound
    return firm


async def _is_of(tx: AsyncSession, firm: Firm, about: str) -> bool:
    """Whether a photo is the firm's proof, or the 授权 of one of its agents."""
    kind, _, which = about.partition(":")
    if kind == "member":
        return await firms.member_of(tx, firm.id or 0, int(which)) is not None
    return about == f"firm:{firm.id}"


def _ticked(visit: Visit, group: str, known: tuple[str, ...]) -> list[str]:
    return [one for one in known if visit.form.get(f"{group}-{one}") == "yes"]


async def _page(visit: Visit, refused: str = "", no: Say | None = None, *, whole: bool = False) -> web.StreamResponse:
    async with visit.house.db.read() as tx:
        firm = await _firm(tx, visit)
        firm_id = firm.id or 0
        crew = await firms.members(tx, firm_id, SHOWN)
        papers = {one.id: await attachments.of_about(tx, f"member:{one.id}") for one in crew if one.role == "agent"}
        facts = {
            "proof": await attachments.of_about(tx, f"firm:{firm_id}"),
            "trucks": (await firms.vehicles(tx, firm_id))[: SHOWN + 1],
            "truck_count": await firms.count_vehicles(tx, firm_id),
            "people_count": await firms.count(tx, firm_id),
            "history": await firms.events(tx, firm_id, SHOWN, TRUCKS),
            "names": await people.names(tx),
        }
    return await visit.page(
        "firm.html",
        status=422 if no else 200,
        firm=firm,
        crew=[(one, is_past(one, visit.now), papers.get(one.id, [])) for one in crew],
        **facts,
        decides=verifying.may(visit.staff, firm) and firm.ended_at is None,
        contact=firm.contact_name if whole else mask_name(firm.contact_name),
        phone=firm.phone if whole else mask_mobile(firm.phone),
        whole=whole,
        why=verifying.reason(firm) if firm.grounds else None,
        place_name=place_name,
        mask_name=mask_name,
        day_of=day_of,
        what_of=_what_of,
        most=SHOWN,
        hows=HOW,
        against=AGAINST,
        stopped_for=STOPPED_FOR,
        longest=LONGEST_WORDS,
        refused=refused,
        no=no,
        once=visit.new_once,
    )


def _what_of(event: FirmEvent) -> Say:
    """What an event says on the page."""
    role = event.facts.get("role")
    return say(f"firms.event.{event.kind}", role=say(f"firm.role.{role}") if role else "")


DEEDS = tuple(
    doing(name, verb, _page, HERE, "firms.done")
    for name, verb in {"verify": _verify, "refuse": _refuse, "suspend": _suspend, "strike": _strike}.items()
)
