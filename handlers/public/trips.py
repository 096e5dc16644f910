"""GET /trips/CODE: the truck's code of a filed trip (货车畅行码), as its driver shows it on his phone.

The code is his; who has the address sees plate, way and dates, and nobody's name. Nothing of it is cached.
"""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web
from markupsafe import Markup

from handlers import desk
from handlers.public.look import Look
from handlers.trip_words import name_of
from hotline import decisions
from hotline.divisions import place_name
from hotline.passes.face import address_of
from locales.words import Say, say
from storage import filings as ledger
from storage.models import ON_THE_WAY, Filing

PAGE = "/trips/{code:[0-9A-Za-z]{12}}"

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


async def show(look: Look) -> web.Response:
    """The page, green while the code holds and grey afterwards; 404 for a code that nobody was given."""
    code = decisions.find_code(look.request.match_info["code"])
    async with look.house.db.read() as tx:
        filing = await ledger.by_code(tx, code) if code else None
    if filing is None:
        raise web.HTTPNotFound
    holds = filing.state in ON_THE_WAY and look.now < filing.valid_until
    response = look.page(
        "trip.html",
        filing=filing,
        name=name_of(filing),
        is_live=filing.state in ON_THE_WAY,
        tone="green" if holds else "amber" if filing.state in ON_THE_WAY else "grey",
        rows=list(_rows(filing)),
        code=_code(look, filing) if filing.state in ON_THE_WAY else None,
    )
    response.headers.update(_HEADERS)
    return response


def _code(look: Look, filing: Filing) -> Markup:
    """The QR code as a drawing in the page."""
    from handlers.pictures import codes

    label = Markup.escape(look.words("trips_page.alt"))
    return Markup(codes.svg(address_of(filing.payload, desk.address()), label))  # noqa: S704 - our own drawing


def _rows(filing: Filing) -> Iterator[tuple[str, Say | str]]:
    """What the page tells, each with the key of its label."""
    yield "trips_page.number", filing.number
    yield "trips_page.way", " → ".join(place_name(code) for code in (filing.origin, *filing.via, filing.destination))
    yield "trips.arrives", say("console.moment", at=filing.arrives_at)
    for name in ("entered", "left"):
        if (at := getattr(filing, f"{name}_at")) is not None:
            yield f"trips.{name}", say("console.moment", at=at)
    if filing.left_at is None:
        yield "trips.leaves", say("console.moment", at=filing.leaves_at)
    yield "trips.until", say("console.moment", at=filing.valid_until)
