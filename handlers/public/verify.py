"""GET /v/{payload}: what a QR code is worth, green or grey, for whoever points a phone at it; and /v/ by hand.

The way of a driver who is stopped begins here too: /v/{payload}/obstructed, for a pass that is valid.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.web.cookie import ContactCookie
from handlers import checkpoint_words as words
from handlers import desk, obstruction
from handlers.public.look import Look
from handlers.remote import address_of
from hotline.formats.places import parse_place
from hotline.passes.issuer import Issuer, issuer_of
from hotline.passes.verifying import Judged, fits, number_in, verify
from hotline.passes.verifying import Look as Shown
from locales.words import Refusal, Say, say
from storage import budgets, turns
from storage.models import Pass

LONGEST = 600
"""Characters of a payload; the longest face of ours has half as many."""

REPORTS_EVERY, REPORTS = timedelta(minutes=10), 6
"""Reports that one browser may send by this page."""

TYPED_EVERY, TYPED = timedelta(seconds=2), 30
"""Numbers that one address may try by hand: a number alone opens nothing, but need not be tried a million times."""

NO_INDEX = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


async def show(look: Look) -> web.Response:
    """The code of a pass or of a trip: valid, or what is amiss; nothing that is not on its face."""
    shown = look.request.match_info["payload"]
    if len(shown) > LONGEST:
        raise web.HTTPNotFound
    async with look.house.db.read() as tx:
        judged = await verify(tx, Shown(shown, look.now))
        issuer = await issuer_of(tx, judged.number[:6]) if judged.number and _is_ours(judged) else None
    return _page(look, judged, issuer, shown)


async def by_hand(look: Look) -> web.Response:
    """Number and plate, typed: whether such a pass holds, and no more; both together or nothing is said."""
    number, plate = (look.request.query.get(name, "").strip()[:40] for name in ("number", "plate"))
    if not number and not plate:
        return _form(look)
    typed = number_in(number)
    if typed is None or not plate:
        return _form(look, say("checkpoint.by_hand.both"), status=422)
    try:
        async with look.house.db.write() as tx:
            await _pay(
                tx, f"verify:{address_of(look.request, look.house.settings.public_url)}", TYPED_EVERY, TYPED, look
            )
    except Refusal as no:
        return _form(look, no.say, status=429)
    async with look.house.db.read() as tx:
        judged = await verify(tx, Shown(typed, look.now))
        if judged.face is None or not fits(judged.face, plate):
            return _form(look, say("checkpoint.by_hand.unknown"))
        issuer = await issuer_of(tx, typed[:6])
    return _page(look, judged, issuer, None)


async def ask_where(look: Look) -> web.Response:
    """A driver with a valid pass is stopped: where; the browser becomes a contact, as the chat makes it one."""
    shown, pass_ = await _held(look)
    if pass_ is None:
        raise web.HTTPFound(f"/v/{shown}")
    async with look.house.db.read() as tx:
        where = await obstruction.stopped_at(tx, pass_, look.now)
    response = look.page(
        "obstructed.html", shown=shown, pass_=pass_, where=where.text if where else "", no=None, ticket=None
    )
    _cookie(look).hand_out(look.request, response)
    return _private(response)


async def obstructed(look: Look) -> web.Response:
    """POST: the report, with pass, clause and place."""
    _refuse_foreign(look)
    shown, pass_ = await _held(look)
    if pass_ is None:
        raise web.HTTPFound(f"/v/{shown}")
    address = _cookie(look).address(look.request)
    typed = str((await look.request.post()).get("where", "")).strip()[:200]
    try:
        if address is None:
            raise Refusal("checkpoint.obstructed.cookie")
        async with look.house.db.write() as tx:
            await _pay(tx, f"obstructed:{address}", REPORTS_EVERY, REPORTS, look)
            settings = look.house.settings
            contact = await turns.contact_at(tx, "web", settings.web_account, address, look.language, look.now)
            known = await obstruction.stopped_at(tx, pass_, look.now)
            where = known if known and typed == known.text else parse_place(typed)
            ticket, _ = await obstruction.report(tx, contact, pass_, where, desk.division(), look.now)
    except Refusal as no:
        page = look.page("obstructed.html", status=422, shown=shown, pass_=pass_, where=typed, no=no.say, ticket=None)
        _cookie(look).hand_out(look.request, page)
        return _private(page)
    return _private(look.page("obstructed.html", shown=shown, pass_=pass_, where=typed, no=None, ticket=ticket))


async def _held(look: Look) -> tuple[str, Pass | None]:
    """The code of the address, and its pass if it holds now: the signature is proven here."""
    shown = look.request.match_info["payload"]
    if len(shown) > LONGEST:
        raise web.HTTPNotFound
    async with look.house.db.read() as tx:
        judged = await verify(tx, Shown(shown, look.now))
    return shown, judged.pass_ if judged.verdict == "valid" else None


async def _pay(tx: AsyncSession, name: str, every: timedelta, burst: int, look: Look) -> None:
    free, wait = await budgets.allowance(tx, name, every, burst, look.now)
    if free < 1:
        raise Refusal("checkpoint.wait", wait=wait)
    await budgets.pay(tx, name, every, 1, look.now)


def _page(look: Look, judged: Judged, issuer: Issuer | None, shown: str | None) -> web.Response:
    ours = _is_ours(judged)
    response = look.page(
        "verified.html",
        judged=judged,
        face=judged.face if ours and shown is not None else None,
        until=judged.face if ours else None,
        why=words.why(judged),
        route=words.route(judged.face) if judged.face else [],
        goods=words.goods_of(judged.face) if judged.face else "",
        issuer=issuer,
        shown=shown,
    )
    return _private(response)


def _form(look: Look, no: Say | None = None, status: int = 200) -> web.Response:
    typed = {name: look.request.query.get(name, "")[:40] for name in ("number", "plate")}
    return _private(look.page("verify.html", status=status, no=no, typed=typed))


def _is_ours(judged: Judged) -> bool:
    """Whether the face is what we wrote: of an altered or forged one nothing is repeated as if it were true."""
    return judged.face is not None and judged.verdict not in ("altered", "forged", "unknown")


def _private(response: web.Response) -> web.Response:
    response.headers.update(NO_INDEX)
    return response


def _cookie(look: Look) -> ContactCookie:
    return ContactCookie(look.house.secret, secure=look.house.settings.public_url.startswith("https:"))


def _refuse_foreign(look: Look) -> None:
    """Another site's page must not report in somebody's name; the cookie's SameSite keeps most of them out already."""
    origin = look.request.headers.get("Origin")
    ours = {look.request.host, urlsplit(look.house.settings.public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours - {""}:
        raise web.HTTPForbidden
