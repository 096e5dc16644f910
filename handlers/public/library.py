"""GET /library/{document}, /library/{document}/{anchor}: a document, and one clause of it, whole and with its source.

`?edition=2` shows an older text, `?on=2022-05-20` the one that the library had at the end of that day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.public.look import Look
from storage import library
from storage.models import Document, Edition


async def show_document(look: Look) -> web.StreamResponse:
    """The whole document, each clause with its anchor."""
    async with look.house.db.read() as tx:
        document, edition, editions = await _found(tx, look)
        clauses = await library.clauses(tx, edition.id or 0)
    return look.page(
        "document.html", document=document, edition=edition, editions=editions, clauses=clauses, asked=_asked(look)
    )


async def show_clause(look: Look) -> web.StreamResponse:
    """One clause, and the way to the ones around it; an anchor that only an older text has leads to that text."""
    anchor = look.request.match_info["anchor"]
    async with look.house.db.read() as tx:
        document, edition, editions = await _found(tx, look)
        clauses = await library.clauses(tx, edition.id or 0)
    place = next((at for at, clause in enumerate(clauses) if clause.anchor == anchor), None)
    if place is None:
        raise web.HTTPNotFound
    under = [one for one in clauses if one.anchor.startswith(f"{anchor}-")]
    return look.page(
        "clause.html",
        document=document,
        edition=edition,
        editions=editions,
        clause=clauses[place],
        under=under,
        before=clauses[place - 1] if place else None,
        after=clauses[place + 1] if place + 1 < len(clauses) else None,
        asked=_asked(look),
    )


async def _found(tx: AsyncSession, look: Look) -> tuple[Document, Edition, list[Edition]]:
    """The document and the edition that is asked for; the current one unless an older one is named."""
    document = await library.by_slug(tx, look.request.match_info["document"])
    if document is None:
        raise web.HTTPNotFound
    editions = await library.editions(tx, document.id or 0)
    query, wanted = look.request.query, None
    if "edition" in query:
        wanted = next((one for one in editions if str(one.serial) == query["edition"]), None)
    elif "on" in query:
        wanted = await library.edition_at(tx, document.id or 0, _end_of(query["on"], look))
    else:
        wanted = next((one for one in editions if one.until is None), None)
    if wanted is None:
        raise web.HTTPNotFound
    return document, wanted, editions


def _end_of(day: str, look: Look) -> datetime:
    try:
        asked = date.fromisoformat(day) + timedelta(days=1)
        return datetime.combine(asked, time(), tzinfo=look.house.settings.zone)
    except (ValueError, OverflowError):
        raise web.HTTPNotFound from None


def _asked(look: Look) -> str:
    """What keeps the links of a page on the edition that it shows."""
    query = look.request.query
    kept = [(name, query[name]) for name in ("edition", "on") if name in query][:1]
    return "".join(f"?{name}={value}" for name, value in kept if value.replace("-", "").isalnum())
