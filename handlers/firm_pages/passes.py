"""GET /passes and /passes/CODE/about: what this contact and his firms applied for, and how each stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.firm_pages.errand import Errand
from handlers.firm_pages.summary import lines, way_of
from handlers.staff.guard import clean
from hotline.firms import acting_for
from hotline.firms.acting import acts
from hotline.formats.names import mask_name
from hotline.formats.plates import parse_plate
from hotline.passes import applying
from hotline.passes.offers import offer_of
from hotline.passes.reading import may_read
from hotline.passes.shown import grouped, standing
from hotline.passes.standing import may_act
from hotline.passes.wishes import clause, wish_of
from hotline.rules import shelf
from locales.words import Refusal, Say
from storage import attachments, firms
from storage import passes as ledger
from storage.models import HELD, Contact, Firm, Pass

PAGE = 50
HERE = "/passes"
VIEWS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "waiting": ("applied", "checked"),
    "returned": ("returned",),
    "live": ("issued",),
    "over": ("refused", "withdrawn", *(state for state in HELD if state != "issued")),
}
"""What a list can be narrowed to."""

NOTHING = dict.fromkeys(("show", "renew", "complete", "withdraw"), False)
OPEN = ("applied", "checked", "returned")
RENEWED = ("issued", "used", "expired")
"""What may be renewed, as in the chat: what was revoked is not, and what has a successor need not be."""


async def show(errand: Errand) -> web.StreamResponse:
    """One page of the list, newest first."""
    query = errand.request.query
    kept = {name: clean(query.get(name, "")).strip()[:40] for name in ("view", "firm", "plate", "batch")}
    view = kept["view"] if kept["view"] in VIEWS else "all"
    plate, no = _plate(kept["plate"])
    before = query.get("before", "")
    rows: list[Pass] = []
    async with errand.house.db.read() as tx:
        contact = await errand.known(tx)
        mine = await _seen(tx, contact, errand)
        chosen = [firm for firm in mine if str(firm.id) == kept["firm"]]
        if contact is not None and no is None:
            rows = await ledger.of_holder(
                tx,
                contact.id or 0,
                [firm.id or 0 for firm in chosen or mine],
                PAGE + 1,
                own=not chosen,
                states=VIEWS[view],
                plate=plate,
                batch=kept["batch"] or None,
                before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None,
            )
    kept |= {"view": "" if view == "all" else view, "firm": kept["firm"] if chosen else ""}
    return errand.page(
        "passes.html",
        rows=rows[:PAGE],
        names={firm.id: firm.name for firm in mine},
        firms=mine,
        views=[(name, _address({**kept, "view": "" if name == "all" else name})) for name in VIEWS],
        view=view,
        kept=kept,
        no=no,
        older=_address({**kept, "before": str(rows[PAGE - 1].id)}) if len(rows) > PAGE else None,
        first=_address(kept) if before else None,
        way_of=way_of,
        standing=lambda pass_: standing(pass_, errand.now),
        may=deeds,
    )


async def about(errand: Errand) -> web.StreamResponse:
    """One application, whole, with what happened to it and what can be done now."""
    async with errand.house.db.read() as tx:
        pass_, firm, may = await readable(errand, tx)
        events = await ledger.events(tx, pass_.id or 0)
        photos = await attachments.of_about(tx, f"pass:{pass_.id}")
        old = await tx.get(Pass, pass_.renews_id) if pass_.renews_id else None
    crew = [one if may else {**one, "name": mask_name(str(one.get("name") or ""))} for one in pass_.crew or ()]
    wish = wish_of(pass_, photos=[one.id or 0 for one in photos], crew=crew)
    return errand.page(
        "pass_about.html",
        pass_=pass_,
        lines=lines(offer_of(pass_, errand.now), wish, firm.name if firm else None),
        standing=standing(pass_, errand.now),
        events=events,
        basis=basis_of(pass_),
        old=old,
        grouped=grouped,
        may=deeds(pass_) if may else {**NOTHING, "show": pass_.number is not None},
        missing=applying.asked(pass_, errand.now) if pass_.state == "returned" else [],
        confirms="withdraw" in errand.request.query,
    )


async def found(errand: Errand, tx: AsyncSession) -> tuple[Pass, Firm | None]:
    """The pass that the address names, for whoever may act on it; 404 for everybody else, whether it exists or not."""
    pass_, firm, may = await readable(errand, tx)
    if not may:
        raise web.HTTPNotFound
    return pass_, firm


async def readable(errand: Errand, tx: AsyncSession) -> tuple[Pass, Firm | None, bool]:
    """The pass for whoever may read it, as in the chat, and whether he may act on it too; 404 for everybody else."""
    contact = await errand.known(tx)
    pass_ = await ledger.by_code(tx, errand.request.match_info["code"].upper()) if contact else None
    if pass_ is None or contact is None or not await may_read(tx, pass_, contact, errand.now):
        raise web.HTTPNotFound
    firm = await firms.by_id(tx, pass_.firm_id) if pass_.firm_id else None
    return pass_, firm, await may_act(tx, pass_, contact, errand.now)


async def _seen(tx: AsyncSession, contact: Contact | None, errand: Errand) -> list[Firm]:
    """The firms whose passes stand in the list: those for which he acts, one that is stopped too."""
    known = await firms.of_contact(tx, contact.id or 0) if contact else []
    return [firm for firm, member in known if acts(member, errand.now)]


def deeds(pass_: Pass) -> dict[str, bool]:
    """What its applicant can do with it now."""
    return {
        "show": pass_.number is not None,
        "renew": pass_.state in RENEWED,
        "complete": pass_.state == "returned",
        "withdraw": pass_.state in OPEN,
    }


def basis_of(pass_: Pass) -> Say | None:
    """The clause on which it was refused or revoked."""
    basis: dict[str, Any] = pass_.basis or {}
    pack = shelf.current().packs.get(basis.get("pack", ""))
    if pack is None or pass_.state not in ("refused", "revoked"):
        return None
    try:
        return clause(pack.written, basis["cite"])
    except KeyError:
        return None


async def of_contact(tx: AsyncSession, contact: Contact | None, errand: Errand) -> list[Firm]:
    """The firms in whose name this contact may apply today."""
    return [firm for firm, _ in await acting_for(tx, contact, errand.now)] if contact else []


def _plate(text: str) -> tuple[str | None, Say | None]:
    if not text:
        return None, None
    try:
        return parse_plate(text).number, None
    except Refusal as no:
        return None, no.say


def _address(query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
