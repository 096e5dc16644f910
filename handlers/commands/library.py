"""`python -m bot library`: published documents into the library, and what it answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.app import secret_of, utc_now
from bot.settings import Settings
from hotline.library import cleaning, reading, search, shelf
from hotline.library.search import Hit
from locales.words import Refusal, render, say, translate
from storage import library as rows
from storage import staff as people
from storage.database import Database
from storage.migrations import migrate
from storage.models import Document, Staff

LISTED = 1_000
"""Documents that one list prints."""

MARK = ("\x1b[1m", "\x1b[0m")
"""Around what was asked for, on a terminal."""


async def library(settings: Settings, chosen: argparse.Namespace) -> int:
    """Import, list or search; returns 1 when a file was refused or nothing was found to look for."""
    secret_of(settings)
    db = Database(settings.database_url)
    try:
        await migrate(db.engine)
        async with db.write() as tx:
            await shelf.put_up_digests(tx, utc_now())
        match chosen.deed:
            case "import":
                known = {name: getattr(chosen, name) for name in ("title", "number", "issuer", "issued_on")}
                if any(known.values()) and len(chosen.files) > 1:
                    raise Refusal("library.one_file")
                return await _import(db, settings, chosen.files, chosen.by, known)
            case "list":
                return await _list(db, settings, as_json=chosen.as_json)
            case _:
                return await _search(db, settings, " ".join(chosen.text), chosen.limit, as_json=chosen.as_json)
    except Refusal as no:
        print(render(settings.default_language, no.say, zone=settings.zone), file=sys.stderr)
        return 1
    finally:
        await db.close()


async def _import(
    db: Database, settings: Settings, files: Sequence[Path], by: str | None, known: Mapping[str, object]
) -> int:
    """Each file in a transaction of its own; one that is refused does not keep the others out."""
    member, refused = await _member(db, by), 0
    for file in files:
        try:
            published = reading.read(_text(file), file.stem, known)
            async with db.write() as tx:
                taken = await shelf.take(tx, member, published, utc_now())
        except Refusal as no:
            refused += 1
            print(f"{file}\t{render(settings.default_language, no.say, zone=settings.zone)}", file=sys.stderr)
            continue
        became = translate(settings.default_language, f"library.became.{taken.what}")
        print(f"{file}\t{became}\t{taken.document.slug}\t{_named(settings, taken.document)}\t{taken.clauses}")
    return 1 if refused else 0


def _text(file: Path) -> str:
    if not file.is_file():
        raise Refusal("library.no_file", file=str(file))
    return cleaning.text_of(file.read_bytes())


async def _member(db: Database, login: str | None) -> Staff | None:
    """Whose deed it is; nobody's by name when none is given: who works at this terminal holds the database anyway."""
    if login is None:
        return None
    async with db.read() as tx:
        found = await people.by_login(tx, login)
    if found is None or found.disabled_at is not None or not shelf.may_keep(found):
        raise Refusal("library.not_yours")
    return found


async def _list(db: Database, settings: Settings, *, as_json: bool) -> int:
    async with db.read() as tx:
        found = await rows.page(tx, None, LISTED)
        many = await rows.counts(tx, [document.id or 0 for document, _ in found])
    for document, edition in found:
        told = _about(document) | {
            "source": edition.source, "edition": edition.serial, "since": edition.since.isoformat(),
            "clauses": many.get(document.id or 0, 0), "withdrawn": document.withdrawn_at is not None,
        }  # fmt: skip
        if as_json:
            print(json.dumps(told, ensure_ascii=False))
        else:
            source = translate(settings.default_language, f"library.source.{edition.source}")
            gone = translate(settings.default_language, "library.withdrawn") if told["withdrawn"] else ""
            print(f"{document.slug}\t{_named(settings, document)}\t{source}\t{told['clauses']}\t{gone}".rstrip())
    return 0


async def _search(db: Database, settings: Settings, text: str, limit: int, *, as_json: bool) -> int:
    async with db.read() as tx:
        hits = await search.find(tx, text, max(1, min(limit, 100)))
    if as_json:
        print(json.dumps({"text": text, "results": [_told(settings, hit) for hit in hits]}, ensure_ascii=False))
        return 0
    for place, hit in enumerate(hits, 1):
        clause, edition = hit.found.clause, hit.found.edition
        source = translate(settings.default_language, f"library.source.{edition.source}")
        print(f"{place}. {_named(settings, hit.found.document)} [{source}] {hit.score:.2f}")
        print(f"   {clause.path} {clause.heading} ({clause.anchor})")
        print(f"   {_marked(hit)}\n   {_address(settings, hit)}")
    if not hits:
        print(translate(settings.default_language, "library.nothing"))
    return 0


def _about(document: Document) -> dict[str, Any]:
    return {
        "document": document.slug, "title": document.title, "number": document.number, "issuer": document.issuer,
        "date": document.issued_on.isoformat() if document.issued_on else None,
    }  # fmt: skip


def _told(settings: Settings, hit: Hit) -> dict[str, Any]:
    clause, edition = hit.found.clause, hit.found.edition
    return _about(hit.found.document) | {
        "path": clause.path, "anchor": clause.anchor, "heading": clause.heading, "text": clause.text,
        "snippet": hit.snippet, "marks": [list(one) for one in hit.marked],
        "score": hit.score, "fit": hit.fit, "strength": hit.strength,
        "source": edition.source, "edition": edition.serial, "url": _address(settings, hit),
    }  # fmt: skip


def _address(settings: Settings, hit: Hit) -> str:
    return f"{settings.address}/library/{hit.found.document.slug}/{hit.found.clause.anchor}"


def _named(settings: Settings, document: Document) -> str:
    day = document.issued_on.isoformat() if document.issued_on else None
    parts = (f"《{document.title}》", document.number, day or render(settings.default_language, say("library.undated")))
    return " ".join(part for part in parts if part)


def _marked(hit: Hit) -> str:
    if not sys.stdout.isatty():
        return hit.snippet
    shown, last = "", 0
    for start, end in hit.marked:
        shown += f"{hit.snippet[last:start]}{MARK[0]}{hit.snippet[start:end]}{MARK[1]}"
        last = end
    return shown + hit.snippet[last:]
