"""Forms of a firm's pages: register, put right, trucks, invitations, people; each POST is one verb and then 303."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.firm_pages import fields, firm
from handlers.firm_pages.errand import Errand
from handlers.firm_words import join_address
from hotline.decisions import find_code
from hotline.firms import fleet, inviting, members, registering
from hotline.firms.registering import Entry
from hotline.formats.credit_codes import parse_credit_code
from hotline.formats.days_ahead import parse_day_ahead
from hotline.formats.names import parse_name
from hotline.formats.phones import parse_mobile
from hotline.passes import typed
from locales.words import SHANGHAI, Refusal, Say, say
from storage.models import Contact, Firm

Deed = Callable[[AsyncSession, Contact, int], Awaitable[Say]]


async def register(errand: Errand) -> web.StreamResponse:
    """A firm of one's own; every field with a problem is told at once, and photos need not be sent again."""
    photos = _photos(errand)
    told = _entry(errand)
    if not photos:
        told.problems["photo"] = say("firm.photos.missing")
    if told.problems:
        return await firm.every(errand, errand.form, told.problems, photos=photos)
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if not await errand.is_first(tx, errand.form.get("once", "")):
                return errand.onward(firm.HERE)
            made = await registering.register(tx, contact, Entry(**told.values, photos=photos), firm.home(), errand.now)
    except Refusal as no:
        return await firm.every(errand, errand.form, sentence=no.say, photos=photos)
    return errand.onward(f"{firm.HERE}/{made.id}", say("firm_pages.firm.registered", name=made.name))


async def correct(errand: Errand) -> web.StreamResponse:
    """The owner says anew what the firm is."""
    async with errand.house.db.read() as tx:
        _, there, _ = await firm.found(errand, tx)
    told = _entry(errand, there)
    if told.problems:
        return await firm.one(errand, errand.form, told.problems)

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        entry = Entry(uscc=there.uscc, **told.values, photos=_photos(errand))
        await registering.correct(tx, contact, firm_id, entry, firm.home(), errand.now)
        return say("firm_pages.firm.corrected")

    return await _done(errand, deed)


async def add_truck(errand: Errand) -> web.StreamResponse:
    """A truck of the firm, its trailer beside it."""
    told = fields.Typed()
    fields.read_truck(told, errand.form)
    if told.problems:
        return await firm.one(errand, errand.form, told.problems)
    values = told.values

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        made = await fleet.add(
            tx, contact, firm_id, values["plate"], values["colour"], values["trailer"] or None, errand.now
        )
        return say("firm_pages.firm.truck_added", plate=made.plate)

    return await _done(errand, deed)


async def retire_truck(errand: Errand) -> web.StreamResponse:
    """A truck is the firm's no more."""

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        gone = await fleet.retire(tx, contact, firm_id, _number(errand, "which"), errand.now)
        return say("firm_pages.firm.truck_retired", plate=gone.plate)

    return await _done(errand, deed)


async def invite(errand: Errand) -> web.StreamResponse:
    """A fresh code for somebody to join."""
    role, told = errand.form.get("role", ""), fields.Typed()
    until: date | None = None
    if role == "agent":
        today = errand.now.astimezone(SHANGHAI).date()
        until = told.take("until", lambda: parse_day_ahead(errand.form.get("until", ""), today))
    count = errand.form.get("count", "1").strip() or "1"
    if told.problems:
        return await firm.one(errand, errand.form, told.problems)

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        made = await inviting.invite(
            tx, contact, firm_id, role if role in inviting.MOST_AT_ONCE else "driver", errand.now,
            count=int(count) if count.isascii() and count.isdecimal() and len(count) < 4 and role == "driver" else 1,
            authority_until=until, photos=_photos(errand) if role == "agent" else (),
        )  # fmt: skip
        return say("firm_pages.firm.invited", code=made.code, link=join_address(made.code))

    return await _done(errand, deed, "#codes")


async def void(errand: Errand) -> web.StreamResponse:
    """A code leads nowhere any more."""

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        await inviting.void(tx, contact, firm_id, _number(errand, "which"), errand.now)
        return say("firm_pages.firm.voided")

    return await _done(errand, deed, "#codes")


async def remove(errand: Errand) -> web.StreamResponse:
    """Somebody is in the firm no more."""

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        await members.remove(tx, contact, firm_id, _number(errand, "which"), errand.now)
        return say("firm_pages.firm.removed")

    return await _done(errand, deed, "#people")


async def extend(errand: Errand) -> web.StreamResponse:
    """An agent has more time, by a new 授权."""
    told, today = fields.Typed(), errand.now.astimezone(SHANGHAI).date()
    until = told.take("until", lambda: parse_day_ahead(errand.form.get("until", ""), today))
    if told.problems:
        return await firm.one(errand, errand.form, sentence=told.problems["until"])

    async def deed(tx: AsyncSession, contact: Contact, firm_id: int) -> Say:
        await members.extend(tx, contact, firm_id, _number(errand, "which"), until, _photos(errand), errand.now)
        return say("firm_pages.firm.extended")

    return await _done(errand, deed, "#people")


