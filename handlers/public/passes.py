"""GET /passes/CODE: a pass as its holder shows it on his phone, and prints it on one green A4 page.

The code is its holder's; who has the address sees what stands on the pass and no more. Nothing of it is cached: a pass
that was revoked a minute ago is grey.
"""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web
from markupsafe import Markup

from handlers import desk
from handlers.pictures import fonts
from handlers.pictures import passes as pictures
from handlers.public.look import Look
from hotline import decisions
from hotline.passes.face import address_of
from hotline.passes.shown import Shown, grouped, shown
from locales.words import Say, say
from storage import passes as ledger

PAGE = "/passes/{code:[0-9A-Za-z]{12}}"

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


async def show(look: Look) -> web.Response:
    """The page; 404 for a code that nobody was given."""
    seen = await _found(look)
    response = look.page(
        "pass.html",
        seen=seen,
        tone="grey" if not seen.is_live else "amber" if seen.standing == "not_yet" else "green",
        moment=pictures.moment_of(seen) if seen.pass_.number else None,
        rows=list(_rows(seen)),
        code=_code(look, seen),
        next=_next(seen),
        issuer=pictures.issued_by(seen),
        has_picture=seen.is_live and fonts.found() is not None,
    )
    response.headers.update(_HEADERS)
    return response


async def picture(look: Look) -> web.Response:
    """The same as a picture, to be kept on the phone and shown where there is no network; 404 without a font."""
    seen = await _found(look)
    content = await pictures.of(seen, look.language, look.now) if seen.pass_.number else None
    if content is None:
        raise web.HTTPNotFound
    name = f"{seen.pass_.number}.png"
    headers = _HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type="image/png", headers=headers)


async def _found(look: Look) -> Shown:
    code = decisions.find_code(look.request.match_info["code"])
    async with look.house.db.read() as tx:
        pass_ = await ledger.by_code(tx, code) if code else None
        if pass_ is None:
            raise web.HTTPNotFound
        return await shown(tx, pass_, look.now)


def _code(look: Look, seen: Shown) -> Markup | None:
    """The QR code as a drawing in the page; none on a pass that has ended."""
    if not seen.is_live or not seen.pass_.payload:
        return None
    from handlers.pictures import codes

    label = Markup.escape(look.words("face.code"))
    return Markup(codes.svg(address_of(seen.pass_.payload, desk.address()), label))  # noqa: S704 - our own drawing


def _rows(seen: Shown) -> Iterator[tuple[Say, Say]]:
    """What stands on the paper, each with its label."""
    pass_, (first, *via, last) = seen.pass_, seen.way
    if pass_.number:
        yield say("face.label.number"), say("face.words", words=grouped(pass_.number))
        yield say("face.label.validity"), say("face.span", start=pass_.valid_from, end=pass_.valid_until)
    yield say("face.label.from"), say("face.words", words=first)
    if via:
        yield say("face.label.via"), say("face.words", words=" → ".join(via))
    yield say("face.label.to"), say("face.words", words=last)
    yield say("face.label.goods"), seen.goods
    if pass_.trailer:
        yield say("face.label.trailer"), say("face.words", words=pass_.trailer)
    if seen.firm:
        yield say("face.label.firm"), say("face.words", words=seen.firm)
    yield say("face.label.uses"), say(f"face.uses.{pass_.uses}")


def _next(seen: Shown) -> Say | None:
    """What happens next where it cannot be shown as it is; none for one that is good."""
    if seen.standing == "valid":
        return None
    pass_ = seen.pass_
    missing = [say(f"pass.missing.{name}") for name in pass_.missing]
    return say(f"face.next.{seen.standing}", due=pass_.due_at, start=pass_.valid_from, missing=missing)
