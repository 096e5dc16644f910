"""GET /firm, /firm/ID, /join/CODE: the firms somebody is in, and one of them with its people, trucks and codes."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers import desk
from handlers.firm_pages.errand import Errand
from handlers.firm_words import DEEDS, join_address
from hotline.decisions import find_code
from hotline.divisions import place_name
from hotline.firms import inviting
from hotline.firms.inviting import MAY_INVITE, MOST_AT_ONCE
from hotline.firms.members import day_of
from hotline.firms.verifying import reason
from hotline.formats.phones import mask_mobile
from locales.words import SHANGHAI, Say
from storage import attachments, firms
from storage.models import COLOURS, Contact, Firm, Member

HERE = "/firm"
SHOWN = 300
"""People and trucks on one page; whoever has more finds one by the browser's own search or the sheet."""


async def show(errand: Errand) -> web.StreamResponse:
    """My firms; without one, the two ways to one."""
    return await every(errand, {})


async def every(
    errand: Errand,
    form: Mapping[str, str],
    problems: Mapping[str, Say] | None = None,
    sentence: Say | None = None,
    photos: tuple[int, ...] = (),
) -> web.StreamResponse:
    """The firms, and the form to register one, with what was typed and the sentences about it."""
    async with errand.house.db.read() as tx:
        contact = await errand.known(tx)
        mine = await firms.of_contact(tx, contact.id or 0) if contact else []
    return errand.page(
        "firms.html",
        status=422 if problems or sentence else 200,
        mine=mine,
        v=form,
        problems=problems or {},
        sentence=sentence,
        role_of=role_of,
        reason=reason,
        opened=bool(form) or not mine,
        photo_count=len(photos),
        kept_photos=errand.keep("photos", {"ids": list(photos)}) if photos else "",
    )


async def one(
    errand: Errand,
    form: Mapping[str, str] | None = None,
    problems: Mapping[str, Say] | None = None,
    sentence: Say | None = None,
) -> web.StreamResponse:
    """One firm, whole for those who keep it; a driver sees its name, how it stands, and how he leaves."""
    async with errand.house.db.read() as tx:
        contact, firm, member = await found(errand, tx)
        keeps = member.role in DEEDS["invite"]
        people = await firms.members(tx, firm.id or 0, SHOWN) if keeps else []
        trucks = (await firms.vehicles(tx, firm.id or 0))[:SHOWN] if member.role in DEEDS["vehicles"] else []
        codes = await inviting.codes(tx, contact, firm.id or 0, errand.now) if keeps else []
        papers = len(await attachments.of_about(tx, f"firm:{firm.id}")) if keeps else 0
    return errand.page(
        "firm.html",
        status=422 if problems or sentence else 200,
        firm=firm,
        me=member,
        people=people,
        trucks=trucks,
        codes=codes,
        papers=papers,
        place=place_name(firm.division),
        phone=mask_mobile(firm.phone),
        may={deed: member.role in roles for deed, roles in DEEDS.items()},
        invites=MAY_INVITE.get(member.role, ()),
        most_at_once=MOST_AT_ONCE,
        colours=COLOURS,
        v=form or {},
        problems=problems or {},
        sentence=sentence,
        role_of=role_of,
        reason=reason,
        day_of=day_of,
        link=join_address,
        today=errand.now.astimezone(SHANGHAI).date().isoformat(),
    )


async def found(errand: Errand, tx: AsyncSession) -> tuple[Contact, Firm, Member]:
    """The firm that the address names and what this contact is in it; 404 for whoever is not."""
    contact = await errand.known(tx)
    firm_id = int(errand.request.match_info["id"])
    member = await firms.member(tx, firm_id, contact.id or 0) if contact else None
    firm = await firms.by_id(tx, firm_id) if member else None
    if contact is None or member is None or firm is None:
        raise web.HTTPNotFound
    return contact, firm, member


async def ask_code(errand: Errand) -> web.StreamResponse:
    """A link that somebody was given: the code stands in the form already."""
    code = find_code(errand.request.match_info["code"]) or ""
    return errand.page("join.html", code=code, sentence=None)


def role_of(member: Member) -> Say:
    """What somebody is, and until when."""
    role = Say(f"firm.role.{member.role}")
    until = member.authority_until
    return Say("firm.role.until", {"role": role, "until": day_of(until)}) if until else role


def home() -> str:
    """The division whose desk verifies what is registered here."""
    return desk.division()