async def leave(errand: Errand) -> web.StreamResponse:
    """I am in it no more."""
    firm_id = int(errand.request.match_info["id"])
    try:
        async with errand.house.db.write() as tx:
            gone = await members.leave(tx, await errand.contact(tx), firm_id, errand.now)
    except Refusal as no:
        if no.key == "firm.unknown":
            return errand.onward(firm.HERE)
        return await firm.one(errand, sentence=no.say)
    return errand.onward(firm.HERE, say("firm_pages.firm.left", name=gone.name))


async def look_at_code(errand: Errand) -> web.StreamResponse:
    """Into which firm a code leads, and what it will see; a wrong one is counted, so that nobody tries them all."""
    typed_code = errand.form.get("code", "")
    code = find_code(typed_code) or find_code(typed_code.replace(" ", "").replace("-", ""))
    if code is None:
        return errand.page(
            "join.html", status=422, code=typed_code[:40], sentence=say("join_firm.code.refused", typed=typed_code[:20])
        )
    async with errand.house.db.write() as tx:
        looked = await inviting.look(tx, await errand.contact(tx), code, errand.now)
        if isinstance(looked, Say):
            return errand.page("join.html", status=422, code=code, sentence=looked)
        invitation, there = looked
        facts = {"firm": there.name, "role": invitation.role}
        until = invitation.authority_until
    kept = {**facts, "code": code, "until": until.isoformat() if until else None}
    return _consent(errand, kept, {})


async def join(errand: Errand) -> web.StreamResponse:
    """He agrees, and is in."""
    kept, told = errand.kept("join"), fields.Typed()
    told.take("name", lambda: parse_name(errand.form.get("name", "")))
    if not errand.form.get("agree"):
        told.problems["agree"] = say("firm_pages.join.agree_first")
    if told.problems:
        return _consent(errand, kept, told.problems)
    try:
        async with errand.house.db.write() as tx:
            there, _ = await members.join(tx, await errand.contact(tx), kept["code"], told.values["name"], errand.now)
    except Refusal as no:
        if no.key == "firm.join.already":
            return errand.onward(firm.HERE, no.say)
        return errand.page("join.html", status=422, code=kept["code"], sentence=no.say)
    role = say(f"firm.role.{kept['role']}")
    return errand.onward(f"{firm.HERE}/{there.id}", say("firm_pages.join.joined", firm=there.name, role=role))


def _consent(errand: Errand, kept: dict[str, Any], problems: dict[str, Say]) -> web.StreamResponse:
    until = kept["until"]
    role = say(f"firm.role.{kept['role']}")
    shown = say("firm.role.until", role=role, until=members.day_of(date.fromisoformat(until))) if until else role
    return errand.page(
        "join_consent.html",
        status=422 if problems else 200,
        firm=kept["firm"],
        role=shown,
        sees=say(f"join_firm.sees.{kept['role']}"),
        kept=errand.keep("join", kept),
        v=errand.form,
        problems=problems,
    )


async def _done(errand: Errand, deed: Deed, anchor: str = "") -> web.StreamResponse:
    """One verb, once however often the form is sent; a refusal shows the page again with its sentence."""
    firm_id = int(errand.request.match_info["id"])
    where = f"{firm.HERE}/{firm_id}{anchor}"
    async with errand.house.db.read() as tx:
        await firm.found(errand, tx)
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if not await errand.is_first(tx, errand.form.get("once", "")):
                return errand.onward(where)
            said = await deed(tx, contact, firm_id)
    except Refusal as no:
        return await firm.one(errand, errand.form, sentence=no.say)
    return errand.onward(where, said)


def _entry(errand: Errand, there: Firm | None = None) -> fields.Typed:
    """What was typed of a firm; of one that is `there` the code stays, and the number when none was typed."""
    told, form = fields.Typed(), errand.form
    if there is None:
        told.take("uscc", lambda: parse_credit_code(form.get("uscc", "")))
    told.take("name", lambda: registering.parse_firm_name(form.get("name", "")))
    told.take("division", lambda: typed.division(form.get("division", ""), firm.home()).code)
    told.take("contact_name", lambda: parse_name(form.get("contact_name", "")))
    number = form.get("phone", "").strip() or (there.phone if there else "")
    told.take("phone", lambda: parse_mobile(number))
    return told


def _photos(errand: Errand) -> tuple[int, ...]:
    """Those of this form and those that came with an earlier sending of it."""
    earlier = errand.kept("photos", "photos_kept")["ids"] if errand.form.get("photos_kept") else ()
    return tuple(dict.fromkeys((*earlier, *errand.photos)))[: registering.MOST_PHOTOS]


def _number(errand: Errand, name: str) -> int:
    text = errand.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise web.HTTPBadRequest
    return int(text)
