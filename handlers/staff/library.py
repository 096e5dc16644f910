"""GET /staff/library and its POSTs: the published documents, what they say, and what a question finds in them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.asked import moment_cursor
from handlers.staff.guard import clean
from handlers.staff.visit import Visit
from hotline import divisions
from hotline.library import reading, search, shelf
from locales.words import Refusal, Say, say
from storage import library as rows
from storage import staff as people
from storage.models import Document, Edition

PAGE = 50
HITS = 20
HERE = "/staff/library"
LONGEST_SEARCH = 60

LARGEST_KB = 300
"""Of a document in the browser's form: a form of 1 MB holds no more Chinese text than this, three bytes a character."""


async def show(visit: Visit) -> web.StreamResponse:
    """Documents, the one changed last first; or the clauses that a question finds."""
    return await _list(visit)


async def one(visit: Visit) -> web.StreamResponse:
    """A document with its clauses and its editions, the current one or an older one."""
    return await _page(visit)


async def take_in(visit: Visit) -> web.StreamResponse:
    """Import a document that was pasted or read from a file."""
    form = visit.form
    try:
        known: dict[str, object] = {
            name: " ".join(form.get(name, "").split()) for name in ("title", "number", "issuer")
        }
        known["issued_on"] = _day(form.get("issued_on", ""))
        published = reading.read(form.get("text", ""), known=known)
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(HERE)
            taken = await shelf.take(tx, visit.staff, published, visit.now)
    except Refusal as no:
        return await _list(visit, no.say)
    done = say(f"library.done.{taken.what}", title=taken.document.title, clauses=taken.clauses)
    return visit.onward(f"{HERE}/{taken.document.slug}", done)


async def withdraw(visit: Visit) -> web.StreamResponse:
    """Let the document be found no more."""
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                await shelf.withdraw(tx, visit.staff, _slug(visit), visit.form.get("why", ""), visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    return visit.onward(f"{HERE}/{_slug(visit)}", say("library.done.withdrawn"))


async def restore(visit: Visit) -> web.StreamResponse:
    """Let it be found again."""
    try:
        async with visit.house.db.write() as tx:
            if await visit.is_first(tx):
                await shelf.restore(tx, visit.staff, _slug(visit), visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    return visit.onward(f"{HERE}/{_slug(visit)}", say("library.done.restored", title="", clauses=0))


async def _list(visit: Visit, no: Say | None = None) -> web.StreamResponse:
    query = visit.request.query
    words = " ".join(clean(query.get("q", ""))[:LONGEST_SEARCH].split())
    nothing: Say | None = None
    hits: list[search.Hit] = []
    async with visit.house.db.read() as tx:
        if words:
            try:
                hits = await search.find(tx, words, HITS)
            except Refusal as short:
                nothing = short.say
        before = moment_cursor(query.get("after", ""))
        found = await rows.page(tx, before, PAGE + 1, words)
        many = await rows.counts(tx, [document.id or 0 for document, _ in found])
    last = found[PAGE - 1][0] if len(found) > PAGE else None
    return await visit.page(
        "library.html",
        status=422 if no else 200,
        no=no,
        words=words,
        hits=hits,
        nothing=nothing,
        parts=parts,
        rows=found[:PAGE],
        many=many,
        older=_address(words, f"{last.changed_at.isoformat()}~{last.id}") if last else None,
        first=_address(words, "") if before else None,
        mine=shelf.may_keep(visit.staff),
        most_kb=LARGEST_KB,
        place_name=_place,
        once=visit.new_once,
    )


async def _page(visit: Visit, no: Say | None = None) -> web.StreamResponse:
    async with visit.house.db.read() as tx:
        document, shown, editions = await _found(tx, visit)
        clauses = await rows.clauses(tx, shown.id or 0)
        names = await people.names(tx)
    return await visit.page(
        "library_document.html",
        status=422 if no else 200,
        no=no,
        document=document,
        shown=shown,
        editions=editions,
        clauses=clauses,
        names=names,
        place=_place(document.division),
        mine=shelf.may_keep(visit.staff),
        longest=shelf.LONGEST_WORDS,
        once=visit.new_once,
    )


async def _found(tx: AsyncSession, visit: Visit) -> tuple[Document, Edition, list[Edition]]:
    document = await rows.by_slug(tx, _slug(visit))
    if document is None:
        raise web.HTTPNotFound
    editions = await rows.editions(tx, document.id or 0)
    wanted = visit.request.query.get("edition")
    shown = next((e for e in editions if (str(e.serial) == wanted if wanted else e.until is None)), None)
    if shown is None:
        raise web.HTTPNotFound
    return document, shown, editions


def parts(hit: search.Hit) -> list[tuple[str, bool]]:
    """A snippet in parts, each with whether it was asked for."""
    cut, last = [], 0
    for start, end in hit.marked:
        cut += [(hit.snippet[last:start], False), (hit.snippet[start:end], True)]
        last = end
    return [part for part in [*cut, (hit.snippet[last:], False)] if part[0]]


def _slug(visit: Visit) -> str:
    return visit.request.match_info["slug"]


def _place(code: str | None) -> str:
    known = divisions.by_code(code or "")
    return known.full_name if known else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed.strip() else None
    except ValueError:
        raise Refusal("library.day", typed=typed[:20]) from None


def _address(words: str, after: str) -> str:
    kept = {name: value for name, value in {"q": words, "after": after}.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
